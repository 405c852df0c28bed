"""Variables in an editor: their colours, and the list that offers them after `{{`."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtGui import (
    QKeyEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QCompleter, QListView

from .. import theme

if TYPE_CHECKING:
    from .code_edit import CodeEdit

FILLED = ("question", "context")  # by the program, whatever the prompt
_VARIABLE = re.compile(r"\{\{-?\s*(\w+)[^{}]*\}\}")
_TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}")
_BEGUN = re.compile(r"\{\{-?\s*(\w*)$")
_ACCEPTS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_TAKES = (*_ACCEPTS, Qt.Key.Key_Escape, Qt.Key.Key_Backtab)


class TemplateHighlighter(QSyntaxHighlighter):
    """Colours variables and tags; a variable that has no value is underlined."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._missing: frozenset[str] = frozenset()

    def show_missing(self, names: Collection[str]) -> None:
        """The variables that have no value anywhere."""
        missing = frozenset(names)
        if missing != self._missing:
            self._missing = missing
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        if "{" not in text:
            return
        for found in _VARIABLE.finditer(text):
            shown = _variable_format(missing=found[1] in self._missing)
            self.setFormat(found.start(), len(found[0]), shown)
        for found in _TAG.finditer(text):
            self.setFormat(found.start(), len(found[0]), _tag_format())


def _variable_format(*, missing: bool) -> QTextCharFormat:
    shown = QTextCharFormat()
    shown.setForeground(theme.color("danger" if missing else "fine_tuned"))
    if missing:
        shown.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        shown.setUnderlineColor(theme.color("danger"))
    return shown


def _tag_format() -> QTextCharFormat:
    shown = QTextCharFormat()
    shown.setForeground(theme.color("muted"))
    return shown


class Completion:
    """Offers names after `{{`, and closes the braces behind the one that is chosen."""

    def __init__(self, editor: CodeEdit) -> None:
        self._editor = editor
        self._model = QStringListModel()
        self.completer = QCompleter(self._model, editor)
        self.completer.setWidget(editor)
        self.completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.popup = QListView()
        self.popup.setAccessibleName("Variables")
        self.completer.setPopup(self.popup)
        self.completer.activated.connect(self.insert)
        self.show_names(())

    def show_names(self, names: Sequence[str]) -> None:
        """The user's variables; those that the program fills are offered too."""
        offered = list(dict.fromkeys((*FILLED, *names)))
        if offered != self._model.stringList():
            self._model.setStringList(offered)

    def wants(self, event: QKeyEvent) -> bool:
        """Is this key for the list? It is open then."""
        return self.popup.isVisible() and event.key() in _TAKES

    def offer(self) -> None:
        """Open, narrow or close the list, by what stands before the cursor."""
        begun = _BEGUN.search(self._before())
        if begun is None:
            self.popup.hide()
            return
        self.completer.setCompletionPrefix(begun[1])
        if self.completer.completionCount() == 0 or begun[1] in self._model.stringList():
            self.popup.hide()
            return
        self.popup.setCurrentIndex(self.completer.completionModel().index(0, 0))
        place = self._editor.cursorRect()
        place.setWidth(self.popup.sizeHintForColumn(0) + theme.px(32))
        place.translate(self._editor.viewport().x(), 0)
        self.completer.complete(place)

    def insert(self, name: str) -> None:
        """Put a name in the place of what was begun, and close the braces."""
        cursor = self._editor.textCursor()
        begun = _BEGUN.search(self._before())
        if begun is None:
            return
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor,
                            len(begun[1]))
        gap = "" if begun[0][-1 - len(begun[1])].isspace() else " "
        rest = cursor.block().text()[self._editor.textCursor().positionInBlock():]
        closed = rest.lstrip().startswith(("}", "|"))
        cursor.insertText(f"{gap}{name}" + ("" if closed else " }}"))
        self._editor.setTextCursor(cursor)

    def _before(self) -> str:
        cursor = self._editor.textCursor()
        return cursor.block().text()[:cursor.positionInBlock()]
