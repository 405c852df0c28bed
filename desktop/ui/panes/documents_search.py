"""Search the documents without a model: what would be found, how high, and by which search."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.profiles import find_profile
from ...core.search_results import Beside
from ...core.types import DENSE, HYBRID, LEXICAL, Hit, RetrievalProfile
from .. import theme
from ..components import button, explain, icon_button, label
from ..dialogs.profile_form import ProfileForm
from .documents_beside import BesideTable
from .documents_delegate import HIT, MATCHED, HitDelegate, place_text, ranks_text

Index = QModelIndex | QPersistentModelIndex
PROFILES = (HYBRID, DENSE, LEXICAL)


class HitsModel(QAbstractListModel):
    """Hits, best first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hits: list[Hit] = []
        self._matched: Set[str] = frozenset()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.hits)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        hit = self.hits[index.row()]
        if role == HIT:
            return hit
        if role == MATCHED:
            return self._matched
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{hit.rank}. {hit.document}, {place_text(hit)}, {ranks_text(hit)}"
        return hit.text if role == Qt.ItemDataRole.ToolTipRole else None

    def show_hits(self, hits: Sequence[Hit], matched: Set[str] = frozenset()) -> None:
        """Replace everything; `matched` are the words to mark, in lower case."""
        self.beginResetModel()
        self.hits, self._matched = list(hits), matched
        self.endResetModel()


class SearchView(QFrame):
    """A field, a profile, and the hits with both ranks."""

    searchRequested = Signal(str, str)  # query, name of the retrieval profile
    besideRequested = Signal(str, list)  # query, names of profiles
    hitOpened = Signal(object)  # Hit

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked = ""
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search the documents as a question would")
        self.field.setAccessibleName("Search the documents")
        self.field.returnPressed.connect(self._search)
        self.profile = QComboBox()
        self.profile.setAccessibleName("Retrieval profile")
        self.profile.addItems([profile.name for profile in PROFILES])
        self.profile.activated.connect(self._choose)
        self.knobs = icon_button("sliders-horizontal", "Settings of the profile")
        self.knobs.setCheckable(True)
        self.beside = icon_button("columns", "Profiles side by side", tooltip="Show the place of "
                                  "each passage under all profiles of the list")
        self.beside.setCheckable(True)
        self.beside.toggled.connect(self._search)
        self.form = ProfileForm()
        self.form.hide()
        self.form.follow_ups.hide()  # what is searched here follows nothing
        self.form.show_profile(HYBRID)
        self.form.changed.connect(self._tune)
        self.knobs.toggled.connect(self.form.setVisible)
        self._go = button("Search", icon="magnifying-glass")
        self._go.clicked.connect(self._search)
        self._note = label("Type a question: no model is asked.", tone="muted", wrap=True)
        self.model = HitsModel(self)
        self.list = self._make_list()
        self.table = BesideTable()
        self.table.hitOpened.connect(self.hitOpened)
        self._lay_out()
        explain(self)
        self.setFocusProxy(self.field)

    def _make_list(self) -> QListView:
        view = QListView()
        view.setModel(self.model)
        view.setItemDelegate(HitDelegate(view))
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setAccessibleName("Passages found")
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.activated.connect(self._open)
        view.clicked.connect(self._open)
        return view

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(theme.px(8))
        bar.addWidget(self.profile, 1)
        bar.addWidget(self.knobs)
        bar.addWidget(self.beside)
        bar.addWidget(self._go)
        top = QVBoxLayout()
        top.setContentsMargins(theme.px(12), 0, theme.px(12), theme.px(8))
        top.setSpacing(theme.px(8))
        top.addWidget(self.field)
        top.addLayout(bar)
        top.addWidget(self.form)
        top.addWidget(self._note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        self._results = QStackedWidget()
        self._results.addWidget(self.list)
        self._results.addWidget(self.table)
        column.addWidget(self._results, 1)

    def show_hits(
        self, hits: Sequence[Hit], note: str = "", matched: Set[str] = frozenset()
    ) -> None:
        """The answer to `searchRequested`, what was amiss with it, and the words to mark."""
        self.model.show_hits(hits, matched)
        self._results.setCurrentWidget(self.list)
        found = f"{len(hits)} passages, best first. A click opens the page."
        words = found if hits else f"No passage matches “{self._asked}”."
        self._note.setText(f"{words} {note}".strip())
        theme.set_property(self._note, "tone", "warning" if note else "muted")

    def show_beside(self, profiles: Sequence[str], rows: Sequence[Beside]) -> None:
        """The answer to `besideRequested`."""
        self.table.show_rows(profiles, rows)
        self._results.setCurrentWidget(self.table)
        everywhere = sum(None not in row.ranks for row in rows)
        self._note.setText(
            f"{len(rows)} passages, {everywhere} of them under every profile. Numbers are places, "
            "a dash is none." if rows else f"No passage matches “{self._asked}”.")

    def profiles(self) -> list[str]:
        """The names of the profiles in the list."""
        return [self.profile.itemText(place) for place in range(self.profile.count())]

    def clear(self) -> None:
        """As before the first search."""
        self.model.show_hits([])
        self.table.show_rows((), ())
        self.field.clear()
        self._note.setText("Type a question: no model is asked.")

    def look_for(self, question: str, profile: str) -> None:
        """Search for a question with a profile."""
        self.field.setText(question)
        self._tune(find_profile(profile))
        self.form.show_profile(find_profile(profile))

    def _choose(self) -> None:
        self.form.show_profile(find_profile(self.profile.currentText()))
        self._search()

    def _tune(self, profile: RetrievalProfile) -> None:
        """An own profile is one entry more, which the next one replaces."""
        place = self.profile.findText(profile.name)
        if place < 0:
            if self.profile.count() > len(PROFILES):
                self.profile.removeItem(len(PROFILES))
            self.profile.addItem(profile.name)
            place = self.profile.count() - 1
        self.profile.setCurrentIndex(place)
        self._search()

    def _search(self) -> None:
        query = self.field.text().strip()
        if query:
            self._asked = query
            self._note.setText("Searching…")
            if self.beside.isChecked():
                self.besideRequested.emit(query, self.profiles())
            else:
                self.searchRequested.emit(query, self.profile.currentText())

    def _open(self, index: QModelIndex) -> None:
        self.hitOpened.emit(index.data(HIT))
