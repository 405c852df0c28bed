"""Deploying a trained model: the call or the command, what it costs, and the column it becomes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ...core.deploying import (
    CAPACITY,
    MANAGEMENT,
    SKUS,
    Place,
    az_command,
    curl_command,
    deployable,
    problem_with,
    warnings,
)
from ...core.tuning import Job
from .. import theme
from ..components import IconLabel, button, explain, label

_FIELDS = (
    ("Subscription", "subscription", "00000000-1111-2222-3333-444444444444"),
    ("Resource group", "resource_group", "of the Azure OpenAI resource"),
    ("Resource", "account", "its name, as in https://NAME.openai.azure.com"),
    ("Deployment", "deployment", "a new name, such as benefits-voice"),
)
_LOCAL = ("It runs on this machine, without a network and without cost: nothing has to be "
          "deployed.")
_OPENAI = ("The service answers under the model's own name: nothing has to be deployed. Press "
           "Check and use.")
_STEPS = ("Deploy it by one of these: fill in and press Deploy, run the copied command, or use the "
          "portal. When it is there, press Check and use.")


class DeployCard(QFrame):
    """Hidden until a job has a model."""

    deployed = Signal(int, object, str, str)  # job id, Place, model, token
    used = Signal(int, str, bool)  # job id, deployment, with documents

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "raised")
        self.setProperty("rule", "box")
        self._job_id = 0
        self._hosting = 0.0
        self._management = MANAGEMENT
        self.model, self.sku = QComboBox(), QComboBox()
        self.sku.addItems(list(SKUS))
        self.capacity = QSpinBox()
        self.capacity.setRange(1, 100_000)
        self.capacity.setValue(CAPACITY)
        self.capacity.setSuffix(" thousand tokens a minute")
        self.fields = {key: QLineEdit() for _, key, _ in _FIELDS}
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setPlaceholderText("empty: that of the sign-in. Used once, kept nowhere")
        self.problem = label(tone="danger", size="small", wrap=True)
        self.costs = label(wrap=True)
        self.steps = label(_STEPS, tone="muted", size="small", wrap=True)
        self.state = label(tone="muted", size="small", wrap=True)
        self.deploy = button("Deploy", kind="primary", icon="rocket-launch", size="small")
        self.copy_az = button("Copy az command", icon="copy", size="small")
        self.copy_curl = button("Copy curl", icon="copy", size="small")
        self.use = button("Check and use as Fine-tuned", size="small")
        self.use_documents = button("Use with documents too", size="small")
        self._arrange()
        explain(self)
        self._connect()
        self.hide()

    def _arrange(self) -> None:
        self._form = form = QFormLayout()
        form.setHorizontalSpacing(theme.px(12))
        form.setVerticalSpacing(theme.px(4))
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        rows: list[tuple[str, QWidget]] = [("Model", self.model)]
        for name, key, placeholder in _FIELDS:
            self.fields[key].setPlaceholderText(placeholder)
            rows.append((name, self.fields[key]))
        rows += [("Kind", self.sku), ("Capacity", self.capacity),
                 ("Management token", self.token)]
        for name, field in rows:
            head = label(name, tone="muted", size="small")
            head.setBuddy(field)
            field.setAccessibleName(name)
            form.addRow(head, field)
            if isinstance(field, QSpinBox):
                field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            if isinstance(field, QComboBox):
                field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
                field.setSizeAdjustPolicy(
                    QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.warning = QWidget()
        cost = QHBoxLayout(self.warning)
        cost.setContentsMargins(0, 0, 0, 0)
        cost.setSpacing(theme.px(4))
        cost.addWidget(IconLabel("warning", "warning"))
        cost.addWidget(self.costs, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(12))
        column.setSpacing(theme.px(8))
        column.addWidget(label("Deploy and use", role="section"))
        column.addWidget(self.steps)
        column.addLayout(form)
        column.addWidget(self.warning)
        column.addWidget(self.problem)
        column.addLayout(_row(self.deploy, self.copy_az, self.copy_curl))
        column.addLayout(_row(self.use, self.use_documents))
        column.addWidget(self.state)

    def _connect(self) -> None:
        self.sku.activated.connect(self._edited)
        for field in self.fields.values():
            field.textChanged.connect(self._edited)
        self.deploy.clicked.connect(self._deploy)
        self.copy_az.clicked.connect(self._copy_az)
        self.copy_curl.clicked.connect(self._copy_curl)
        self.use.clicked.connect(self._use)
        self.use_documents.clicked.connect(self._use_documents)

    # --- what is shown ---------------------------------------------------------------------

    def show_job(
        self, job: Job, hosting: float, *, azure: bool, account: str = "",
        management: str = MANAGEMENT,
    ) -> None:
        """`azure` False: the service makes the model callable by itself, under its own name."""
        models = deployable(job)
        self.setVisible(bool(models))
        if not models:
            return
        self._hosting, self._management = hosting, management
        if job.id != self._job_id:
            self._job_id = job.id
            self._fill(job, models, account, azure)
        self.state.setText(f"{job.deployment} answers and can be a column." if job.deployment
                           else self.state.text())
        self._edited()

    def _fill(
        self, job: Job, models: Sequence[tuple[str, str]], account: str, azure: bool
    ) -> None:
        self.model.clear()
        for words, model in models:
            self.model.addItem(f"{words}: {model}", model)
        self.fields["account"].setText(account or self.fields["account"].text())
        name = job.deployment or (job.order.suffix or f"fine-tuned-{job.id}" if azure
                                  else job.fine_tuned_model)
        self.fields["deployment"].setText(name)
        self.state.setText("")
        local = job.kind == "local"
        self.steps.setText(_STEPS if azure else _LOCAL if local else _OPENAI)
        for row in (self.model, self.fields["deployment"]):
            self._form.setRowVisible(row, not local)
        for part in (self.deploy, self.copy_az, self.copy_curl, self.warning):
            part.setVisible(azure)
        for field in (*self.fields.values(), self.sku, self.capacity, self.token):
            if field is not self.fields["deployment"]:
                self._form.setRowVisible(field, azure)

    def say(self, sentence: str) -> None:
        """How far the deployment is."""
        self.state.setText(sentence)

    def place(self) -> Place:
        """What is filled in."""
        values = {key: field.text().strip() for key, field in self.fields.items()}
        return Place(**values, sku=SKUS[self.sku.currentIndex()], capacity=self.capacity.value(),
                     management=self._management)

    def _edited(self, changed: object = None) -> None:
        self.costs.setText(" ".join(warnings(SKUS[self.sku.currentIndex()], self._hosting)))
        untouched = not self.fields["subscription"].text()
        wrong = problem_with(self.place())
        self.problem.setText("" if untouched else wrong)
        self.problem.setVisible(bool(self.problem.text()))
        for part in (self.deploy, self.copy_az, self.copy_curl):
            part.setEnabled(not wrong)
            part.setToolTip(wrong)
        named = bool(self.fields["deployment"].text().strip())
        for part in (self.use, self.use_documents):
            part.setEnabled(named)

    # --- what the user does ----------------------------------------------------------------

    def _deploy(self) -> None:
        token = self.token.text()
        self.token.clear()
        self.deployed.emit(self._job_id, self.place(), str(self.model.currentData()), token)

    def _copy_az(self) -> None:
        self._copy(az_command(self.place(), str(self.model.currentData())))

    def _copy_curl(self) -> None:
        self._copy(curl_command(self.place(), str(self.model.currentData())))

    def _copy(self, command: str) -> None:
        QGuiApplication.clipboard().setText(command)
        self.say("Copied. Run it where you are signed in with: az login. It asks for the role "
                 "Azure AI Owner on the resource.")

    def _use(self) -> None:
        self.used.emit(self._job_id, self.fields["deployment"].text().strip(), False)

    def _use_documents(self) -> None:
        self.used.emit(self._job_id, self.fields["deployment"].text().strip(), True)


def _row(*parts: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.px(8))
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return row
