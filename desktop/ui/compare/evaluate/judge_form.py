"""Who judges, what, and by which rubric. A view: it asks nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QPlainTextEdit,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ....core.endpoints import endpoint_of
from ....core.errors import StrategyExplorerError
from ....core.evaluation.judging import DEFAULT_RUBRIC, JudgeChoice, Rubric, parse_rubric
from ....core.types import Connection, Strategy
from ... import theme
from ...components import SectionHeader, button, explain, label

Kind = Literal["answers", "pairs", "labelled"]
TYPED_MS = 400  # after the last key, what it takes is counted anew
_WHAT: dict[Kind, str] = {
    "labelled": "Only what people have labelled blindly (calibrates)",
    "answers": "Rate every answer of the run",
    "pairs": "Compare two columns, each pair in both orders",
}
_SCALE = ("One criterion a line, as “Name: one sentence”. Each is rated from 1 to 5; the score is "
          "their mean, from 0 to 1.")


@dataclass(frozen=True, slots=True)
class Scope:
    """What is to be judged; the columns are those of a comparison, by strategy id."""

    kind: Kind = "answers"
    first: int = 0
    second: int = 0


class JudgeForm(QWidget):
    """`changed` whenever the choice or the scope may be other; `problem` says why there is
    none."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problem = ""
        self._connections: dict[str, Connection] = {}
        self._wanted: JudgeChoice | None = None  # chosen before in this workspace
        self.model = QComboBox()
        self.model.setAccessibleName("Model that judges")
        self.model.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.model.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.place = label(tone="muted", size="small", wrap=True)
        self.warning = label(tone="warning", size="small", wrap=True)
        self.kinds = {kind: QRadioButton(words) for kind, words in _WHAT.items()}
        self.first, self.second = _columns("First column"), _columns("Second column")
        self.rubric = QPlainTextEdit()
        self.rubric.setAccessibleName("Rubric, one criterion a line")
        self.rubric.setTabChangesFocus(True)
        self.rubric.setMinimumHeight(theme.px(120))
        self.restore = button("Restore the default", kind="link")
        self.wrong = label(tone="danger", size="small", wrap=True)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPED_MS)
        self._lay_out()
        explain(self)
        self._connect()
        self.show_self_judged(())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(6))
        column.addWidget(SectionHeader("Judge"))
        for part in (self.model, self.place, self.warning):
            column.addWidget(part)
        column.addSpacing(theme.px(8))
        column.addWidget(SectionHeader("What it judges"))
        group = QButtonGroup(self)
        for radio in self.kinds.values():
            group.addButton(radio)
            column.addWidget(radio)
        self.kinds["answers"].setChecked(True)
        pair = QHBoxLayout()
        pair.setContentsMargins(theme.px(22), 0, 0, 0)
        pair.setSpacing(theme.px(8))
        self._against = label("against", tone="muted")
        for part, room in ((self.first, 1), (self._against, 0), (self.second, 1)):
            pair.addWidget(part, room)
        column.addLayout(pair)
        column.addSpacing(theme.px(8))
        head = SectionHeader("Rubric")
        head.add_widget(self.restore)
        column.addWidget(head)
        column.addWidget(self.rubric, 1)
        column.addWidget(self.wrong)
        column.addWidget(label(_SCALE, tone="muted", size="small", wrap=True))

    def _connect(self) -> None:
        for combo in (self.model, self.first, self.second):
            combo.activated.connect(self._tell)
        for radio in self.kinds.values():
            radio.clicked.connect(self._tell)
        self.rubric.textChanged.connect(self._check)
        self.rubric.textChanged.connect(self._typed.start)
        self._typed.timeout.connect(self.changed)
        self.restore.clicked.connect(self._restore)

    # --- showing -----------------------------------------------------------------------

    def show_connections(self, connections: Sequence[Connection]) -> None:
        """Every deployment but the built-in model, which cannot judge."""
        chosen = self.model.currentData()
        self._connections = {each.name: each for each in connections if each.kind != "builtin"}
        self.model.clear()
        for each in self._connections.values():
            for deployment in each.deployments:
                named = deployment.name if deployment.model in ("", deployment.name) else \
                    f"{deployment.name} ({deployment.model})"
                self.model.addItem(f"{each.name}: {named}", (each.name, deployment.name))
        self._choose(chosen)
        self._tell()

    def show_choice(self, choice: JudgeChoice) -> None:
        """What was chosen before in this workspace."""
        self._wanted = choice if choice.connection else None
        self._choose((choice.connection, choice.deployment))
        self.rubric.setPlainText(choice.rubric.text)
        self._tell()

    def show_columns(self, strategies: Sequence[Strategy]) -> None:
        """Those of the run; a comparison needs two."""
        for combo, place in ((self.first, 0), (self.second, len(strategies) - 1)):
            before = combo.currentData()
            combo.clear()
            for each in strategies:
                combo.addItem(each.name, each.id)
            found = combo.findData(before)
            combo.setCurrentIndex(found if found >= 0 else place)
        self.kinds["pairs"].setEnabled(len(strategies) > 1)
        self._tell()

    def show_self_judged(self, names: Sequence[str]) -> None:
        """The columns that the judge's own model answers."""
        self.warning.setVisible(bool(names))
        self.warning.setText(
            f"This model also answers {' and '.join(names)}. Models tend to prefer their own "
            "answers (Zheng et al. 2023): another model makes the better judge." if names else "")

    def _choose(self, data: object) -> None:
        """Nothing is chosen in the place of a judge that is not here."""
        places = [place for place in range(self.model.count())
                  if self.model.itemData(place) == data]
        gone = self._wanted is not None and not places
        self.model.setCurrentIndex(
            places[0] if places else -1 if gone else min(0, self.model.count() - 1))

    # --- reading -----------------------------------------------------------------------

    def choice(self) -> JudgeChoice | None:
        """None where a part of it cannot be used; `problem` says which."""
        rubric, data = self._rubric(), self.model.currentData()
        if rubric is None or data is None:
            return None
        return JudgeChoice(data[0], data[1], rubric)

    def scope(self) -> Scope:
        """What is to be judged."""
        kind = next(kind for kind, radio in self.kinds.items() if radio.isChecked())
        if kind != "pairs":
            return Scope(kind)
        return Scope(kind, self.first.currentData() or 0, self.second.currentData() or 0)

    def _rubric(self) -> Rubric | None:
        try:
            return parse_rubric(self.rubric.toPlainText())
        except StrategyExplorerError as error:
            self.problem = str(error)
            return None

    def _gone(self) -> str:
        """Why nothing is chosen; another connection never takes the place by itself."""
        if self._wanted is None or not self.model.count():
            return ""
        self.problem = self.problem or "Choose the model that judges."
        return (f"{self._wanted.deployment} of {self._wanted.connection} judged here before and is "
                "not on this machine. Choose another model: it is another judge.")

    def _restore(self) -> None:
        self.rubric.setPlainText(DEFAULT_RUBRIC.text)

    def _tell(self) -> None:
        self._check()
        self._typed.stop()
        self.changed.emit()

    def _check(self) -> None:
        """What can be used, and why not."""
        self.problem = ""
        rubric_ok = self._rubric() is not None
        self.wrong.setText("" if rubric_ok else self.problem)
        self.wrong.setVisible(not rubric_ok)
        self.restore.setEnabled(self.rubric.toPlainText() != DEFAULT_RUBRIC.text)
        scope = self.scope()
        if scope.kind == "pairs" and scope.first == scope.second:
            self.problem = "Choose two different columns."
        for part in (self.first, self.second, self._against):
            part.setEnabled(scope.kind == "pairs")
        data = self.model.currentData()
        self.place.setText(_place(self._connections[data[0]]) if data else self._gone())


def _columns(name: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return made


def _place(connection: Connection) -> str:
    """Where questions, references, passages and answers go: nowhere else."""
    host = endpoint_of(connection).host or connection.endpoint
    return (f"Only {connection.name} is asked, with its own key. Questions, references, passages "
            f"and answers go to {host}.")
