"""Prompt pane: the draft is saved as one types, asking makes it a version."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ...core.ports import Ports
from ...core.prompt_review import review
from ...core.types import Prompt, PromptVersion
from ...flows.prompting import PARTS, Counting, check, count, counted_model
from ...flows.tasks import Tasks
from ..panes.prompt import PromptPane
from . import Controller

BASE = "draft base"  # the fact that keeps the version a draft was branched from

class PromptController(Controller):
    """Keeps the draft and the versions of the open workspace."""

    def __init__(self, pane: PromptPane, tasks: Tasks, changed: Callable[[], None]) -> None:
        super().__init__(tasks)
        self.pane = pane
        self.draft = Prompt()
        self.versions: list[PromptVersion] = []
        self._changed = changed
        self.model = Counting()  # that of the first column with a prompt
        self._base: int | None = None  # the version that the draft was branched from
        self._watching: list[Callable[[], None]] = []
        self._checking: list[Callable[[], None]] = []
        pane.typed.connect(self.count)
        pane.draftChanged.connect(self.edit)
        pane.saveRequested.connect(self.save)
        pane.restoreRequested.connect(self.restore)
        pane.described.connect(self.describe)
        pane.choosing.shown.connect(self.show_pool)

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        self.versions = await ports.store.prompt_versions()
        newest = self.versions[-1].prompt if self.versions else Prompt()
        self.draft = await ports.store.draft() or newest
        base = await ports.store.fact(BASE)
        self._base = base if isinstance(base, int) else None
        self.pane.show_versions(self.versions, self._base)
        self.pane.show_prompt(self.draft)
        await self._show_pool()
        self.recheck()  # not waited for: the process that counts tokens takes a while to start

    def show_pool(self) -> None:
        """How many examples the dataset has to choose from, when the pane comes to the front."""
        if self.is_open:
            self.tasks.start("Count examples", self._show_pool(), key="example pool")

    async def _show_pool(self) -> None:
        facets = await self.ports.store.example_facets()
        self.pane.choosing.show_pool(facets.states.get("kept", 0))

    def edit(self, draft: Prompt) -> None:
        self.draft = draft
        self.tasks.start("Save draft", self._save_draft(draft), key="draft")

    async def _save_draft(self, draft: Prompt) -> None:
        await self.ports.store.save_draft(draft)
        await self._check()

    def when_checked(self, act: Callable[[], None]) -> None:
        """`act` is called whenever the draft, or the model that gets it, was looked at."""
        self._checking.append(act)

    async def check_now(self) -> None:
        """What is known of the model has changed."""
        if self.is_open:
            await self._check()

    async def _check(self) -> None:
        """Show variables and mistakes, and count for the model that the columns use now."""
        self.model = await counted_model(self.ports)
        found = await check(self.draft, self.ports)
        for part in PARTS:
            message, line = found.mistakes.get(part, (None, None))
            self.pane.show_mistake(part, message, line)
        if found.whole:  # else the variables of a text that is half typed would vanish
            notes = {name: f"{count:,} of {found.all_cases:,} cases have their own"
                     for name, count in found.cases.items()}
            self.pane.show_variables(found.names, notes, list(found.cases))
        self.pane.show_review(
            await asyncio.to_thread(review, self.draft, self.model.setting))
        for act in self._checking:
            act()
        self.count(self.draft)  # not awaited: its process may have to start

    def recheck(self) -> None:
        """The columns have changed: another model may get the prompt."""
        if self.is_open:
            self.tasks.start("Check prompt", self._check(), key="check prompt")

    def count(self, typed: Prompt) -> None:
        """Tokens of what is typed, ahead of the draft."""
        if self.is_open:
            self.tasks.start("Count tokens", self._count(typed), key="count tokens")

    async def _count(self, prompt: Prompt) -> None:
        counted = await count(prompt, self.model, self.ports)
        self.pane.show_tokens(counted.words(), counted.sentence())

    def save(self, prompt: Prompt, name: str) -> None:
        self.tasks.start("Save prompt", self._save(prompt, name))

    async def _save(self, prompt: Prompt, name: str) -> None:
        await self.ports.store.save_prompt(prompt, name, parent=self._base)
        await self._leave_branch()
        await self._refresh()

    async def _leave_branch(self) -> None:
        if self._base is not None:
            self._base = None
            await self.ports.store.set_fact(BASE, None)

    async def pin_draft(self) -> None:
        """Make the draft a version, so that an answer names exactly what it used."""
        self.pane.flush()  # the last keys may not have been told yet
        self.draft = self.pane.prompt()
        if not self.versions or self.draft != self.versions[-1].prompt:
            await self._save(self.draft, "")

    def restore(self, number: int) -> None:
        found = next((v for v in self.versions if v.number == number), None)
        if found is not None:
            self.pane.show_prompt(found.prompt)
            self.edit(found.prompt)

    def branch(self, number: int) -> None:
        """Go on from an older version; a draft with edits becomes a version before."""
        if self.is_open:
            self.tasks.start("Branch prompt", self._branch(number))

    async def _branch(self, number: int) -> None:
        self.pane.flush()
        self.draft = self.pane.prompt()
        if not any(version.prompt == self.draft for version in self.versions):
            await self._save(self.draft, "")
        newest = self.versions[-1].number if self.versions else number
        self._base = number if number != newest else None
        await self.ports.store.set_fact(BASE, self._base)
        self.pane.show_versions(self.versions, self._base)
        self.pane.restore(number)
        self._tell()

    def when_versions(self, act: Callable[[], None]) -> None:
        """`act` is called whenever versions were added or described."""
        self._watching.append(act)

    def _tell(self) -> None:
        for act in self._watching:
            act()

    async def adopt(self, number: int) -> None:
        """New versions are there: show this one as the draft."""
        await self._refresh()
        self.pane.restore(number)

    def describe(self, number: int, name: str, note: str, starred: bool) -> None:
        self.tasks.start("Name version", self._describe(number, name, note, starred))

    async def _describe(self, number: int, name: str, note: str, starred: bool) -> None:
        await self.ports.store.describe_prompt(number, name=name, note=note, starred=starred)
        await self._refresh()

    async def _refresh(self) -> None:
        self.versions = await self.ports.store.prompt_versions()
        self.pane.show_versions(self.versions, self._base)
        self._tell()
        self._changed()
