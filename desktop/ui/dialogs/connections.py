"""Connections: their list, and the form of the chosen one. A view: it stores and sends nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import StrategyExplorerError
from ...core.types import BUILTIN, Connection, Deployment
from .. import theme
from ..components import ErrorBox, button, dialog_foot, label
from .connection_form import EMPTY, ConnectionForm
from .spending_page import SpendingPage

_BUILTIN_WORDS = (
    "The built-in model needs no account, no key and no network. It answers only with sentences "
    "it was given, and it is always there.\n\n"
    "To compare models that write, add a connection: Azure OpenAI, OpenAI, or a server on this "
    "machine."
)
_REMOVE, _REALLY = "Remove", "Remove and forget the key"


class ConnectionsDialog(QDialog):
    """Open with `open()`; `replaces` and `confirmed` belong to the last save request."""

    saveRequested = Signal(object, object)  # Connection, key (str) or None: unchanged
    testRequested = Signal(object, object)  # Connection as it stands in the form, key or None
    removeRequested = Signal(str)
    listRequested = Signal(object)  # Connection as it stands in the form
    examineRequested = Signal(str)  # a stored connection's name
    spendingRequested = Signal()  # its page is shown: say what holds now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Connections")
        self.setModal(False)
        self.resize(theme.dialog_size(820, 620))
        self._connections: list[Connection] = []
        self.list = QListWidget()
        self.list.setAccessibleName("Connections")
        self.add = button("Add connection", icon="plus")
        self.form = ConnectionForm()
        self.error = ErrorBox()
        self.save = button("Save", kind="primary")
        self.test = button("Test")
        self.revert = button("Revert")
        self.remove = button(_REMOVE, kind="danger", icon="trash")
        self.doctor = button("Examine", icon="heartbeat",
                             tooltip="Azure doctor: find out what is wrong with this connection")
        self.costs = SpendingPage()
        self.spending = button("Spending and prices", icon="currency-dollar")
        self.note = label(tone="muted", size="small", wrap=True)
        self._lay_out()
        self._connect()
        self.show_connections(())

    def _lay_out(self) -> None:
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self._side())
        self._pages = QStackedWidget()
        self._pages.setProperty("rule", "left")
        self._pages.addWidget(self._form_page())
        builtin = QWidget()
        inner = QVBoxLayout(builtin)
        inner.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        inner.addWidget(label(_BUILTIN_WORDS, wrap=True), 0, Qt.AlignmentFlag.AlignTop)
        self._pages.addWidget(builtin)
        self._costs_page = _scrolling(self.costs)
        self._pages.addWidget(self._costs_page)
        body.addWidget(self._pages, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        column.addWidget(dialog_foot(
            self, self.note, self.remove, self.revert, self.doctor, self.test, self.save,
        ))

    def _side(self) -> QFrame:
        side = QFrame()
        side.setProperty("surface", "surface")
        side.setFixedWidth(theme.px(220))
        column = QVBoxLayout(side)
        column.setSpacing(theme.px(8))
        column.addWidget(self.list, 1)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.spending, 0, Qt.AlignmentFlag.AlignLeft)
        return side

    def _form_page(self) -> QWidget:
        inside = QWidget()
        inner = QVBoxLayout(inside)
        inner.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        inner.setSpacing(theme.px(12))
        inner.addWidget(self.error)
        inner.addWidget(self.form)
        inner.addStretch(1)
        return _scrolling(inside)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._show_row)
        self.form.edited.connect(self._changed)
        self.add.clicked.connect(self.start_new)
        self.spending.clicked.connect(self._show_spending)
        self.doctor.clicked.connect(self._examine)
        self.form.deployments.listRequested.connect(self._list)
        self.save.clicked.connect(self._save)
        self.test.clicked.connect(self._test)
        self.revert.clicked.connect(self._revert)
        self.remove.clicked.connect(self._remove)

    # --- showing -----------------------------------------------------------------------

    def show_connections(self, connections: Sequence[Connection], chosen: str = "") -> None:
        """All of them, the built-in one first; `chosen` or the one shown now is selected."""
        current = self._current()
        name = chosen or (current.name if current else "")
        self._connections = [BUILTIN, *(c for c in connections if c.kind != "builtin")]
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for connection in self._connections:
            item = QListWidgetItem(connection.name)
            item.setToolTip(connection.endpoint)
            item.setSizeHint(QSize(0, theme.px(28)))
            self.list.addItem(item)
        self.list.blockSignals(blocked)
        names = [connection.name for connection in self._connections]
        self.list.setCurrentRow(names.index(name) if name in names else 0)
        self._show_row(self.list.currentRow())

    def show_one(self, name: str) -> None:
        """Select a connection, unless something is still to be saved."""
        if self.list.isEnabled():
            self.show_connections(self._connections, name)

    def start_new(self) -> None:
        """An empty form."""
        self.list.blockSignals(True)
        self.list.setCurrentRow(-1)
        self.list.blockSignals(False)
        self._show_row(-1)
        self.form.name.setFocus()

    def show_secret_place(self, persistent: bool, why: str) -> None:
        """Where keys are kept; `why` they are not in the keyring."""
        self.form.show_secret_place(persistent, why)

    def show_saved(self, connections: Sequence[Connection], name: str) -> None:
        """Saving worked: the list as it is now, with this one chosen."""
        self.show_connections(connections, name)
        self.note.setText(f"{name} is saved.")

    def show_test(
        self, results: Sequence[tuple[str, bool, str]], models: Mapping[str, str] | None = None
    ) -> None:
        """`(deployment, ok, words)` of each, and the models that they named; the answer to
        `testRequested`."""
        self.form.deployments.show_results(results)
        good = sum(ok for _, ok, _ in results)
        filled = [self.form.deployments.offer_model(name, model)
                  for name, model in (models or {}).items()]
        self._tell()
        words = (f"{good} of {len(results)} deployments answer." if results else
                 "Add a deployment to test.")
        if any(filled):
            words += " The models that they named are filled in: save to keep them."
        self.note.setText(words)

    def show_error(self, error: StrategyExplorerError) -> None:
        """Saving, testing or removing failed."""
        self.error.show_error(error)
        self.error.show()
        self._tell()

    # --- for the last request --------------------------------------------------------------

    def replaces(self) -> str | None:
        """The name of the connection that is being edited, None for a new one."""
        current = self._current()
        return current.name if current else None

    def confirmed(self) -> bool:
        """Whether plain http to a private address was allowed."""
        return self.form.confirmed()

    # --- doing -------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        self.form.key.clear()  # a typed key does not wait in a hidden window
        super().closeEvent(event)

    def _current(self) -> Connection | None:
        row = self.list.currentRow()
        return self._connections[row] if 0 <= row < len(self._connections) else None

    def _show_row(self, row: int) -> None:
        current = self._current()
        builtin = current is not None and current.kind == "builtin"
        self._pages.setCurrentIndex(1 if builtin else 0)
        self.form.show_connection(EMPTY if builtin or current is None else current)
        self.error.hide()
        self.note.clear()
        for part in (self.save, self.test, self.revert, self.remove, self.doctor):
            part.setVisible(not builtin)
        self.remove.setEnabled(current is not None)
        self._tell()

    def _changed(self) -> None:
        self.error.hide()
        self.form.deployments.clear_results()
        self._tell()

    def _tell(self) -> None:
        """What can be done now, and why not."""
        self.remove.setText(_REMOVE)
        changed, problem = self.form.is_changed(), self.form.problem
        self.save.setEnabled(changed and not problem)
        self.test.setEnabled(not problem)
        self.doctor.setEnabled(self._current() is not None and not changed)
        self.revert.setEnabled(changed)
        self.list.setEnabled(not changed)
        self.add.setEnabled(not changed)
        self.spending.setEnabled(not changed)
        if changed:
            self.note.setText(problem or "Not saved yet.")

    def adopt(self, connection: Connection, key: str) -> None:
        """A new connection, filled in with what was read elsewhere."""
        self.start_new()
        self.form.take(connection, key)
        self.form.name.setFocus()

    def _show_spending(self) -> None:
        self.list.blockSignals(True)
        self.list.setCurrentRow(-1)
        self.list.blockSignals(False)
        self._show_row(-1)
        self._pages.setCurrentWidget(self._costs_page)
        for part in (self.save, self.test, self.revert, self.remove, self.doctor):
            part.hide()
        self.spendingRequested.emit()

    def show_listed(self, found: Sequence[Deployment]) -> None:
        """The answer to `listRequested`; what was typed stays."""
        added = self.form.deployments.merge(found)
        self.note.setText(f"Azure lists {len(found)} deployments, {added} of them new here.")

    def _list(self) -> None:
        if self.form.problem:
            self.note.setText(self.form.problem)
            return
        self.error.hide()
        self.note.setText("Asking Azure for the resource's deployments.")
        self.listRequested.emit(self.form.connection())

    def _examine(self) -> None:
        current = self._current()
        if current is not None:
            self.examineRequested.emit(current.name)

    def _save(self) -> None:
        self.saveRequested.emit(self.form.connection(), self.form.typed_key())

    def _test(self) -> None:
        self.error.hide()
        self.form.deployments.clear_results()
        self.test.setEnabled(False)
        self.note.setText("Testing: the server, the key, then each deployment with a few tokens.")
        self.testRequested.emit(self.form.connection(), self.form.typed_key())

    def _revert(self) -> None:
        self._show_row(self.list.currentRow())

    def _remove(self) -> None:
        """The first press asks, the second removes: a forgotten key cannot be brought back."""
        current = self._current()
        if current is None:
            return
        if self.remove.text() == _REMOVE:
            self.remove.setText(_REALLY)
            self.note.setText(f"Press again to remove {current.name} and forget its key.")
            return
        self.removeRequested.emit(current.name)


def _scrolling(inside: QWidget) -> QScrollArea:
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(inside)
    return scroll
