"""The panel under the ledger: facts, cause, remedy and what can be done with a document."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ...core.ledger_export import characters_a_page
from ...core.types import Document, DocumentState
from .. import theme
from ..components import ElidedLabel, IconLabel, button, icon_button, label
from ..icons import file_icon
from .documents_model import counted

FACTS = 7  # at most


def facts_of(document: Document, same_as: str = "") -> list[tuple[str, str]]:
    """What is known about a document, in words; `same_as` is another with the same text."""
    if document.state in (DocumentState.QUEUED, DocumentState.READING):
        return [("Size", size_text(document.size))]
    a_page = characters_a_page(document)
    pictures = f", {counted(document.empty_pages, 'picture')}" if document.empty_pages else ""
    return [
        ("Pages", f"{document.pages:,}{pictures}"),
        ("Read in", f"{document.seconds:.1f} s"),
        ("Characters", f"{a_page:,} a page" if document.pages > 1 else f"{a_page:,}"),
        ("Size", size_text(document.size)),
        ("Chunks", f"{document.chunks:,}"),
        ("By meaning", f"{document.embedded:,} of {document.chunks:,}"),
        *([("Same text as", _shorter(same_as))] if same_as else []),
    ]


def _shorter(name: str) -> str:
    """A name that cannot push the pane wider; its ending stays."""
    return name if len(name) <= 32 else f"{name[:18]}…{name[-13:]}"


def size_text(size: int) -> str:
    """Bytes as a person says them."""
    for unit, step in (("MB", 1_000_000), ("kB", 1_000)):
        if size >= step:
            return f"{size / step:.1f} {unit}"
    return counted(size, "byte")


class DetailPanel(QFrame):
    """About the current row; hidden without one."""

    readAgain = Signal()
    openText = Signal()
    remove = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "raised")
        self.setProperty("rule", "top")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(4), 0, theme.px(8))
        column.setSpacing(theme.px(4))
        column.addLayout(self._make_head())
        column.addWidget(self._make_problem())
        self._remedy_head = label("What you can do", tone="muted", size="small")
        self._remedy = label(wrap=True)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(theme.px(12))
        self._facts.setVerticalSpacing(theme.px(2))
        self._facts.setColumnStretch(4, 1)
        self._labels = [(label(tone="muted", size="small"), label(size="small"))
                        for _ in range(FACTS)]
        for place, (name, value) in enumerate(self._labels):
            self._facts.addWidget(name, place // 2, 2 * (place % 2))
            self._facts.addWidget(value, place // 2, 2 * (place % 2) + 1)
        inner = QVBoxLayout()
        inner.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        inner.setSpacing(theme.px(4))
        inner.addWidget(self._remedy_head)
        inner.addWidget(self._remedy)
        inner.addLayout(self._facts)
        inner.addLayout(self._make_buttons())
        column.addLayout(inner)

    def _make_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(theme.px(12), 0, theme.px(4), 0)
        self._icon = IconLabel("file")
        self._icon.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._name = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self._name.setProperty("role", "strong")
        close = icon_button("x", "Close the details")
        close.clicked.connect(self.closed)
        for part in (self._icon, self._name, close):
            row.addWidget(part)
        return row

    def _make_problem(self) -> QFrame:
        self._problem = QFrame()
        row = QHBoxLayout(self._problem)
        row.setContentsMargins(theme.px(12), theme.px(6), theme.px(12), theme.px(6))
        row.setSpacing(0)
        self._sign = IconLabel("x-circle", "danger")
        self._cause = label(role="strong", wrap=True)
        row.addWidget(self._sign)
        row.addWidget(self._cause, 1)
        return self._problem

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, theme.px(4), 0, 0)
        row.setSpacing(theme.px(6))
        self.open_button = button("Open page text", size="small")
        self.again_button = button("Read again", size="small")
        self.remove_button = button("Remove", kind="danger", size="small")
        self.open_button.clicked.connect(self.openText)
        self.again_button.clicked.connect(self.readAgain)
        self.remove_button.clicked.connect(self.remove)
        row.addWidget(self.open_button)
        row.addWidget(self.again_button)
        row.addStretch(1)
        row.addWidget(self.remove_button)
        return row

    def show_document(self, document: Document, same_as: str = "") -> None:
        """Show what is known about one document; `same_as` has the same text."""
        self._icon.show_icon(file_icon(document.name), "muted")
        self._name.setText(document.name)
        self._show_problem(document)
        facts = facts_of(document, same_as)
        for place, (name, value) in enumerate(self._labels):
            fact = facts[place] if place < len(facts) else ("", "")
            name.setText(fact[0])
            value.setText(fact[1])
            name.setVisible(bool(fact[0]))
            value.setVisible(bool(fact[0]))
        busy = document.state in (DocumentState.QUEUED, DocumentState.READING)
        self.open_button.setEnabled(document.characters > 0)
        self.open_button.setToolTip("" if document.characters else "There is no text to open")
        self.again_button.setEnabled(not busy)

    def _show_problem(self, document: Document) -> None:
        failed = document.state is DocumentState.FAILED
        cause = document.error if failed else document.warning
        tone = "danger" if failed else "warning"
        theme.set_property(self._problem, "surface", tone)
        theme.set_property(self._cause, "tone", tone)
        self._sign.show_icon("x-circle" if failed else "warning", tone)
        self._cause.setText(cause)
        self._remedy.setText(document.remedy)
        self._problem.setVisible(bool(cause))
        self._remedy_head.setVisible(bool(document.remedy))
        self._remedy.setVisible(bool(document.remedy))
