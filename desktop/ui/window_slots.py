"""What the window does itself for the table of actions, and what it asks the session for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QMainWindow

from .. import __version__
from . import theme
from .actions import Actions, key_text

if TYPE_CHECKING:
    from .drops import DropAnywhere
    from .jobs import JobsTray
    from .messages import Messages
    from .palette import Entry, Palette
    from .pane_docks import PaneDocks

    PaletteSource = Callable[[], Sequence[Entry]]

PROGRAM = "Strategy Explorer"


class WindowSlots(QMainWindow):
    """Signals and slots that `actions.TABLE` names; `MainWindow` makes the parts."""

    actions_table: Actions
    undo_stack: QUndoStack
    panes: PaneDocks
    jobs: JobsTray
    messages: Messages
    drops: DropAnywhere
    _sources: list[PaletteSource]
    _palette: Palette | None = None

    newRequested = Signal(object, object)  # Path of the workspace to make, About
    openRequested = Signal(object)  # Path
    recentRequested = Signal(object)  # Path
    duplicateRequested = Signal(object)  # Path of the copy
    sampleRequested = Signal(str)
    filesDropped = Signal(list)  # of Path: whatever there is, sorted out by what it holds
    documentsChosen = Signal(list)  # of Path: files and folders that are to be documents
    useCaseChanged = Signal(str)
    connectionChosen = Signal(str)
    connectionsRequested = Signal()
    versionRequested = Signal(int)  # of the prompt
    themeChosen = Signal(str)
    textSizeChosen = Signal(int)
    viewRequested = Signal(str)  # Ask, Evaluate, Decide
    askRequested = Signal()
    stopRequested = Signal()
    caseRequested = Signal()  # make a case of the question on screen
    findRequested = Signal()
    strategiesRequested = Signal()
    addStrategyRequested = Signal()
    paletteOpened = Signal()  # what takes a moment to find may be added now
    commandRequested = Signal(str)  # the id of a row of `actions.TABLE` that has no slot
    jobCancelRequested = Signal(int)
    jobPauseRequested = Signal(int)
    jobResumeRequested = Signal(int)
    closeRequested = Signal()

    def choose_new(self) -> None:
        """Three questions about a new use case, then where its workspace goes."""
        from .dialogs.new_use_case import NewUseCaseDialog

        dialog = NewUseCaseDialog(self)
        dialog.accepted_with.connect(self._choose_new_file)
        dialog.show()

    def _choose_new_file(self, about: object) -> None:
        from . import file_dialogs

        file_dialogs.choose_new_file(
            self, "New workspace", file_dialogs.WORKSPACES, "stratex",
            lambda path: self.newRequested.emit(path, about)
        )

    def choose_workspace(self) -> None:
        """Ask which workspace to open."""
        from . import file_dialogs

        file_dialogs.choose_file(
            self, "Open workspace", file_dialogs.WORKSPACES, self.openRequested.emit
        )

    def choose_duplicate(self) -> None:
        """Ask where the copy goes."""
        from . import file_dialogs

        file_dialogs.choose_new_file(
            self, "Duplicate workspace", file_dialogs.WORKSPACES, "stratex",
            self.duplicateRequested.emit,
        )

    def choose_documents(self) -> None:
        """Ask which files to add."""
        from . import file_dialogs

        file_dialogs.choose_files(
            self, "Add documents", file_dialogs.DOCUMENTS, self.documentsChosen.emit
        )

    def choose_folder(self) -> None:
        """Ask which folder to add."""
        from . import file_dialogs

        file_dialogs.choose_folder(self, "Add a folder of documents", self.documentsChosen.emit)

    def undo(self) -> None:
        """One step back."""
        self.undo_stack.undo()

    def redo(self) -> None:
        """One step forward again."""
        self.undo_stack.redo()

    def show_prompt(self) -> None:
        """Bring the Prompt pane to the front."""
        self.panes.open_pane(0)

    def show_documents(self) -> None:
        """Bring the Documents pane to the front."""
        self.panes.open_pane(1)

    def show_fine_tuning(self) -> None:
        """Bring the Fine-tuning pane to the front."""
        self.panes.open_pane(2)

    def show_ask(self) -> None:
        """Bring Ask to the front."""
        self.viewRequested.emit("Ask")

    def show_evaluate(self) -> None:
        """Bring Evaluate to the front."""
        self.viewRequested.emit("Evaluate")

    def show_decide(self) -> None:
        """Bring Decide to the front."""
        self.viewRequested.emit("Decide")

    def toggle_panes(self) -> None:
        """Fold the panes to the rail, or unfold them."""
        self.panes.toggle()

    def place_side_by_side(self) -> None:
        """The panes beside each other, where the comparison keeps room."""
        if self.panes.is_narrow():
            self.messages.say("Side by side needs a wider window: the comparison would be "
                              "covered.", "warning", seconds=8)
        else:
            self.panes.place_side_by_side()

    def place_as_tabs(self) -> None:
        """The panes as tabs."""
        self.panes.place_as_tabs()

    def toggle_jobs(self) -> None:
        """Fold the jobs to one line, or unfold them."""
        self.jobs.toggle()

    def larger_text(self) -> None:
        """The next larger text size."""
        self.textSizeChosen.emit(
            next((s for s in theme.TEXT_SIZES if s > theme.text_percent()), theme.TEXT_SIZES[-1])
        )

    def smaller_text(self) -> None:
        """The next smaller text size."""
        smaller = [s for s in theme.TEXT_SIZES if s < theme.text_percent()]
        self.textSizeChosen.emit(smaller[-1] if smaller else theme.TEXT_SIZES[0])

    def show_palette(self) -> None:
        """Open the command palette."""
        from .palette import Entry, Palette

        entries = [
            Entry("Actions", action.text().rstrip("…"), action.trigger, key_text(row.key))
            for row, action in self.actions_table.enabled() if row.id != "palette"
        ]
        for source in self._sources:
            entries += source()
        if self._palette is None:
            self._palette = Palette(self)
        self._palette.open_over(self, entries)
        self.paletteOpened.emit()

    def add_to_palette(self, entries: Sequence[Entry]) -> None:
        """What was found meanwhile; a palette that was closed meanwhile is left alone."""
        if self._palette is not None and self._palette.isVisible():
            self._palette.add(entries)

    def show_shortcuts(self) -> None:
        """Open the page of keys."""
        self._help("Keyboard shortcuts")

    def show_guide(self) -> None:
        """Open the guide for the first ten minutes."""
        self._help("In ten minutes")

    def show_parts(self) -> None:
        """Open the page on what each part does."""
        self._help("What each part does")

    def show_method(self) -> None:
        """Open the page on metrics and statistics."""
        self._help("How it measures")

    def show_privacy(self) -> None:
        """Open the page on what is kept and sent."""
        self._help("Privacy and security")

    def _help(self, page: str) -> None:
        from .help import HelpWindow

        (self.findChild(HelpWindow) or HelpWindow(self)).open_page(page)

    def show_about(self) -> None:
        """Name and version, in the message bar."""
        self.messages.say(f"{PROGRAM} {__version__}. Everything stays on this machine unless "
                          "you add a connection.")
