"""Addresses of chat services: what the user pasted, made safe and brought to one form.

Keys go where these addresses point, so the rules are strict: https only, except to this
machine; plain http to a private address only when the user confirmed it, and never with a
key. Everything here is pure: no name is resolved.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from .errors import ConfigurationError
from .types import Connection

AZURE_HOSTS = tuple(
    f".{service}.{cloud}"
    for cloud in ("azure.com", "azure.us", "azure.cn")
    for service in ("openai", "cognitiveservices", "services.ai")
)
_OFFICE_NAMES = (".local", ".lan", ".internal", ".home.arpa")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}(-preview)?")
_CALLS = re.compile(r"/(chat/completions|completions|embeddings|responses|models)$")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A checked address. `url` has no trailing slash; `host` carries the port if unusual."""

    url: str
    host: str
    kind: Literal["azure", "openai"]
    api_version: str = ""  # "" is the v1 API
    deployment: str = ""  # named by a pasted .../deployments/NAME/... address
    loopback: bool = False
    needs_confirmation: bool = False  # plain http to a private address

    @property
    def key_allowed(self) -> bool:
        """A key may only travel encrypted, or stay on this machine."""
        return self.loopback or self.url.startswith("https:")

    @property
    def is_azure_host(self) -> bool:
        """Ends in one of Azure's own names; otherwise it is a gateway or something else."""
        return self.host.partition(":")[0].endswith(AZURE_HOSTS)


def parse_endpoint(
    text: str, kind: Literal["azure", "openai"] | None = None, *, confirmed: bool = False
) -> Endpoint:
    """Read an address pasted in any form: a resource, a full call, v1, an AI services project.

    `kind` None decides by the address. `confirmed`: the user allowed plain http to a private
    address. Raises ConfigurationError with what to write instead.
    """
    parts = _split(_clean(text))
    host = _host(parts)
    address = _address(host)
    loopback = _is_loopback(host, address)
    private = parts.scheme == "http" and not loopback
    if private:
        _require_private(host, address, confirmed=confirmed)
    path = _path(parts)
    kind = kind or _guess_kind(host, path)
    authority = _authority(parts, host)
    base = _azure_base(path) if kind == "azure" else _openai_base(path)
    return Endpoint(
        url=f"{parts.scheme}://{authority}{base}", host=authority, kind=kind,
        api_version=_api_version(parts, path) if kind == "azure" else "",
        deployment=_deployment(path) if kind == "azure" else "",
        loopback=loopback, needs_confirmation=private,
    )


def endpoint_of(connection: Connection, *, confirmed: bool = True) -> Endpoint:
    """A connection's endpoint; a stored one was confirmed when it was added."""
    kind: Literal["azure", "openai"] = "azure" if connection.kind == "azure" else "openai"
    return parse_endpoint(connection.endpoint, kind, confirmed=confirmed)


def refuse_unsupported(connection: Connection) -> None:
    """Raises ConfigurationError for kinds and sign-ins that this version does not have."""
    if connection.kind == "local":
        raise ConfigurationError(
            "Model folders cannot be run directly yet",
            remedy="Serve the model with Ollama, LM Studio or vLLM and add that as an "
                   "OpenAI-compatible connection",
        )
    if connection.entra and connection.kind != "azure":
        raise ConfigurationError(
            "Only Azure connections sign in with Microsoft Entra ID",
            remedy="Choose the kind azure, or use a key",
        )


def is_classic(api_version: str) -> bool:
    """A dated api-version means the classic API; anything else is v1."""
    return bool(_DATED.fullmatch(api_version))


def _bad(what: str, remedy: str = "Paste the endpoint as the service's page shows it") -> (
        ConfigurationError):
    return ConfigurationError(what, remedy=remedy)


def _clean(text: str) -> str:
    cleaned = text.strip().strip("<>\"'`").strip()
    if not cleaned:
        raise _bad("The endpoint is empty", "Paste the address of the resource or server")
    if len(cleaned) > 2048:
        raise _bad("The endpoint is longer than 2,048 characters")
    if "\\" in cleaned or any(c.isspace() or not c.isprintable() for c in cleaned):
        raise _bad("The endpoint holds a space, a backslash or an invisible character")
    return cleaned if "://" in cleaned or ":/" in cleaned else _with_scheme(cleaned)


