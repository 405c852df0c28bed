"""The window: places the parts, passes on what the user asks for, and closes in two steps.

It can be made in two steps as well. `MainWindow(undo_stack=...)` is bars and an empty centre
and can be painted at once; `place` adds the panes, the comparison, jobs and messages, whose
modules are imported after that first paint.

It knows no flow and no service. What it cannot do itself it says as a signal; the session
connects those. See `actions.TABLE` for everything that can be asked for.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent, QUndoStack
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from . import theme
from .actions import Actions
from .status import StatusBar
from .toolbar import Toolbar, fill_looks, fill_recent
from .window_slots import PROGRAM, WindowSlots

if TYPE_CHECKING:
    from .start_screen import StartScreen
    from .window_slots import PaletteSource


LEAST = (480, 360)  # pixels


class MainWindow(WindowSlots):
    """Three docks at the left, the comparison in the centre, jobs and status below."""

    def __init__(
        self, documents: QWidget | None = None, prompt: QWidget | None = None,
        fine_tuning: QWidget | None = None, center: QWidget | None = None,
        undo_stack: QUndoStack | None = None,
    ) -> None:
        super().__init__()
        self._may_close = False
        self._placed = False
        self._kept_docks: tuple[QByteArray, bool] | None = None
        self._workspace = ""
        self._recent: list[Path] = []
        self._sources: list[PaletteSource] = []
        self.undo_stack = undo_stack if undo_stack is not None else QUndoStack(self)
        self.actions_table = Actions(self)
        self._place_bars()
        self._host = QFrame()
        self._host.setProperty("surface", "surface")
        self.setCentralWidget(self._host)
        self._connect()
        self._name_workspace("")
        self.setMinimumSize(*LEAST)  # else large text asks for more than a small screen has
        self.resize(QSize(1440, 900))
        if documents and prompt and fine_tuning and center:
            self.place(documents, prompt, fine_tuning, center)

    # --- places ------------------------------------------------------------------------

    def _place_bars(self) -> None:
        menus = self.actions_table.fill_menus(self.menuBar())
        self._recent_menu = QMenu("Recent workspaces", self)
        self._recent_menu.aboutToShow.connect(self._fill_recent)
        menus["File"].insertMenu(self.actions_table.by_id["duplicate"], self._recent_menu)
        self._looks_menu = menus["View"].addMenu("Theme and text size")
        self._looks_menu.aboutToShow.connect(self._fill_looks)
        self.toolbar = Toolbar(self.actions_table, self)
        self.addToolBar(self.toolbar)
        self.status = StatusBar(self.actions_table)
        self.setStatusBar(self.status)

    def place(
        self, documents: QWidget, prompt: QWidget, fine_tuning: QWidget, center: QWidget
    ) -> None:
        """The panes, the comparison, messages and jobs; once."""
        from .drops import DropAnywhere
        from .pane_docks import PaneDocks

        self._place_center(center)
        self.panes = PaneDocks(
            self, [("Prompt", prompt), ("Documents", documents), ("Fine-tuning", fine_tuning)]
        )
        self._place_jobs()
        self.drops = DropAnywhere(self)
        self.drops.dropped.connect(self.filesDropped)
        self.drops.take_from_editors()
        self._placed = True
        self._restore_docks()
        self._fit()
        if self.isVisible():
            self.panes.take_width()

    def _place_center(self, center: QWidget) -> None:
        from .messages import MessageBar, Messages

        self._bar = MessageBar()
        self.messages = Messages(self._bar, self)
        self._stack = QStackedWidget()
        # What it would like to have is all there is: messages above take what they need of it.
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._stack.addWidget(center)
        self._center = center
        self._start: StartScreen | None = None
        theme.changes.changed.connect(self._renew_start)
        column = QVBoxLayout(self._host)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)

    def _place_jobs(self) -> None:
        from .jobs import JobsTray
        from .notices import Notices

        self.jobs = JobsTray()
        self.jobs.cancelRequested.connect(self.jobCancelRequested)
        self.jobs.pauseRequested.connect(self.jobPauseRequested)
        self.jobs.resumeRequested.connect(self.jobResumeRequested)
        self.jobs.ended.connect(Notices(self).job_ended)
        dock = QDockWidget("Jobs", self)
        dock.setObjectName("dock_jobs")
        dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        dock.setTitleBarWidget(QWidget())
        dock.setWidget(self.jobs)
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner):
            self.setCorner(corner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
        self._jobs_dock = dock

    def _connect(self) -> None:
        self.toolbar.recentRequested.connect(self.recentRequested)
        self.toolbar.useCaseChanged.connect(self.useCaseChanged)
        self.toolbar.connectionChosen.connect(self.connectionChosen)
        self.viewRequested.connect(self._show_center)
        self.askRequested.connect(self._show_center)
        undo, redo = self.actions_table.by_id["undo"], self.actions_table.by_id["redo"]
        stack = self.undo_stack
        stack.canUndoChanged.connect(lambda on: self.set_condition("undo", on))
        stack.canRedoChanged.connect(lambda on: self.set_condition("redo", on))
        stack.undoTextChanged.connect(lambda text: undo.setText(f"Undo {text}".strip()))
        stack.redoTextChanged.connect(lambda text: redo.setText(f"Redo {text}".strip()))

    # --- what is shown -----------------------------------------------------------------

    def show_workspace(self, name: str) -> None:
        """The open workspace's name, and its views; "" for none."""
        self._name_workspace(name)
        if name:
            self._leave_start()

    def _name_workspace(self, name: str) -> None:
        self._workspace = name
        self.setWindowTitle(f"{name} – {PROGRAM}" if name else PROGRAM)
        self.toolbar.show_workspace(name)
        self.set_condition("workspace", bool(name))
        self.set_running(False)

    def show_use_case(self, text: str) -> None:
        """The use case in the toolbar."""
        self.toolbar.use_case.show_use_case(text)

    def show_recent(self, paths: Sequence[Path]) -> None:
        """The workspaces to offer, newest first."""
        self._recent = list(paths)
        self.toolbar.show_recent(paths)
        if self._start is not None:
            self._start.show_recent(paths)

    def set_running(self, running: bool) -> None:
        """Whether an ask is going on: Stop can be pressed, or Ask."""
        self.set_condition("running", running)
        self.set_condition("idle", not running and bool(self._workspace))

    def set_condition(self, name: str, holds: bool) -> None:
        """Enable or disable the actions that depend on a condition of `actions`."""
        self.actions_table.set_condition(name, holds)

    def add_palette_source(self, source: PaletteSource) -> None:
        """More entries for the palette: called each time it opens."""
        self._sources.append(source)

    def show_start(self) -> None:
        """The start page, in the centre; the panes fold."""
        start = self._start = self._start or self._make_start()
        start.show_recent(self._recent)
        start.show_open_workspace(self._workspace)
        self._stack.setCurrentWidget(start)
        self.panes.suspend(True)
        self._jobs_dock.hide()
        start.setFocus()

    def _make_start(self) -> StartScreen:
        from .start_screen import StartScreen  # not needed where a workspace opens at once

        start = StartScreen()
        start.sampleRequested.connect(self.sampleRequested)
        start.newRequested.connect(self.choose_new)
        start.openRequested.connect(self.choose_workspace)
        start.connectRequested.connect(self.connectionsRequested)
        start.recentRequested.connect(self.recentRequested)
        start.backupsRequested.connect(self.actions_table.by_id["restore_backup"].trigger)
        start.backRequested.connect(self._leave_start)
        self._stack.addWidget(start)
        return start

    def _renew_start(self) -> None:
        """Its lengths are those of the text size it was made at."""
        old, shown = self._start, self.is_start()
        if old is None:
            return
        self._start = None
        if shown:
            self.show_start()
        self._stack.removeWidget(old)
        old.deleteLater()

    def _leave_start(self) -> None:
        self._stack.setCurrentWidget(self._center)
        self.panes.suspend(False)
        self._jobs_dock.show()

    def _show_center(self, view: str = "") -> None:
        if self.is_start() and self._workspace:
            self._leave_start()
        if self._placed:
            self.panes.make_room()

    def is_start(self) -> bool:
        """Whether the start page is on screen."""
        return self._stack.currentWidget() is self._start

    # --- menus that are filled when they open -------------------------------------------

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        fill_recent(self._recent_menu, self._recent, self.recentRequested.emit)
        if not self._recent:
            self._recent_menu.addAction("None yet").setEnabled(False)

    def _fill_looks(self) -> None:
        self._looks_menu.clear()
        fill_looks(self._looks_menu, self.themeChosen.emit, self.textSizeChosen.emit)

    # --- sizes ---------------------------------------------------------------------------

    def layout_text(self) -> str:
        """Size, place and docks as text, for the settings file."""
        return json.dumps({
            "geometry": _packed(self.saveGeometry()),
            "docks": _packed(self.saveState()),
            "folded": self.panes.is_folded(),
        })

    def restore_layout(self, text: str) -> bool:
        """Take up a layout of `layout_text`; False and no change when it is not one."""
        try:
            kept = json.loads(text)
            geometry, docks = _unpacked(kept["geometry"]), _unpacked(kept["docks"])
            folded = bool(kept["folded"])
        except (ValueError, KeyError, TypeError):
            return False
        if not self.restoreGeometry(geometry):
            return False
        self._kept_docks = (docks, folded)
        self._restore_docks()
        return True

    def _restore_docks(self) -> None:
        if self._placed and self._kept_docks is not None:
            docks, folded = self._kept_docks
            self._kept_docks = None
            self.panes.restore(self.restoreState(docks), folded)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._placed:
            self.panes.take_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._placed:
            self.panes.fit(self.width())
            self.jobs.fit(self.height())

    # --- closing -------------------------------------------------------------------------

    def allow_close(self) -> None:
        """What had to end has ended: close now."""
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
        else:
            event.ignore()
            self.closeRequested.emit()


def _packed(value: QByteArray) -> str:
    return base64.b64encode(value.data()).decode("ascii")


def _unpacked(text: str) -> QByteArray:
    return QByteArray(base64.b64decode(text))
