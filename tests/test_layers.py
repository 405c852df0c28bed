"""The house's walls: who may import whom, lazy imports included."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "desktop"
LAYERS = ("core", "flows", "services", "ui")
MAY_IMPORT = {
    "core": {"core"},
    "flows": {"core", "flows"},
    "services": {"core", "services"},
    "ui": {"core", "flows", "ui"},
}
# Library -> the places that may import it. "root" is a module directly in `desktop/`.
RESERVED = {
    "PySide6": {"ui", "app", "__main__"},
    "qasync": {"app", "__main__"},
    "sqlite3": {"services", "selftest"},
    "faiss": {"services"},
    "torch": {"services"},
    "sentence_transformers": {"services"},
    "onnxruntime": {"services"},
    "openai": {"services"},
    "httpx2": {"services"},
    "keyring": {"services"},
    "azure": {"services"},
}
BANNED = {"pickle", "marshal", "shelve", "joblib", "dill", "cloudpickle"}


def place_of(path: Path, package: Path) -> str:
    """`core`, `ui`, ... or the module's own name for files directly in the package."""
    parts = path.relative_to(package).parts
    return parts[0] if len(parts) > 1 else path.stem


def imports_of(path: Path, package: Path) -> Iterator[tuple[int, str]]:
    """Every module that a file imports, absolute, anywhere in it."""
    here = (package.name, *path.relative_to(package).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level] if node.level else ()
            module = ".".join((*base, *(node.module or "").split("."))).strip(".")
            for alias in node.names:
                yield node.lineno, f"{module}.{alias.name}"
        elif (
            isinstance(node, ast.Call) and _name(node.func) in ("import_module", "__import__")
            and node.args and isinstance(node.args[0], ast.Constant)
        ):
            yield node.lineno, str(node.args[0].value)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def violations(package: Path) -> list[str]:
    found = []
    for path in sorted(package.rglob("*.py")):
        place = place_of(path, package)
        for line, module in imports_of(path, package):
            top, *rest = module.split(".")
            where = f"{path.relative_to(package)}:{line} imports {module}"
            if top in BANNED or place not in RESERVED.get(top, {place}):
                found.append(where)
            inside = top == package.name and rest and rest[0] in LAYERS
            if inside and place in LAYERS and rest[0] not in MAY_IMPORT[place]:
                found.append(where)
            if top == package.name and rest[:1] in (["app"], ["cli"]) and place in LAYERS:
                found.append(where)
    return found


def test_imports_go_one_way() -> None:
    assert violations(PACKAGE) == []


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("core/chunking.py", "def f():\n    from PySide6.QtCore import QObject\n"),
        ("core/chunking.py", "from ..services import store\n"),
        ("core/x.py", "from .. import services\n"),
        ("flows/asking.py", "import sqlite3\n"),
        ("flows/asking.py", "from desktop.ui import theme\n"),
        ("services/store.py", "from ..flows.tasks import Tasks\n"),
        ("services/store.py", "from PySide6 import QtCore\n"),
        ("ui/window.py", "from ..services.store import Store\n"),
        ("ui/window.py", "import qasync\n"),
        ("ui/window.py", "def f():\n    import importlib\n    importlib.import_module('faiss')\n"),
        ("services/x.py", "import pickle\n"),
        ("ui/window.py", "from ..app import main\n"),
    ],
)
def test_a_planted_violation_is_seen(tmp_path: Path, file: str, code: str) -> None:
    package = tmp_path / "desktop"
    for layer in LAYERS:
        (package / layer).mkdir(parents=True)
    (package / file).write_text(code)
    assert len(violations(package)) == 1


def test_a_clean_tree_is_clean(tmp_path: Path) -> None:
    (tmp_path / "desktop" / "ui").mkdir(parents=True)
    (tmp_path / "desktop" / "ui" / "a.py").write_text("from ..core.types import Hit\n")
    assert violations(tmp_path / "desktop") == []
