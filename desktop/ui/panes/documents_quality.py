"""How well profiles find the cases' sources: figures with intervals, and the misses to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.evaluation.retrieval_quality import ProfileQuality
from ...core.types import DENSE, HYBRID, LEXICAL, Case, RetrievalProfile
from .. import theme
from ..components import button, icon_button, label
from ..dialogs.profile_form import ProfileForm
from .documents_quality_table import QualityTable

START = ("Which profile finds the sources that your cases name? No model is asked. Choose the "
         "profiles and press Compare.")


class QualityView(QFrame):
    """Emits what the user wants; `show_*` say what was found."""

    compareRequested = Signal(list)  # names of profiles
    missChosen = Signal(str, str)  # question, name of the profile: show them in the search

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cases: Mapping[int, Case] = {}
        self._results: Sequence[ProfileQuality] = ()
        self.note = label(START, tone="muted", wrap=True)
        self.form = ProfileForm()
        self.form.hide()
        self.form.show_profile(HYBRID)
        self.knobs = icon_button("sliders-horizontal", "An own profile")
        self.knobs.setCheckable(True)
        self.knobs.toggled.connect(self.form.setVisible)
        self.more = button("Add profile", icon="plus")
        self.more.clicked.connect(lambda: self._offer(self.form.profile()))
        self.more.hide()
        self.knobs.toggled.connect(self.more.setVisible)
        self.go = button("Compare", kind="primary", icon="play")
        self.go.clicked.connect(lambda: self.compareRequested.emit(self.profiles()))
        self.table = QualityTable()
        self.table.profileChosen.connect(self._show_misses)
        self.head = label(role="section")
        self.misses = QListWidget()
        self.misses.setAccessibleName("Cases whose source was not found")
        self.misses.setWordWrap(True)
        self.misses.itemActivated.connect(self._open_miss)
        self.misses.itemClicked.connect(self._open_miss)
        self._lay_out()
        for profile in (HYBRID, DENSE, LEXICAL):
            self._offer(profile)
        self._show_misses()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(theme.px(8))
        bar.addWidget(self.knobs)
        bar.addWidget(self.more)
        bar.addStretch(1)
        bar.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(12), 0, theme.px(12), theme.px(8))
        column.setSpacing(theme.px(8))
        column.addWidget(self.note)
        column.addLayout(bar)
        column.addWidget(self.form)
        column.addWidget(self.table)
        column.addWidget(self.head)
        column.addWidget(self.misses, 1)
        column.addStretch(0)
        self.setFocusProxy(self.go)

    # --- what is shown -----------------------------------------------------------------

    def profiles(self) -> list[str]:
        """Those that are compared, by name."""
        return self.table.names()

    def _offer(self, profile: RetrievalProfile) -> None:
        self.table.offer(profile.name)

    def show_progress(self, done: int, total: int) -> None:
        """While profiles are compared."""
        self.go.setEnabled(done >= total)
        self.note.setText(f"Searching: {done:,} of {total:,}")

    def show_problem(self, problem: str) -> None:
        """It could not be done: why, and what next."""
        self.go.setEnabled(True)
        self.note.setText(problem)

    def show_results(self, results: Sequence[ProfileQuality], cases: Sequence[Case]) -> None:
        """Answers `compareRequested`."""
        self._results, self._cases = results, {case.id: case for case in cases}
        self.go.setEnabled(True)
        self.table.show_results(results)
        n = results[0].n if results else 0
        self.note.setText(f"{n} cases that name a source, 95 % intervals below each figure. "
                          "Profiles whose intervals overlap widely may differ by chance alone.")
        self.table.setCurrentCell(0, 0)
        self._show_misses()

    def clear(self) -> None:
        """Another workspace."""
        self._results = ()
        self.note.setText(START)
        self.table.show_results(())
        self._show_misses()

    def _show_misses(self) -> None:
        place = self.table.profile()
        result = self._results[place] if place < len(self._results) else None
        self.misses.clear()
        self.head.setVisible(result is not None)
        self.misses.setVisible(bool(result and result.misses))
        if result is None:
            return
        near = result.near - (result.n - len(result.misses))
        close = f", {near} of them by a page" if near > 0 else ""
        self.head.setText(f"Not found: {len(result.misses)} of {result.n}{close}")
        for case_id in result.misses:
            item = QListWidgetItem(self._cases[case_id].question)
            item.setToolTip("Search for it with this profile")
            self.misses.addItem(item)

    def _open_miss(self, item: QListWidgetItem) -> None:
        self.missChosen.emit(item.text(), self.profiles()[self.table.profile()])

