"""What the program imports is what it declares: nothing comes along by accident."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Part of the interface of a library that is declared, and required by it.
COMES_WITH = {"shiboken6": "pyside6_essentials", "markupsafe": "jinja2",
              "referencing": "jsonschema", "msal": "azure_identity",
              "tqdm": "sentence_transformers", "huggingface_hub": "sentence_transformers"}
# These run where the extra `convert` is.
CONVERTING = {"desktop/services/model_conversion.py",
              "desktop/services/local_training_worker.py",
              "desktop/services/hub.py", "desktop/services/torch_worker.py"}


def imported(path: Path) -> Iterator[str]:
    """Top-level names of other projects' modules, lazy imports included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [node.module]
        else:
            continue
        yield from {name.partition(".")[0] for name in names} - sys.stdlib_module_names


def distributions(requirements: list[str]) -> set[str]:
    """`faiss-cpu>=1.15` is faiss_cpu."""
    names = {requirement.partition(">")[0].partition("=")[0] for requirement in requirements}
    return {name.lower().replace("-", "_") for name in names}


def test_every_import_is_declared() -> None:
    owners = packages_distributions()
    declared = distributions(PROJECT["dependencies"])
    converting = declared | distributions(PROJECT["optional-dependencies"]["convert"])
    missing = []
    for path in sorted((ROOT / "desktop").rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        allowed = converting if place in CONVERTING else declared
        for name in imported(path):
            owned = {each.lower().replace("-", "_") for each in owners.get(name, [name])}
            owned.add(COMES_WITH.get(name, name))
            if name != "desktop" and not owned & allowed:
                missing.append(f"{place} imports {name}")
    assert not missing, "\n".join(missing)
