"""How documents are split: settings, and what they would do to a page, before anything is
embedded."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ...core.chunk_settings import DEFAULT, LEAST, MOST, OVERLAP, SPLITTERS, ChunkSettings
from ...core.evaluation.gold_spans import GoldSpan, cut_by
from ...core.types import Document
from ...flows.chunking import Preview
from ...flows.indexing import UNFINISHED
from .. import theme
from ..components import Segmented, button, dialog_foot, explain, icon_button, label
from ..panes.documents_columns import counted
from .chunk_text import ChunkText

WAIT_MS = 150  # after the last move of a slider
USUAL = 120  # tokens of an own size before one is chosen
TIPS = ("Paragraphs are kept together where they fit, then sentences, then words",
        "No sentence is cut unless it is longer than a chunk",
        "Chunks are filled to the size; sentences are cut where it ends")


class ChunkingDialog(QDialog):
    """Not modal. `settingsChanged` asks for a preview, `applyRequested` for the real thing."""

    settingsChanged = Signal(object)  # ChunkSettings
    documentChosen = Signal(int)  # document id
    pageRequested = Signal(int)  # page index
    applyRequested = Signal(object)  # ChunkSettings

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("How documents are split")
        self.setModal(False)
        self.resize(theme.dialog_size(900, 640))
        self._page = self._pages = 0
        self._now = DEFAULT
        self._waiting = 0
        self._golds: Sequence[GoldSpan] = ()
        self._preview: Preview | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(WAIT_MS)
        self._later.timeout.connect(lambda: self.settingsChanged.emit(self.settings()))
        self._make_page_parts()
        self._make_controls()
        self.text = ChunkText()
        self.cuts = label(tone="danger", wrap=True)
        self.see = button("Show it", kind="link")
        self.see.setAccessibleName("Show the border that cuts an answer")
        self.see.clicked.connect(self.text.go_to_cut)
        self.state = label(wrap=True)
        self.reset = button("Default")
        self.reset.setToolTip("By structure, about 1,000 characters, no overlap")
        self.reset.clicked.connect(lambda: self.show_settings(DEFAULT))
        self.apply = button("Apply to all documents", kind="primary")
        self.apply.clicked.connect(lambda: self.applyRequested.emit(self.settings()))
        self._lay_out()
        explain(self)

    # --- making ------------------------------------------------------------------------

    def _make_page_parts(self) -> None:
        self.documents = QComboBox()
        self.documents.setAccessibleName("Document")
        self.documents.setMinimumContentsLength(24)
        self.documents.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.documents.activated.connect(
            lambda place: self.documentChosen.emit(self.documents.itemData(place)))
        self.page = label(tone="muted")
        self.previous = icon_button("caret-left", "Previous page", tooltip="Previous (Alt+Left)")
        self.next = icon_button("caret-right", "Next page", tooltip="Next (Alt+Right)")
        self.previous.clicked.connect(lambda: self._turn(-1))
        self.next.clicked.connect(lambda: self._turn(1))

    def _make_controls(self) -> None:
        self.splitter = Segmented(["By structure", "Whole sentences", "Fixed size"])
        self.splitter.changed.connect(self._changed)
        self.own = QCheckBox("Own size")
        self.own.setToolTip("Otherwise about 1,000 characters, ~200 tokens of English")
        self.own.toggled.connect(self._changed)
        self.size_slider, self.tokens = _knob("Size in tokens", LEAST, MOST, " tokens")
        self.overlap_slider, self.overlap = _knob("Overlap", 0, OVERLAP, " %")
        self.overlap_slider.setSingleStep(5)
        self.tokens.setValue(USUAL)
        for knob in (self.tokens, self.overlap):
            knob.valueChanged.connect(self._changed)
        self.headings = QCheckBox("Embed headings with every chunk under them")
        self.headings.setChecked(True)
        self.headings.toggled.connect(self._changed)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        body = QFrame()
        body.setProperty("surface", "surface")
        inside = QVBoxLayout(body)
        inside.setContentsMargins(theme.px(16), theme.px(8), 0, 0)
        inside.addWidget(self.text)
        column.addWidget(body, 1)
        below = QFrame()
        below.setProperty("surface", "raised")
        below.setProperty("rule", "top")
        words = QVBoxLayout(below)
        words.setContentsMargins(theme.px(16), theme.px(6), theme.px(16), theme.px(6))
        words.setSpacing(theme.px(2))
        warning = QHBoxLayout()
        warning.setSpacing(theme.px(8))
        warning.addWidget(self.cuts, 1)
        warning.addWidget(self.see)
        words.addLayout(warning)
        words.addWidget(self.state)
        column.addWidget(below)
        hint = label("Nothing is embedded until you apply it", tone="muted", size="small")
        column.addWidget(dialog_foot(self, hint, self.reset, self.apply))

    def _head(self) -> QFrame:
        head = QFrame()
        head.setProperty("surface", "raised")
        head.setProperty("rule", "bottom")
        column = QVBoxLayout(head)
        column.setContentsMargins(theme.px(16), theme.px(8), theme.px(12), theme.px(8))
        column.setSpacing(theme.px(8))
        first = QHBoxLayout()
        first.setSpacing(theme.px(8))
        first.addWidget(self.documents, 1)
        for part in (self.page, self.previous, self.next):
            first.addWidget(part)
        column.addLayout(first)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(10))
        grid.setVerticalSpacing(theme.px(6))
        grid.addWidget(self.splitter, 0, 0)
        grid.addWidget(self.headings, 1, 0)
        overlap = label("Overlap", tone="muted")
        rows: tuple[tuple[QWidget, ...], ...] = (
            (self.own, self.size_slider, self.tokens),
            (overlap, self.overlap_slider, self.overlap))
        for row, knobs in enumerate(rows):
            for place, knob in enumerate(knobs, start=1):
                grid.addWidget(knob, row, place)
        grid.setColumnStretch(2, 1)
        column.addLayout(grid)
        return head

    # --- what is shown -----------------------------------------------------------------

    def settings(self) -> ChunkSettings:
        """As the controls stand."""
        size = self.tokens.value() if self.own.isChecked() else 0
        return ChunkSettings(size, self.overlap.value(), SPLITTERS[self.splitter.current()],
                             self.headings.isChecked(), self._now.limit)

    def page_index(self) -> int:
        """The page that is looked at, from 0."""
        return self._page

    def show_settings(self, settings: ChunkSettings, *, stored: bool = False) -> None:
        """Set the controls; `stored`: these are the workspace's own."""
        if stored:
            self._now = settings
            for knob in (self.size_slider, self.tokens):
                knob.setMaximum(settings.most)  # what the workspace's embedding model reads
        self.splitter.choose(SPLITTERS.index(settings.splitter))
        self.own.setChecked(settings.size > 0)
        self.tokens.setValue(settings.size or USUAL)
        self.overlap.setValue(settings.overlap)
        self.headings.setChecked(settings.headings)
        self._changed()

    def show_documents(self, documents: Sequence[Document], chosen: int) -> None:
        """Those that have text, and the id of the one that is looked at."""
        self.documents.clear()
        for document in documents:
            self.documents.addItem(document.name, document.id)
        self._waiting = sum(document.state in UNFINISHED for document in documents)
        self.documents.setCurrentIndex(self.documents.findData(chosen))

    def show_page(
        self, text: str, page_label: str, index: int, count: int, golds: Sequence[GoldSpan]
    ) -> None:
        """A page of the document, and where it answers cases."""
        self._page, self._pages, self._golds = index, count, golds
        self.page.setText(page_label)
        self.previous.setEnabled(index > 0)
        self.next.setEnabled(index + 1 < count)
        self.text.show_text(text)
        self._draw()
        if self._preview is not None and index not in self._preview.tried:
            self._later.start()

    def show_preview(self, preview: Preview | None, problem: str = "") -> None:
        """Answers `settingsChanged`; None with the reason: it cannot be split so, or waits."""
        self._preview = preview
        theme.set_property(self.state, "tone", "danger" if problem else "")
        self.state.setText(problem or self._sentence(preview))
        self._draw()

    def _sentence(self, preview: Preview | None) -> str:
        if preview is None:
            return "Splitting…"
        here = f"{'' if preview.exact else '~'}{counted(preview.total, 'chunk')}"
        twice = " Shaded text belongs to two chunks." if preview.settings.overlap else ""
        return f"{self._effect(preview, here)}{twice}"

    def _effect(self, preview: Preview, here: str) -> str:
        if preview.settings == self._now:
            rest = (f" {counted(self._waiting, 'document')} not finished: apply it to go on."
                    if self._waiting else "")
            return f"{here} in this document. This is how documents are split now.{rest}"
        if not preview.to_embed:
            return f"{here} in this document; nothing of it has to be embedded anew."
        about = "" if preview.exact else "~"
        return (f"{here} in this document, {about}{preview.to_embed:,} of them to embed. "
                f"In all documents ~{preview.to_embed_all:,} to embed.")

    def _draw(self) -> None:
        chunks = self._preview.chunks if self._preview else ()
        here = [(c.start, c.end) for c in chunks if c.page_index == self._page]
        cuts = cut_by(self._golds, here)
        self.text.show_chunks(here, cuts)
        questions = list(dict.fromkeys(f"“{gold.question}”" for gold in cuts.values()))
        self.cuts.setText("A border cuts the answer to " + ", ".join(questions))
        for part in (self.cuts, self.see):
            part.setVisible(bool(cuts))

    # --- what the user does --------------------------------------------------------------

    def _changed(self, *_: object) -> None:
        for part in (self.size_slider, self.tokens):
            part.setEnabled(self.own.isChecked())
        self.splitter.setToolTip(TIPS[self.splitter.current()])
        self.apply.setEnabled(self.settings() != self._now or self._waiting > 0)
        self._later.start()

    def _turn(self, step: int) -> None:
        if 0 <= self._page + step < self._pages:
            self.pageRequested.emit(self._page + step)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if alt and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._turn(-1 if event.key() == Qt.Key.Key_Left else 1)
        else:
            super().keyPressEvent(event)


def _knob(name: str, least: int, most: int, unit: str) -> tuple[QSlider, QSpinBox]:
    """A slider and a field for the same number."""
    slider, field = QSlider(Qt.Orientation.Horizontal), QSpinBox()
    for part in (slider, field):
        part.setRange(least, most)
        part.setAccessibleName(name)
    field.setSuffix(unit)
    field.setFixedWidth(theme.px(108))
    slider.valueChanged.connect(field.setValue)
    field.valueChanged.connect(slider.setValue)
    slider.setValue(field.value())
    return slider, field
