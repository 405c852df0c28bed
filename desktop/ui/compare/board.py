"""The columns of the strategies: makes them, keeps them through changes, has their menu."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from ...core.errors import StrategyExplorerError
from ...core.evaluation.reuse import ASKED_USES, USES
from ...core.strategies import badge_of, head_line, rung_of
from ...core.types import Answer, PromptVersion, Strategy
from ..icons import icon
from .column import Column
from .columns_area import ColumnsArea

_WIDER = 40  # px a press


class Board(ColumnsArea):
    """Signals carry strategy ids; a change is shown at once and confirmed by the next
    `show_strategies`."""

    strategySaved = Signal(object)  # Strategy
    strategyRemoved = Signal(int)
    strategyDuplicated = Signal(int)
    strategiesReordered = Signal(list)  # ids of all strategies, hidden ones too
    editRequested = Signal(int)
    retryRequested = Signal(int)
    sentRequested = Signal(int)
    citationOpened = Signal(int, int)  # column, passage number
    continueRequested = Signal(int)  # go on with the conversation of one column
    turnCitationOpened = Signal(object)  # Hit, of an earlier turn
    turnSentRequested = Signal(int, object)  # column, Answer of an earlier turn
    useRequested = Signal(object, str)  # Answer, what it is to become (core/evaluation/reuse)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strategies: list[Strategy] = []
        self.columns: dict[int, Column] = {}
        self._versions: Sequence[PromptVersion] = ()
        self._labels: Mapping[int, str] = {}
        self._talking = False
        self.orderChanged.connect(self._reordered)

    def show_strategies(
        self, strategies: Sequence[Strategy], versions: Sequence[PromptVersion],
        labels: Mapping[int, str],
    ) -> None:
        """One column each, in the order of `position`; answers of those that stay are kept."""
        self.strategies = sorted(strategies, key=lambda s: s.position)
        self._versions, self._labels = versions, labels
        known = {strategy.id for strategy in strategies}
        for gone in set(self.columns) - known:
            column = self.columns.pop(gone)
            column.strip.hide()
            column.hide()
            column.strip.deleteLater()
            column.deleteLater()
        self._show()

    def _show(self) -> None:
        for strategy in self.strategies:
            column = self.columns.get(strategy.id) or self._make(strategy)
            column.show_strategy(
                strategy, badge_of(strategy, self.strategies), rung_of(strategy),
                self._adds(strategy), self._labels.get(strategy.id, strategy.deployment),
            )
        self.show_columns([self.columns[s.id] for s in self.visible_strategies()])

    def _adds(self, strategy: Strategy) -> str:
        base = next((s for s in self.strategies if s.id == strategy.derived_from), None)
        try:
            return head_line(strategy, base, self._versions)
        except StrategyExplorerError as error:
            return error.what

    def visible_strategies(self) -> list[Strategy]:
        """Those that have a column on screen, left to right."""
        return [s for s in self.strategies if not s.hidden]

    def visible_columns(self) -> list[Column]:
        return [self.columns[s.id] for s in self.visible_strategies()]

    def strategy(self, column: int) -> Strategy | None:
        return next((s for s in self.strategies if s.id == column), None)

    def _make(self, strategy: Strategy) -> Column:
        column = self.columns[strategy.id] = Column(strategy, self)
        column.strip.setParent(self)
        header = column.header
        header.menuRequested.connect(lambda point: self.open_menu(column, point))
        header.renamed.connect(lambda name: self.save(replace(column.strategy, name=name)))
        header.moved.connect(lambda by: self._move_focused(column, by))
        header.stepped.connect(lambda by: self._step_focus(column, by))
        header.maximiseToggled.connect(lambda: self.toggle_maximised(column.strategy.id))
        header.dragged.connect(lambda point: self.drag_header(column.strategy.id, point))
        header.dropped.connect(lambda point: self.drop_header(column.strategy.id, point))
        column.strip.clicked.connect(lambda: self._open_strip(column))
        column.citationOpened.connect(
            lambda number: self.citationOpened.emit(column.strategy.id, number))
        column.sentRequested.connect(lambda: self.sentRequested.emit(column.strategy.id))
        column.retryRequested.connect(lambda: self.retryRequested.emit(column.strategy.id))
        column.turnCitationOpened.connect(self.turnCitationOpened)
        column.turnSentRequested.connect(
            lambda answer: self.turnSentRequested.emit(column.strategy.id, answer))
        column.show_turns((), on=self._talking)
        return column

    def has_focus(self, column: int) -> bool:
        """Whether the keyboard is somewhere in this column."""
        found, focused = self.columns.get(column), self.window().focusWidget()
        return found is not None and focused is not None and (
            found is focused or found.isAncestorOf(focused))

    def show_talk(self, turns: Mapping[int, Sequence[Answer]], *, on: bool) -> None:
        """The earlier turns of each column; `on`: a conversation is going on."""
        self._talking = on
        for id_, column in self.columns.items():
            column.show_turns(turns.get(id_, ()), on=on)

    # --- changes -----------------------------------------------------------------------

    def save(self, strategy: Strategy) -> None:
        """Show a changed strategy and tell."""
        self.strategies = [strategy if s.id == strategy.id else s for s in self.strategies]
        self._show()
        self.strategySaved.emit(strategy)

    def set_hidden(self, column: int, hidden: bool) -> None:
        """Take a column off the screen, or bring it back."""
        strategy = self.strategy(column)
        if strategy is not None and strategy.hidden != hidden:
            self.save(replace(strategy, hidden=hidden))

    def show_all(self) -> None:
        """Bring every hidden column back."""
        for strategy in list(self.strategies):
            self.set_hidden(strategy.id, False)

    def _reordered(self, order: list[int]) -> None:
        """Hidden strategies keep their places among the others."""
        shown = iter(order)
        self.reorder([s.id if s.hidden else next(shown) for s in self.strategies])

    def reorder(self, ids: list[int]) -> None:
        """Another order of all strategies."""
        by_id = {s.id: s for s in self.strategies}
        self.strategies = [replace(by_id[id_], position=p) for p, id_ in enumerate(ids)]
        self._show()
        self.strategiesReordered.emit(ids)

    def _move_focused(self, column: Column, by: int) -> None:
        self.move_column(column.strategy.id, by)
        column.header.setFocus()

    def _step_focus(self, column: Column, by: int) -> None:
        """Arrow keys go from header to header, over strips too."""
        standing = [slot.column for slot in self.slots]
        place = standing.index(column.strategy.id) + by
        if 0 <= place < len(standing):
            other = self.columns[standing[place]]
            (other.strip if self.slots[place].strip else other.header).setFocus()

    def _open_strip(self, column: Column) -> None:
        self.open_column(column.strategy.id)
        column.header.setFocus()

    # --- menu --------------------------------------------------------------------------

    def open_menu(self, column: Column, point: QPoint) -> None:
        """What can be done with a column."""
        menu = self.menu(column)
        menu.setParent(self, menu.windowFlags())
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(point)

    def menu(self, column: Column) -> QMenu:
        """The menu of a column, as it is now."""
        id_ = column.strategy.id
        place = [c.strategy.id for c in self.visible_columns()].index(id_)
        maximised = self.layout_.maximised == id_
        menu = QMenu(column.strategy.name)
        again = "Ask this column again" if self._talking else "Ask only this column"
        _add(menu, "play", again, lambda: self.retryRequested.emit(id_))
        go_on = _add(menu, "arrow-right", "Continue only this column",
                     lambda: self.continueRequested.emit(id_))
        go_on.setEnabled(column.answer is not None and bool(column.answer.text))
        self._add_uses(menu, column.answer)
        menu.addSeparator()
        _add(menu, "sliders-horizontal", "Edit strategy…", lambda: self.editRequested.emit(id_))
        _add(menu, "pencil-simple", "Rename", column.header.rename, "F2")
        _add(menu, "copy", "Duplicate", lambda: self.strategyDuplicated.emit(id_))
        menu.addSeparator()
        _add(menu, "arrows-in" if maximised else "arrows-out",
             "Restore" if maximised else "Maximise", lambda: self.toggle_maximised(id_), "Enter")
        _add(menu, "", "Fold to a strip", lambda: self.fold(id_))
        _add(menu, "", "Wider", lambda: self.widen(id_, _WIDER))
        _add(menu, "", "Narrower", lambda: self.widen(id_, -_WIDER))
        left = _add(menu, "arrow-left", "Move left", lambda: self.move_column(id_, -1),
                    "Ctrl+Shift+Left")
        left.setEnabled(place > 0)
        right = _add(menu, "arrow-right", "Move right", lambda: self.move_column(id_, 1),
                     "Ctrl+Shift+Right")
        right.setEnabled(place + 1 < len(self.visible_strategies()))
        menu.addSeparator()
        _add(menu, "eye-slash", "Hide", lambda: self.set_hidden(id_, True))
        hidden = len(self.strategies) - len(self.visible_strategies())
        if hidden:
            _add(menu, "eye", f"Show {hidden} hidden", self.show_all)
        _add(menu, "trash", "Remove", lambda: self.strategyRemoved.emit(id_))
        return menu


    def _add_uses(self, menu: QMenu, answer: Answer | None) -> None:
        """What an answer outside a run can become; in a run there is more, under Evaluate."""
        uses = menu.addMenu("Use the answer as")
        uses.setEnabled(answer is not None and bool(answer.text) and not answer.declined)
        for use in ASKED_USES:
            _add(uses, "", USES[use], lambda use=use: self.useRequested.emit(answer, use))


def _add(menu: QMenu, name: str, text: str, act: object, key: str = "") -> QAction:
    action = menu.addAction(text)
    if name:
        action.setIcon(icon(name))
    if key:  # shown only: the header itself has the key
        action.setText(f"{text}\t{key}")
    action.triggered.connect(lambda: act())  # type: ignore[operator]
    return action
