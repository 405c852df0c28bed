"""The drawing in core/errors.py is the tree of classes."""

import re

from desktop.core import errors


def drawn() -> dict[str, str]:
    """Class -> parent, read from the drawing."""
    parents: dict[str, str] = {}
    stack: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"^(?P<lead>[ |`-]*)(?P<name>[A-Z]\w+) {2,}", line)
        if found:
            depth = len(found["lead"])
            while stack and stack[-1][0] >= depth:
                stack.pop()
            parents[found["name"]] = stack[-1][1] if stack else "Exception"
            stack.append((depth, found["name"]))
    return parents


def test_the_tree_is_drawn_as_it_is() -> None:
    real = {
        name: value.__bases__[0].__name__
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    assert drawn() == real


def test_an_error_reads_as_sentences() -> None:
    error = errors.DocumentError("a.pdf is empty", why="it has 0 bytes", remedy="Drop another")
    assert str(error) == "a.pdf is empty. it has 0 bytes. Drop another."
    assert errors.Throttled("Too fast", retry_after=2.0).retry_after == 2.0
