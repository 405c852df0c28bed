"""What the Azure doctor reads out of a pasted text: an address, a curl line or an error.

Everything here is pure and asks nobody. `read` takes whatever people have: the address of a
resource, a deployment or the v1 API, of services.ai, of the portal, a command or a piece of
code that calls, an error body or what a library printed of one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote

from .doctor_errors import PastedError, find_error
from .endpoints import AZURE_HOSTS, Endpoint, is_classic, parse_endpoint
from .errors import ConfigurationError, StrategyExplorerError

LATEST_CLASSIC = "2024-10-21"
LONGEST = 200_000  # characters that are looked at
_URL = re.compile(r"https?://(?:\[[0-9a-f:.]+\])?[^\s\"'<>\\^`|)\]]+", re.I)
_HOST = re.compile(
    r"(?<![a-z0-9-])[a-z0-9-]+\.(?:openai|cognitiveservices|services\.ai)\.(?:azure\.(?:com|us|cn))"
    r"[^\s\"'<>\\^`|)\]]*", re.I)
_ARM = re.compile(
    r"/subscriptions/(?P<subscription>[^/?#&\s]+)/resourceGroups/(?P<group>[^/?#&\s]+)"
    r"/providers/Microsoft\.CognitiveServices/accounts/(?P<account>[\w.-]+)"
    r"(?:/projects/[\w.-]+)?(?:/deployments/(?P<deployment>[\w.-]+))?", re.I)
_ELSEWHERE = ("portal.azure.", "ai.azure.", "oai.azure.", "learn.microsoft.", "docs.microsoft.",
              "aka.ms", "go.microsoft.", "login.microsoftonline.", "platform.openai.",
              "management.azure.", "portal.office.")
_SECRET = re.compile(
    r"(?P<name>\bapi[-_]?key\b|\bocp-apim-subscription-key\b|\bazure_openai_api_key\b"
    r"|\bopenai_api_key\b|\bauthorization\b)[\"']?\s*[:=]\s*[\"']?(?:(?P<bearer>bearer)\s+)?"
    r"(?P<value>\$\{?\w+\}?|%\w+%|\$env:\w+|<[^>\s]*>|\{[^}\s]*\}|[^\s\"',;&}\\^]+)", re.I)
_FROM_CODE = re.compile(r"os\.(?:environ(?:\.get)?|getenv)\W+(\w+)")
_VERSION = re.compile(r"api[-_]version[\"']?\s*[:=]\s*[\"']?([\w.-]+)", re.I)
_NAMED = re.compile(
    r"\b(?:azure_deployment|deployment_name|deployment_id|deployment|model)[\"']?\s*[:=]\s*"
    r"[\"']([\w.:-]+)[\"']", re.I)
_REGIONAL = re.compile(r"\b([a-z0-9]+)\.api\.cognitive\.microsoft\.com", re.I)
_GAP = re.compile(r"[<{]|\[(?![0-9a-f:.]+\])|%7b|%3c", re.I)  # nothing can be read around it
_PLACEHOLDER = re.compile(
    r"\byour[-_]|//(?:your|resource|resource-?name)[-_.a-z]*\.openai\.azure|\bx{4,}\b", re.I)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: what, why, and what exactly to do."""

    what: str
    why: str = ""
    fix: str = ""

    @classmethod
    def of(cls, error: StrategyExplorerError) -> Problem:
        """The same in the doctor's words."""
        return cls(error.what, error.why, error.remedy)

    def as_dict(self) -> dict[str, str]:
        """JSON-ready."""
        return {"what": self.what, "why": self.why, "fix": self.fix}


@dataclass(frozen=True, slots=True)
class Clue:
    """What a text says. `key` is never shown or printed; "" where a field is not said."""

    kind: Literal["azure", "openai", ""] = ""
    resource: str = ""
    endpoint: str = ""  # in its normal form
    api: Literal["v1", "classic", "openai", ""] = ""
    api_version: str = ""
    deployment: str = ""
    key: str = field(default="", repr=False)
    key_env: str = ""
    subscription: str = ""
    resource_group: str = ""
    error: PastedError | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def api_words(self) -> str:
        """`v1`, `classic 2024-10-21` or `openai`."""
        return f"{self.api} {self.api_version}".strip()

    def as_dict(self) -> dict[str, object]:
        """JSON-ready, as the command line prints it: without the key."""
        return {"resource": self.resource, "api": self.api_words, "deployment": self.deployment,
                "problems": [each.as_dict() for each in self.problems]}


