"""Prompts of other tools: a file becomes versions and cases, the prompt on screen a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from ...core.types import CURRENT_PROMPT
from ...flows.exchanging import Imported, export_prompt, import_prompts
from ...flows.tasks import Tasks
from .. import file_dialogs
from ..dialogs.left_out import LeftOutDialog
from ..main_window import MainWindow
from . import Controller
from .center import CenterController
from .prompt import PromptController

IMPORTS = "Prompts (*.prompty *.yaml *.yml *.json *.txt *.md)"
EXPORTS = "Prompty, promptfoo, JSON or text (*.prompty *.yaml *.json *.txt)"


class ExchangeController(Controller):
    """Nothing typed is lost: the draft becomes a version before another prompt takes its place."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, center: CenterController,
        prompt: PromptController,
    ) -> None:
        super().__init__(tasks)
        self.dialog: LeftOutDialog | None = None
        self._window = window
        self._center = center
        self._prompt = prompt

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"import_prompt": self.choose_import, "export_prompt": self.choose_export}

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.close()
        super().close()

    def choose_import(self) -> None:
        file_dialogs.choose_file(self._window, "Import prompts", IMPORTS, self.take)

    def choose_export(self) -> None:
        file_dialogs.choose_new_file(
            self._window, "Export this prompt", EXPORTS, "prompty", self.give)

    def take(self, path: Path) -> None:
        if self.is_open:
            self.tasks.start(f"Import {path.name}", self._take(path))

    async def _take(self, path: Path) -> None:
        await self._prompt.pin_draft()
        found = await import_prompts(str(path), self.ports)
        if found.versions:
            await self._prompt.adopt(found.versions[-1].number)
        evaluate = self._center.evaluate
        if found.cases and evaluate is not None and evaluate.is_open:
            await evaluate.open(self.ports)
        self._tell(path.name, _sentence(path.name, found), found)

    def give(self, path: Path) -> None:
        if self.is_open:
            self.tasks.start(f"Export to {path.name}", self._give(path))

    async def _give(self, path: Path) -> None:
        await self._prompt.pin_draft()
        left = await export_prompt(CURRENT_PROMPT, str(path), self.ports)
        self._tell(path.name, f"The prompt is in {path.name} now.", Imported((), (), tuple(left)))

    def _tell(self, name: str, sentence: str, found: Imported) -> None:
        count = len(found.left_out)
        if not count:
            self._window.messages.say(sentence, "success", seconds=10)
            return
        message = self._window.messages.say(
            f"{sentence} {count} {'thing' if count == 1 else 'things'} could not be taken over as "
            "meant.", "warning")
        message.add_button("Show what and why", partial(self.show_left_out, name, found))

    def show_left_out(self, name: str, found: Imported) -> None:
        if self.dialog is not None:
            self.dialog.close()
        self.dialog = LeftOutDialog(name, found.left_out, self._window)
        self.dialog.show()


def _sentence(name: str, found: Imported) -> str:
    """What came of it."""
    parts = []
    if len(found.versions) == 1:
        parts.append(f"v{found.versions[0].number} {found.versions[0].name}".rstrip())
    elif found.versions:
        first, last = found.versions[0].number, found.versions[-1].number
        parts.append(f"the versions v{first} to v{last}")
    if found.cases:
        parts.append(f"{len(found.cases)} case{'' if len(found.cases) == 1 else 's'}")
    return f"{name} gave {' and '.join(parts) or 'nothing new'}."
