"""Few-shot examples: the list, the editor of the chosen one, and undo."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QUndoCommand, QUndoStack
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from ...core.types import FewShotExample
from .. import theme
from ..components import icon_button, label
from ..components.origin import OriginLink
from .prompt_example_rows import Examples, FewShotDelegate, FewShotModel

_SHOWN = 6  # rows before the list scrolls by itself
_TYPING = "Edit example"


class ExamplesChanged(QUndoCommand):
    """Any change of the examples; typing into one is one step."""

    def __init__(self, owner: FewShotList, before: Examples, after: Examples, what: str) -> None:
        super().__init__(what)
        self.owner, self.before, self.after = owner, before, after
        self.row = owner.current() if what == _TYPING else -1

    def id(self) -> int:
        return 7101 if self.row >= 0 else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, ExamplesChanged) or other.row != self.row:
            return False
        self.after = other.after
        return True

    def redo(self) -> None:
        self.owner.put(self.after)

    def undo(self) -> None:
        self.owner.put(self.before)


class ExampleEditor(QFrame):
    """Question and answer of one example, and what can be done with it."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", "raised")
        self.question = self._field("Question of the example", 2)
        self.answer = self._field("Answer of the example", 3)
        self.up = icon_button("arrow-up", "Move example up", tooltip="Move up (Alt+Up)")
        self.down = icon_button("arrow-down", "Move example down", tooltip="Move down (Alt+Down)")
        self.remove = icon_button("trash", "Remove example", tooltip="Remove (Delete)")
        self.origin = OriginLink()
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(12), theme.px(4), theme.px(12), theme.px(8))
        column.setSpacing(theme.px(4))
        column.addLayout(self._head())
        column.addWidget(self.origin)
        column.addWidget(self.question)
        column.addWidget(label("Answer", tone="muted", size="small"))
        column.addWidget(self.answer)

    def _field(self, name: str, lines: int) -> QPlainTextEdit:
        made = QPlainTextEdit()
        made.setAccessibleName(name)
        made.setTabChangesFocus(True)
        made.setFixedHeight(made.fontMetrics().lineSpacing() * lines + theme.px(20))
        made.textChanged.connect(self.edited)
        return made

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.px(2))
        row.addWidget(label("Question", tone="muted", size="small"))
        row.addStretch(1)
        for each in (self.up, self.down, self.remove):
            row.addWidget(each)
        return row

    def show_example(self, example: FewShotExample) -> None:
        """Fill the fields, without telling; a text that is the same keeps its caret."""
        self.blockSignals(True)
        for field, text in ((self.question, example.question), (self.answer, example.answer)):
            if field.toPlainText() != text:
                field.setPlainText(text)
        self.blockSignals(False)
        self.origin.show_origin(example.origin)


class FewShotList(QWidget):
    """Emits `changed` after every change, by hand or by undo."""

    changed = Signal()

    def __init__(self, undo_stack: QUndoStack) -> None:
        super().__init__()
        self._undo = undo_stack
        self.model = FewShotModel()
        self.view = self._make_view()
        self.editor = ExampleEditor()
        self.editor.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view)
        column.addWidget(self.editor)
        self._connect()
        self.put(())

    def _make_view(self) -> QListView:
        view = QListView()
        view.setAccessibleName("Few-shot examples")
        view.setModel(self.model)
        view.setItemDelegate(FewShotDelegate(view))
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setTabKeyNavigation(False)
        return view

    def _connect(self) -> None:
        self.model.edited.connect(self._push)
        self.view.selectionModel().currentChanged.connect(self._show_current)
        self.view.activated.connect(self._type)
        self.editor.edited.connect(self._typed)
        self.editor.up.clicked.connect(self.move_up)
        self.editor.down.clicked.connect(self.move_down)
        self.editor.remove.clicked.connect(self.remove)
        for keys, slot in (("Alt+Up", self.move_up), ("Alt+Down", self.move_down),
                           ("Del", self.remove)):
            shortcut = QShortcut(QKeySequence(keys), self.view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(slot)

    def examples(self) -> Examples:
        """All examples, in order."""
        return self.model.examples()

    def put(self, examples: Examples) -> None:
        """Show other examples; part of a change that is told to others."""
        row = self.current()
        self.model.show_examples(examples)
        rows = min(len(examples), _SHOWN)
        self.view.setFixedHeight(rows * theme.px(46))
        self.view.setVisible(bool(examples))
        if row >= 0:
            self._choose(min(row, len(examples) - 1))
        self._show_current()
        self.changed.emit()

    def replace(self, examples: Examples, what: str) -> None:
        """As `put`, with a way back by undo."""
        self._push(self.examples(), examples, what)

    def current(self) -> int:
        """The chosen row, or -1."""
        return self.view.currentIndex().row()

    def _choose(self, row: int) -> None:
        self.view.setCurrentIndex(self.model.index(row) if row >= 0 else QModelIndex())

    def _push(self, before: Examples, after: Examples, what: str) -> None:
        self._undo.push(ExamplesChanged(self, before, after, what))

    def _show_current(self) -> None:
        row, count = self.current(), len(self.examples())
        self.editor.setVisible(0 <= row < count)
        if 0 <= row < count:
            self.editor.show_example(self.examples()[row])
            self.editor.up.setEnabled(row > 0)
            self.editor.down.setEnabled(row < count - 1)

    def _type(self) -> None:
        self.editor.question.setFocus()

    def _typed(self) -> None:
        row = self.current()
        if row < 0:
            return
        example = dataclasses.replace(
            self.examples()[row], question=self.editor.question.toPlainText(),
            answer=self.editor.answer.toPlainText(),
        )
        self.model.change(row, example, _TYPING)

    def add(self) -> None:
        """A new, empty example, ready to be typed."""
        self.begin(FewShotExample("", ""))

    def begin(self, example: FewShotExample) -> None:
        """A new example, ready to be completed."""
        self.model.add(example)
        self._choose(len(self.examples()) - 1)
        self.editor.question.setFocus()

    def move_up(self) -> None:
        """The chosen example one place up."""
        self._move(-1)

    def move_down(self) -> None:
        """The chosen example one place down."""
        self._move(1)

    def _move(self, by: int) -> None:
        row = self.current()
        if self.model.move(row, row + by):
            self._choose(row + by)

    def remove(self) -> None:
        """Take the chosen example away; undo brings it back."""
        if self.current() >= 0:
            self.model.remove(self.current())
