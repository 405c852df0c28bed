"""Embedding model: what documents are searched with, what another one would take, and the change
while it goes on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ...core.embedders import EmbedderChoice
from ...core.errors import StrategyExplorerError
from ...core.local_tuning import LocalModel
from ...core.types import Connection
from .. import theme
from ..components import ElidedLabel, IconLabel, button, dialog_foot, label
from ..jobs import Bar, clock
from .embedder_form import EmbedderForm

HINT = "Nothing is embedded before you have seen what it takes"


class EmbedderDialog(QDialog):
    """Not modal. `checkRequested` asks what a choice would take, `useRequested` for the change."""

    checkRequested = Signal(object)  # EmbedderChoice
    useRequested = Signal(object)  # EmbedderChoice
    pauseRequested = Signal()
    goOnRequested = Signal()
    cancelRequested = Signal()
    rerankerRequested = Signal(str)  # a folder, "" for none
    browseRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Embedding model")
        self.setModal(False)
        self.resize(theme.dialog_size(720, 560))
        self._checked: EmbedderChoice | None = None  # what the words below are about
        self._busy = False
        self.now = label(role="strong", wrap=True)
        self.about = label(tone="muted", wrap=True)
        self.warning = label(tone="warning", wrap=True)
        self.form = EmbedderForm()
        self.form.changed.connect(self._changed)
        self.found = label(wrap=True)
        self.working = Bar()
        self.working.show_share(None)
        self.working.setFixedHeight(theme.px(12))
        self.problem = label(tone="danger", wrap=True)
        self._make_building()
        self.reranker = ElidedLabel()
        self.choose = button("Choose…", size="small")
        self.choose.setAccessibleName("Choose the cross-encoder's folder")
        self.choose.clicked.connect(self.browseRequested)
        self.forget = button("Remove", size="small")
        self.forget.setAccessibleName("Use no cross-encoder")
        self.forget.clicked.connect(lambda: self.rerankerRequested.emit(""))
        self.check = button("Check what it takes")
        self.check.clicked.connect(self._ask)
        self.use = button("Use it", kind="primary")
        self.use.clicked.connect(self._use)
        self._lay_out()
        self._changed()

    def _make_building(self) -> None:
        self.building = QFrame()
        self.progress = label(wrap=True)
        self.bar = Bar()
        self.pause, self.go_on = button("Pause", size="small"), button("Go on", size="small")
        self.cancel = button("Cancel", size="small")
        self.cancel.setToolTip("What was embedded is kept: choosing it again goes on from there")
        for part, signal in ((self.pause, self.pauseRequested), (self.go_on, self.goOnRequested),
                             (self.cancel, self.cancelRequested)):
            part.clicked.connect(signal)
        row = QHBoxLayout(self.building)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        row.addWidget(self.progress, 1)
        row.addWidget(self.bar)
        for part in (self.pause, self.go_on, self.cancel):
            row.addWidget(part)
        self.building.hide()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QFrame()
        head.setProperty("surface", "raised")
        head.setProperty("rule", "bottom")
        words = QVBoxLayout(head)
        words.setContentsMargins(theme.px(16), theme.px(10), theme.px(16), theme.px(10))
        words.setSpacing(theme.px(4))
        for part in (self.now, self.about, self.warning, self.building):
            words.addWidget(part)
        column.addWidget(head)
        body = QFrame()
        body.setProperty("surface", "surface")
        inside = QVBoxLayout(body)
        inside.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        inside.setSpacing(theme.px(8))
        inside.addWidget(label("Find passages by meaning with", role="section"))
        inside.addWidget(self.form)
        inside.addWidget(self.found)
        inside.addWidget(self.working)
        inside.addWidget(self.problem)
        inside.addSpacing(theme.px(8))
        inside.addLayout(self._second_pass())
        inside.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setProperty("surface", "surface")
        area.setWidget(body)
        column.addWidget(area, 1)
        hint = label(HINT, tone="muted", size="small")
        column.addWidget(dialog_foot(self, hint, self.check, self.use))

    def _second_pass(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.px(4))
        column.addWidget(label("Second pass", role="section"))
        column.addWidget(label(
            "A cross-encoder reads the question and each of the first 50 passages together. A "
            "retrieval profile with “cross-encoder” uses it. Its folder is this machine's, for "
            "all workspaces.", tone="muted", size="small", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        row.addWidget(IconLabel("folder-open"))
        row.addWidget(self.reranker, 1)
        row.addWidget(self.choose)
        row.addWidget(self.forget)
        column.addLayout(row)
        return column

    # --- what is shown -----------------------------------------------------------------------

    def show_now(self, choice: EmbedderChoice, host: str, chunks: int, embedded: int,
                 problem: StrategyExplorerError | None) -> None:
        """What is searched with, and why not, where it cannot be."""
        self._now = choice
        self.now.setText(f"Now: {choice.label}")
        where = f"Sends every question to {host}." if host else "Nothing leaves this machine."
        count = f"{embedded:,} of {chunks:,} chunks searchable by meaning. {where}"
        if not chunks:
            count = f"No documents yet. {where}"
        elif problem is not None:
            count = f"{chunks:,} chunks, found by their words only."
        self.about.setText(count)
        self._problem = str(problem) if problem else ""
        self._tell_warning()

    def show_languages(self, warning: str) -> None:
        """What is to be said of the documents' languages, "" for nothing."""
        self._languages = warning
        self._tell_warning()

    _now: EmbedderChoice | None = None
    _problem = _languages = ""

    def _tell_warning(self) -> None:
        words = " ".join(part for part in (self._problem, self._languages) if part)
        self.warning.setText(words)
        self.warning.setVisible(bool(words))

    def show_alternatives(
        self, connections: Sequence[Connection], tuned: Sequence[LocalModel],
        choice: EmbedderChoice,
    ) -> None:
        """What can be chosen on this machine, and what is chosen at first."""
        self.form.show_tuned(tuned)
        self.form.show_connections(connections)
        self.form.show_choice(choice)
        self._changed()

    def show_busy(self, words: str) -> None:
        """While a choice is looked at."""
        self._busy = True
        self._say(words)
        self._enable()

    def show_found(self, choice: EmbedderChoice, lines: Sequence[str]) -> None:
        """What a choice would take."""
        self._busy = False
        self._checked = choice
        self._say("\n".join(lines))
        self._enable()

    def show_problem(self, words: str) -> None:
        """Why a choice cannot be used."""
        self._busy, self._checked = False, None
        self._say("", words)
        self._enable()

    def show_done(self) -> None:
        """The change has ended: what was said before it is no longer true."""
        self._checked = None
        self._say("")

    def show_building(
        self, words: str, share: float | None = None, seconds_left: float | None = None, *,
        paused: bool = False,
    ) -> None:
        """How far the change is; "" when none is going on."""
        left = "" if seconds_left is None else f", {clock(seconds_left)} left"
        self.progress.setText(f"{words}{left}")
        self.bar.show_share(share)
        self.building.setVisible(bool(words))
        self.pause.setVisible(not paused)
        self.go_on.setVisible(paused)
        self._building = bool(words)
        self._enable()

    _building = False

    def show_reranker(self, folder: str, words: str = "") -> None:
        """The cross-encoder's folder, or what is being done about it."""
        self.reranker.setText(words or folder or "None chosen")
        self.forget.setEnabled(bool(folder) and not words)
        self.choose.setEnabled(not words)

    def _say(self, found: str, problem: str = "") -> None:
        self.found.setText(found)
        self.found.setVisible(bool(found))
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    # --- what the user does ------------------------------------------------------------------

    def _changed(self) -> None:
        choice = self.form.choice()
        if choice is None or self._checked is None or choice.key != self._checked.key:
            self._checked = None
            if not self._busy:
                self._say("")
        self._enable()

    def _enable(self) -> None:
        choice = self.form.choice()
        free = not self._busy and not self._building
        self.working.setVisible(self._busy)
        same = (choice is not None and self._now is not None and choice.key == self._now.key
                and not self._problem)
        self.check.setEnabled(free and choice is not None and not same)
        self.check.setToolTip("This is what is searched with now" if same else "")
        self.use.setEnabled(free and self._checked is not None and not same)

    def _ask(self) -> None:
        choice = self.form.choice()
        if choice is not None:
            self.checkRequested.emit(choice)

    def _use(self) -> None:
        if self._checked is not None:
            self.useRequested.emit(self._checked)
