"""Azure doctor: paste an address, a call or an error; see what it is, what was tried, what to do.

A view: it reads and asks nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ...core.types import Connection
from ...flows.doctor import Check, Diagnosis
from .. import theme
from ..components import ErrorBox, IconLabel, button, dialog_foot, label

NOBODY = "Only what the text names"
HIDDEN = "•" * 8
_SIGNS = {True: ("check-circle", "success"), False: ("x-circle", "danger"),
          None: ("minus", "muted")}
_EMPTY = (
    ("clipboard-text", "It reads the endpoint from the resource's page, a page of the portal, a "
     "curl line, code that calls, or an error message: paste what you have and press Examine."),
    ("magnifying-glass", "It tries the name, the certificate and any proxy; then the key or the "
     "sign-in; then each deployment: streaming, JSON by a schema, temperature, log "
     "probabilities, embeddings."),
    ("key", "A key in the text is sent to the address in the text only, and shown nowhere."),
)


class DoctorDialog(QDialog):
    """Open with `show_ready`; `show_diagnosis` may be called again and again as checks end."""

    examineRequested = Signal(str, str)  # the text, a connection's name or ""
    stopRequested = Signal()
    adoptRequested = Signal()  # make a connection of what the text says

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Azure doctor")
        self.setModal(False)
        self.resize(theme.dialog_size(760, 640))
        self._secret = ""  # the key in the text, which is shown as dots
        self._running = False
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("Address, call or error")
        self.text.setPlaceholderText("https://… · curl … · {\"error\": …}")
        self.text.setTabChangesFocus(True)
        self.text.setProperty("code", "true")
        self.text.setFixedHeight(theme.px(96))
        self.connection = QComboBox()
        self.connection.setAccessibleName("Connection to look at")
        self.examine = button("Examine", kind="primary", icon="play")
        self.adopt = button("Make a connection of this", icon="plus")
        self.note = label(tone="muted", size="small", wrap=True)
        self._lay_out()
        self.examine.clicked.connect(self._go)
        self.adopt.clicked.connect(self.adoptRequested)
        self.text.textChanged.connect(self._edited)
        self._clear()

    def _lay_out(self) -> None:
        head = QFrame()
        head.setProperty("surface", "surface")
        inner = QVBoxLayout(head)
        inner.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        inner.setSpacing(theme.px(8))
        inner.addWidget(self.text)
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        caption = label("Connection", tone="muted")
        caption.setBuddy(self.connection)
        row.addWidget(caption)
        row.addWidget(self.connection, 1)
        row.addWidget(self.examine)
        inner.addLayout(row)
        self._scroll = QScrollArea()
        self._scroll.setProperty("surface", "surface")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._scroll, 1)
        column.addWidget(dialog_foot(self, self.note, self.adopt))

    # --- showing -----------------------------------------------------------------------

    def show_ready(self, connections: Sequence[Connection], chosen: str = "") -> None:
        """The connections to choose from; `chosen` by name."""
        known = [each.name for each in connections if each.kind in ("azure", "openai")]
        self.connection.clear()
        self.connection.addItem(NOBODY, "")
        for name in known:
            self.connection.addItem(name, name)
        self.connection.setCurrentIndex(known.index(chosen) + 1 if chosen in known else 0)
        self.text.setFocus()

    def show_running(self, running: bool) -> None:
        """Examine is Stop meanwhile."""
        self._running = running
        self.examine.setText("Stop" if running else "Examine")
        if running:
            self.note.setText("Asking the server. Each deployment gets a few calls of a few "
                              "tokens.")

    def show_diagnosis(self, found: Diagnosis, *, adoptable: bool = False) -> None:
        """What is known so far; a key that the text holds becomes dots."""
        self._hide_key(found.clue.key)
        self._scroll.setWidget(_Results(found, done=not self._running))
        self.adopt.setVisible(adoptable)
        if not self._running:
            self.note.setText(
                "The key in the text was sent to that address only. Make a connection to keep it "
                "in the keyring." if found.clue.key else "")

    def show_stopped(self) -> None:
        """The user stopped it; what was found stays."""
        self.show_running(False)
        self.note.setText("Stopped by you. What was found so far is kept.")

    # --- doing -------------------------------------------------------------------------

    def pasted(self) -> str:
        """The text as it was pasted, with its key."""
        text = self.text.toPlainText()
        return text.replace(HIDDEN, self._secret) if self._secret else text

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._go()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.stopRequested.emit()
        if self._secret:  # a key does not wait in a hidden window
            self._secret = ""
            self.text.clear()
        super().closeEvent(event)

    def _go(self) -> None:
        if self._running:
            self.stopRequested.emit()
            return
        text, name = self.pasted(), str(self.connection.currentData() or "")
        if not text.strip() and not name:
            self.note.setText("Paste a text, or choose a connection.")
            self.text.setFocus()
            return
        self._scroll.setWidget(QWidget())
        self.examineRequested.emit(text, name)

    def _hide_key(self, key: str) -> None:
        text = self.text.toPlainText()
        if key and key in text:
            self._secret = key
            blocked = self.text.blockSignals(True)
            self.text.setPlainText(text.replace(key, HIDDEN))
            self.text.blockSignals(blocked)

    def _edited(self) -> None:
        if self._secret and HIDDEN not in self.text.toPlainText():
            self._secret = ""

    def _clear(self) -> None:
        empty = QFrame()
        empty.setProperty("surface", "surface")
        column = QVBoxLayout(empty)
        column.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        column.setSpacing(theme.px(8))
        for icon, words in _EMPTY:
            column.addLayout(_line(icon, "muted", words))
        column.addStretch(1)
        self._scroll.setWidget(empty)
        self.adopt.hide()


class _Results(QFrame):
    """Facts, checks and problems, top to bottom."""

    def __init__(self, found: Diagnosis, *, done: bool) -> None:
        super().__init__()
        self.setProperty("surface", "surface")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(16))
        column.setSpacing(theme.px(8))
        if done and found.verdict:
            column.addLayout(_line("check-circle", "success", found.verdict))
        for problem in found.problems:
            column.addWidget(ErrorBox(problem.what, problem.why, problem.fix))
        self._facts(column, found)
        if found.checks:
            column.addWidget(label("Tried", role="section"))
        for check in found.checks:
            column.addLayout(_check_line(check))
        column.addStretch(1)

    def _facts(self, column: QVBoxLayout, found: Diagnosis) -> None:
        clue = found.clue
        api = {"v1": "Azure OpenAI, v1", "openai": "OpenAI-compatible",
               "classic": f"Azure OpenAI, dated: {clue.api_version or 'no date'}"}
        facts = (("Resource", clue.resource), ("API", api.get(clue.api, "")),
                 ("Endpoint", clue.endpoint), ("Deployment", clue.deployment))
        if not any(value for _, value in facts):
            return
        column.addWidget(label("What it is", role="section"))
        form = QFormLayout()
        form.setHorizontalSpacing(theme.px(12))
        form.setVerticalSpacing(theme.px(4))
        for name, value in facts:
            if value:
                shown = label(value, wrap=True)
                shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                shown.setAccessibleName(f"{name}: {value}")
                form.addRow(label(name, tone="muted"), shown)
        column.addLayout(form)


def _check_line(check: Check) -> QHBoxLayout:
    icon, tone = _SIGNS[check.ok]
    return _line(icon, tone, f"{check.name}: {check.words}")


def _line(icon: str, tone: str, words: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.px(4))
    row.addWidget(IconLabel(icon, tone), 0, Qt.AlignmentFlag.AlignTop)
    shown = label(words, wrap=True)
    shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    row.addWidget(shown, 1)
    return row
