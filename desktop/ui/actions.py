"""Everything the user can do in the window, as one table.

A row gives the menu entry, the key, the tooltip, the line of the shortcut page and the entry
of the command palette. `slot` names a signal or a method of the main window; "" makes it a
command: the window emits `commandRequested` with the row's id, and the controller that lists
the id in its `commands` acts. `when` names a condition the window keeps, "" meaning always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from .icons import icon

MENUS = ("File", "Edit", "View", "Run", "Compare", "Train", "Tools", "Help")
LETTERS = {"Tools": "Too&ls"}  # T opens Train
CONDITIONS = ("workspace", "idle", "running", "undo", "redo")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do."""

    id: str
    text: str
    menu: str
    slot: str = ""
    key: str = ""
    when: str = ""
    icon: str = ""
    rule: bool = False  # a separator above it


TABLE = (
    Row("new", "New use case…", "File", "choose_new", "Ctrl+N", icon="note-pencil"),
    Row("open", "Open workspace…", "File", "choose_workspace", "Ctrl+O", icon="folder-open"),
    Row("duplicate", "Duplicate workspace…", "File", "choose_duplicate", "Ctrl+Shift+S",
        "workspace", "copy"),
    Row("start", "Samples and start page", "File", "show_start", rule=True),
    Row("restore_backup", "Restore a backup…", "File", icon="clock-counter-clockwise"),
    Row("add_files", "Add documents…", "File", "choose_documents", "Ctrl+Shift+O", "workspace",
        "file-plus"),
    Row("add_folder", "Add a folder of documents…", "File", "choose_folder", "", "workspace",
        "folder-plus"),
    Row("watch_folder", "Watch a folder…", "File", when="workspace", icon="eye"),
    Row("pause_indexing", "Pause or go on indexing", "File", when="workspace", icon="pause"),
    Row("chunking", "How documents are split…", "File", when="workspace", icon="scissors"),
    Row("export_ledger", "Export the list of documents…", "File", when="workspace",
        icon="export"),
    Row("import_prompt", "Import prompts…", "File", when="workspace", icon="download-simple",
        rule=True),
    Row("export_prompt", "Export this prompt…", "File", when="workspace", icon="export"),
    Row("quit", "Quit", "File", "close", "Ctrl+Q", rule=True),
    Row("undo", "Undo", "Edit", "undo", "Ctrl+Z", "undo", "arrow-counter-clockwise"),
    Row("redo", "Redo", "Edit", "redo", "Ctrl+Shift+Z", "redo", "arrow-clockwise"),
    Row("find", "Find in the answers", "Edit", "findRequested", "Ctrl+F", "workspace", rule=True),
    Row("palette", "Search actions, documents, cases, strategies", "Edit", "show_palette", "Ctrl+K",
        icon="magnifying-glass"),
    Row("versions", "Prompt versions…", "Edit", "", "Ctrl+Shift+V", "workspace", "git-diff",
        rule=True),
    Row("techniques", "Prompt techniques…", "Edit", when="workspace", icon="lightbulb"),
    Row("pane_prompt", "Prompt pane", "View", "show_prompt", "Ctrl+1"),
    Row("pane_documents", "Documents pane", "View", "show_documents", "Ctrl+2"),
    Row("pane_fine_tuning", "Fine-tuning pane", "View", "show_fine_tuning", "Ctrl+3"),
    Row("view_ask", "Ask", "View", "show_ask", "Ctrl+4", rule=True),
    Row("view_evaluate", "Evaluate", "View", "show_evaluate", "Ctrl+5"),
    Row("view_decide", "Decide", "View", "show_decide", "Ctrl+6"),
    Row("fold", "Fold or unfold the panes", "View", "toggle_panes", "Ctrl+B", rule=True),
    Row("side_by_side", "Panes side by side", "View", "place_side_by_side", "Ctrl+Shift+B"),
    Row("tabbed", "Panes as tabs", "View", "place_as_tabs"),
    Row("jobs", "Show or hide the jobs", "View", "toggle_jobs", "Ctrl+J"),
    Row("larger", "Larger text", "View", "larger_text", "Ctrl++", rule=True),
    Row("smaller", "Smaller text", "View", "smaller_text", "Ctrl+-"),
    Row("ask", "Ask all columns, or run all cases", "Run", "askRequested", "Ctrl+Return", "idle",
        "play"),
    Row("continue", "Continue the conversation", "Run", "", "Ctrl+Shift+Return", "workspace",
        "arrow-bend-down-right"),
    Row("new_conversation", "New conversation", "Run", "", "Ctrl+Shift+L", "workspace", "chats"),
    Row("stop", "Stop", "Run", "stopRequested", "Esc", "running", "stop"),
    Row("make_case", "Make a case of this question", "Run", "caseRequested", "Ctrl+Shift+M",
        "workspace", "plus", rule=True),
    Row("add_strategy", "Add a strategy…", "Compare", "addStrategyRequested", "Ctrl+Shift+N",
        "workspace", "plus"),
    Row("strategies", "Strategies…", "Compare", "strategiesRequested", "", "workspace", "columns"),
    Row("run_choice", "Choose what to run…", "Compare", when="workspace", icon="play",
        rule=True),
    Row("rename_run", "Rename this run…", "Compare", when="workspace", icon="pencil-simple"),
    Row("remove_run", "Delete this run…", "Compare", when="workspace", icon="trash"),
    Row("which_example", "Which example helps?…", "Compare", when="workspace", icon="lightbulb",
        rule=True),
    Row("sweep", "Sweep prompts, parameters and models…", "Compare", when="workspace",
        icon="table"),
    Row("scoring", "Scores and their options…", "Compare", when="workspace",
        icon="sliders-horizontal", rule=True),
    Row("judge", "Judge the answers…", "Compare", "", "Ctrl+Shift+J", "workspace", "scales"),
    Row("blind", "Compare blind…", "Compare", key="Ctrl+Shift+A", when="workspace",
        icon="eye-slash"),
    Row("label", "Label answers for a judge…", "Compare", when="workspace", icon="tag"),
    Row("answers_elsewhere", "Add answers made elsewhere…", "Compare", when="workspace",
        icon="tray", rule=True),
    Row("save_report", "Save a report of the decision…", "Compare", key="Ctrl+Shift+R",
        when="workspace", icon="download-simple"),
    Row("record", "Record this workspace…", "Compare", when="workspace", icon="record"),
    Row("replay_speed", "Replay speed…", "Compare", when="workspace", icon="gauge"),
    Row("import_dataset", "Import training examples…", "Train", when="workspace",
        icon="download-simple"),
    Row("add_example", "Add a training example", "Train", when="workspace", icon="plus"),
    Row("split_dataset", "Split the dataset, and its cost", "Train", when="workspace",
        icon="git-branch"),
    Row("check_dataset", "Check the dataset again", "Train", when="workspace",
        icon="check-circle"),
    Row("export_dataset", "Export training examples…", "Train", when="workspace", icon="export"),
    Row("grow", "Generate pairs from documents…", "Train", when="workspace", icon="sparkle",
        rule=True),
    Row("review_pairs", "Review generated pairs…", "Train", when="workspace", icon="checks"),
    Row("submit_job", "Submit a fine-tuning job…", "Train", "", "", "workspace",
        "paper-plane-tilt", rule=True),
    Row("train_local", "Train locally…", "Train", when="workspace", icon="cpu"),
    Row("training_jobs", "Fine-tuning jobs", "Train", "", "", "workspace", "rocket-launch"),
    Row("connections", "Connections…", "Tools", "connectionsRequested", icon="link"),
    Row("settings", "Settings…", "Tools", key="Ctrl+,", icon="gear"),
    Row("doctor", "Azure doctor…", "Tools", icon="heartbeat"),
    Row("embedder", "Embedding model…", "Tools", when="workspace", icon="polygon", rule=True),
    Row("tour", "Tour of this workspace", "Help", key="Ctrl+F1", when="workspace",
        icon="path"),
    Row("shortcuts", "Keyboard shortcuts", "Help", "show_shortcuts", "F1", icon="keyboard"),
    Row("guide", "In ten minutes", "Help", "show_guide", icon="timer", rule=True),
    Row("parts", "What each part does", "Help", "show_parts", icon="book-open"),
    Row("method", "How it measures", "Help", "show_method", icon="ruler"),
    Row("privacy", "Privacy and security", "Help", "show_privacy", icon="shield-check"),
    Row("about", "About Strategy Explorer", "Help", "show_about"),
)


