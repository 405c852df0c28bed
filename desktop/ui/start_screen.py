"""The first thing on screen: a sample one key away, your own, and the ladder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ..core.strategies import BADGES, LADDER
from . import theme
from .actions import key_text
from .components import ElidedLabel, IconLabel, KeyButton, RungBadge, button, label

# (name for sampleRequested, title, what it shows, what is in it, icon)
SAMPLES = (
    ("benefits", "Benefits questions", "“Are eyeglasses covered?” answered from plan documents.",
     "4 documents, 40 cases, 20 examples, a recorded run", "first-aid-kit"),
    ("marketing", "Product descriptions", "A brand's voice: what a good prompt can do.",
     "A voice guide, 40 cases, 36 examples, a recorded run", "note-pencil"),
    ("sql", "Questions to SQL", "One format, many questions: where training helps.",
     "A small database, 40 cases, 78 examples, a recorded run", "code"),
)

_LADDER_FROM = 780  # pixels at 100 % of the page's width: below, the choices need them all


class Choice(QFrame):
    """A row of the start page: click anywhere on it, or press its button."""

    def __init__(
        self, icon: str, title: str, lines: Sequence[str], press: QPushButton,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("choice")
        self.press = press
        press.setAccessibleName(f"{press.text()}: {title}")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(8))
        row.setSpacing(theme.px(12))
        row.addWidget(IconLabel(icon, "accent"), 0, Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        words.addWidget(label(title, role="strong"))
        for place, line in enumerate(lines):
            words.addWidget(label(line, tone="muted" if place else "", size="small", wrap=True))
        row.addLayout(words, 1)
        row.addWidget(press)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.press.click()


class RowButton(QPushButton):
    """A whole-width row: icon, words, muted words, key at the right."""

    def __init__(self, icon: str, text: str, note: str, key: str = "") -> None:
        super().__init__()
        self.setObjectName("rowButton")
        self.setAccessibleName(text)
        self.setAccessibleDescription(note)
        self.setFixedHeight(theme.px(36))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        row.setSpacing(theme.px(8))
        row.addWidget(IconLabel(icon, "text"), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(label(text))
        said = ElidedLabel(note)
        said.setProperty("tone", "muted")
        said.setProperty("scale", "small")
        row.addWidget(said, 1)
        row.addWidget(label(key, tone="muted", size="small"))
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(300), theme.px(36))


class DropZone(QWidget):
    """A dashed frame that says where to drop; the window takes the drop."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(theme.px(54))
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addWidget(IconLabel("download-simple"), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(label(text, tone="muted"))
        row.addStretch(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(theme.color("border_strong"), 1, Qt.PenStyle.DashLine))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


class StartScreen(QFrame):
    """Left: what to open. Right: the ladder."""

    sampleRequested = Signal(str)
    newRequested = Signal()
    openRequested = Signal()
    connectRequested = Signal()
    recentRequested = Signal(object)  # Path
    backRequested = Signal()
    backupsRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "surface")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(_scrolling(self._make_choices(), "Start"), 1)
        self._ladder = _scrolling(_make_ladder(), "The ladder", theme.px(300))
        row.addWidget(self._ladder)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._ladder.setVisible(self.width() >= theme.px(_LADDER_FROM))

    def _make_choices(self) -> QFrame:
        inner = QFrame()
        inner.setProperty("surface", "surface")
        column = QVBoxLayout(inner)
        column.setContentsMargins(theme.px(24), theme.px(16), theme.px(24), theme.px(16))
        column.setSpacing(theme.px(4))
        self._back = button("Back", kind="quiet", icon="caret-left")
        self._back.clicked.connect(self.backRequested)
        self._back.hide()
        column.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(label("Prompt, documents or fine-tuning?", role="title", wrap=True))
        column.addWidget(label(
            "Ask each the same question. The samples answer on this machine, without an account.",
            tone="muted", wrap=True))
        _add_heading(column, "Samples")
        self._add_samples(column)
        _add_heading(column, "Your own")
        self._add_own(column)
        column.addSpacing(theme.px(12))
        column.addWidget(DropZone("Drop documents, questions, examples or a workspace here"))
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        column.addLayout(self._recent)
        column.addStretch(1)
        return inner

    def _add_samples(self, column: QVBoxLayout) -> None:
        for place, (name, title, line, inside, icon) in enumerate(SAMPLES):
            first = place == 0
            key = KeyButton("Open", key_text("Enter"), kind="primary")
            press = key if first else button("Open")
            press.setDefault(first)
            press.clicked.connect(partial(self._open_sample, name))
            choice = Choice(icon, title, (line, inside), press)
            choice.setProperty("first", "true" if first else "false")
            column.addWidget(choice)
            if first:
                self.setFocusProxy(press)

    def _open_sample(self, name: str, checked: bool = False) -> None:
        self.sampleRequested.emit(name)

    def _add_own(self, column: QVBoxLayout) -> None:
        own = QVBoxLayout()
        own.setSpacing(0)
        rows: tuple[tuple[str, str, str, str, Callable[[], object]], ...] = (
            ("note-pencil", "New use case", "Three questions make a first ladder", "Ctrl+N",
             self.newRequested.emit),
            ("folder-open", "Open workspace", "A .stratex file, also from a colleague", "Ctrl+O",
             self.openRequested.emit),
            ("clock-counter-clockwise", "Restore a backup", "An earlier state, as a copy", "",
             self.backupsRequested.emit),
            ("link", "Add a connection", "Azure OpenAI or compatible; can wait", "",
             self.connectRequested.emit),
        )
        for icon, text, note, key, act in rows:
            made = RowButton(icon, text, note, key_text(key) if key else "")
            made.clicked.connect(partial(_call, act))
            own.addWidget(made)
        column.addLayout(own)

    def show_recent(self, paths: Sequence[Path]) -> None:
        """The workspaces opened lately, newest first."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if paths:
            _add_heading(self._recent, "Recent")
        for path in paths[:5]:
            made = RowButton("database", path.stem, str(path.parent))
            made.clicked.connect(partial(_call, partial(self.recentRequested.emit, path)))
            self._recent.addWidget(made)

    def show_open_workspace(self, name: str) -> None:
        """Offer the way back to the open workspace, if there is one."""
        self._back.setText(f"Back to {name}")
        self._back.setVisible(bool(name))


def _call(act: Callable[[], object], checked: bool = False) -> None:
    act()


def _add_heading(column: QVBoxLayout, text: str) -> None:
    heading = label(text, role="strong", tone="muted", size="small")
    heading.setContentsMargins(0, theme.px(14), 0, theme.px(4))
    column.addWidget(heading)


def _make_ladder() -> QFrame:
    inner = QFrame()
    inner.setProperty("surface", "raised")
    column = QVBoxLayout(inner)
    column.setContentsMargins(theme.px(16), theme.px(16), theme.px(16), theme.px(16))
    column.setSpacing(theme.px(4))
    column.addWidget(label("The ladder", role="section"))
    column.addWidget(label("Each rung adds one ingredient. All answer the same questions.",
                           tone="muted", size="small", wrap=True))
    for rung, line in LADDER:
        column.addWidget(_rung_row(RungBadge(BADGES[rung], rung), rung.value, line))
    ready = QHBoxLayout()
    ready.setContentsMargins(0, theme.px(12), 0, 0)
    ready.addWidget(IconLabel("check-circle", "success"))
    ready.addWidget(label(
        "Built-in extractive (offline) is ready. It quotes sentences it was given and says so "
        "when none fits.", size="small", wrap=True), 1)
    column.addLayout(ready)
    column.addStretch(1)
    return inner


def _rung_row(badge: RungBadge, name: str, line: str) -> QFrame:
    made = QFrame()
    made.setProperty("rule", "top")
    row = QHBoxLayout(made)
    row.setContentsMargins(0, theme.px(6), 0, theme.px(4))
    row.setSpacing(theme.px(12))
    row.addWidget(badge, 0, Qt.AlignmentFlag.AlignTop)
    row.addSpacing(theme.px(28) - badge.sizeHint().width())  # names stand under each other
    words = QVBoxLayout()
    words.setSpacing(theme.px(2))
    words.addWidget(label(name, role="strong"))
    words.addWidget(label(line, tone="muted", size="small", wrap=True))
    row.addLayout(words, 1)
    return made


def _scrolling(inner: QWidget, name: str, width: int = 0) -> QScrollArea:
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    if width:
        area.setFixedWidth(width)
        area.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
    return area
