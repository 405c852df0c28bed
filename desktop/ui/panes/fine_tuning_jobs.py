"""The Jobs side of the Fine-tuning pane: the list, one job in detail, and the form of a new one.

Made when it is first looked at, by `JobsPlace`: nothing of it is needed for the first paint.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.tuning import Job
from ...core.tuning_metrics import steps_in_all
from .. import theme
from ..components import EmptyState, button, label
from ..icons import icon
from . import fine_tuning_job_words as words
from .fine_tuning_deploy import DeployCard
from .fine_tuning_job_detail import JobDetail
from .fine_tuning_submit import SubmitForm

_COLUMNS = ("Job", "State", "Model", "Step")
_EMPTY, _LIST, _FORM = range(3)


class JobsView(QWidget):
    """Shows jobs and tells what the user does with them."""

    newRequested = Signal()
    chosen = Signal(int)  # a job's id

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.jobs: list[Job] = []
        self.form = SubmitForm()
        self.deploy = DeployCard()
        self.detail = JobDetail(self.deploy)
        self.table = _table()
        self.empty = EmptyState(
            "Train a model on your examples: the job runs at Azure OpenAI or OpenAI, and is "
            "watched from here, also after days. Its model becomes a column beside the others.",
            "New job", "paper-plane-tilt")
        self.new = button("New job", icon="paper-plane-tilt", size="small")
        self.counts = label(tone="muted")
        self.pages = QStackedLayout(self)
        for page in (_on_surface(self.empty), self._list(), self.form):
            self.pages.addWidget(page)
        self.empty.pressed.connect(self.newRequested)
        self.new.clicked.connect(self.newRequested)
        self.form.closed.connect(self.show_list)
        self.table.itemSelectionChanged.connect(self._select)

    def _list(self) -> QWidget:
        page, tools = QFrame(), QHBoxLayout()
        page.setProperty("surface", "surface")
        tools.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(4))
        tools.addWidget(self.new)
        tools.addSpacing(theme.px(8))
        tools.addWidget(self.counts, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.detail)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setHandleWidth(1)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.table)
        halves.addWidget(area)
        halves.setStretchFactor(1, 1)
        halves.setSizes([theme.px(120), theme.px(480)])
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(tools)
        column.addWidget(halves, 1)
        return page

    # --- what is shown ---------------------------------------------------------------------

    def show_jobs(self, jobs: Sequence[Job], now: str, sending: frozenset[int]) -> None:
        """Newest first; the chosen one stays chosen."""
        current = self.current_id()
        self.jobs = list(jobs)
        self.table.blockSignals(True)
        self.table.setRowCount(len(self.jobs))
        for row, job in enumerate(self.jobs):
            self._fill(row, job, now, job.id in sending)
        ids = [job.id for job in self.jobs]
        if ids:
            self.table.selectRow(ids.index(current) if current in ids else 0)
        self.table.blockSignals(False)
        running = sum(not job.over for job in self.jobs)
        self.counts.setText(f"{len(ids):,} job{'' if len(ids) == 1 else 's'}"
                            + (f", {running} going on" if running else ""))
        if self.pages.currentIndex() != _FORM:
            self.show_list()

    def _fill(self, row: int, job: Job, now: str, sending: bool) -> None:
        sign, state, tone = words.sign_of(job, sending)
        total = None if job.over else steps_in_all(job)
        steps = f"{job.last_step:,}" + (f" / {total:,}" if total else "") if job.last_step else ""
        for column, text in enumerate((job.name, state, job.order.model, steps)):
            item = QTableWidgetItem(text)
            item.setToolTip(words.progress(job, now) or text)
            if column == 1:
                item.setIcon(icon(sign, "muted" if tone == "neutral" else tone))
            if column == 3:
                item.setTextAlignment(
                    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, column, item)

    def current_id(self) -> int:
        """The chosen job, 0 for none."""
        row = self.table.currentRow()
        return self.jobs[row].id if 0 <= row < len(self.jobs) else 0

    def choose(self, job_id: int) -> None:
        """Show one job."""
        for row, job in enumerate(self.jobs):
            if job.id == job_id:
                self.show_list()
                self.table.selectRow(row)

    def show_list(self) -> None:
        """The list with its detail, or what to do first."""
        self.pages.setCurrentIndex(_LIST if self.jobs else _EMPTY)

    def show_form(self) -> None:
        """The form of a new job."""
        self.pages.setCurrentIndex(_FORM)
        self.form.focus()

    def _select(self) -> None:
        if self.current_id():
            self.chosen.emit(self.current_id())


class JobsPlace(QWidget):
    """Where the jobs stand in the pane. The view is made at the first look at it, or when a
    controller asks for it."""

    made = Signal(object)  # JobsView

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: JobsView | None = None
        self._stack = QVBoxLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)

    @property
    def is_made(self) -> bool:
        """Whether somebody looked."""
        return self._view is not None

    def view(self) -> JobsView:
        """The view, made now if it was not."""
        if self._view is None:
            self._view = JobsView()
            self._stack.addWidget(self._view)
            self.made.emit(self._view)
        return self._view

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.view()


def _on_surface(part: QWidget) -> QFrame:
    frame = QFrame()
    frame.setProperty("surface", "surface")
    column = QVBoxLayout(frame)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(part)
    return frame


class _Padded(QStyledItemDelegate):
    """Text does not touch the edge of its cell."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        ends = option.displayAlignment & Qt.AlignmentFlag.AlignRight
        option.text = f"{option.text}  " if ends else f" {option.text}"


def _table() -> QTableWidget:
    table = QTableWidget(0, len(_COLUMNS))
    table.setHorizontalHeaderLabels(_COLUMNS)
    table.setAccessibleName("Fine-tuning jobs")
    table.verticalHeader().hide()
    table.setItemDelegate(_Padded(table))
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.verticalHeader().setDefaultSectionSize(theme.px(28))
    table.setMinimumHeight(theme.px(84))
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    for column in (1, 3):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return table