def read(text: str) -> Clue:
    """Everything that a text says. Never raises: what is wrong is among `problems`."""
    text = text.strip()[:LONGEST]
    if not text:
        return Clue(problems=(Problem(
            "There is nothing to look at", "",
            "Paste an address, a curl line or an error message"),))
    found = _Reading(text)
    found.portal()
    found.address()
    found.secret()
    found.call()
    found.fault()
    return found.clue()


class _Reading:
    """One text on its way through the steps of `read`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.endpoint: Endpoint | None = None
        self.url = ""
        self.resource = self.deployment = self.version = ""
        self.subscription = self.group = self.key = self.key_env = ""
        self.inference = False  # its api-versions are those of another API
        self.error: PastedError | None = None

    def clue(self) -> Clue:
        found = self.endpoint
        return Clue(
            found.kind if found else "", self.resource, found.url if found else "",
            self._api(), self.version, self.deployment, self.key, self.key_env,
            self.subscription, self.group, self.error, tuple(self.problems))

    def _say(self, what: str, why: str, fix: str) -> None:
        self.problems.append(Problem(what, why, fix))

    def _api(self) -> Literal["v1", "classic", "openai", ""]:
        if self.endpoint is None:
            return "classic" if is_classic(self.version) else ""
        if self.endpoint.kind == "openai":
            return "openai"
        classic = is_classic(self.version) or "/openai/deployments/" in self.url
        return "classic" if classic else "v1"

    def portal(self) -> None:
        """An address of the portal, or the id of a resource, names it but is not its address."""
        found = _ARM.search(unquote(unquote(self.text)))
        if found is None:
            return
        self.subscription, self.group = found["subscription"], found["group"]
        self.resource = found["account"]
        self.deployment = found["deployment"] or ""

    def address(self) -> None:
        urls = [url.rstrip(".,;:") for url in _URL.findall(self.text)]
        calls = [url for url in urls if not _is_elsewhere(url)]
        hosts = _HOST.findall(self.text)
        address = re.fullmatch(r"[\w\[]\S*[.:/]\S*", self.text) or self.text == "localhost"
        alone = self.text if address and not urls else ""
        best = next((url for url in calls if _is_azure(url)), None) or next(
            iter(hosts or calls), "")
        self.url = best or ("" if self.resource else alone)
        if self.url and (regional := _REGIONAL.search(self.url)):
            self._say("This is the address of a region, not of your resource",
                      f"Every resource in {regional[1]} has this address, and Entra sign-in does "
                      "not work with it", "Copy the endpoint from the resource's page under Keys "
                      "and Endpoint; it starts with the resource's own name")
            self.url = ""
        if self.url and (_GAP.search(self.url) or _PLACEHOLDER.search(self.url)):
            self._say("The address holds a placeholder", f"{self.url[:80]} is an example",
                      "Replace it by your resource's address, from its page under Keys and "
                      "Endpoint")
            if _GAP.search(self.url):
                self.url = ""
        if not self.url and self.resource:
            self._guess_address(bool(urls))
        if self.url:
            self._parse()

    def _guess_address(self, pasted: bool) -> None:
        self.url = f"https://{self.resource.lower()}.openai.azure.com"
        if pasted:
            self._say(
                "This is a page of the portal, not an address that programs call",
                f"It names the resource {self.resource}, whose address is usually {self.url}",
                "Compare it with the resource's page under Keys and Endpoint")

    def _parse(self) -> None:
        try:
            self.endpoint = found = parse_endpoint(self.url, confirmed=True)
        except ConfigurationError as error:
            if self.url != self.text or "." in self.text:  # else it is a word, not an address
                self.problems.append(Problem.of(error))
            if not self.url.startswith("http://"):
                return
            self.url = self.url.replace("http://", "https://", 1)
            self._parse()
            return
        host = found.host.partition(":")[0]
        if found.kind == "azure":
            self.resource = host.partition(".")[0] if found.is_azure_host else host
        else:
            self.resource = found.host
        self.deployment = found.deployment or self.deployment
        self.version = found.api_version
        self._odd_paths(found)

    def _odd_paths(self, found: Endpoint) -> None:
        path = self.url.partition("?")[0]
        if re.search(r"services\.ai\.azure\.\w+/models\b", path):
            self._say("This is an address of Azure AI model inference",
                      "That API is being replaced by the v1 API of the same resource",
                      f"Use {found.url}, and leave the API version empty")
            self.version, self.inference = "", True
        if "/openai/v1" in path and "/deployments/" in path:
            self._say("The address mixes two generations of the API",
                      "v1 names the deployment in the request, not in the address",
                      f"Use {found.url}/openai/v1/ and the deployment as model")

    def secret(self) -> None:
        for found in _SECRET.finditer(self.text):
            value, bearer = found["value"].strip("\"'"), bool(found["bearer"])
            name = re.fullmatch(r"\$\{?(?:env:)?(\w+)\}?|%(\w+)%", value)
            code = _FROM_CODE.match(self.text, found.start("value"))
            if name or code:
                self.key_env = code[1] if code else str(name and (name[1] or name[2]))
            elif _is_placeholder(value):
                self._say("A placeholder stands where the key belongs",
                          f"{found['name']} is followed by an example",
                          "Copy a key from the resource's page under Keys and Endpoint")
            elif _is_key(value) and (bearer or found["name"].lower() != "authorization"):
                self.key = value
            else:
                continue
            self._right_header(found["name"].lower(), bearer=bearer, value=value)
            return

    def _right_header(self, name: str, *, bearer: bool, value: str) -> None:
        """A key in the wrong header is the most usual cause of a 401."""
        if "=" in self.text[self.text.lower().find(name) + len(name):][:3]:
            return  # a variable, not a header
        api = self._api()
        if api == "classic" and bearer and not value.startswith("eyJ"):
            self._say("The key is in the wrong header",
                      "Dated API versions take a key in the header api-key; Authorization is for "
                      "Microsoft Entra tokens", "Write: api-key: YOUR-KEY")
        elif api == "openai" and "/openai/" not in self.url and name in (
                "api-key", "api_key", "ocp-apim-subscription-key"):
            self._say("The key is in the wrong header",
                      "OpenAI and compatible servers take it as Authorization: Bearer",
                      "Write: Authorization: Bearer YOUR-KEY")

    def call(self) -> None:
        """What a call says beside the address: its version and its deployment."""
        given = None if self.inference else _VERSION.search(self.text)
        if given and not self.version and self.endpoint is not None and (
                self.endpoint.kind == "azure"):
            self._take_version(given[1])
        elif given and self.endpoint is None and is_classic(given[1]):
            self.version = given[1]
        if not self.deployment and (named := _NAMED.search(self.text)):
            self.deployment = named[1]
        if self._api() == "classic" and not self.version and self.endpoint is not None:
            self._say("The address has no api-version",
                      "Addresses with /deployments/ in them need one",
                      f"Add ?api-version={LATEST_CLASSIC}, or use the v1 API")

    def _take_version(self, given: str) -> None:
        v1 = "/openai/v1" in self.url
        if is_classic(given) and not v1:
            self.version = given
        elif v1 and is_classic(given):
            self._say("The v1 API has no dated api-version",
                      f"api-version={given} belongs to addresses with /deployments/",
                      "Leave api-version out")
        elif given not in ("v1", "preview", "latest"):
            self._say(f"{given} is not an API version", "It is a date, or left out for v1",
                      f"Write {LATEST_CLASSIC}, or leave it out and use the v1 API")

    def fault(self) -> None:
        """An error is understood last: what the text says of host and deployment is known."""
        self.error = find_error(self.text)
        if self.error is not None:
            host = self.endpoint.host if self.endpoint else ""
            self.problems.append(Problem.of(self.error.meaning(host, self.deployment)))
        elif self.endpoint is None and not self.problems and not self.resource:
            self._say("Neither an address nor an error was found in this text", "",
                      "Paste the endpoint from the resource's page, the whole curl line, or the "
                      "whole error message")


def _is_elsewhere(url: str) -> bool:
    host = url.split("//", 1)[1].split("/", 1)[0].lower()
    return any(host == each or host.startswith(each) or f".{each}" in host
               for each in _ELSEWHERE)


def _is_azure(url: str) -> bool:
    host = url.split("//", 1)[1].split("/", 1)[0].partition(":")[0].lower()
    return host.endswith(AZURE_HOSTS) or "/openai/deployments/" in url


def _is_key(value: str) -> bool:
    """Not a name in a piece of code, and not a Microsoft Entra token, which soon ends."""
    return len(value) >= 16 and any(c.isdigit() for c in value) and "(" not in value and (
        not value.startswith("eyJ"))


def _is_placeholder(value: str) -> bool:
    plain = value.lower()
    return bool(re.match(r"[<{\[(]", plain)) or plain.startswith(("your", "my-", "xxx", "...")) or (
        plain in ("key", "api-key", "apikey", "api_key", "none", "***", "redacted"))