def _with_scheme(text: str) -> str:
    """`res.openai.azure.com` or `localhost:11434`, but not `javascript:alert(1)`."""
    scheme, colon, rest = text.partition(":")
    if colon and not re.match(r"\d", rest) and not text.startswith("["):
        raise _bad(f"{scheme}: addresses cannot be used", "Start the address with https://")
    local = re.match(r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|/|$)", text)
    return ("http://" if local else "https://") + text


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # reading it is what checks it
    except ValueError as problem:
        raise _bad("The endpoint is not an address", "Check the host and the port") from problem
    if parts.scheme not in ("https", "http"):
        raise _bad(f"{parts.scheme or 'These'} addresses cannot be used",
                   "Start the address with https://")
    if "@" in parts.netloc:
        raise _bad("The endpoint holds a user name or password before the @",
                   "Remove everything between // and the @")
    if parts.port == 0 or parts.netloc.endswith(":"):
        raise _bad("The endpoint's port is missing or zero", "Check the host and the port")
    return parts


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower()
    if parts.netloc.startswith("["):
        return host
    host = host.removesuffix(".")  # the same host to DNS: a key must not be bound to both
    if not host.isascii():
        raise _bad("The endpoint's host holds letters outside a-z, which can imitate another host",
                   "Write the host in its xn-- form if it is really meant")
    labels = host.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or len(host) > 253:
        raise _bad("The endpoint's host is not a valid name")
    if any(name.strip(".") in host for name in AZURE_HOSTS) and not host.endswith(AZURE_HOSTS):
        raise _bad(f"{host} imitates an Azure address", "Check who sent this address")
    return host


def _address(host: str) -> _Address | None:
    """The IP address a host is; refuses spellings such as 0x7f.1 that hide one."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError as problem:
        last = host.rsplit(".", 1)[-1]
        if re.fullmatch(r"\d+|0x[0-9a-f]*", last) or ":" in host:
            raise _bad("The endpoint's host is an unusual spelling of a number",
                       "Write the address as four numbers with dots") from problem
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    if isinstance(found, ipaddress.IPv6Address) and found.scope_id:
        raise _bad("The endpoint's host holds a network zone", "Remove the % and what follows")
    found = mapped or found
    if found.is_link_local or found.is_multicast or found.is_unspecified:
        raise _bad(f"{found} is not the address of a server",
                   "For a server on this machine write 127.0.0.1")
    return found


def _is_loopback(host: str, address: _Address | None) -> bool:
    if address is not None:
        return address.is_loopback
    return host == "localhost" or host.endswith(".localhost")


def _require_private(host: str, address: _Address | None, *, confirmed: bool) -> None:
    office = "." not in host or host.endswith(_OFFICE_NAMES)
    if not (address.is_private if address is not None else office):
        raise _bad("http:// would send questions and documents unencrypted",
                   "Start the address with https://")
    if not confirmed:
        raise _bad(f"{host} is reached over plain http: others on the network can read along",
                   "Confirm that this server is on your own network; no key is sent to it")


def _path(parts: SplitResult) -> str:
    path = unquote(parts.path)
    if ".." in path.split("/") or any(c in path for c in "\\%?#") or not path.isprintable():
        raise _bad("The endpoint's path cannot be used")
    return re.sub(r"/{2,}", "/", path).rstrip("/")


def _authority(parts: SplitResult, host: str) -> str:
    shown = f"[{host}]" if ":" in host else host
    usual = {"https": 443, "http": 80}[parts.scheme]
    return shown if parts.port in (None, usual) else f"{shown}:{parts.port}"


def _guess_kind(host: str, path: str) -> Literal["azure", "openai"]:
    azure = host.endswith(AZURE_HOSTS) or "/openai/deployments/" in f"{path}/"
    return "azure" if azure else "openai"


def _azure_base(path: str) -> str:
    """What precedes /openai: empty for a resource, a prefix behind a gateway."""
    for start in ("/openai", "/api/projects", "/models"):
        position = f"{path}/".find(f"{start}/")
        if position >= 0:
            return path[:position]
    return path


def _openai_base(path: str) -> str:
    base = _CALLS.sub("", path)
    return base or "/v1"


def _api_version(parts: SplitResult, path: str) -> str:
    if "/openai/v1" in path:
        return ""
    given = parse_qs(parts.query).get("api-version", [""])[0].strip()
    return given if is_classic(given) else ""


def _deployment(path: str) -> str:
    found = re.search(r"/deployments/([^/]+)", path)
    return found.group(1) if found else ""
