"""The spending limit, the age of the price table, and how Microsoft Entra ID is asked."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ...core.pricing import PriceTable
from ...core.spending import Limits, Spent
from .. import theme
from ..components import button, explain, label

_MOST = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Costs:
    """What the page shows and lets change; `scope` and `tenant` "" take the defaults."""

    limits: Limits
    scope: str = ""
    tenant: str = ""


class SpendingPage(QWidget):
    """Changes count at once; there is nothing to save."""

    changed = Signal(object)  # Costs
    editPricesRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = Costs(Limits())
        self.spent = _line()
        self.run = _amount("Limit for each run, in US dollars")
        self.month = _amount("Limit for each month, in US dollars")
        self.block = QCheckBox("Ask nothing whose price is unknown")
        self.prices = _line()
        self.edit = button("Edit prices", icon="pencil-simple", size="small")
        self.scope = QLineEdit()
        self.scope.setAccessibleName("Scope of the token")
        self.scope.setPlaceholderText("Empty: https://ai.azure.com/.default, then the older one")
        self.tenant = QLineEdit()
        self.tenant.setAccessibleName("Tenant")
        self.tenant.setPlaceholderText("Empty: the account's own")
        self._lay_out()
        explain(self)
        for field in (self.run, self.month):
            field.editingFinished.connect(self._change)
        for line in (self.scope, self.tenant):
            line.editingFinished.connect(self._change)
        self.block.clicked.connect(self._change)
        self.edit.clicked.connect(self.editPricesRequested)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        column.setSpacing(theme.px(8))
        column.addWidget(label("Spending limit", role="section"))
        column.addWidget(self.spent)
        column.addLayout(_form(("Each run", self.run), ("Each month", self.month)))
        column.addWidget(self.block)
        column.addWidget(label(
            "A question or run stops before it would pass a limit, and goes on when you raise it. "
            "Counted from tokens and the price table: hosting and other programs are not in it.",
            tone="muted", size="small", wrap=True))
        column.addSpacing(theme.px(8))
        column.addWidget(label("Prices", role="section"))
        column.addWidget(self.prices)
        column.addWidget(self.edit)
        column.addSpacing(theme.px(8))
        column.addWidget(label("Microsoft Entra ID", role="section"))
        column.addLayout(_form(("Scope", self.scope), ("Tenant", self.tenant)))
        column.addStretch(1)
        self.edit.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_costs(self, costs: Costs, spent: Spent, table: PriceTable, today: str) -> None:
        """What holds now."""
        self._shown = costs
        self.spent.setText(f"About {spent.sentence}.")
        self.run.setValue(costs.limits.run or 0.0)
        self.month.setValue(costs.limits.month or 0.0)
        self.block.setChecked(costs.limits.block_unknown)
        self.prices.setText(table.sentence(today))
        theme.set_property(
            self.prices, "tone",
            "warning" if table.stale(today) or table.problem else "muted")
        self.scope.setText(costs.scope)
        self.tenant.setText(costs.tenant)

    def costs(self) -> Costs:
        """What the fields say."""
        limits = Limits(self.run.value() or None, self.month.value() or None,
                        self.block.isChecked())
        return Costs(limits, self.scope.text().strip(), self.tenant.text().strip())

    def _change(self) -> None:
        if (costs := self.costs()) != self._shown:
            self._shown = costs
            self.changed.emit(costs)


def _line() -> QLabel:
    made = label(tone="muted", wrap=True)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    return made


def _amount(name: str) -> QDoubleSpinBox:
    made = QDoubleSpinBox()
    made.setRange(0.0, _MOST)
    made.setDecimals(2)
    made.setPrefix("$")
    made.setSpecialValueText("No limit")
    made.setGroupSeparatorShown(True)
    made.setMaximumWidth(theme.px(180))
    made.setAccessibleName(name)
    return made


def _form(*rows: tuple[str, QWidget]) -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(theme.px(12))
    form.setVerticalSpacing(theme.px(8))
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for words, widget in rows:
        caption = label(words, tone="muted")
        caption.setBuddy(widget)
        form.addRow(caption, widget)
    return form
