"""The panel under the ledger: facts, cause, remedy and what can be done with a document."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...core.ledger_export import characters_a_page
from ...core.types import Document, DocumentState
from .. import theme
from ..components import ElidedLabel, IconLabel, button, icon_button, label
from ..icons import file_icon
from .documents_columns import UNREAD, counted

FACTS = 10  # at most
NOT_TOLD = "Not told"  # a PDF does not tell its tables, nor a short text its language
GONE = "Its file is gone from the folder that is watched. What was read is still searched"


def facts_of(document: Document, same_as: str = "") -> list[tuple[str, str]]:
    """What is known about a document, in words; `same_as` is another with the same text."""
    if document.state in UNREAD:
        return [("Size", size_text(document.size))]
    a_page = characters_a_page(document)
    pictures = f", {counted(document.empty_pages, 'picture')}" if document.empty_pages else ""
    if not document.characters:
        return [("Size", size_text(document.size)),
                *([("Pages", f"{document.pages:,}{pictures}")] if document.pages else [])]
    chunks = [f"{document.chunks:,}"]
    chunks += [f"{document.excluded:,} excluded"] if document.excluded else []
    chunks += [f"{document.edited:,} edited"] if document.edited else []
    return [
        ("Pages", f"{document.pages:,}{pictures}"),
        ("Ready in", f"{document.seconds:.1f} s"),
        ("Characters", f"{a_page:,} a page" if document.pages > 1 else f"{a_page:,}"),
        ("Language", _first_words(document.language) or NOT_TOLD),
        ("Chunks", ", ".join(chunks)),
        ("By meaning", f"{document.embedded:,} of {document.chunks:,}"),
        ("Tables", NOT_TOLD if document.tables is None else f"{document.tables:,}"),
        ("Size", size_text(document.size)),
        *([("Same text as", _shorter(same_as))] if same_as else []),
    ]


def _first_words(language: str) -> str:
    """"Russian or another Cyrillic language" as the one word that fits."""
    return language.split(" or ")[0]


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
    skip = Signal()
    openText = Signal()
    openFile = Signal()
    showFolder = Signal()
    showChunks = Signal()
    remove = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "raised")
        self.setProperty("rule", "top")
        self._document: Document | None = None
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
        self.open_button = button("Open pages", size="small")
        self.chunks_button = button("Show chunks", size="small")
        self.again_button = button("Read again", size="small")
        self.skip_button = button("Skip", size="small", tooltip="Leave it at that: it stays "
                                  "listed, and is not counted as failed")
        self.more_button = icon_button("dots-three-vertical", "More for this document")
        self.remove_button = button("Remove", kind="danger", size="small")
        for made, signal in ((self.open_button, self.openText), (self.skip_button, self.skip),
                             (self.chunks_button, self.showChunks),
                             (self.again_button, self.readAgain),
                             (self.remove_button, self.remove)):
            made.clicked.connect(signal)
        self.more_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more_button)
        menu.aboutToShow.connect(menu.clear)
        menu.aboutToShow.connect(lambda: self.fill_menu(menu))
        self.more_button.setMenu(menu)
        for part in (self.open_button, self.chunks_button, self.again_button, self.skip_button,
                     self.more_button):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.remove_button)
        return row

    def fill_menu(self, menu: QMenu) -> None:
        """Everything that can be done with the document shown."""
        document = self._document
        if document is None:
            return
        readable, read = document.characters > 0, document.state not in UNREAD
        for text, signal, enabled in (
            ("Open pages", self.openText, readable),
            ("Show chunks", self.showChunks, bool(document.chunks or document.excluded)),
            ("Open in its own program", self.openFile, True),
            ("Show in its folder", self.showFolder, bool(document.path)),
            ("Read again", self.readAgain, read),
            ("Skip", self.skip, document.state is DocumentState.FAILED),
            ("Remove", self.remove, True),
        ):
            action = menu.addAction(text)
            action.setEnabled(enabled)
            action.triggered.connect(signal)

    def show_document(self, document: Document, same_as: str = "") -> None:
        """Show what is known about one document; `same_as` has the same text."""
        self._document = document
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
        failed = document.state in (DocumentState.FAILED, DocumentState.SKIPPED)
        self.open_button.setVisible(not failed)
        self.open_button.setEnabled(document.characters > 0)
        self.open_button.setToolTip("" if document.characters else "There is no text to open")
        self.chunks_button.setVisible(not failed)
        self.chunks_button.setEnabled(bool(document.chunks or document.excluded))
        self.again_button.setVisible(failed)
        self.skip_button.setVisible(document.state is DocumentState.FAILED)

    def _show_problem(self, document: Document) -> None:
        failed = document.state is DocumentState.FAILED
        cause = document.error or ". ".join(
            part for part in (GONE if document.gone else "", document.warning) if part)
        tone = "danger" if failed else "warning"
        theme.set_property(self._problem, "surface", tone)
        theme.set_property(self._cause, "tone", tone)
        self._sign.show_icon("x-circle" if failed else "warning", tone)
        self._cause.setText(cause)
        self._remedy.setText(document.remedy)
        self._problem.setVisible(bool(cause))
        self._remedy_head.setVisible(bool(document.remedy))
        self._remedy.setVisible(bool(document.remedy))