class Actions:
    """The table as QActions of one window."""

    def __init__(self, window: QWidget) -> None:
        self.rows = {row.id: row for row in TABLE}
        self.by_id = {row.id: self._make(row, window) for row in TABLE}
        self._true: set[str] = set()
        self._refresh()

    def _make(self, row: Row, window: QWidget) -> QAction:
        action = QAction(row.text, window)
        action.setObjectName(row.id)
        if row.key:
            action.setShortcut(QKeySequence(row.key))
            action.setToolTip(f"{row.text.rstrip('…')} ({key_text(row.key)})")
        if row.icon:
            action.setIcon(icon(row.icon))
        action.triggered.connect(Trigger(act_of(window, row)))
        return action

    def fill_menus(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Every row goes into its menu; returns the menus, for what is not in the table."""
        menus = {name: bar.addMenu(LETTERS.get(name, f"&{name}")) for name in MENUS}
        for name, menu in menus.items():
            self.fill_menu(menu, name)
        return menus

    def fill_menu(self, menu: QMenu, name: str) -> None:
        """The rows of one of `MENUS`, also where they are wanted a second time."""
        for row in TABLE:
            if row.menu == name:
                if row.rule:
                    menu.addSeparator()
                menu.addAction(self.by_id[row.id])

    def set_condition(self, name: str, holds: bool) -> None:
        """Enable or disable what depends on a condition."""
        if holds:
            self._true.add(name)
        else:
            self._true.discard(name)
        self._refresh()

    def _refresh(self) -> None:
        for name, row in self.rows.items():
            self.by_id[name].setEnabled(not row.when or row.when in self._true)

    def enabled(self) -> Iterable[tuple[Row, QAction]]:
        """What can be done now."""
        return [(row, self.by_id[row.id]) for row in TABLE if self.by_id[row.id].isEnabled()]


class Trigger:
    """Drops the `checked` that QAction sends: slots here take no arguments."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act

    def __call__(self, checked: bool = False) -> None:
        self._act()


def act_of(window: object, row: Row) -> Callable[[], object]:
    """What the row does."""
    if row.slot:
        return slot_of(window, row.slot)
    return partial(window.commandRequested.emit, row.id)  # type: ignore[attr-defined]


def slot_of(window: object, name: str) -> Callable[[], object]:
    """A signal's emit, or the method itself. Raises AttributeError for a name nobody has."""
    found = getattr(window, name)
    act: Callable[[], object] = getattr(found, "emit", found)
    return act


def key_text(key: str) -> str:
    """A key as the user's system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
