"""`.prompty`: YAML front matter, then messages under `system:`, `user:` and `assistant:`.

As Microsoft's own reader takes them (github.com/microsoft/prompty, runtime): a role stands alone
on its line, may have a `#` before it and attributes in brackets; what precedes the first role
is the system message. Two layouts are about: `model.parameters` with `sample` (0.1), and
`model.options` (2.x). Either reader refuses the inputs, and the first the options, of the other:
ours names no inputs and has `model.parameters`, so that both open it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..errors import DocumentError, PromptError
from ..types import Message, Prompt
from . import safe_yaml
from .found import Found, FoundPrompt, LeftOut, Written
from .messages import messages_of, names_of, prompt_of
from .parameters import as_sent, parameters_of

_FRONT = re.compile(r"\s*---[ \t]*\n(?P<front>.*?)(?:^|\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_ROLE = re.compile(r"\s*#?\s*(?P<role>assistant|function|system|user|tools?|developer)"
                   r"(\[[^\]\n]*\])?\s*:\s*", re.IGNORECASE)
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)\s]+[^)]*\)")
_UNDERSTOOD = ("$schema", "name", "description", "model", "inputs", "inputSchema", "sample",
               "template", "authors", "tags", "version", "metadata", "parser")


def read(text: str, name: str) -> Found:
    """The one prompt of a file. Raises DocumentError where the front matter cannot be read."""
    front, body = _split(text.replace("\r\n", "\n"), name)
    prompt, left = read_body(body, name)
    model = front.get("model")
    model = model if isinstance(model, Mapping) else {"id": model} if model else {}
    options = model.get("options", model.get("parameters"))
    parameters, unknown = parameters_of(options)
    values = _values(front)
    kept = tuple((name, values[name]) for name in sorted(names_of(prompt)) if values.get(name))
    made = replace(prompt, parameters=parameters, variables=kept)
    untried = [each for each in left if not values.get(each.what.strip("{} "))]
    return Found((FoundPrompt(made, _text(front.get("name")), _text(front.get("description"))),),
                 (), (*untried, *unknown, *_rest(front, model, body)))


def read_body(body: str, name: str) -> tuple[Prompt, list[LeftOut]]:
    """Messages under their roles as a prompt."""
    return prompt_of(_messages(body), name)


def _split(text: str, name: str) -> tuple[Mapping[str, Any], str]:
    found = _FRONT.match(text)
    if not found:
        return {}, text
    try:
        front = safe_yaml.load(found["front"])
    except ValueError as error:
        raise DocumentError(f"The front matter of {name} cannot be read", why=str(error),
                            remedy="Mend the lines between the two ---") from error
    return front if isinstance(front, Mapping) else {}, text[found.end():]


def _messages(body: str) -> list[Message]:
    role = "system"
    lines: list[str] = []
    made: list[Message] = []
    for line in [*body.split("\n"), None]:
        found = None if line is None else _ROLE.fullmatch(line)
        if line is not None and not found:
            lines.append(line)
            continue
        content = "\n".join(lines).strip("\n").rstrip()
        if content:
            made.append(Message(_known(role), content))
        role, lines = (found["role"].casefold() if found else ""), []
    return made


def _known(role: str) -> Any:
    return "tool" if role in ("function", "tools", "tool") else role


def _values(front: Mapping[str, Any]) -> dict[str, str]:
    schema = front.get("inputSchema", front.get("inputs"))
    if isinstance(schema, Mapping) and isinstance(schema.get("properties"), list):
        schema = schema["properties"]
    if isinstance(schema, list):
        schema = {each.get("name"): each for each in schema if isinstance(each, Mapping)}
    sample = front.get("sample")
    found: dict[str, str] = {}
    for values in (schema, sample):
        for name, value in values.items() if isinstance(values, Mapping) else ():
            if isinstance(value, Mapping):
                value = next((value[key] for key in ("default", "example", "sample")
                              if key in value), None)
            if isinstance(value, str | int | float):
                found[str(name)] = str(value)
    return found


def _rest(
    front: Mapping[str, Any], model: Mapping[str, Any], body: str
) -> list[LeftOut]:
    left = []
    place = model.get("configuration", model.get("connection"))
    place = place if isinstance(place, Mapping) else {}
    named = model.get("id") or place.get("azure_deployment") or place.get("name")
    if isinstance(named, str):
        left.append(LeftOut(f"model {named}"[:200], "Choose the model of a column instead"))
    left += [LeftOut(name[:200], "The program has no place for it")
             for name in front if name not in _UNDERSTOOD]
    kind = str(front.get("template", "")).casefold()
    if "mustache" in kind:
        left.append(LeftOut("template: mustache", "It is read as Jinja2: sections in {{#...}} "
                            "have to be rewritten"))
    if _PICTURE.search(body):
        left.append(LeftOut("a picture", "Only text is sent: its place stays as text"))
    return left


def _text(value: object) -> str:
    return " ".join(value.split())[:500] if isinstance(value, str) else ""


def write(prompt: Prompt, name: str, note: str) -> Written:
    """Raises PromptError for a text that a reader would take for a role."""
    settings = as_sent(prompt.parameters)
    front = {
        "name": name, **({"description": note} if note else {}),
        "model": {"api": "chat", "parameters": settings},
        "sample": {**dict(prompt.variables), "question": "Your question", "context": ""},
    }
    left = (LeftOut("parameters", "Prompty 2 looks for them under model.options: it opens the file "
                    "without them"),)
    return Written(f"---\n{safe_yaml.dump(front)}---\n{write_body(prompt)}",
                   left if settings else ())


def write_body(prompt: Prompt) -> str:
    """Messages under their roles. Raises PromptError as `write`."""
    return "\n".join(f"{m.role}:\n{_checked(m)}\n" for m in messages_of(prompt))


def _checked(message: Message) -> str:
    for line in message.content.splitlines():
        if _ROLE.fullmatch(line):
            raise PromptError(
                "The prompt cannot be written to this kind of file",
                why=f"The line “{line.strip()[:60]}” of a {message.role} message would begin a "
                    "message of its own", remedy="Export it as JSON instead")
    return message.content
