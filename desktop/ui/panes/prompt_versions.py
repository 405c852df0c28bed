"""Which version is on screen: name, star, menu of versions, and the line about the draft."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
)

from ...core.prompt_changes import count_edits
from ...core.types import Prompt, PromptVersion
from .. import theme
from ..components import ElidedLabel, IconLabel, button, icon_button
from ..dialogs.versions_table import title
from ..icons import icon

RECENT = 12  # versions in the menu, besides those with a star


class VersionButton(QPushButton):
    """Shows a name that gives way; pressing it opens the menu."""

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setIcon(icon("caret-down", "muted"))
        self.setIconSize(QSize(theme.px(12), theme.px(12)))
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the caret stands at the right

    def show_title(self, text: str) -> None:
        """Another name."""
        self._title = text
        self.setAccessibleName(f"Prompt version {text}")
        self.setToolTip(f"{text}\nShow all versions")
        self._elide()
        self.updateGeometry()

    def _elide(self) -> None:
        room = self.width() - theme.px(48)
        elided = Qt.TextElideMode.ElideRight
        self.setText(self.fontMetrics().elidedText(self._title, elided, room))

    def sizeHint(self) -> QSize:
        wide = self.fontMetrics().horizontalAdvance(self._title) + theme.px(50)
        return QSize(wide, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(80), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()


class NameRow(QFrame):
    """Name and note of a version; Enter keeps them, Esc does not."""

    kept = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", "raised")
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the version")
        self.note = QLineEdit()
        self.note.setAccessibleName("Note about the version")
        self.note.setPlaceholderText("Note")
        self.keep = button("Save", kind="primary")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), theme.px(4), theme.px(12), theme.px(4))
        row.addWidget(self.name, 3)
        row.addWidget(self.note, 2)
        row.addWidget(self.keep)
        self.keep.clicked.connect(self._keep)
        self.name.returnPressed.connect(self._keep)
        self.note.returnPressed.connect(self._keep)
        self.hide()

    def ask(self, what: str, name: str, note: str | None) -> None:
        """Open for a version; `note` None leaves no room for one."""
        self.name.setPlaceholderText(f"Name of {what}")
        self.name.setText(name)
        self.note.setVisible(note is not None)
        self.note.setText(note or "")
        self.keep.setText(f"Save {what}" if note is None else "Name it")
        self.show()
        self.name.setFocus()
        self.name.selectAll()

    def _keep(self) -> None:
        self.hide()
        self.kept.emit(self.name.text().strip(), self.note.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)


class DraftLine(QFrame):
    """One sentence about what has not been saved as a version yet."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", "info")
        self.words = ElidedLabel()
        self.words.setProperty("tone", "info")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), theme.px(4), theme.px(12), theme.px(4))
        row.setSpacing(0)
        mark = IconLabel("pencil-simple", "info")
        mark.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        row.addWidget(mark)
        row.addWidget(self.words, 1)
        self.setMinimumHeight(theme.px(32))
        self.hide()


