"""The embedding models one can choose from, each with where it reads and what it sends."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QWidget,
)

from ...core.embedders import BUILTIN, HUB_HOST, MOST_DIMENSION, EmbedderChoice, Kind
from ...core.endpoints import endpoint_of
from ...core.errors import ConfigurationError
from ...core.local_tuning import LocalModel
from ...core.types import Connection
from .. import file_dialogs, theme
from ..components import button, label

ROWS: tuple[tuple[Kind, str, str], ...] = (
    ("builtin", "Built in", "all-MiniLM-L6-v2, made for English. Small and fast. Offline."),
    ("tuned", "Fine-tuned here", "The built-in model, trained on your own examples. Offline."),
    ("folder", "A folder",
     "Any sentence-transformers model with safetensors, also for other languages. Offline."),
    ("hub", "From the hub", f"Downloaded once from {HUB_HOST}, then offline. No token is sent."),
    ("service", "A deployment", ""),
)
NOBODY = "Add a connection under Tools, Connections first."


class EmbedderForm(QWidget):
    """`choice` is what the rows say; `changed` whenever they say something else."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hosts: dict[str, str] = {}
        self._group = QButtonGroup(self)
        self.radios: dict[Kind, QRadioButton] = {}
        self.notes: dict[Kind, QLabel] = {}
        self._make_fields()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(12))
        self._grid.setVerticalSpacing(theme.px(2))
        self._grid.setColumnStretch(1, 1)
        for place, (kind, name, words) in enumerate(ROWS):
            self._add_row(3 * place, kind, name, words)
        self.show_tuned(())
        self.show_connections(())
        self.radios["builtin"].setChecked(True)
        self._group.buttonToggled.connect(self._toggled)

    def _make_fields(self) -> None:
        self.tuned = QComboBox()
        self.tuned.setAccessibleName("Model that was fine-tuned here")
        self.folder = _line("Folder of the model", "/home/me/models/multilingual-e5-small")
        self.browse = button("Choose…", size="small")
        self.browse.setAccessibleName("Choose the folder of the model")
        self.browse.clicked.connect(self._browse)
        self.hub = _line("Name on the hub", "intfloat/multilingual-e5-small")
        self.connection = QComboBox()
        self.connection.setAccessibleName("Connection")
        self.deployment = QComboBox()
        self.deployment.setEditable(True)
        self.deployment.setAccessibleName("Deployment of an embedding model")
        edit = self.deployment.lineEdit()
        assert edit is not None
        edit.setPlaceholderText("text-embedding-3-small")
        edit.setAccessibleName("Deployment of an embedding model")
        self.dimensions = QSpinBox()
        self.dimensions.setRange(0, MOST_DIMENSION)
        self.dimensions.setSingleStep(256)
        self.dimensions.setSpecialValueText("Its own size")
        self.dimensions.setSuffix(" dimensions")
        self.dimensions.setAccessibleName("Dimensions of its vectors")
        self.dimensions.setToolTip("Models such as text-embedding-3 can give shorter vectors: "
                                   "smaller and faster, a little less exact")
        for line in (self.folder, self.hub, edit):
            line.textEdited.connect(self.changed)
        self.dimensions.valueChanged.connect(self.changed)
        self.tuned.activated.connect(self.changed)
        self.deployment.activated.connect(self.changed)
        self.connection.activated.connect(self._connected)

    def _add_row(self, row: int, kind: Kind, name: str, words: str) -> None:
        radio = self.radios[kind] = QRadioButton(name)
        self._group.addButton(radio)
        self._grid.addWidget(radio, row, 0, Qt.AlignmentFlag.AlignVCenter)
        fields: dict[Kind, Sequence[QWidget]] = {
            "tuned": (self.tuned,), "folder": (self.folder, self.browse), "hub": (self.hub,),
            "service": (self.connection, self.deployment, self.dimensions)}
        note = self.notes[kind] = label(words, tone="muted", size="small", wrap=True)
        if kind in fields:
            line = QHBoxLayout()
            line.setSpacing(theme.px(8))
            for place, field in enumerate(fields[kind]):
                line.addWidget(field, 1 if place < 2 and field is not self.browse else 0)
                field.setEnabled(False)
            self._grid.addLayout(line, row, 1)
            self._grid.addWidget(note, row + 1, 1)
        else:
            self._grid.addWidget(note, row, 1, Qt.AlignmentFlag.AlignVCenter)
        self._grid.setRowMinimumHeight(row + 2, theme.px(6))

    # --- what is shown -----------------------------------------------------------------------

    def show_tuned(self, models: Sequence[LocalModel]) -> None:
        """Those that were fine-tuned on this machine; the row goes where there are none."""
        self.tuned.clear()
        for model in models:
            self.tuned.addItem(model.label, model.sha256)
        for part in (self.radios["tuned"], self.tuned, self.notes["tuned"]):
            part.setVisible(bool(models))

    def show_connections(self, connections: Sequence[Connection]) -> None:
        """Those that may have embedding deployments."""
        self.connection.clear()
        self._hosts = {}
        for connection in connections:
            if connection.kind in ("azure", "openai"):
                self.connection.addItem(connection.name, connection)
                self._hosts[connection.name] = _host(connection)
        self.radios["service"].setEnabled(bool(self._hosts))
        self._connected()

    def show_choice(self, choice: EmbedderChoice) -> None:
        """Fill the rows with a choice."""
        self.radios[choice.kind].setChecked(True)
        if choice.kind == "folder":
            self.folder.setText(choice.path)
        elif choice.kind == "hub":
            self.hub.setText(choice.name)
        elif choice.kind == "tuned":
            self.tuned.setCurrentIndex(max(0, self.tuned.findData(choice.name)))
        elif choice.kind == "service":
            self.connection.setCurrentText(choice.connection)
            self._connected()
            self.deployment.setEditText(choice.deployment)
            self.dimensions.setValue(choice.dimensions)

    def choice(self) -> EmbedderChoice | None:
        """What the rows say; None where a name is missing."""
        kind = next(kind for kind, radio in self.radios.items() if radio.isChecked())
        if kind == "builtin":
            return BUILTIN
        if kind == "tuned":
            return EmbedderChoice("tuned", name=self.tuned.currentData() or "")
        if kind == "folder":
            path = self.folder.text().strip()
            return EmbedderChoice("folder", path=str(Path(path).expanduser())) if path else None
        if kind == "hub":
            name = self.hub.text().strip().removeprefix(f"https://{HUB_HOST}/")
            return EmbedderChoice("hub", name=name.strip("/")) if name else None
        deployment = self.deployment.currentText().strip()
        return EmbedderChoice(
            "service", connection=self.connection.currentText(), deployment=deployment,
            dimensions=self.dimensions.value()) if deployment else None

    # --- what the user does ------------------------------------------------------------------

    def _toggled(self) -> None:
        rows = {"tuned": (self.tuned,), "folder": (self.folder, self.browse), "hub": (self.hub,),
                "service": (self.connection, self.deployment, self.dimensions)}
        for kind, fields in rows.items():
            for field in fields:
                field.setEnabled(self.radios[kind].isChecked())  # type: ignore[index]
        self.changed.emit()

    def _connected(self) -> None:
        """The deployments of the connection that look like embedding models come first."""
        connection = self.connection.currentData()
        typed = self.deployment.currentText()
        self.deployment.clear()
        if connection is None:
            self.notes["service"].setText(NOBODY)
            return
        names = [each.name for each in connection.deployments
                 if "embed" in f"{each.name} {each.model}".casefold()]
        self.deployment.addItems(names)
        if not names:
            self.deployment.setEditText(typed)
        host = self._hosts.get(connection.name, "")
        self.notes["service"].setText(
            f"Sends every passage and question to {host}." if host
            else "A server on this machine: nothing leaves it.")
        self.changed.emit()

    def _browse(self) -> None:
        file_dialogs.choose_folder(self, "Folder of the model", self._chosen)

    def _chosen(self, paths: list[Path]) -> None:
        self.folder.setText(str(paths[0]))
        self.changed.emit()


def _host(connection: Connection) -> str:
    """"" for a server on this machine, or an address that is none."""
    try:
        endpoint = endpoint_of(connection)
    except ConfigurationError:
        return connection.endpoint
    return "" if endpoint.loopback else endpoint.host


def _line(name: str, example: str) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(example)
    return made
