"""The form of a new fine-tuning job: what to train, how, what it costs, and whether it is time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ...core.advice.decision import Check
from ...core.tuning import LONG_SUFFIX, Order, check_order
from .. import theme
from ..components import ErrorBox, IconLabel, button, label
from . import fine_tuning_job_words as words

_NUMBERS = (  # name, placeholder, what it does
    ("Epochs", "auto", "How often the job goes through the examples. More may overfit."),
    ("Batch size", "auto", "Examples in one step. Larger sets take larger batches."),
    ("Learning rate multiplier", "auto", "Against the service's own rate; 0.02 to 0.2 is usual."),
    ("Beta", "auto", "How closely a preference job stays with the base model, up to 2."),
    ("Seed", "chosen by the service", "The same seed and data give much the same model."),
)
_TYPES = (("The service's own", ""), ("Standard: in the resource's region", "Standard"),
          ("Global: cheaper, data may leave the region", "GlobalStandard"),
          ("Developer: cheapest, may be interrupted", "developerTier"))
_STATUS = {"met": ("check", "success"), "not met": ("warning", "warning"),
           "unknown": ("question", "muted")}


class SubmitForm(QWidget):
    """Fills an order; `changed` whenever one is there, `submitted` when the user is sure."""

    changed = Signal()
    submitted = Signal(str, object)  # connection, Order
    closed = Signal()
    connectionsWanted = Signal()
    connectionChosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._method = "supervised"
        self._ready = False
        self.connection, self.model, self.training_type = QComboBox(), QComboBox(), QComboBox()
        self.model.setEditable(True)
        self.model.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.suffix = QLineEdit()
        self.suffix.setPlaceholderText("a short name, such as benefits-voice-1")
        self.numbers = {name: QLineEdit() for name, _, _ in _NUMBERS}
        self.dataset, self.cost = label(wrap=True), label(role="strong", wrap=True)
        self.problem = label(tone="danger", wrap=True)
        self.hint = label(tone="muted", size="small", wrap=True)
        self.region = label(tone="warning", size="small", wrap=True)
        self.refusal = ErrorBox()
        self.refusal.hide()
        self.submit = button("Submit job", kind="primary", icon="paper-plane-tilt")
        self.back = button("Back to the jobs")
        self.connect_first = button("Add a connection", kind="link")
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self._form = form = QFormLayout()
        form.setHorizontalSpacing(theme.px(12))
        form.setVerticalSpacing(theme.px(8))
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for text, value in _TYPES:
            self.training_type.addItem(text, value)
        rows: list[tuple[str, QWidget, str]] = [
            ("Connection", self.connection, "Where the job runs and is paid"),
            ("", self.connect_first, ""),
            ("Model", self.model, "A base model with its date, or a fine-tuned one to go on with"),
            ("", self.hint, ""),
            ("Suffix", self.suffix, "Becomes part of the trained model's name")]
        rows += [(name, self.numbers[name], tip) for name, _, tip in _NUMBERS]
        rows += [("Training type", self.training_type, "Where it trains, and the price"),
                 ("", self.region, "")]
        for name, field, tip in rows:
            self._row(name, field, tip)
        for name, placeholder, _ in _NUMBERS:
            self.numbers[name].setPlaceholderText(placeholder)
        inner = QFrame()
        inner.setProperty("surface", "surface")
        column = QVBoxLayout(inner)
        column.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(12))
        column.setSpacing(theme.px(12))
        column.addWidget(label("New fine-tuning job", role="section"))
        column.addWidget(self.dataset)
        column.addWidget(self.refusal)
        column.addLayout(form)
        column.addWidget(self._readiness())
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        outer.addWidget(self._foot())

    def _row(self, name: str, field: QWidget, tip: str) -> None:
        head = label(name, tone="muted")
        head.setBuddy(field)
        self._form.addRow(head, field)
        field.setToolTip(tip)
        if name:
            field.setAccessibleName(name)
        if isinstance(field, QComboBox):
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            field.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def _readiness(self) -> QWidget:
        box = QWidget()
        self._checks = QVBoxLayout(box)
        self._checks.setContentsMargins(0, 0, 0, 0)
        self._checks.setSpacing(theme.px(4))
        return box

    def _foot(self) -> QFrame:
        foot = QFrame()
        foot.setProperty("surface", "raised")
        foot.setProperty("rule", "top")
        column, row = QVBoxLayout(foot), QHBoxLayout()
        column.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(8))
        column.addWidget(self.problem)
        column.addWidget(self.cost)
        row.setSpacing(theme.px(8))
        row.addWidget(self.submit)
        row.addWidget(self.back)
        row.addStretch(1)
        column.addLayout(row)
        return foot

    def _connect(self) -> None:
        self.connection.activated.connect(self._choose_connection)
        self.model.editTextChanged.connect(self._edited)
        self.training_type.activated.connect(self._edited)
        for field in (self.suffix, *self.numbers.values()):
            field.textChanged.connect(self._edited)
        self.submit.clicked.connect(self._submit)
        self.back.clicked.connect(self.closed)
        self.connect_first.clicked.connect(self.connectionsWanted)

    # --- what is shown ---------------------------------------------------------------------

    def show_connections(self, names: Sequence[str]) -> None:
        """Those that can train; the chosen one stays chosen."""
        before = self.connection.currentText()
        self.connection.clear()
        self.connection.addItems(list(names))
        if before in names:
            self.connection.setCurrentText(before)
        self._form.setRowVisible(self.connect_first, not names)
        self.connection.setEnabled(bool(names))
        self._edited()
        if names:
            self.connectionChosen.emit(self.connection.currentText())

    def show_models(self, models: Sequence[str], hint: str) -> None:
        """What can be trained, and where that is known from; typed text stays."""
        typed = self.model.currentText()
        if self.model.findText(typed) >= 0 and typed not in models:
            typed = ""  # nobody typed it: it came with the list before
        self.model.blockSignals(True)
        self.model.clear()
        self.model.addItems(list(models))
        self.model.setEditText(typed or (models[0] if models else ""))
        self.model.blockSignals(False)
        self.hint.setText(hint)
        self._edited()

    def show_dataset(self, sentence: str, method: str, checks: Sequence[Check]) -> None:
        """The examples that will be sent, the method their format is for, and the readiness."""
        self._method, self._ready = method, True
        self.dataset.setText(sentence)
        self.refusal.hide()
        self._form.setRowVisible(self.numbers["Beta"], method == "dpo")
        self._show_checks(checks)
        self._edited()

    def show_refusal(self, what: str, why: str, remedy: str) -> None:
        """The dataset cannot be sent as it is."""
        self._ready = False
        self.dataset.setText("")
        self.refusal.show_problem(what, why, remedy)
        self.refusal.show()
        self._show_checks(())
        self._edited()

    def show_checking(self) -> None:
        """The dataset is looked at just now."""
        self._ready = False
        self.refusal.hide()
        self.dataset.setText("Checking the dataset…")
        self._form.setRowVisible(self.numbers["Beta"], False)
        self._show_checks(())
        self._edited()

    def show_cost(self, sentence: str) -> None:
        """What the job costs, as an estimate."""
        self.cost.setText(sentence)

    def show_region(self, warning: str) -> None:
        """Where this model is not trained in the resource's region."""
        self.region.setText(warning)
        self._form.setRowVisible(self.region, bool(warning))

    def _show_checks(self, checks: Sequence[Check]) -> None:
        while item := self._checks.takeAt(0):
            if (old := item.widget()) is not None:
                old.deleteLater()
        if checks:
            met = sum(check.status == "met" for check in checks)
            self._checks.addWidget(label(
                f"Ready to fine-tune? {met} of {len(checks)} conditions met", role="strong"))
            self._checks.addWidget(label("This warns and does not forbid.", tone="muted",
                                         size="small"))
        for check in checks:
            self._checks.addWidget(_check_row(check))

    def focus(self) -> None:
        """Begin with what has to be filled."""
        (self.suffix if self.connection.count() else self.connect_first).setFocus()

    # --- what the user does ----------------------------------------------------------------

    def order(self) -> Order | None:
        """What is filled in, None with the reason shown."""
        numbers = {name: field.text() for name, field in self.numbers.items()}
        try:
            order = words.order_of(self.model.currentText(), self._method, self.suffix.text(),
                                   numbers, str(self.training_type.currentData() or ""))
            wrong = check_order(order)
        except ValueError as error:
            self.problem.setText(str(error))
            return None
        self.problem.setText(wrong)
        return None if wrong else order

    def _edited(self, changed: object = None) -> None:
        order = self.order()
        if order is not None and len(order.suffix) > LONG_SUFFIX:
            self.problem.setText(f"Some resources take a suffix of {LONG_SUFFIX} characters only.")
        self.problem.setVisible(bool(self.problem.text()))
        possible = order is not None and self._ready and self.connection.count() > 0
        self.submit.setEnabled(possible)
        self.submit.setToolTip(
            "" if possible else "Add a connection first" if not self.connection.count()
            else "Mend what is said above first")
        if order is not None:
            self.changed.emit()

    def _choose_connection(self, place: int) -> None:
        self.connectionChosen.emit(self.connection.currentText())

    def _submit(self) -> None:
        order = self.order()
        if order is not None:
            self.submitted.emit(self.connection.currentText(), order)


def _check_row(check: Check) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(theme.px(4))
    sign, tone = _STATUS[check.status]
    line.addWidget(IconLabel(sign, tone))
    text = f"{check.check}: {check.evidence}" if check.evidence else check.check
    words = label(text if check.status == "met" else f"{text}. {check.step}".rstrip(". ") + ".",
                  size="small", wrap=True)
    words.setAccessibleName(f"{check.status}: {text}")
    line.addWidget(words, 1)
    return row
