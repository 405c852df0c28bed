"""Which kind of file of prompts it is, by its name: reading and writing all of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from ..errors import DocumentError
from ..evaluation.case_files import decode
from ..types import Case, PromptVersion
from . import json_files, promptfoo, prompty
from .found import LARGEST, Found, FoundPrompt, LeftOut, Written

KINDS = "Use .prompty, .yaml (promptfoo), .json, .txt or .md"
_TEXTS = ("txt", "md", "j2", "jinja", "jinja2")


def read(name: str, content: bytes) -> Found:
    """What a file holds; a prompt without a name gets the file's. Raises DocumentError, and
    DatasetError for what is not text."""
    if _suffix(name) not in ("prompty", "yaml", "yml", "json", *_TEXTS):
        raise _unknown(name)
    if len(content) > LARGEST:
        raise DocumentError(f"{name} has {len(content):,} bytes",
                            why=f"a file of prompts has at most {LARGEST:,}")
    found = _read(_suffix(name), decode(name, content), name)
    stem = name.rpartition(".")[0] or name
    return replace(found, prompts=tuple(
        each if each.name else replace(each, name=stem[:200]) for each in found.prompts))


def _read(suffix: str, text: str, name: str) -> Found:
    if suffix == "prompty":
        return prompty.read(text, name)
    if suffix in ("yaml", "yml"):
        return promptfoo.read(text, name)
    if suffix == "json":
        return _read_json(text, name)
    return _read_text(text, name)


def _read_json(text: str, name: str) -> Found:
    """promptfoo's configuration may be JSON as well."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if promptfoo.is_config(value):
        return promptfoo.read_config(value, name)
    return json_files.read(text, name)


def _read_text(text: str, name: str) -> Found:
    if not text.strip():
        raise DocumentError(f"{name} holds no prompt", why="It is empty")
    prompt, left = prompty.read_body(text.replace("\r\n", "\n"), name)
    return Found((FoundPrompt(prompt),), (), tuple(left))


def write(name: str, version: PromptVersion, cases: Sequence[Case]) -> Written:
    """A file of the kind its name says. Raises DocumentError for another kind, PromptError for
    a prompt that cannot be said in it."""
    suffix = _suffix(name)
    if suffix == "json":
        return Written(json_files.write(version))
    written = _write(suffix, name, version, cases)
    if not version.prompt.chosen:
        return written
    left = LeftOut(f"{version.prompt.chosen} examples chosen by likeness",
                   "They are chosen anew for each question, from the dataset of this workspace")
    return replace(written, left_out=(*written.left_out, left))


def _write(suffix: str, name: str, version: PromptVersion, cases: Sequence[Case]) -> Written:
    called = version.name or f"Prompt v{version.number}"
    if suffix == "prompty":
        return prompty.write(version.prompt, called, version.note)
    if suffix in ("yaml", "yml"):
        return promptfoo.write(version, called, cases)
    if suffix in ("txt", "md"):
        return Written(prompty.write_body(version.prompt))
    raise _unknown(name)


def _suffix(name: str) -> str:
    return name.casefold().rpartition(".")[2]


def _unknown(name: str) -> DocumentError:
    return DocumentError(f"{name} is not a kind of file that holds prompts", remedy=KINDS)
