"""All versions of the prompt: find one, compare it, name it, bring it back or go on from it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ...core.prompt_diff import text_of
from ...core.types import Prompt, PromptVersion
from .. import theme
from ..components import button, dialog_foot, label
from .diff_view import DiffView
from .versions_table import VersionsModel, title

PAUSE = 150  # ms without a key before the list is filtered
AGAINST = ("With the draft", "With the one before", "With the version it is from")


class VersionsDialog(QDialog):
    """Not modal. One chosen row is compared as the list above says, two with each other."""

    restored = Signal(int)
    branched = Signal(int)
    described = Signal(int, str, str, bool)  # number, name, note, starred

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Prompt versions")
        self.setModal(False)
        self.resize(theme.dialog_size(1000, 600))
        self._draft = Prompt()
        self._choosing = False
        self._typing = QTimer(self, singleShot=True, interval=PAUSE)
        self._versions: dict[int, PromptVersion] = {}
        self.model = VersionsModel()
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter by name, note or text")
        self.filter.setAccessibleName("Filter the versions")
        self.filter.setClearButtonEnabled(True)
        self.starred = QCheckBox("Starred only")
        self.table = self._make_table()
        self.name, self.note = _field("Name"), _field("Note")
        self.star = QCheckBox("Star")
        self.against = QComboBox()
        self.against.setAccessibleName("Compare with")
        self.against.addItems(AGAINST)
        self.words = label(tone="muted", wrap=True)
        self.diff = DiffView()
        self.restore = button("Restore", tooltip="Bring its text into the draft")
        self.branch = button("Branch", icon="git-branch", tooltip="Go on from this version: the "
                             "draft becomes its text, and the next version says where it is from")
        self._arrange()
        self._connect()

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setAccessibleName("Versions")
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(theme.px(28))
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(0, theme.px(150))
        header.resizeSection(2, theme.px(120))
        return table

    def _arrange(self) -> None:
        find = QHBoxLayout()
        find.addWidget(self.filter, 1)
        find.addWidget(self.starred)
        about = QHBoxLayout()
        about.addWidget(self.name, 2)
        about.addWidget(self.note, 3)
        about.addWidget(self.star)
        left = QWidget()
        list_ = QVBoxLayout(left)
        list_.setContentsMargins(theme.px(12), theme.px(12), theme.px(8), theme.px(8))
        list_.addLayout(find)
        list_.addWidget(self.table, 1)
        list_.addLayout(about)
        right = QWidget()
        page = QVBoxLayout(right)
        page.setContentsMargins(theme.px(8), theme.px(12), theme.px(12), theme.px(8))
        head = QHBoxLayout()
        head.addWidget(self.words, 1)
        head.addWidget(self.against)
        page.addLayout(head)
        page.addWidget(self.diff, 1)
        sides = QSplitter()
        sides.addWidget(left)
        sides.addWidget(right)
        sides.setStretchFactor(1, 1)
        sides.setSizes([theme.px(400), theme.px(600)])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(sides, 1)
        column.addWidget(dialog_foot(self, label(
            "Choose two with Ctrl to compare them. Versions are never changed or removed.",
            tone="muted", size="small"), self.branch, self.restore))

    def _connect(self) -> None:
        self._typing.timeout.connect(self._filter)
        self.filter.textChanged.connect(self._typing.start)
        self.starred.toggled.connect(self._filter)
        self.table.selectionModel().selectionChanged.connect(self._show_chosen)
        self.against.currentIndexChanged.connect(self._compare)
        self.name.editingFinished.connect(self._describe)
        self.note.editingFinished.connect(self._describe)
        self.star.clicked.connect(self._describe)
        self.restore.clicked.connect(self._restore)
        self.branch.clicked.connect(self._branch)

    # --- what is on screen -----------------------------------------------------------------

    def show_versions(
        self, versions: Sequence[PromptVersion], draft: Prompt, number: int | None = None
    ) -> None:
        """All versions, and the draft they are compared with; what is chosen stays chosen, but
        for a version that somebody asks for."""
        self._versions = {version.number: version for version in versions}
        chosen = [each.number for each in self.chosen() if each.number in self._versions]
        self._draft = draft
        self._choosing = True
        self.model.show_versions(versions)
        if number is not None:
            self.choose(number)
        else:
            self._choose(chosen or ([versions[-1].number] if versions else []))

    def choose(self, number: int) -> None:
        """Show one version, whatever the filter says."""
        if self.model.row_of(number) < 0:
            self.filter.clear()
            self.starred.setChecked(False)
            self._filter()
        same = number in self._versions and self._versions[number].prompt == self._draft
        self.against.setCurrentIndex(1 if same else 0)  # what can show a difference
        self._choose([number])

    def _choose(self, numbers: Sequence[int]) -> None:
        selection = self.table.selectionModel()
        flags = selection.SelectionFlag
        chosen = QItemSelection()
        for number in numbers:
            row = self.model.row_of(number)
            if row >= 0:
                chosen.select(self.model.index(row, 0), self.model.index(row, 0))
        self._choosing = True  # compared once, not at each row
        selection.select(chosen, flags.ClearAndSelect | flags.Rows)
        for index in chosen.indexes()[-1:]:
            selection.setCurrentIndex(index, flags.NoUpdate)
            self.table.scrollTo(index)
        self._choosing = False
        self._show_chosen()

    def chosen(self) -> list[PromptVersion]:
        """The chosen rows, older ones first."""
        rows = {index.row() for index in self.table.selectionModel().selectedRows()}
        return sorted((self.model.rows[row] for row in rows if row < len(self.model.rows)),
                      key=lambda version: version.number)

    def _show_chosen(self) -> None:
        if self._choosing:
            return
        chosen = self.chosen()
        one = chosen[-1] if len(chosen) == 1 else None
        for part in (self.name, self.note, self.star, self.restore, self.branch, self.against):
            part.setEnabled(one is not None)
        self.name.setText(one.name if one else "")
        self.note.setText(one.note if one else "")
        for field in (self.name, self.note):
            field.setCursorPosition(0)
        self.star.setChecked(one is not None and one.starred)
        self._compare()

    def _compare(self) -> None:
        chosen = self.chosen()
        if not chosen:
            self.words.setText("Choose a version." if self._versions else
                               "No version yet. Asking makes one.")
            self.diff.clear()
            return
        left, right = self._sides(chosen)
        changes = self.diff.show_texts((left[0], right[0]), text_of(left[1]), text_of(right[1]))
        number = f"{changes} change{'s' if changes != 1 else ''}" if changes else "no difference"
        self.words.setText(f"{left[0]} and {right[0]}: {number}")

    def _sides(self, chosen: Sequence[PromptVersion]) -> tuple[tuple[str, Prompt], ...]:
        """The older and the newer side, each with its name."""
        if len(chosen) > 1:
            return tuple((title(each), each.prompt) for each in (chosen[0], chosen[-1]))
        one = chosen[0]
        if self.against.currentIndex() == 0:
            return (title(one), one.prompt), ("the draft", self._draft)
        before = self._before(one)
        older = (title(before), before.prompt) if before else ("nothing", Prompt("", (), ""))
        return older, (title(one), one.prompt)

    def _before(self, version: PromptVersion) -> PromptVersion | None:
        if self.against.currentIndex() == 2 and version.parent is not None:
            return self._versions.get(version.parent)
        return max((each for each in self._versions.values() if each.number < version.number),
                   key=lambda each: each.number, default=None)

    # --- what the user does ----------------------------------------------------------------

    def _filter(self) -> None:
        chosen = [version.number for version in self.chosen()]
        self._choosing = True
        self.model.show_filter(self.filter.text(), starred=self.starred.isChecked())
        kept = [number for number in chosen if self.model.row_of(number) >= 0]
        self._choose(kept or [version.number for version in self.model.rows[:1]])

    def _describe(self) -> None:
        chosen = self.chosen()
        if len(chosen) == 1:
            one, name, note = chosen[0], self.name.text().strip(), self.note.text().strip()
            if (name, note, self.star.isChecked()) != (one.name, one.note, one.starred):
                self.described.emit(one.number, name, note, self.star.isChecked())

    def _restore(self) -> None:
        for one in self.chosen()[-1:]:
            self.restored.emit(one.number)

    def _branch(self) -> None:
        for one in self.chosen()[-1:]:
            self.branched.emit(one.number)


def _field(name: str) -> QLineEdit:
    made_ = QLineEdit()
    made_.setAccessibleName(f"{name} of the version")
    made_.setPlaceholderText(name)
    return made_
