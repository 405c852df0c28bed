"""The prompt editor with a 20,000-token prompt in lines of up to 2,000 characters.

    QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.editor

Prints, as JSON: keystroke to painted (50th and 95th percentile, in the middle of the text, at its
end and after `{{`), token counts after a keystroke, 1,000 versions opened, filtered and compared,
and how many odd strings were counted other than tiktoken counts them. Times of the window are its
thread's own, so that a busy machine does not change them; counting is timed by the clock.
`idle` is the same loop with an empty prompt.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.core.prompt_review import Setting, review
from desktop.core.types import Prompt, PromptVersion
from desktop.services.tokens import Tokens
from desktop.services.tokens_process import ProcessTokens
from desktop.ui import theme
from desktop.ui.dialogs.versions import VersionsDialog
from desktop.ui.panes.code_edit import CodeEdit
from desktop.ui.panes.prompt import PromptPane

MODEL = "gpt-4.1-mini"
KEYS = 300
VERSIONS = 1_000
_WORDS = ("plan", "cover", "the", "of", "and", "employee", "benefit", "when", "year", "claim",
          "deductible", "network", "{{ question }}", "provider", "is", "paid", "within", "days")
ODD = ("", " ", "\n\n\n", "<|endoftext|>", "<|im_start|>user", "e\u0301",
       "👩‍👩‍👧‍👦 🏳️‍🌈", "日本語のテキスト。",
       "\u202eright to left", "0" * 500, "a" * 3_000, "\x00\x01", "naïve café", "مرحبا بالعالم",
       "def f(x):\n\treturn x**2  # ok", "\ufeffmark", "𝒳𝒴𝒵", "don't we'll I'm", "\t\t\t \t",
       "https://example.com/a?b=c&d=%20", "١٢٣", "ﬀ ﬁ", "\ud800", "a\u200bb")


def long_prompt(seed: int = 7) -> str:
    """About 20,000 tokens, in lines of up to 2,000 characters."""
    chance = random.Random(seed)
    tokens, lines, count = Tokens(), [], 0
    while count < 20_000:
        length, line = chance.randint(40, 2_000), ""
        while len(line) < length - 20:
            line += chance.choice(_WORDS) + " "
        lines.append(line.strip())
        count += tokens.count_now([lines[-1] + "\n"], MODEL)[0][0]
    return "\n".join(lines)


class _Painted(QObject):
    """Notes when a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.at = 0.0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self.at = time.perf_counter()
        return False


def typing(text: str, place: Callable[[CodeEdit], None], keys: str = "the plan ") -> list[float]:
    """Milliseconds from each key to the end of the paint that shows it."""
    pane = PromptPane()
    pane.resize(440, 800)
    pane.show_versions([PromptVersion(1, Prompt(text))])
    pane.show_prompt(Prompt(text + "\nOne more line."))
    pane.show()
    editor = pane.system
    editor.setFocus()
    QApplication.processEvents()
    place(editor)
    QApplication.processEvents()
    painted, times = _Painted(editor.viewport()), []
    for number in range(KEYS):
        painted.at, begun = 0.0, time.thread_time()
        QTest.keyClick(editor, keys[number % len(keys)])
        while not painted.at:
            QApplication.processEvents()
        QApplication.processEvents()
        times.append((time.thread_time() - begun) * 1000)
    pause = time.thread_time()
    pane.flush()
    QApplication.processEvents()
    _PAUSES.append((time.thread_time() - pause) * 1000)
    pane.close()
    pane.deleteLater()
    return times


_PAUSES: list[float] = []  # what happens once the user pauses: comparing, marking


