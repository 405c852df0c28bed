"""Likely secrets and personal data in the texts of an example.

A pattern is tried only where its cheap sign is in the text, so that a clean text costs almost
nothing. Numbers are believed only where their check digits are right: ISO 13616 (IBAN), Luhn
(payment cards). Messages name the kind of thing, never the thing itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .findings import Finding, warning

_DIGITS = re.compile(r"\d(?:[ .()/-]{0,2}\d){7}")  # eight digits near each other
_EXAMPLE_HOSTS = ("example.com", "example.org", "example.net", "example.edu", ".example", ".test",
                  ".invalid")


class Kind(NamedTuple):
    """`signs`: the text must hold one of them, in lower case where `lower`, to be looked at."""

    name: str
    signs: tuple[str, ...]
    pattern: re.Pattern[str]
    sure: Callable[[str], bool] = bool


def _luhn(text: str) -> bool:
    digits = [int(each) for each in text if each.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and (
        sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _iban(text: str) -> bool:
    plain = text.replace(" ", "")
    numbers = "".join(str(int(each, 36)) for each in plain[4:] + plain[:4])
    return 15 <= len(plain) <= 34 and int(numbers) % 97 == 1


def _real_host(address: str) -> bool:
    return not address.lower().endswith(_EXAMPLE_HOSTS)


def _random(text: str) -> bool:
    """Whether a value after `password=` and the like is no placeholder or word of a sentence."""
    value = re.split(r"[:=]", text, maxsplit=1)[-1].strip().strip("\"'")
    kinds = (str.islower, str.isupper, str.isdigit, lambda each: not each.isalnum())
    return len(value) >= 6 and sum(any(map(kind, value)) for kind in kinds) >= 2 and not (
        value.startswith(("<", "{", "[", "$", "*", "x" * 3, "your", "YOUR")))


SECRETS = (
    Kind("a private key", ("-----BEGIN ",), re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    Kind("an API key", ("sk-",), re.compile(r"\bsk-[\w-]{20,}")),
    Kind("an AWS access key", ("AKIA", "ASIA"), re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    Kind("a GitHub token", ("ghp_", "gho_", "ghs_", "github_pat_"),
         re.compile(r"\b(?:gh[pos]_[A-Za-z0-9]{30,}|github_pat_\w{30,})")),
    Kind("a Slack token", ("xoxb-", "xoxp-", "xoxa-"), re.compile(r"\bxox[bpa]-[\w-]{10,}")),
    Kind("a sign-in token", ("eyJ",), re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")),
    Kind("a storage key", ("AccountKey=", "SharedAccessKey="),
         re.compile(r"\b(?:Account|SharedAccess)Key=[A-Za-z0-9+/=]{20,}")),
    Kind("a password in an address", ("://",), re.compile(r"://[^/\s:@]+:[^/\s@]{3,}@")),
    Kind("a password or key", ("assword", "asswd", "ecret", "pi_key", "pi-key", "pi key", "PI_KEY",
                               "PI key", "ASSWORD", "ECRET", "PI-KEY"),
         re.compile(r"(?i)\b(?:password|passwd|(?:client|app)[_ -]?secret|api[_ -]?key)\b"
                    r"[\"']?\s*[:=]\s*[\"']?[^\s\"',;]{6,}"), _random),
)
PERSONAL = (
    Kind("an e-mail address", ("@",),
         re.compile(r"\b[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}\b"), _real_host),
)
NUMBERS = (
    Kind("a payment card number", (), re.compile(r"\b(?:\d[ -]?){12,18}\d\b"), _luhn),
    Kind("a US social security number", (),
         re.compile(r"\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b")),
    Kind("a bank account number (IBAN)", (),
         re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"), _iban),
    Kind("a telephone number", (), re.compile(
        r"(?<![\w.+-])(?:\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?(?:\d{2,4}[ .-]?){2,4}\d{2,4}"
        r"|\(\d{3}\) ?\d{3}[ .-]\d{4}|\d{3}[.-]\d{3}[.-]\d{4})(?![\w-])")),
)


_SIGNS = tuple(sign for kind in (*SECRETS, *PERSONAL) for sign in kind.signs)


def may_hold(text: str) -> bool:
    """Whether a text has any sign of what `check_text` looks for."""
    for sign in _SIGNS:  # any() with a generator takes three times as long
        if sign in text:
            return True
    return _DIGITS.search(text) is not None


def check_text(text: str) -> Iterator[Finding]:
    """What a text seems to hold that should not be learned; each kind once."""
    for kind in SECRETS:
        if _holds(kind, text):
            yield warning("secret", f"The text seems to hold {kind.name}. "
                                    "Replace it before anything is sent, and revoke a real one.")
    personal = [kind for kind in PERSONAL if _holds(kind, text)]
    if _DIGITS.search(text):
        personal += [kind for kind in NUMBERS if any(map(kind.sure, kind.pattern.findall(text)))]
    for kind in personal:
        yield warning("personal_data", f"The text seems to hold {kind.name}. "
                                       "Replace it unless the model should learn it.")


def _holds(kind: Kind, text: str) -> bool:
    return any(sign in text for sign in kind.signs) and any(
        map(kind.sure, kind.pattern.findall(text)))
