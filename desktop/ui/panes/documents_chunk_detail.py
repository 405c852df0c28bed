"""The panel under the chunks: the whole text of one, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ...core.chunk_changes import ListedChunk
from .. import theme
from ..components import ElidedLabel, button, label
from .documents_chunks_model import place_of

EXCLUDED = "Excluded: it is neither found nor sent to a model."
EDITED = "Edited here: searches and models get this text, its page still shows the original."


class ChunkDetail(QFrame):
    """Read-only until `begin`; then Save or Cancel."""

    excludeRequested = Signal()  # or let it be found again
    textChosen = Signal(object, str)  # the ListedChunk, and what it is to say
    restoreRequested = Signal()
    openRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "raised")
        self.setProperty("rule", "top")
        self._each: ListedChunk | None = None
        self.head = ElidedLabel()
        self.head.setProperty("role", "strong")
        self.note = label(tone="muted", size="small", wrap=True)
        self.edit = button("Edit", size="small", tooltip="Change what is searched and sent (F2)")
        self.exclude = button("Exclude", size="small")
        self.restore = button("Restore original", size="small")
        self.open = button("Open page", size="small")
        self.save = button("Save", kind="primary", size="small")
        self.cancel = button("Cancel", size="small")
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("Text of the chunk")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(theme.px(132))
        self.text.textChanged.connect(
            lambda: self.save.setEnabled(bool(self.text.toPlainText().strip())))
        self.edit.clicked.connect(self.begin)
        self.exclude.clicked.connect(self.excludeRequested)
        self.restore.clicked.connect(self.restoreRequested)
        self.open.clicked.connect(self.openRequested)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self._end)
        self._lay_out()
        self._end()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.px(6))
        for made in (self.edit, self.exclude, self.restore, self.open, self.save, self.cancel):
            row.addWidget(made)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(8))
        column.setSpacing(theme.px(6))
        for part in (self.head, self.note, self.text):
            column.addWidget(part)
        column.addLayout(row)

    def is_editing(self) -> bool:
        """Whether a text is being changed."""
        return not self.text.isReadOnly()

    def show_chunk(self, number: int, each: ListedChunk) -> None:
        """Show another one. What is being written into the same one stays; what was written
        into another is saved."""
        before, self._each = self._each, each
        if self.is_editing() and before is not None:
            if before.place == each.place:
                return
            if self.text.toPlainText() != before.chunk.text:
                self.textChosen.emit(before, self.text.toPlainText())
        self.head.setText(f"{number}   {place_of(each)}")
        said = [EXCLUDED] if each.excluded else []
        said += [EDITED] if each.chunk.edited else []
        self.note.setText(" ".join(said))
        self.note.setVisible(bool(said))
        self.exclude.setText("Include" if each.excluded else "Exclude")
        self.exclude.setToolTip("Let it be found again (Del)" if each.excluded else
                                "Neither find it nor send it to a model (Del)")
        self.text.setPlainText(each.chunk.text)
        self._end()

    def begin(self) -> None:
        """Let the text be changed."""
        self.text.setReadOnly(False)
        self._show_buttons()
        self.text.setFocus()

    def _end(self) -> None:
        if self._each is not None:
            self.text.setPlainText(self._each.chunk.text)
        self.text.setReadOnly(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self._show_buttons()

    def _show_buttons(self) -> None:
        editing = self.is_editing()
        edited = self._each is not None and self._each.chunk.edited
        for part in (self.edit, self.exclude, self.open):
            part.setVisible(not editing)
        self.restore.setVisible(edited and not editing)
        self.save.setVisible(editing)
        self.cancel.setVisible(editing)

    def _save(self) -> None:
        each, text = self._each, self.text.toPlainText()
        self._end()
        self.textChosen.emit(each, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_editing():
            self._end()
        else:
            super().keyPressEvent(event)
