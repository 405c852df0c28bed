"""Things that once broke programs like this one, forbidden by reading the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "desktop"
# One row a ban: name called -> why. `.exec()` inside a coroutine freezes other tasks for ever,
# asyncClose spins or deadlocks, asyncSlot holds its task weakly, a bare task tells nobody of
# its failure.
BANNED_CALLS = {"exec", "exec_", "asyncClose", "asyncSlot", "ensure_future"}
TASK_OWNERS = {"flows/tasks.py"}
# These take rich text unless told otherwise, and rich text reads files and follows links.
RICH_TEXT_WIDGETS = {"QLabel", "QMessageBox", "QTextBrowser"}
PIPE_PICKLERS = {"recv"}


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str, str]]:
    """Each call with its receiver's and its own name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            func = node.func
            if isinstance(func, ast.Attribute):
                yield node, getattr(func.value, "id", getattr(func.value, "attr", "")), func.attr
            elif isinstance(func, ast.Name):
                yield node, "", func.id


def banned(path: str, source: str) -> list[str]:
    tree = ast.parse(source)
    found = []
    for node, owner, name in calls(tree):
        bare_task = name == "create_task" and owner in ("asyncio", "loop", "get_running_loop", "")
        if name in BANNED_CALLS or (bare_task and path not in TASK_OWNERS):
            found.append(f"{path}:{node.lineno} {owner}.{name}")
        if name in PIPE_PICKLERS:
            found.append(f"{path}:{node.lineno} {owner}.{name} unpickles what it receives")
        if name in RICH_TEXT_WIDGETS and "PlainText" not in source:
            found.append(f"{path}:{node.lineno} {name} without PlainText in its file")
        if name in ("setHtml", "insertHtml", "appendHtml"):
            found.append(f"{path}:{node.lineno} {name} renders rich text")
    found += [
        f"{path}:{node.lineno} decorator {_decorator(item)}"
        for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for item in node.decorator_list if _decorator(item) in BANNED_CALLS
    ]
    return found


def _decorator(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_nothing_banned_is_used() -> None:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        found += banned(path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8"))
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "dialog.exec()",
        "asyncio.create_task(f())",
        "asyncio.get_running_loop().create_task(f())",
        "loop.create_task(f())",
        "asyncio.ensure_future(f())",
        "@asyncClose\ndef closeEvent(self, event): ...",
        "@qasync.asyncSlot()\nasync def go(self): ...",
        "label = QLabel('<b>x</b>')",
        "view.setHtml(text)",
        "connection.recv()",
    ],
)
def test_a_planted_ban_is_seen(code: str) -> None:
    assert banned("ui/x.py", code)


def test_children_of_a_task_group_are_allowed() -> None:
    assert banned("flows/x.py", "group.create_task(f())") == []
