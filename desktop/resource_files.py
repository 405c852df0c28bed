"""Where the files that ship with the program are.

An installed wheel and a frozen bundle carry them inside the package; a source tree has them
at its top level.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The path of `resources/<name>`. Raises FileNotFoundError when it did not ship."""
    for folder in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        if (found := folder / name).exists():
            return found
    raise FileNotFoundError(f"{name} is missing from this installation of Strategy Explorer")
