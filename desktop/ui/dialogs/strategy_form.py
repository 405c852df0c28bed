"""The form of one strategy. Every change is a saved change; there is no Save to forget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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

from ...core.errors import StrategyExplorerError
from ...core.profiles import find_profile
from ...core.strategies import differences, head_line, model_label
from ...core.types import (
    CURRENT_PROMPT,
    DEFAULT_PROFILES,
    Connection,
    Parameters,
    PromptVersion,
    RetrievalProfile,
    Strategy,
)
from .. import theme
from ..components import explain, label
from .parameters_form import ParametersForm
from .profile_form import ProfileForm


class StrategyForm(QWidget):
    """`show_strategy` fills it; what the user changes comes back whole in `saved`."""

    saved = Signal(object)  # Strategy

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strategy: Strategy | None = None
        self._others: Sequence[Strategy] = ()
        self._versions: Sequence[PromptVersion] = ()
        self._filled: tuple[object, ...] = ()
        self.name = QLineEdit()
        self.model = QComboBox()
        self.fine_tuned = QCheckBox("This is a fine-tuned model")
        self.prompt = QComboBox()
        self.retrieval = QComboBox()
        self.profile = ProfileForm()
        self.derives = QComboBox()
        self.shown = QCheckBox("Show as a column")
        self.parameters = ParametersForm()
        self.differs = label(role="strong", wrap=True)
        self.problem = label(tone="danger", size="small", wrap=True)
        self._lay_out()
        explain(self)
        self._connect()

    def _lay_out(self) -> None:
        self._form = form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(theme.px(12))
        form.setVerticalSpacing(theme.px(8))
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for words, widget in (
            ("Name", self.name), ("", self.problem), ("Derives from", self.derives),
            ("Model", self.model), ("", self.fine_tuned), ("Prompt", self.prompt),
            ("Documents", self.retrieval), ("", self.profile), ("", self.shown),
        ):
            name = label(words, tone="muted")
            name.setBuddy(widget)
            form.addRow(name, widget)
            if words:
                widget.setAccessibleName(words)
            if isinstance(widget, QComboBox):
                widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
                widget.setSizeAdjustPolicy(
                    QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._say("")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(12))
        column.addWidget(self.differs)
        column.addLayout(form)
        column.addWidget(label("Parameters", role="section"))
        column.addWidget(self.parameters)
        column.addStretch(1)

    def _connect(self) -> None:
        self.name.editingFinished.connect(self._rename)
        for combo in (self.model, self.prompt, self.derives):
            combo.activated.connect(self._read)
        self.retrieval.activated.connect(self._choose_profile)
        for box in (self.fine_tuned, self.shown):
            box.clicked.connect(self._read)
        self.parameters.changed.connect(self._read)
        self.profile.changed.connect(self._tune)

    # --- showing -----------------------------------------------------------------------

    def show_strategy(
        self, strategy: Strategy | None, others: Sequence[Strategy],
        versions: Sequence[PromptVersion], connections: Sequence[Connection],
    ) -> None:
        """Fill the form; fields are left alone when nothing in them would change."""
        self.setEnabled(strategy is not None)
        self._others, self._versions = others, versions
        filled = (strategy, tuple(versions), tuple(connections),
                  tuple((o.id, o.name) for o in others))
        if strategy is not None and filled != self._filled:
            self._fill(strategy, connections)
            self._filled = filled
        self._strategy = strategy
        self._tell_differences()

    def _fill(self, strategy: Strategy, connections: Sequence[Connection]) -> None:
        if self.name.text() != strategy.name:
            self.name.setText(strategy.name)
        self._say("")
        model = (strategy.connection, strategy.deployment)
        _fill(self.model, _models(connections, strategy), model)
        _fill(self.prompt, self._prompts(strategy), strategy.prompt)
        self._fill_profiles(strategy.retrieval)
        bases = [(o.name, o.id) for o in self._others if o.id != strategy.id]
        _fill(self.derives, [("Nothing: it stands alone", None), *bases], strategy.derived_from)
        self.fine_tuned.setChecked(strategy.fine_tuned)
        self.shown.setChecked(not strategy.hidden)
        self.parameters.show_parameters(strategy.parameters)

    def _fill_profiles(self, chosen: str | None) -> None:
        """The usual ones and the chosen one; the knobs show what it does."""
        names = [p.name for p in DEFAULT_PROFILES]
        own = [chosen] if chosen is not None and chosen not in names else []
        _fill(self.retrieval, [("No documents", None), *((n, n) for n in [*names, *own])], chosen)
        try:
            profile = find_profile(chosen) if chosen is not None else None
        except StrategyExplorerError:  # from a newer version: the column says so when asked
            profile = None
        searches = profile is not None and not (profile.whole or profile.gold)
        self._form.setRowVisible(self.profile, searches)
        if profile is not None and searches:
            self.profile.show_profile(profile)

    def _choose_profile(self) -> None:
        self._fill_profiles(self.retrieval.currentData())
        self._read()

    def _tune(self, profile: RetrievalProfile) -> None:
        self._fill_profiles(profile.name)
        self._read()

    def _prompts(self, strategy: Strategy) -> list[tuple[str, object]]:
        newest = f" (v{self._versions[-1].number})" if self._versions else ""
        found: list[tuple[str, object]] = [
            ("No prompt: the question and nothing else", None),
            (f"The current prompt{newest}", CURRENT_PROMPT),
        ]
        found += [
            (f"v{v.number} {v.name}".strip(), str(v.number)) for v in reversed(self._versions)
        ]
        if strategy.prompt not in [data for _, data in found]:
            found.append((f"{strategy.prompt} (not in this workspace)", strategy.prompt))
        return found

    def _tell_differences(self) -> None:
        strategy = self._strategy
        if strategy is None:
            self.differs.setText("")
            return
        base = next((o for o in self._others if o.id == strategy.derived_from), None)
        try:
            many = len(differences(strategy, base, self._versions)) > 1
            words = head_line(strategy, base, self._versions)
        except StrategyExplorerError as error:
            many, words = True, str(error)
        self.differs.setText(words)
        theme.set_property(self.differs, "tone", "warning" if many else "")

    # --- reading -----------------------------------------------------------------------

    def _rename(self) -> None:
        name = " ".join(self.name.text().split())
        if self._strategy is None or name == self._strategy.name:
            self._say("")
            return
        taken = {o.name.casefold() for o in self._others if o.id != self._strategy.id}
        if not name or name.casefold() in taken:
            self._say(
                f"Another strategy is called “{name}”. Choose another name." if name
                else "A strategy needs a name."
            )
            return
        self._say("")
        self._emit(replace(self._strategy, name=name))

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self._form.setRowVisible(self.problem, bool(problem))

    def _read(self, parameters: object = None) -> None:
        if self._strategy is None:
            return
        connection, deployment = self.model.currentData()
        known = parameters if isinstance(parameters, Parameters) else self._strategy.parameters
        self._emit(replace(
            self._strategy, connection=connection, deployment=deployment,
            prompt=self.prompt.currentData(), retrieval=self.retrieval.currentData(),
            derived_from=self.derives.currentData(), fine_tuned=self.fine_tuned.isChecked(),
            hidden=not self.shown.isChecked(), parameters=known,
        ))

    def _emit(self, strategy: Strategy) -> None:
        if strategy != self._strategy:
            self._strategy = strategy
            self._filled = (strategy, *self._filled[1:])  # it comes back: the fields show it
            self._tell_differences()
            self.saved.emit(strategy)


def _fill(combo: QComboBox, entries: Sequence[tuple[str, object]], chosen: object) -> None:
    combo.clear()
    for place, (words, data) in enumerate(entries):
        combo.addItem(words, data)
        if data == chosen:
            combo.setCurrentIndex(place)


def _models(
    connections: Sequence[Connection], strategy: Strategy
) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for connection in connections:
        for deployment in connection.deployments:
            words = model_label(connection.name, deployment.name, deployment.model)
            if connection.kind != "builtin":
                words = f"{connection.name}: {words}"
            found.append((words, (connection.name, deployment.name)))
    own = (strategy.connection, strategy.deployment)
    if own not in [data for _, data in found]:
        found.append((f"{own[0]}: {own[1]} (connection not here)", own))
    return found
