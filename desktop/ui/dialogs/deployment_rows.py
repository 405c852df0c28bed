"""The deployments of a connection: name, model, and whether each answered a test."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ...core.glossary import KNOBS
from ...core.types import Deployment
from .. import theme
from ..components import IconLabel, button, icon_button, label


class DeploymentRow(QWidget):
    """One deployment; the result of its test stands under it."""

    edited = Signal()
    removed = Signal()

    def __init__(self, deployment: Deployment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit(deployment.name)
        self.name.setPlaceholderText("Deployment's name")
        self.model = QLineEdit(deployment.model)
        self.model.setPlaceholderText("Its model, e.g. gpt-4.1-mini")
        self.remove = icon_button("trash", "Remove this deployment")
        self._sign = IconLabel("check-circle", "success")
        self._word = label(size="small", wrap=True)
        self._word.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out()
        for field in (self.name, self.model):
            field.textEdited.connect(self._edit)
        self.remove.clicked.connect(self.removed)
        self.show_result(None)
        self._tell()

    def _lay_out(self) -> None:
        fields = QHBoxLayout()
        fields.setSpacing(theme.px(8))
        fields.addWidget(self.name, 1)
        fields.addWidget(self.model, 1)
        fields.addWidget(self.remove)
        result = QHBoxLayout()
        result.setSpacing(theme.px(4))
        result.addWidget(self._sign)
        result.addWidget(self._word, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(2))
        column.addLayout(fields)
        column.addLayout(result)

    def deployment(self) -> Deployment:
        """What the fields say; its name may be empty."""
        return Deployment(self.name.text().strip(), self.model.text().strip())

    def show_result(self, ok: bool | None, words: str = "") -> None:
        """None: not tested since it was changed. `words` is the problem, or what it takes."""
        self._sign.setVisible(ok is not None)
        self._word.setVisible(ok is not None)
        if ok is None:
            return
        role = "success" if ok else "danger"
        self._sign.show_icon("check-circle" if ok else "x-circle", role)
        self._word.setText(words or ("Answers" if ok else ""))
        theme.set_property(self._word, "tone", "muted" if ok and words else role)
        self.name.setAccessibleDescription(self._word.text())

    def chosen(self, text: str) -> None:
        """One of the choices was taken, which is an edit that Qt does not call one."""
        self._edit()

    def _edit(self) -> None:
        self.show_result(None)
        self._tell()
        self.edited.emit()

    def _tell(self) -> None:
        name = self.name.text().strip() or "new deployment"
        self.name.setAccessibleName("Deployment name")
        self.model.setAccessibleName(f"Model of {name}")
        for part, knob in ((self.name, "Deployment name"), (self.model, "Model of new deployment")):
            part.setToolTip(KNOBS[knob])
        self.remove.setAccessibleName(f"Remove {name}")


class DeploymentRows(QWidget):
    """All of them, and a button for one more."""

    edited = Signal()
    listRequested = Signal()

    def __init__(self, above: QWidget, parent: QWidget | None = None) -> None:
        """`above` is the widget that comes before the first row in the tab order."""
        super().__init__(parent)
        self._above = above
        self._names: list[str] = []
        self._models: list[str] = []
        self.rows: list[DeploymentRow] = []
        self.add = button("Add deployment", icon="plus", size="small")
        self.add.clicked.connect(self._add_empty)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(8))
        self.fetch = button("List deployments", icon="download-simple", size="small")
        self.fetch.setToolTip("Ask Azure for the resource's deployments, models and versions")
        self.fetch.clicked.connect(self.listRequested)
        below = QHBoxLayout()
        below.setSpacing(theme.px(8))
        below.addWidget(self.add)
        below.addWidget(self.fetch)
        below.addStretch(1)
        self._column.addLayout(below)

    def deployments(self) -> tuple[Deployment, ...]:
        """Those that have a name."""
        found = (row.deployment() for row in self.rows)
        return tuple(deployment for deployment in found if deployment.name)

    def show_deployments(self, deployments: Sequence[Deployment]) -> None:
        """Replace all rows; an empty one invites to type when there is none."""
        for row in list(self.rows):
            self._drop(row)
        for deployment in deployments or (Deployment(""),):
            self._append(deployment)

    def show_results(self, results: Sequence[tuple[str, bool, str]]) -> None:
        """`(name, ok, words)` of each tested deployment."""
        by_name = {name: (ok, words) for name, ok, words in results}
        for row in self.rows:
            found = by_name.get(row.deployment().name)
            row.show_result(*(found if found is not None else (None,)))

    def show_choices(self, names: Sequence[str], models: Sequence[str]) -> None:
        """What a server lists, to choose from while typing; anything else can be typed too."""
        self._names, self._models = list(names), list(models)
        for row in self.rows:
            self._complete(row)

    def _complete(self, row: DeploymentRow) -> None:
        for field, choices in ((row.name, self._names), (row.model, self._models)):
            completer = QCompleter(choices, field)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.activated.connect(row.chosen)
            field.setCompleter(completer)

    def clear_results(self) -> None:
        """What was tested has changed."""
        for row in self.rows:
            row.show_result(None)

    def merge(self, found: Sequence[Deployment]) -> int:
        """Add what a service lists, and the models it names where none was typed; how many were
        added."""
        known = {each.name: each for each in self.deployments()}
        kept = [each if each.model else next((f for f in found if f.name == each.name), each)
                for each in known.values()]
        new = [each for each in found if each.name not in known]
        self.show_deployments([*kept, *new])
        self.edited.emit()
        return len(new)

    def offer_model(self, name: str, model: str) -> bool:
        """Fill in the model that the server says a deployment runs, where none was typed; whether
        that was so."""
        empty = [row for row in self.rows if row.deployment() == Deployment(name)]
        for row in empty:
            row.model.setText(model)
        return bool(empty)

    def offer(self, name: str) -> None:
        """Fill in a name that a pasted address held, where none was typed yet."""
        if name and not self.deployments():
            self.show_deployments((Deployment(name),))
            self.edited.emit()

    def _add_empty(self) -> None:
        self._append(Deployment("")).name.setFocus()
        self.edited.emit()

    def _append(self, deployment: Deployment) -> DeploymentRow:
        row = DeploymentRow(deployment)
        row.edited.connect(self.edited)
        row.removed.connect(self._remove_sender)
        self.rows.append(row)
        self._complete(row)
        self._column.insertWidget(len(self.rows) - 1, row)
        row.show()  # a widget put into a visible layout is otherwise shown a turn later
        self._order()
        return row

    def _order(self) -> None:
        """New rows join the tab order at its end: bring them between the field above and the
        button below."""
        previous = self._above
        for row in self.rows:
            for widget in (row.name, row.model, row.remove):
                QWidget.setTabOrder(previous, widget)
                previous = widget
        QWidget.setTabOrder(previous, self.add)
        QWidget.setTabOrder(self.add, self.fetch)

    def _remove_sender(self) -> None:
        row = self.sender()
        if isinstance(row, DeploymentRow):
            self._drop(row)
            self.add.setFocus()
            self.edited.emit()

    def _drop(self, row: DeploymentRow) -> None:
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
