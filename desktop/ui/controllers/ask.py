"""Ask view: questions, columns, what was sent, and the page behind a citation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from PySide6.QtGui import QUndoStack

from ...core.errors import StrategyExplorerError
from ...core.events import ColumnDone, ColumnFailed, Event, Preparing
from ...core.ports import Ports
from ...core.strategies import duplicate, model_label
from ...core.types import Answer, AnswerState, Connection, Message, Strategy
from ...flows.asking import ask
from ...flows.foreseeing import foresee
from ...flows.talking import Talk, stored
from ...flows.tasks import Tasks
from ..compare.ask_view import AskView
from ..main_window import MainWindow
from . import Controller
from .column_commands import AddStrategy, RemoveStrategy
from .prompt import PromptController

ASK = "ask"


class AskController(Controller):
    """Keeps the strategies and the latest answers of the open workspace. A long class of short
    methods: questions, columns and conversations meet in the answers it holds."""

    def __init__(
        self, view: AskView, tasks: Tasks, undo: QUndoStack, prompt: PromptController,
        connections: Callable[[], Sequence[Connection]], window: MainWindow,
    ) -> None:
        super().__init__(tasks)
        self.view = view
        self.strategies: list[Strategy] = []
        self.answers: dict[int, Answer] = {}
        self.talk = Talk()
        self._undo = undo
        self._prompt = prompt
        self._connections = connections
        self._window = window
        self._question = ""
        self._job = 0
        view.askRequested.connect(self.ask)
        view.stopRequested.connect(self.stop)
        view.questionChanged.connect(self.type)
        view.retryRequested.connect(self.ask_one)
        view.strategySaved.connect(self.save)
        view.strategyRemoved.connect(self.remove)
        view.strategyDuplicated.connect(self.duplicate)
        view.orderChanged.connect(self.reorder)
        view.layoutChanged.connect(self.keep_layout)
        view.hintDismissed.connect(self.dismiss_hint)

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        layout = await ports.store.fact("layout")
        self.view.restore_layout(layout if isinstance(layout, dict) else {})
        await self.refresh()
        self.talk, self.answers = await stored(ports.store)
        self._question = str(await ports.store.fact("question") or "")
        self.view.show_question(self._question)
        self.show_talk()
        self.view.show_answers(self.answers)
        self.view.show_hint(str(await ports.store.fact("hint") or ""))
        await self._estimate()

    def close(self) -> None:
        self.strategies, self.answers, self.talk = [], {}, Talk()
        super().close()

    async def refresh(self) -> None:
        """Show the strategies as they are stored."""
        self.strategies = await self.ports.store.strategies()
        labels = {s.id: self._label(s) for s in self.strategies}
        self.view.show_strategies(self.strategies, self._prompt.versions, labels)
        self._show_connection()
        self._prompt.recheck()

    def _show_connection(self) -> None:
        """The toolbar's connection, and where questions and passages go."""
        if self.is_open and self.ports.recording is not None:
            self._window.toolbar.show_connections([], "Recorded answers")
            self._window.status.show_network(None)
            return
        known = {connection.name: connection for connection in self._connections()}
        used = list(dict.fromkeys(s.connection for s in self.strategies if not s.hidden))
        missing = [name for name in used if name not in known]
        current = used[0] if len(used) == 1 else f"{len(used)} connections"
        problem = f"{missing[0]} is not on this machine" if missing else ""
        self._window.toolbar.show_connections(list(known), current, problem)
        hosts = [urlsplit(known[name].endpoint).hostname for name in used if name in known]
        away = dict.fromkeys(host for host in hosts if host)
        self._window.status.show_network(", ".join(away) or None)

    def use_connection(self, name: str) -> None:
        """Ask every column's question of another connection, after a word of confirmation."""
        found = next((c for c in self._connections() if c.name == name), None)
        if found is None or not self.is_open:
            return
        if not found.deployments:
            self._window.messages.say(f"{name} has no deployment yet. Add one under Connections.",
                                      "warning")
            return
        deployment = found.deployments[0].name
        self._window.messages.ask(
            f"Answer all columns with {deployment} of {name}?", ["Use in all columns", "Leave"],
            lambda reply: self._use(name, deployment) if reply.startswith("Use") else None,
            why="A single column's model is chosen under Strategies.",
        )

    def _use(self, connection: str, deployment: str) -> None:
        self.tasks.start("Change models", self._change_models(connection, deployment))

    async def _change_models(self, connection: str, deployment: str) -> None:
        for strategy in self.strategies:
            await self.ports.store.save_strategy(
                replace(strategy, connection=connection, deployment=deployment)
            )
        await self.refresh()
        await self._estimate()

    def _label(self, strategy: Strategy) -> str:
        for connection in self._connections():
            for deployment in connection.deployments:
                if (connection.name, deployment.name) == (strategy.connection, strategy.deployment):
                    return model_label(connection.name, deployment.name, deployment.model)
        return model_label(strategy.connection, strategy.deployment, "")

    # asking

    def ask(self, question: str) -> None:
        """Every column that is shown; a conversation goes on."""
        self._next(question, [s for s in self.strategies if not s.hidden])

    def continue_one(self, question: str, column: int) -> None:
        """The conversation of one column goes on, the others stand still."""
        self._next(question, [s for s in self.strategies if s.id == column])

    def _next(self, question: str, columns: Sequence[Strategy]) -> None:
        if self.talk.on:
            self.view.show_question("")
        self._start(question, columns, goes_on=self.talk.on)

    def _next_turn(self, columns: Sequence[Strategy]) -> None:
        """What the columns answered is an earlier turn from now on."""
        self.talk.next_turn([s.id for s in columns], self.answers)
        for strategy in columns:
            self.answers.pop(strategy.id, None)
        self.show_talk()

    def ask_one(self, column: int) -> None:
        """One column again: the question that is typed, or in a conversation its last one."""
        last = self.answers.get(column)
        question = last.question if self.talk.on and last is not None else self._question
        self._start(question, [s for s in self.strategies if s.id == column])

    def question_now(self) -> tuple[str, tuple[Message, ...], str]:
        """The question on screen; in a conversation with the turns before it, and the column
        that said them: the focused one, else the last of those with the most turns."""
        typed = self.view.question().strip()
        if not self.talk.on:
            return typed, (), ""
        shown = [s for s in self.strategies if s.id in self.answers and not s.hidden]
        focused = [s for s in shown if self.view.board.has_focus(s.id)]
        if not shown:
            return typed, (), ""
        longest = sorted(shown, key=lambda s: len(self.answers[s.id].earlier))
        column = (focused or longest)[-1]
        answer = self.answers[column.id]
        if typed:
            return typed, self.talk.upcoming({column.id: answer})[column.id].history, column.name
        return answer.question, answer.history, column.name

    def show_talk(self) -> None:
        """The earlier turns, and whether the next question continues."""
        self.view.board.show_talk(self.talk.turns, on=self.talk.on)
        possible = any(answer.text for answer in self.answers.values())
        self.view.bar.show_talk(on=self.talk.on, possible=possible)

    def talk_changed(self) -> None:
        """Show it and keep it."""
        self.show_talk()
        self.tasks.start("Save conversation", self._talk_changed(), key="conversation")

    async def _talk_changed(self) -> None:
        await self.talk.save(self.ports.store)
        await self._estimate()

    def forget_answers(self) -> None:
        """The columns are empty again, also after the next start."""
        self.talk.end(max((answer.id for answer in self.answers.values()), default=0))
        self.answers = {}
        self.talk_changed()
        self.view.show_answers(self.answers)

    def stop(self) -> None:
        self.tasks.cancel_key(ASK)

    def _start(
        self, question: str, columns: Sequence[Strategy], *, goes_on: bool = False
    ) -> None:
        if question.strip() and columns and self.is_open:
            work = self._ask(question.strip(), columns, goes_on)
            self._job = self.tasks.start(f"Ask: {question.strip()}", work, key=ASK, shown=True)

    async def _ask(self, question: str, columns: Sequence[Strategy], goes_on: bool) -> None:
        if goes_on:  # only now: an ask before this one has put its partial answers away
            self._next_turn(columns)
        self._question = "" if self.talk.on else question
        self._window.set_running(True)
        try:
            await self._ask_columns(question, columns)
        finally:
            self._window.set_running(False)
            self.view.end_run()
            self.show_talk()

    async def _ask_columns(self, question: str, columns: Sequence[Strategy]) -> None:
        await self._prompt.pin_draft()
        await self.ports.store.set_fact("question", self._question)
        before = self.talk.before([s.id for s in columns])
        done = 0

        def emit(event: Event) -> None:
            nonlocal done
            self.view.apply(event)
            if isinstance(event, ColumnDone | ColumnFailed):
                done += 1
                self.answers[event.column] = event.answer
                words = f"{done} of {len(columns)} columns done"
                self.tasks.update(self._job, words, done / len(columns))
            elif isinstance(event, Preparing):
                self.tasks.update(self._job, event.sentence, event.share)

        answers = await ask(question, columns, self.ports, emit, before)
        if self.talk.on:
            await self._estimate()  # the next question takes these turns along
        failed = [a.strategy for a in answers if a.state is AnswerState.FAILED]
        if failed and len(failed) == len(answers):
            raise StrategyExplorerError(
                "No column answered", why=answers[0].error or "", remedy="Its column says more"
            )

    def type(self, question: str) -> None:
        self._question = question
        if self.is_open:
            self.tasks.start("Save question", self._typed(question), key="question")

    async def _typed(self, question: str) -> None:
        await self.ports.store.set_fact("question", question)
        await self._estimate()

    async def _estimate(self) -> None:
        """What asking would send, roughly: "~" says so."""
        shown = [s for s in self.strategies if not s.hidden]
        if self.ports.recording is not None:
            self.view.show_estimate("Replayed, cost 0")
            return
        found = await foresee(self._question, shown, self._prompt.versions, self.ports,
                              self.talk.upcoming(self.answers))
        count = len(shown)
        self.view.show_estimate(
            f"{count} strateg{'ies' if count != 1 else 'y'}, ~{found.tokens:,} tokens"
            + (f", {found.rewritings} more to rewrite the question" if found.rewritings else "")
            + (", cost 0" if found.local else "")
        )

    # columns

    def save(self, strategy: Strategy) -> None:
        """Store a column; a new one can be undone."""
        if strategy.id:
            self.tasks.start("Save strategy", self._save(strategy))
        else:
            self._undo.push(AddStrategy(self, strategy))

    def add(self, command: AddStrategy) -> None:
        self.tasks.start("Add strategy", self._add(command))

    async def _add(self, command: AddStrategy) -> None:
        command.strategy = await self.ports.store.save_strategy(command.strategy)
        await self.refresh()
        await self._estimate()

    async def _save(self, strategy: Strategy) -> None:
        await self.ports.store.save_strategy(strategy)
        await self.refresh()
        await self._estimate()

    def duplicate(self, strategy_id: int) -> None:
        found = next((s for s in self.strategies if s.id == strategy_id), None)
        if found is not None:
            self.save(duplicate(found, self.strategies))

    def remove(self, strategy_id: int) -> None:
        found = next((s for s in self.strategies if s.id == strategy_id), None)
        if found is not None:
            self._undo.push(RemoveStrategy(self, found))

    def drop(self, strategy: Strategy) -> None:
        self.tasks.start("Remove strategy", self._drop(strategy))

    async def _drop(self, strategy: Strategy) -> None:
        await self.ports.store.remove_strategy(strategy.id)
        self.answers.pop(strategy.id, None)
        await self.refresh()

    def reorder(self, ids: Sequence[int]) -> None:
        self.tasks.start("Reorder strategies", self._reorder(list(ids)))

    async def _reorder(self, ids: list[int]) -> None:
        await self.ports.store.order_strategies(ids)
        await self.refresh()

    def keep_layout(self, layout: dict[str, Any]) -> None:
        if self.is_open:
            self.tasks.start("Save layout", self.ports.store.set_fact("layout", layout))

    def dismiss_hint(self) -> None:
        if self.is_open:
            self.tasks.start("Dismiss", self.ports.store.set_fact("hint", None))
