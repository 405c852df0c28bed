"""The call behind an answer, to run elsewhere: curl, and Python with the openai SDK.

A key is never part of it: both read it from an environment variable when they run.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

from ..endpoints import Endpoint, endpoint_of, is_classic
from ..errors import ConfigurationError
from ..types import Answer, Connection
from .parameters import as_sent

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TOKEN = ("az account get-access-token --resource https://cognitiveservices.azure.com"
          " --query accessToken --output tsv")
_SCOPE = "https://cognitiveservices.azure.com/.default"


def can_copy(connection: Connection | None) -> bool:
    """Was there a call over the network at all, to a connection that is still there?"""
    if connection is None or connection.kind not in ("azure", "openai"):
        return False
    try:
        endpoint_of(connection)
    except ConfigurationError:
        return False
    return True


def curl(answer: Answer, connection: Connection, deployment: str) -> str:
    """For a POSIX shell; the body stands in a here-document, so nothing in it is expanded."""
    endpoint = endpoint_of(connection)
    head = _header(connection, endpoint)
    body = json.dumps(_body(answer, deployment), ensure_ascii=False, indent=2)
    return "\n".join([
        f"curl {shlex.quote(_address(connection, endpoint, deployment))} \\",
        '  -H "Content-Type: application/json" \\',
        *([f'  -H "{head}" \\'] if head else []),
        "  --data-binary @- <<'JSON'", body, "JSON", "",
    ])


def python(answer: Answer, connection: Connection, deployment: str) -> str:
    """For the openai package, version 1 or newer."""
    endpoint = endpoint_of(connection)
    imports, client = _client(connection, endpoint)
    body = _body(answer, deployment)
    arguments = [f"    model={body.pop('model')!r},", "    messages=["]
    arguments += [f"        {message!r}," for message in body.pop("messages")]
    arguments += ["    ],", *(f"    {name}={value!r}," for name, value in body.items())]
    return "\n".join([
        *imports, "", *client, "", "answer = client.chat.completions.create(", *arguments, ")",
        "print(answer.choices[0].message.content)", "",
    ])


def _body(answer: Answer, deployment: str) -> dict[str, Any]:
    return {
        "model": deployment,
        "messages": [{"role": m.role, "content": m.content} for m in answer.messages],
        **as_sent(answer.parameters),
    }


def _address(connection: Connection, endpoint: Endpoint, deployment: str) -> str:
    if _classic(connection):
        return (f"{endpoint.url}/openai/deployments/{deployment}/chat/completions"
                f"?api-version={connection.api_version}")
    base = f"{endpoint.url}/openai/v1" if connection.kind == "azure" else endpoint.url
    query = f"?api-version={connection.api_version}" if (
        connection.kind == "azure" and connection.api_version) else ""
    return f"{base}/chat/completions{query}"


def _classic(connection: Connection) -> bool:
    return connection.kind == "azure" and is_classic(connection.api_version)


def variable_of(connection: Connection) -> str:
    """The environment variable that holds the key; the usual one where none was named."""
    if _VARIABLE.fullmatch(connection.key_env):
        return connection.key_env
    return "AZURE_OPENAI_API_KEY" if connection.kind == "azure" else "OPENAI_API_KEY"


def key_from(connection: Connection) -> str:
    """In words, where a copied call takes what it signs in with."""
    if connection.entra:
        return "No key is copied: the call uses your sign-in to Azure."
    if not _takes_key(connection, endpoint_of(connection)):
        return "No key is copied, and this server needs none."
    return f"No key is copied: the call reads it from the variable {variable_of(connection)}."


def _header(connection: Connection, endpoint: Endpoint) -> str:
    if connection.entra:
        return f"Authorization: Bearer $({_TOKEN})"
    if not _takes_key(connection, endpoint):
        return ""
    variable = variable_of(connection)
    return f"api-key: ${variable}" if _classic(connection) else f"Authorization: Bearer ${variable}"


def _takes_key(connection: Connection, endpoint: Endpoint) -> bool:
    """Servers on this machine seldom want a key, and none may travel unencrypted."""
    return endpoint.key_allowed and (not endpoint.loopback or bool(connection.key_env))


def _client(connection: Connection, endpoint: Endpoint) -> tuple[list[str], list[str]]:
    """Its import lines, and the lines that make it."""
    if connection.entra:
        imports = ["from azure.identity import DefaultAzureCredential, get_bearer_token_provider"]
        key = f"get_bearer_token_provider(DefaultAzureCredential(), {_SCOPE!r})"
    elif _takes_key(connection, endpoint):
        imports, key = ["import os", ""], f"os.environ[{variable_of(connection)!r}]"
    else:
        imports, key = [], repr("unused")
    if _classic(connection):
        name = "azure_ad_token_provider" if connection.entra else "api_key"
        return [*imports, "from openai import AzureOpenAI"], [
            "client = AzureOpenAI(", f"    azure_endpoint={endpoint.url!r},",
            f"    api_version={connection.api_version!r},", f"    {name}={key},", ")"]
    base = f"{endpoint.url}/openai/v1/" if connection.kind == "azure" else endpoint.url
    query = [f"    default_query={{'api-version': {connection.api_version!r}}},"] if (
        connection.kind == "azure" and connection.api_version) else []
    return [*imports, "from openai import OpenAI"], [
        "client = OpenAI(", f"    base_url={base!r},", f"    api_key={key},", *query, ")"]
