"""Split and cost: who validates, how long the examples are, and what training would cost."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ...core.dataset.estimate import EPOCHS_RULE, Estimate, Lengths, Plan
from ...core.dataset.query import Facets
from ...core.plots.lengths import lengths_picture
from ...core.plots.scales import dollars
from .. import theme
from ..compare.decide.plot import PlotView
from ..components import SectionHeader, button, explain, label

MODELS = ("gpt-4.1-mini", "gpt-4.1", "gpt-4.1-nano", "gpt-4o", "gpt-4o-mini")
_PAUSE = 300  # ms without a keystroke before the figures are asked for


class SplitPage(QScrollArea):
    """Tells what was decided; shows the estimate it is given."""

    splitRequested = Signal(float, int)  # share, seed
    planChanged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.share, self.seed = _spin(1, 50, 10), _spin(0, 2_147_483_647, 7)
        self.share.setSuffix(" %")
        self.share.setAccessibleName("Share of the examples that validate")
        self.seed.setAccessibleName("Seed of the split")
        self.seed.setToolTip("The same seed and examples give the same split")
        self.go = button("Split", kind="primary")
        self.result = label(tone="muted")
        self.model = QComboBox()
        self.model.setEditable(True)
        self.model.addItems(MODELS)
        self.model.setAccessibleName("Model to train")
        self.epochs = _spin(0, 50, 0)
        self.epochs.setSpecialValueText("usual")
        self.epochs.setAccessibleName("Epochs")
        self.epochs.setToolTip(EPOCHS_RULE)
        self.price = QLineEdit()
        self.price.setAccessibleName("Price of a million training tokens in US dollars")
        self.price.setMaximumWidth(theme.px(120))
        self.figures = {name: label(wrap=True) for name in (
            "examples", "tokens", "epochs", "training", "hosting", "month")}
        self.price_note = label(tone="muted", size="small", wrap=True)
        self.plot = PlotView("Lengths of the examples")
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._lay_out()
        explain(self)
        self._connect()

    def _connect(self) -> None:
        self.go.clicked.connect(self._split)
        self._pause.timeout.connect(self.planChanged)
        self.model.currentTextChanged.connect(self._forget_price)
        self.epochs.valueChanged.connect(self._later)
        self.price.textEdited.connect(self._later)

    def _lay_out(self) -> None:
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QFrame()
        inside.setProperty("surface", "surface")
        column = QVBoxLayout(inside)
        column.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(16))
        column.setSpacing(theme.px(8))
        column.addWidget(SectionHeader("Who trains and who validates"))
        column.addWidget(label(
            "Examples that validate are not learned: the loss on them shows whether the model "
            "learns or memorises. Each tag gives its share; what is nearly the same stays on "
            "one side.", tone="muted", wrap=True))
        column.addLayout(_row(label("Validate"), self.share, label("with seed"), self.seed))
        column.addLayout(_row(self.go, self.result))
        column.addWidget(SectionHeader("Cost of training"))
        column.addLayout(self._plan())
        column.addWidget(self.price_note)
        column.addLayout(self._sums())
        column.addWidget(SectionHeader("How long the examples are"))
        column.addWidget(self.plot)
        column.addStretch(1)
        self.setWidget(inside)

    def _plan(self) -> QFormLayout:
        form = _form()
        for name, field in (("Model", self.model), ("Epochs", self.epochs),
                            ("$ for a million tokens", self.price)):
            named: QLabel = label(name, tone="muted")
            named.setBuddy(field)
            form.addRow(named, field)
        return form

    def _sums(self) -> QFormLayout:
        form = _form()
        for words, name in (("Trains on", "examples"), ("Tokens", "tokens"), ("Passes", "epochs"),
                            ("Training", "training"), ("Hosting", "hosting"),
                            ("First month", "month")):
            form.addRow(label(words, tone="muted"), self.figures[name])
        return form

    # --- what is decided -----------------------------------------------------------------

    def plan(self) -> Plan:
        """Model, epochs and price as they are typed."""
        try:
            price = float(self.price.text().replace(",", ".").lstrip("$ "))
        except ValueError:
            price = -1.0
        return Plan(self.model.currentText().strip(), self.epochs.value() or None,
                    price if 0 <= price < 1e6 else None)

    def show_plan(self, plan: Plan) -> None:
        """Show a plan that was kept, without telling."""
        with QSignalBlocker(self.model), QSignalBlocker(self.epochs):
            self.model.setCurrentText(plan.model or MODELS[0])
            self.epochs.setValue(plan.epochs or 0)
            self.price.setText("" if plan.price is None else f"{plan.price:g}")

    def _split(self) -> None:
        self.splitRequested.emit(self.share.value() / 100, self.seed.value())

    def _later(self) -> None:
        self._pause.start()

    def _forget_price(self) -> None:
        self.price.clear()  # it was another model's
        self._pause.start()

    # --- what is shown -------------------------------------------------------------------

    def show_facets(self, facets: Facets) -> None:
        """Who trains and validates now."""
        training, validation = (facets.splits.get(side, 0) for side in ("training", "validation"))
        self.go.setText(f"Split {training + validation:,} examples")
        self.go.setEnabled(training + validation > 1)
        self.result.setText(
            f"Now {training:,} train, {validation:,} validate." if validation
            else "Now all of them train.")

    def show_estimate(self, found: Estimate | None, lengths: Lengths | None) -> None:
        """The figures; None before a check."""
        self.plot.show_picture(partial(lengths_picture, lengths) if lengths else None)
        if found is None:
            for figure in self.figures.values():
                figure.setText("after the check" if figure is self.figures["tokens"] else "")
            return
        about = "" if found.exact else "~"
        self.figures["examples"].setText(f"{found.examples:,} examples" + (
            f"; {found.cut_off:,} are cut off after {found.limit:,} tokens" if found.cut_off
            else ""))
        self.figures["tokens"].setText(f"{about}{found.tokens:,} in each epoch")
        self.figures["epochs"].setText(
            f"{found.epochs} epochs" + (" (usual)" if found.epochs == found.usual_epochs
                                        else f" (usual: {found.usual_epochs})")
            + f": {about}{found.tokens * found.epochs:,} tokens")
        self._show_money(found)

    def _show_money(self, found: Estimate) -> None:
        self.price.setPlaceholderText(
            f"{found.price:g}" if found.price is not None else "type it")
        if found.price is None:
            self.price_note.setText(
                f"Nobody here knows the training price of {found.model or 'this model'}. Type it "
                "from Azure's price page; it is never guessed.")
        else:
            self.price_note.setText(f"Price: {found.price_from}. Check it before you rely on it.")
        unknown = "unknown until a price is typed"
        self.figures["training"].setText(
            unknown if found.training is None
            else f"~{dollars(found.training)} once: tokens × epochs × price")
        self.figures["hosting"].setText(
            f"~{dollars(found.hosting_a_month)} a month at {dollars(found.hosting_an_hour)} an "
            "hour, asked or not; nothing on the 24-hour developer tier")
        self.figures["month"].setText(
            unknown if found.first_month is None
            else f"~{dollars(found.first_month)}, before a single question is asked")


def _spin(low: int, high: int, value: int) -> QSpinBox:
    made = QSpinBox()
    made.setRange(low, high)
    made.setValue(value)
    made.setMaximumWidth(theme.px(96))
    return made


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(theme.px(16))
    form.setVerticalSpacing(theme.px(6))
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form


def _row(*parts: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.px(8))
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return row