def _middle(editor: CodeEdit) -> None:
    block = editor.document().findBlockByNumber(editor.blockCount() // 2)
    cursor = QTextCursor(block)
    cursor.movePosition(QTextCursor.MoveOperation.Right, n=block.length() // 2)
    editor.setTextCursor(cursor)


def _end(editor: CodeEdit) -> None:
    editor.moveCursor(QTextCursor.MoveOperation.End)


def _share(times: list[float], share: float) -> float:
    return round(sorted(times)[int(len(times) * share)], 2)


async def counting(text: str) -> dict[str, float]:
    """Milliseconds until a changed prompt is counted, with and without its process running."""
    tokens = ProcessTokens()
    try:
        begun = time.perf_counter()
        await tokens.count([text, "", "{{ question }}"], MODEL)
        cold = time.perf_counter() - begun
        times = []
        for number in range(30):
            begun = time.perf_counter()
            await tokens.count([f"{text}{number}", "", "{{ question }}"], MODEL)
            times.append((time.perf_counter() - begun) * 1000)
        return {"count_p95_ms": _share(times, 0.95), "count_first_ms": round(cold * 1000, 1)}
    finally:
        await tokens.aclose()


def versions(text: str) -> dict[str, float]:
    """Opening the list of 1,000 versions, filtering it, and comparing two of them."""
    lines = text.split("\n")
    made = []
    for number in range(1, VERSIONS + 1):
        lines[number % len(lines)] += " changed"
        prompt = Prompt("\n".join(lines))
        made.append(PromptVersion(number, prompt, f"Try {number}", created_at="2026-11-20T10:00"))
    dialog = VersionsDialog()

    def timed(act: Callable[[], object]) -> float:
        begun = time.thread_time()
        act()
        QApplication.processEvents()
        return round((time.thread_time() - begun) * 1000, 1)

    def open_() -> None:
        dialog.show_versions(made, Prompt(text))
        dialog.show()

    found = {"versions_open_and_compare_ms": timed(open_)}
    found["versions_compare_far_apart_ms"] = timed(lambda: dialog._choose([1, VERSIONS]))
    found["versions_compare_neighbours_ms"] = timed(lambda: dialog._choose([499, 500]))
    found["versions_filter_by_name_ms"] = timed(lambda: dialog.filter.setText("try 77"))
    dialog.close()
    return found


def odd_strings() -> int:
    """How many are counted other than tiktoken itself counts them."""
    import tiktoken

    tokens = Tokens()
    differ = 0
    for model, name in ((MODEL, "o200k_base"), ("gpt-4", "cl100k_base")):
        tokens.count_now(["load"], model)
        encoding = tiktoken.get_encoding(name)
        counts, exact = tokens.count_now(ODD, model)
        differ += sum(count != len(encoding.encode(text, disallowed_special=()))
                      for count, text in zip(counts, ODD, strict=True)) + (not exact)
    return differ


def measure() -> dict[str, object]:
    text = long_prompt()
    tokens = Tokens().count_now([text], MODEL)[0][0]
    idle, middle, end = typing("", _end), typing(text, _middle), typing(text, _end)
    names = typing(text, _end, "{{ question }} ")
    begun = time.thread_time()
    review(Prompt(text), Setting(retrieves=True, model=MODEL))
    reviewed = time.thread_time() - begun
    return {
        "tokens": tokens, "characters": len(text),
        "longest_line": max(map(len, text.split("\n"))),
        "idle_loop_ms": round(statistics.median(idle), 2), "idle_p95_ms": _share(idle, 0.95),
        "middle_p50_ms": _share(middle, 0.5), "middle_p95_ms": _share(middle, 0.95),
        "end_p50_ms": _share(end, 0.5), "end_p95_ms": _share(end, 0.95),
        "names_p95_ms": _share(names, 0.95),
        "pause_longest_ms": round(max(_PAUSES), 1),
        "review_ms": round(reviewed * 1000, 1),
        **asyncio.run(counting(text)), **versions(text),
        "odd_strings": len(ODD), "odd_strings_that_differ": odd_strings(),
        "load": round(os.getloadavg()[0], 1),
    }


if __name__ == "__main__":
    app = QApplication.instance() or QApplication(sys.argv)
    assert isinstance(app, QApplication)
    app.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    theme.apply(app, "light", 100)
    print(json.dumps(measure(), indent=2))
