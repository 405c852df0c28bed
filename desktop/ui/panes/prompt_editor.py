"""One text of a prompt that has variables: the editor, its colours, and its mistake below."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...core.prompt_review import Insert, inserted
from .. import theme
from ..components import IconLabel, label
from .code_edit import CodeEdit
from .code_names import Completion, TemplateHighlighter

_GAP = re.compile(r"\[[a-z][^\]\n]{3,}\]")  # "[subject]", but not "[n]"


class Mistake(QWidget):
    """What is wrong with a template, under it."""

    def __init__(self) -> None:
        super().__init__()
        self.words = label(tone="danger", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(IconLabel("x-circle", "danger"))
        row.addWidget(self.words, 1)
        self.hide()


class PromptEditor(QWidget):
    """A system message or a user template."""

    def __init__(self, name: str, *, lines: tuple[int, int]) -> None:
        super().__init__()
        self.text = CodeEdit(name, lines=lines)
        self.highlighter = TemplateHighlighter(self.text.document())
        self.text.completion = Completion(self.text)
        self.mistake = Mistake()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addWidget(self.text)
        column.addWidget(self.mistake)

    def show_mistake(self, message: str | None, line: int | None) -> None:
        """In words, and at its line (from 1)."""
        self.mistake.words.setText(message or "")
        self.mistake.setVisible(bool(message))
        self.text.mark_wrong(line if message else None)
        self.text.setAccessibleDescription(message or "")

    def insert(self, insert: Insert) -> None:
        """Put a starting text in, choose what is to be filled in, and take the keyboard."""
        before = self.text.toPlainText()
        self.text.replace_text(inserted(before, insert), undoable=True)
        begin = before.find(insert.replaces) if insert.replaces else len(before.rstrip())
        gap = _GAP.search(self.text.toPlainText(), max(0, begin))
        cursor = self.text.textCursor()
        if gap is not None:
            cursor.setPosition(gap.start())
            cursor.setPosition(gap.end(), QTextCursor.MoveMode.KeepAnchor)
        else:
            cursor.movePosition(QTextCursor.MoveOperation.End)
        self.text.setTextCursor(cursor)
        self.text.setFocus()

    def show_names(self, offered: Sequence[str], missing: Collection[str]) -> None:
        """Variables to offer, and those that have no value."""
        if self.text.completion is not None:
            self.text.completion.show_names(offered)
        self.highlighter.show_missing(missing)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "highlighter"):
            self.highlighter.rehighlight()  # in the colours of the other theme
