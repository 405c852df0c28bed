"""The form of one connection. The address is read while it is typed, in any pasted form."""

from __future__ import annotations

import re
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ...core.doctor import read
from ...core.endpoints import Endpoint, parse_endpoint
from ...core.errors import ConfigurationError
from ...core.types import Connection
from ...flows.doctor import connection_of
from .. import theme
from ..components import explain, label
from .connection_access import Access
from .deployment_rows import DeploymentRows

Kind = Literal["azure", "openai"]
KINDS: tuple[tuple[str, Kind], ...] = (
    ("Azure OpenAI", "azure"), ("OpenAI or a compatible server", "openai"))
EMPTY = Connection("", "azure")


class ConnectionForm(QWidget):
    """`show_connection` fills it; `connection`, `key` and `confirmed` read it."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = EMPTY
        self._endpoint: Endpoint | None = None
        self._kind_chosen = False
        self.problem = ""  # why it cannot be saved or tested as it stands
        self.name = QLineEdit()
        self.kind = QComboBox()
        self.endpoint = QLineEdit()
        self.reading = label(size="small", wrap=True)
        self.private = QCheckBox("This server is on our own network")
        self.api_version = QLineEdit()
        self.access = Access(self)
        self.key, self.key_env = self.access.key, self.access.key_env
        self.key_place = self.access.key_place
        self.deployments = DeploymentRows(self.key_env)
        self._pasted = ""  # what a pasted line said besides the address
        self._prepare()
        self._lay_out()
        explain(self)
        self._connect()
        self.show_connection(EMPTY)

    def _prepare(self) -> None:
        # Else it wraps at half the width.
        self.reading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        for words, kind in KINDS:
            self.kind.addItem(words, kind)
        self.name.setPlaceholderText("A short name, such as Benefits team")
        self.endpoint.setPlaceholderText("Paste its address, a page of the portal or a curl line")
        self.api_version.setPlaceholderText("Empty for the v1 API, or a date such as 2024-10-21")

    def _lay_out(self) -> None:
        self._form = form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(theme.px(12))
        form.setVerticalSpacing(theme.px(8))
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for words, widget in (
            ("Name", self.name), ("Kind", self.kind), ("Endpoint", self.endpoint),
            ("", self.reading), ("", self.private), ("API version", self.api_version),
        ):
            caption = label(words, tone="muted")
            caption.setBuddy(widget)
            form.addRow(caption, widget)
            if words:
                widget.setAccessibleName(words)
        self.access.lay_out(form)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        column.addLayout(form)
        column.addSpacing(theme.px(8))
        column.addWidget(label("Deployments", role="section"))
        column.addWidget(label("The model decides price and token counts; it is never guessed "
                               "from the name.", tone="muted", size="small", wrap=True))
        column.addWidget(self.deployments)

    def _connect(self) -> None:
        for field in (self.name, self.api_version):
            field.textEdited.connect(self._edit)
        self.endpoint.textEdited.connect(self._edit_endpoint)
        self.access.edited.connect(self._edit)
        self.kind.activated.connect(self._choose_kind)
        self.private.clicked.connect(self._edit)
        self.endpoint.editingFinished.connect(self._take_from_address)
        self.deployments.edited.connect(self._edit)

    # --- showing -----------------------------------------------------------------------

    def show_connection(self, connection: Connection) -> None:
        """Fill every field; the key's is always empty, keys are never read back."""
        self._shown = connection
        self._kind_chosen = bool(connection.endpoint)
        self.name.setText(connection.name)
        self.kind.setCurrentIndex(1 if connection.kind == "openai" else 0)
        self.endpoint.setText(connection.endpoint)
        self.api_version.setText(connection.api_version)
        self.access.fill(connection.key_env, entra=connection.entra, known=bool(connection.name))
        self._pasted = ""
        self.private.setChecked(bool(connection.endpoint))
        self.deployments.show_deployments(connection.deployments)
        self._read()

    def show_secret_place(self, persistent: bool, why: str) -> None:
        """Where a key that is typed here will be kept."""
        self.access.show_place(persistent, why)
        self._read()

    def take(self, connection: Connection, key: str = "") -> None:
        """Fill in what was read elsewhere; the user's name for it and the rest stay."""
        self._kind_chosen = True
        self.kind.setCurrentIndex(1 if connection.kind == "openai" else 0)
        self.endpoint.setText(connection.endpoint)
        self.api_version.setText(connection.api_version)
        if connection.key_env:
            self.key_env.setText(connection.key_env)
        if key:
            self.access.mode.setCurrentIndex(0)
            self.key.setText(key)
        for deployment in connection.deployments:
            self.deployments.offer(deployment.name)
        self._edit()

    # --- reading -----------------------------------------------------------------------

    def connection(self) -> Connection:
        """What the fields say."""
        azure = self._kind() == "azure"
        return Connection(
            self.name.text().strip(), self._kind(), self.endpoint.text().strip(),
            self.api_version.text().strip() if azure else "", self.access.variable(),
            entra=azure and self.access.entra, deployments=self.deployments.deployments(),
        )

    def typed_key(self) -> str | None:
        """The key to store; None leaves the stored one alone."""
        return self.access.typed_key()

    def confirmed(self) -> bool:
        """Whether the user allowed plain http to this private address."""
        return not self.private.isHidden() and self.private.isChecked()

    def is_changed(self) -> bool:
        """Whether there is something to save."""
        return self.connection() != self._shown or self.typed_key() is not None

    def _kind(self) -> Kind:
        return KINDS[max(0, self.kind.currentIndex())][1]

    def _edit_endpoint(self, text: str) -> None:
        """A call, a page of the portal or a piece of code is taken apart at once: a key in it
        must not stand readable in this field."""
        self._pasted = ""
        if re.search(r"\s|/subscriptions/|%2fsubscriptions%2f|[{<]", text.strip(), re.I):
            clue = read(text)
            made = connection_of(clue)
            if made is not None:
                words = [f"{each.what}. {each.why}." for each in clue.problems[:1]]
                if clue.key:
                    words.append("It held a key: that stands below, and is stored when you save.")
                self._pasted = " ".join(words)
                self.take(made, clue.key)
                return
            if clue.key:
                self.endpoint.setText("")
                self.key.setText(clue.key)
        self._edit()

    def _edit(self) -> None:
        self._read()
        self.edited.emit()

    def _choose_kind(self) -> None:
        self._kind_chosen = True
        self._edit()

    def _take_from_address(self) -> None:
        """What a pasted call says besides the host goes to its own field."""
        if self._endpoint is None:
            return
        if not self.api_version.text() and self._endpoint.api_version:
            self.api_version.setText(self._endpoint.api_version)
        self.deployments.offer(self._endpoint.deployment)
        if self._endpoint.url != self.endpoint.text():
            self.endpoint.setText(self._endpoint.url)
            self._edit()

    def _read(self) -> None:
        """Understand the address again and show what follows from it."""
        words, tone = self._understand()
        self.reading.setText(words)
        theme.set_property(self.reading, "tone", tone)
        self.endpoint.setAccessibleDescription(words)
        private = self._endpoint is not None and self._endpoint.needs_confirmation
        self._form.setRowVisible(self.private, private)
        self._form.setRowVisible(self.api_version, self._kind() == "azure")
        self.access.show_for(
            azure=self._kind() == "azure",
            allowed=self._endpoint is None or self._endpoint.key_allowed)
        self.deployments.fetch.setVisible(self._kind() == "azure" and self.access.entra)
        self.problem = self._find_problem(words if tone == "danger" else "", private=private)

    def _understand(self) -> tuple[str, str]:
        text = self.endpoint.text().strip()
        self._endpoint = None
        if not text:
            return "A resource's page shows it under Keys and Endpoint.", "muted"
        try:
            if not self._kind_chosen:
                guessed = parse_endpoint(text, confirmed=True).kind
                self.kind.setCurrentIndex([kind for _, kind in KINDS].index(guessed))
            self._endpoint = found = parse_endpoint(text, self._kind(), confirmed=True)
        except ConfigurationError as error:
            return str(error), "danger"
        if found.needs_confirmation:
            return (f"{found.host} is reached over plain http: others on the network can read "
                    "along. No key is sent to it.", "warning")
        if found.kind == "azure" and not (found.is_azure_host or found.loopback):
            return (f"{found.host} is not one of Azure's own addresses. It will get the key and "
                    "everything you send.", "warning")
        return f"{self._pasted} Sends to {found.host}".strip(), "muted"

    def _find_problem(self, address: str, *, private: bool) -> str:
        if not self.name.text().strip():
            return "Give the connection a name."
        if not self.endpoint.text().strip():
            return "Paste the endpoint."
        if private and not self.private.isChecked():
            return "Confirm that this server is on your own network."
        return address
