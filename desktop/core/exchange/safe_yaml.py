"""YAML from strangers: plain values only, no bombs, and words stay words.

What JavaScript tools write is YAML 1.2, where only `true` and `false` are truth values: PyYAML
would read `no` as False. Dates stay the text they are.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Any

MOST_VALUES = 200_000  # after every alias is followed; a bomb of 10 lines has billions
DEEPEST = 100  # levels; the parser in C does not survive thousands


def load(text: str) -> Any:
    """JSON-like values. Raises ValueError with the reason for whatever cannot be read."""
    import yaml

    try:
        _check_depth(yaml.parse(text, Loader=_loader()))
        loader = _loader()(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return None
            if _size(node, {}) > MOST_VALUES:
                raise ValueError(f"It has more than {MOST_VALUES:,} values")
            return _plain(loader.construct_document(node))
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}: " if mark is not None else ""
        raise ValueError(f"{place}{error.problem or error.context or 'not YAML'}") from error
    except (yaml.YAMLError, TypeError, OverflowError) as error:
        raise ValueError(" ".join(str(error).split())) from error
    except RecursionError as error:
        raise ValueError("It is nested too deeply") from error


def dump(value: Any) -> str:
    """Readable YAML; texts of several lines stand as blocks."""
    import yaml

    return yaml.dump(value, Dumper=_dumper(), allow_unicode=True, sort_keys=False, width=100)


@functools.cache
def _loader() -> Any:
    import yaml

    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc, valid-type]
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in resolvers
                if tag.rpartition(":")[2] not in ("timestamp", "bool")]
        for first, resolvers in base.yaml_implicit_resolvers.items()
    }
    truth = re.compile("(?:true|True|TRUE|false|False|FALSE)$")
    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", truth, list("tTfF"))
    return Loader


@functools.cache
def _dumper() -> Any:
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        style = "|" if "\n" in value else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    return Dumper


def _check_depth(events: Iterable[Any]) -> None:
    depth = 0
    for event in events:
        name = type(event).__name__
        depth += name in ("MappingStartEvent", "SequenceStartEvent")
        depth -= name in ("MappingEndEvent", "SequenceEndEvent")
        if depth > DEEPEST:
            raise ValueError("It is nested too deeply")


def _size(node: Any, known: dict[int, int]) -> int:
    """Values under a node, counted as often as they would be met."""
    if id(node) in known:
        size = known[id(node)]
        if not size:
            raise ValueError("A part of it holds itself")
        return size
    known[id(node)] = 0
    held = node.value if isinstance(node.value, list) else ()
    parts = [part for each in held for part in (each if isinstance(each, tuple) else (each,))]
    known[id(node)] = size = 1 + sum(_size(part, known) for part in parts)
    return size


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
