"""Ask: one question, the answers of all columns side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...core.errors import StrategyExplorerError
from ...core.events import (
    AskStarted,
    ColumnDone,
    ColumnFailed,
    ColumnSent,
    ColumnText,
    Event,
)
from ...core.strategies import duplicate
from ...core.types import Answer, Connection, Hit, PromptVersion, Strategy
from .. import theme
from ..accessible import announce
from ..components import EmptyState, button, icon_button
from ..dialogs.forward import bring_forward
from ..dialogs.strategies import StrategiesDialog
from . import states
from .board import Board
from .column import Column
from .find_bar import FindBar
from .question_bar import QuestionBar

PAINT_EVERY = 33  # ms; 2,000 tokens one by one cost seconds, gathered a fraction of one


class AskView(QWidget):
    """Shows what `apply` and the `show_*` methods tell it and emits what the user wants.

    `tools` ("Strategies 4", "+") may be taken to the corner of the tabs. A long class of short
    methods: the one door between the session and the columns, and each event passes through it.
    """

    askRequested = Signal(str)
    stopRequested = Signal()
    questionChanged = Signal(str)
    hintDismissed = Signal()
    retryRequested = Signal(int)  # ask only this column
    sentRequested = Signal(int)
    citationOpened = Signal(int, int)  # column, passage number
    strategySaved = Signal(object)  # Strategy; id 0: a new one
    strategyRemoved = Signal(int)
    strategyDuplicated = Signal(int)
    orderChanged = Signal(list)  # strategy ids, hidden ones too
    layoutChanged = Signal(dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._versions: Sequence[PromptVersion] = ()
        self._connections: Sequence[Connection] = ()
        self._asked = ""
        self._dialog: StrategiesDialog | None = None
        self.bar = QuestionBar()
        self.find_bar = FindBar()
        self.board = Board()
        self.empty = EmptyState(
            "No strategies yet. Add one: it becomes a column that answers your questions.",
            "Add a strategy", "plus",
        )
        self.tools = self._tools()
        self._painting = QTimer(self)
        self._painting.setInterval(PAINT_EVERY)
        self._painting.timeout.connect(self.paint_text)
        self._lay_out()
        self._connect()
        theme.changes.changed.connect(self._dress)
        self._show_count()

    def _tools(self) -> QWidget:
        made = QWidget(self)
        self.strategies_button = button("Strategies", kind="quiet", icon="columns",
                                        tooltip="Edit, reorder and hide the columns")
        self.add_button = icon_button("plus", "Add a column")
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(2))
        row.addWidget(self.strategies_button)
        row.addWidget(self.add_button)
        return made

    def _lay_out(self) -> None:
        self.bar.second.addWidget(self.tools)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.bar, self.find_bar, self.empty):
            column.addWidget(part)
        column.addWidget(self.board, 1)

    def _connect(self) -> None:
        self.bar.asked.connect(self.ask)
        self.bar.stopped.connect(self.stop)
        self.bar.hintDismissed.connect(self.hintDismissed)
        self.bar.box.textChanged.connect(self._question_changed)
        self.find_bar.reached.connect(self._reach)
        self.find_bar.closed.connect(self._find_closed)
        self.strategies_button.clicked.connect(self.open_strategies)
        self.add_button.clicked.connect(self.add_strategy)
        self.empty.pressed.connect(self.add_strategy)
        board = self.board
        board.editRequested.connect(self.edit_strategy)
        board.strategiesReordered.connect(self._refresh_dialog)
        board.strategySaved.connect(self._refresh_dialog)
        for ours, theirs in (
            (self.strategySaved, board.strategySaved),
            (self.strategyRemoved, board.strategyRemoved),
            (self.strategyDuplicated, board.strategyDuplicated),
            (self.orderChanged, board.strategiesReordered),
            (self.layoutChanged, board.layoutChanged),
            (self.retryRequested, board.retryRequested),
            (self.sentRequested, board.sentRequested),
            (self.citationOpened, board.citationOpened),
        ):
            theirs.connect(ours)

    def _dress(self) -> None:
        """Another theme or text size: what keeps fonts or colours takes the new ones."""
        self.bar.box.dress()
        self.board.place()
        for column in self.board.columns.values():
            column.sources.refresh()

    # --- what it shows -----------------------------------------------------------------

    def show_strategies(
        self, strategies: Sequence[Strategy], versions: Sequence[PromptVersion],
        labels: Mapping[int, str],
    ) -> None:
        """One column a strategy; `labels` name the model of each strategy id."""
        self._versions = versions
        self.board.show_strategies(strategies, versions, labels)
        self._show_count()
        self._refresh_dialog()
        self.find_bar.refresh(self.board.visible_columns())

    def show_connections(self, connections: Sequence[Connection]) -> None:
        """What the strategies dialog offers."""
        self._connections = connections
        self._refresh_dialog()

    def show_answers(self, answers: Mapping[int, Answer]) -> None:
        """Answers from the workspace, by strategy id; the other columns were not asked."""
        for id_, column in self.board.columns.items():
            if id_ in answers:
                column.show_answer(answers[id_])
            else:
                column.clear()

    def show_question(self, text: str) -> None:
        """Put a question into the box without asking it."""
        if text != self.question():
            blocked = self.bar.box.blockSignals(True)  # nobody typed it
            self.bar.box.setPlainText(text)
            self.bar.box.blockSignals(blocked)
            self.bar.box.fit()
            self.bar.box.moveCursor(QTextCursor.MoveOperation.End)

    def question(self) -> str:
        """What stands in the box."""
        return self.bar.box.toPlainText()

    def searched(self) -> str:
        """The question in the box; while it is empty, the one that was searched for last."""
        answers = [column.answer for column in self.board.visible_columns() if column.answer]
        if self.question().strip() or not answers:
            return self.question()
        return (answers[-1].rewriting or answers[-1]).question

    def focus_question(self) -> None:
        """Type here: the cursor goes to the end of the question."""
        self.bar.box.setFocus()
        self.bar.box.moveCursor(QTextCursor.MoveOperation.End)

    def show_estimate(self, text: str) -> None:
        """What asking would take: `3 strategies, about 3,900 tokens, cost 0`."""
        self.bar.estimate.setText(text)

    def show_hint(self, text: str) -> None:
        """One dismissible line of help; empty takes it away."""
        self.bar.show_hint(text)

    def restore_layout(self, values: Mapping[str, Any]) -> None:
        """Widths, folded and maximised columns, as `layoutChanged` gave them."""
        self.board.restore(values)

    def answer_of(self, column: int) -> Answer | None:
        """A column's answer, or as much of it as there is yet."""
        found = self.board.columns.get(column)
        return found.answer if found is not None else None

    def hit_of(self, column: int, number: int) -> Hit | None:
        """The passage behind `citationOpened`."""
        found = self.board.columns.get(column)
        return found.hit(number) if found is not None else None

    def _show_count(self) -> None:
        count = len(self.board.strategies)
        self.strategies_button.setText(f"Strategies {count}")
        self.empty.setVisible(count == 0)
        self.board.setVisible(count > 0)

    # --- events ------------------------------------------------------------------------

    def apply(self, event: Event) -> None:
        """Show an event of the ask flow; others are not for this view."""
        if isinstance(event, AskStarted):
            self._start(event)
        elif isinstance(event, ColumnSent | ColumnText | ColumnDone | ColumnFailed):
            column = self.board.columns.get(event.column)
            if column is not None:
                self._apply_to(column, event)

    def _apply_to(
        self, column: Column, event: ColumnSent | ColumnText | ColumnDone | ColumnFailed
    ) -> None:
        if isinstance(event, ColumnText):
            column.add_text(event.text)
        elif isinstance(event, ColumnSent):
            column.show_sent(event.messages, event.context, event.recorded, event.rewriting)
        else:
            self._end(column, event.answer,
                      event.error if isinstance(event, ColumnFailed) else None)

    def _start(self, event: AskStarted) -> None:
        self._asked = event.question
        for id_, column in self.board.columns.items():
            if id_ in event.columns:
                column.start(event.question)
            else:
                column.tell_question(event.question)
        self._painting.start()
        self.bar.set_running(True)
        count = len(event.columns)
        announce(self, f"{count} answer{'' if count == 1 else 's'} on the way")
        self.find_bar.refresh(self.board.visible_columns())

    def _end(self, column: Column, answer: Answer, error: StrategyExplorerError | None) -> None:
        column.show_answer(answer, error)
        announce(self, f"{column.strategy.name}: {column.header.chip.word()}")
        self._settle()

    def end_run(self) -> None:
        """The ask is over: what is still open was stopped before it began."""
        for column in self.board.columns.values():
            if column.running and column.answer is not None:
                column.flush()
                self._end(column, states.stopped(column.answer), None)
        self._settle()

    def _settle(self) -> None:
        if not self.is_running():
            self._painting.stop()
            self.bar.set_running(False)
        self.find_bar.refresh(self.board.visible_columns())

    def is_running(self) -> bool:
        """Whether any column still waits for its answer's end."""
        return any(column.running for column in self.board.columns.values())

    def paint_text(self) -> None:
        """Paint what streamed in since the last time, in all columns."""
        for column in self.board.columns.values():
            if column.running:
                column.flush()
                column.tick()

    # --- what the user does ------------------------------------------------------------

    def ask(self) -> None:
        """Ask every column; an empty question asks nothing."""
        text = self.question().strip()
        if text:
            self.askRequested.emit(text)
        else:
            self.bar.box.setFocus()

    def stop(self) -> None:
        """Stop what is running."""
        if self.is_running():
            self.stopRequested.emit()

    def _question_changed(self) -> None:
        self.questionChanged.emit(self.question())

    def open_find(self) -> None:
        """Ctrl+F."""
        self.find_bar.open_bar(self.board.visible_columns())

    def _find_closed(self) -> None:
        self.bar.box.setFocus()

    def _reach(self, column: int, position: int) -> None:
        if not self.board.is_open(column):
            self.board.open_column(column)
        self.board.columns[column].show_position(position)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape:
            self.stop() if self.is_running() else self.find_bar.close_bar()
        elif control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.ask()
        elif control and event.key() == Qt.Key.Key_F:
            self.open_find()
        else:
            super().keyPressEvent(event)

    # --- strategies --------------------------------------------------------------------

    def open_strategies(self) -> None:
        """The list of strategies and the form of one."""
        if self._dialog is None:
            self._dialog = dialog = StrategiesDialog(self)
            dialog.strategySaved.connect(self.board.save)
            dialog.strategyRemoved.connect(self.strategyRemoved)
            dialog.strategyDuplicated.connect(self.strategyDuplicated)
            dialog.orderChanged.connect(self.board.reorder)
            dialog.addRequested.connect(self.add_strategy)
        self._refresh_dialog()
        bring_forward(self._dialog)

    def edit_strategy(self, column: int) -> None:
        """Open the form of one strategy."""
        self.open_strategies()
        if self._dialog is not None:
            self._dialog.choose(column)

    def add_strategy(self) -> None:
        """A new column that starts as a copy of the last one; the form says what to change."""
        known = self.board.strategies
        made = duplicate(known[-1], known) if known else Strategy(0, "Baseline")
        self.open_strategies()
        if self._dialog is not None:
            self._dialog.expect_new()
        self.strategySaved.emit(made)

    def _refresh_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog.show_strategies(self.board.strategies, self._versions, self._connections)