class VersionBar(QFrame):
    """The top of the Prompt pane. Tells what the user wants; changes nothing itself."""

    restored = Signal(int)
    described = Signal(int, str, str, bool)
    saved = Signal(str)
    allRequested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", "surface")
        self._versions: Sequence[PromptVersion] = ()
        self._base: int | None = None
        self._differs = False
        self.star = icon_button("star", "Star this version")
        self.chosen = VersionButton()
        self.menu = QMenu(self.chosen)
        self.menu.setToolTipsVisible(True)
        self.chosen.setMenu(self.menu)
        self.compare = icon_button("git-diff", "Compare prompt versions")
        self.rename = button("Name")
        self.save = button("Save", tooltip="Keep the draft as a version, without asking")
        self.restore = button("Restore")
        self.name_row = NameRow()
        self.draft_line = DraftLine()
        self._arrange()
        self._connect()
        self.show_versions(())

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(theme.px(8), theme.px(8), theme.px(12), theme.px(8))
        row.setSpacing(theme.px(8))
        row.addWidget(self.star)
        row.addWidget(self.chosen)
        row.addStretch(1)
        for part in (self.compare, self.rename, self.save, self.restore):
            row.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.name_row)
        column.addWidget(self.draft_line)

    def _connect(self) -> None:
        self.menu.aboutToShow.connect(self._fill_menu)
        self.star.clicked.connect(self._toggle_star)
        self.rename.clicked.connect(self._ask_name)
        self.save.clicked.connect(self._ask_save)
        self.restore.clicked.connect(self._restore_newest)
        self.name_row.kept.connect(self._kept)

    @property
    def newest(self) -> PromptVersion | None:
        """The last one saved."""
        return self._versions[-1] if self._versions else None

    @property
    def base(self) -> PromptVersion | None:
        """The version the draft is compared with: where it was branched from, or the newest."""
        return next((v for v in self._versions if v.number == self._base), self.newest)

    def show_versions(self, versions: Sequence[PromptVersion], base: int | None = None) -> None:
        """All versions, in any order; `base` is the one the draft was branched from."""
        self._versions = sorted(versions, key=lambda version: version.number)
        self._base = base
        shown = self.base
        self.chosen.show_title(title(shown) if shown else "No version yet")
        self.chosen.setEnabled(shown is not None)
        self.compare.setVisible(shown is not None)
        self.star.setVisible(shown is not None)
        if shown:
            self._show_star(shown)
            self.restore.setToolTip(f"Bring {title(shown)} back into the draft")

    def _show_star(self, version: PromptVersion) -> None:
        name = "Remove the star" if version.starred else "Star this version"
        self.star.setIcon(icon("star", "warning" if version.starred else "muted"))
        self.star.setAccessibleName(name)
        self.star.setToolTip(name)

    def show_draft(self, prompt: Prompt) -> None:
        """Say how the prompt on screen differs from the version it is based on."""
        base = self.base
        edits = count_edits(base.prompt if base else Prompt(), prompt)
        newest = self.newest
        self._differs = edits > 0 or base != newest
        self.draft_line.setVisible(self._differs)
        self.draft_line.words.setText(self._sentence(prompt, edits))
        self.save.setVisible(self._differs)
        self.restore.setVisible(edits > 0 and base is not None)
        self.rename.setVisible(not self._differs and newest is not None)

    def _sentence(self, prompt: Prompt, edits: int) -> str:
        newest, base = self.newest, self.base
        if newest is None or base is None:
            return "Draft. Asking saves it as v1."
        asking = f"Asking saves it as v{newest.number + 1}."
        same = [v for v in self._versions if v.prompt == prompt]
        if same:
            return f"Draft: the same as v{same[-1].number}. {asking}"
        return f"Draft: {edits} edit{'' if edits == 1 else 's'} since v{base.number}. {asking}"

    def _fill_menu(self) -> None:
        self.menu.clear()
        for version in [v for place, v in enumerate(reversed(self._versions))
                        if place < RECENT or v.starred]:
            action = self.menu.addAction(title(version).replace("&", "&&"))
            if version.starred:
                action.setIcon(icon("star", "warning"))
            when = version.created_at[:16].replace("T", " ")
            action.setToolTip("\n".join(p for p in (version.note, when) if p) or title(version))
            action.setText(f"Restore {action.text()}")
            action.triggered.connect(partial(self._restore, version.number))
        self.menu.addSeparator()
        every = self.menu.addAction(f"All {len(self._versions):,} versions…")
        every.triggered.connect(self.allRequested)

    def _restore(self, number: int, checked: bool = False) -> None:
        self.restored.emit(number)

    def _restore_newest(self) -> None:
        if self.base:
            self.restored.emit(self.base.number)

    def _toggle_star(self) -> None:
        if self.base:
            v = self.base
            self.described.emit(v.number, v.name, v.note, not v.starred)

    def _ask_name(self) -> None:
        if self.newest:
            v = self.newest
            self.name_row.ask(f"v{v.number}", v.name, v.note)

    def _ask_save(self) -> None:
        number = self.newest.number + 1 if self.newest else 1
        self.name_row.ask(f"v{number}", "", None)

    def _kept(self, name: str, note: str) -> None:
        if self._differs:
            self.saved.emit(name)
        elif self.newest:
            self.described.emit(self.newest.number, name, note, self.newest.starred)
