"""Which parameters the model of the prompt takes: what is known, and asking it once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ...core.parameters import NAMES
from ...core.probing import CALL_TOKENS, MOST_CALLS, Prober
from ...core.types import Connection
from ...flows.tasks import Tasks
from ..main_window import MainWindow
from . import Controller
from .prompt import PromptController

ASK, LEAVE = "Find out", "Leave"


class ProberKeeper(Protocol):
    """The parts of the program that this needs."""

    @property
    def prober(self) -> Prober: ...
    def connections(self) -> Sequence[Connection]: ...


class AcceptingController(Controller):
    """Nothing is asked before the user has seen how many calls it may take."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, prompt: PromptController, keeper: ProberKeeper
    ) -> None:
        super().__init__(tasks)
        self._window = window
        self._prompt = prompt
        self._keeper = keeper
        prompt.pane.parameters.findOutRequested.connect(self.offer)
        prompt.when_checked(self._show)

    def _show(self) -> None:
        model = self._prompt.model
        self._prompt.pane.parameters.show_accepted(
            model.label, model.refused, tried=model.tried, can_try=model.can_try)

    def offer(self) -> None:
        """Say what it would take, and ask."""
        if self.is_open:
            model = self._prompt.model
            self._window.messages.ask(
                f"Ask {model.label} which parameters it takes? At most {MOST_CALLS} calls, each "
                f"answered with at most {CALL_TOKENS} tokens.", [ASK, LEAVE],
                lambda reply: self.find_out() if reply == ASK else None,
                why="It is asked once and remembered on this machine. A call that is refused "
                    "costs nothing.")

    def find_out(self) -> None:
        model = self._prompt.model
        self.tasks.start(f"Find out what {model.deployment} accepts",
                         self._find_out(model.connection, model.deployment), key="accepts",
                         shown=True)

    async def _find_out(self, connection: str, deployment: str) -> None:
        found = next((each for each in self._keeper.connections() if each.name == connection),
                     None)
        if found is None:
            return
        tried = await self._keeper.prober.parameters(found, deployment, None)
        await self._prompt.check_now()
        refused = ", ".join(words for name, words in NAMES.items() if name in tried.refused)
        self._window.messages.say(
            f"{deployment} takes everything but: {refused}." if refused else
            f"{deployment} takes all parameters.", "success", seconds=10)
