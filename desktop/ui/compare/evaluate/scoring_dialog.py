"""Scores and their options: what is computed in the next run, with what, and what it weighs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ....core.evaluation.chosen import Chosen
from ....core.evaluation.metrics import METRICS
from ....core.evaluation.weights import formula
from ... import file_dialogs, theme
from ...components import ElidedLabel, SectionHeader, button, dialog_foot, explain, label
from .metric_rows import MetricRows

DATABASES = "SQLite databases (*.db *.sqlite *.sqlite3)"
CHECK_AFTER = 350  # ms without a key: then a pattern or a schema is tried
NO_WEIGHTS = "Give scores a weight: their sum is a score you can see through."
WITH_WEIGHTS = ("Each score is put on 0 to 1: seconds, tokens and dollars by your goal's limit, "
                "else between the run's least and most. A cell has a weighted score only where all "
                "of its parts have a value.")


class ScoringDialog(QDialog):
    """Not modal. Keep tells the whole choice; what cannot be used is said while it is typed."""

    kept = Signal(object)  # Chosen
    checkRequested = Signal(str, str)  # pattern, schema
    databasePicked = Signal(str)  # a path that the user chose here
    databaseConfirmed = Signal(str)  # one that came with the workspace
    rescoreRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Scores and their options")
        self.setModal(False)
        self.resize(theme.dialog_size(920, 620))
        self._database = ""
        self._run = ""
        self._kept = Chosen()
        self._problems: tuple[str, str] = ("", "")
        self.rows = MetricRows()
        self.pattern = QLineEdit()
        self.pattern.setAccessibleName("Pattern")
        self.pattern.setPlaceholderText(r"\$\d+ copay")
        self.schema = QPlainTextEdit()
        self.schema.setAccessibleName("JSON schema")
        self.schema.setPlaceholderText('{"type": "object", "required": ["plan"]}')
        self.schema.setProperty("code", "true")
        self.schema.setTabChangesFocus(True)
        self.wrong_pattern = label(tone="danger", size="small", wrap=True)
        self.wrong_schema = label(tone="danger", size="small", wrap=True)
        self.path = ElidedLabel("", Qt.TextElideMode.ElideMiddle)
        self.choose = button("Choose…", icon="file-plus", size="small")
        self.forget = button("Detach", size="small")
        self.confirm = button("Use this database", size="small", kind="primary")
        self.database_note = label(size="small", wrap=True)
        self.formula = label(wrap=True)
        self.weights_note = label(tone="muted", size="small", wrap=True)
        self.note = label(tone="muted", size="small", wrap=True)
        self.again = button("Score again", icon="arrow-clockwise")
        self.keep = button("Keep", kind="primary")
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(CHECK_AFTER)
        self._lay_out()
        explain(self)
        self._connect()
        self.show_chosen(Chosen(), confirmed=False)

    # --- making ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(_scroll(self.rows), 1)
        side = _scroll(self._options())
        side.setFixedWidth(theme.px(340))
        body.addWidget(side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        column.addWidget(dialog_foot(self, self.note, self.again, self.keep))

    def _options(self) -> QFrame:
        side = QFrame()
        side.setProperty("surface", "raised")
        side.setProperty("rule", "left")
        column = QVBoxLayout(side)
        column.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        column.setSpacing(theme.px(4))
        self.schema.setFixedHeight(theme.px(120))
        pressed = QWidget()
        buttons = QHBoxLayout(pressed)
        buttons.setContentsMargins(0, 0, 0, 0)
        for each in (self.choose, self.forget, self.confirm):
            buttons.addWidget(each)
        buttons.addStretch(1)
        for title, parts in (
            ("Pattern", (self.pattern, self.wrong_pattern)),
            ("JSON schema", (self.schema, self.wrong_schema)),
            ("Database for SQL equivalence", (self.path, self.database_note, pressed)),
            ("Weighted score", (self.formula, self.weights_note)),  # last: it grows
        ):
            column.addWidget(SectionHeader(title))
            for part in parts:
                column.addWidget(part)
            column.addSpacing(theme.px(10))
        column.addStretch(1)
        return side

    def _connect(self) -> None:
        self.rows.changed.connect(self._refresh)
        self.pattern.textChanged.connect(self._typed)
        self.schema.textChanged.connect(self._typed)
        self._typing.timeout.connect(self._check)
        self.choose.clicked.connect(self._choose_database)
        self.forget.clicked.connect(lambda: self._show_database("", confirmed=False))
        self.confirm.clicked.connect(self._confirm)
        self.keep.clicked.connect(lambda: self.kept.emit(self.typed()))
        self.again.clicked.connect(self.rescoreRequested)

    # --- showing -----------------------------------------------------------------------

    def show_chosen(self, chosen: Chosen, *, confirmed: bool) -> None:
        """What the workspace keeps; `confirmed`: its database may be opened on this machine."""
        order = list(METRICS)
        self._kept = replace(chosen, metrics=tuple(sorted(chosen.metrics, key=order.index)))
        self.rows.show_chosen(chosen.metrics, chosen.weights)
        if self.pattern.text() != chosen.pattern:
            self.pattern.setText(chosen.pattern)
        if self.schema.toPlainText() != chosen.schema:
            self.schema.setPlainText(chosen.schema)
        self._show_database(chosen.database, confirmed=confirmed)
        self._refresh()

    def show_run(self, title: str, busy: bool = False) -> None:
        """The run that can be scored again, "" for none."""
        self._run = title
        self.again.setText(f"Score {title} again" if title else "Score again")
        self.again.setVisible(bool(title))
        self.again.setEnabled(not busy)
        self._refresh()

    def show_problems(self, pattern: str, schema: str) -> None:
        """Why what is typed cannot be used, "" where it can."""
        self._problems = (pattern, schema)
        for shown, words in ((self.wrong_pattern, pattern), (self.wrong_schema, schema)):
            shown.setText(words)
            shown.setVisible(bool(words))
        self._refresh()

    def show_database(self, path: str, problem: str = "") -> None:
        """A database that was chosen here, and why it cannot be used."""
        self._show_database(path, confirmed=True)
        if problem:
            self._say_database(problem, "danger")

    def _show_database(self, path: str, *, confirmed: bool) -> None:
        self._database = path
        self.path.setText(path or "None attached")
        self.forget.setVisible(bool(path))
        unsure = bool(path) and not confirmed
        self.confirm.setVisible(unsure)
        if unsure:
            self._say_database("This path came with the workspace. Nothing has opened it. Use it "
                               "only if you know the file.", "warning")
        else:
            name = PurePath(path.replace("\\", "/")).name
            self._say_database(f"{name} is only read, never changed." if path else
                               "Attach the database your queries are for.", "muted")
        self._refresh()

    def _say_database(self, words: str, tone: str) -> None:
        self.database_note.setText(words)
        self.database_note.setProperty("tone", tone)
        self.database_note.style().polish(self.database_note)

    def _refresh(self) -> None:
        typed = self.typed()
        words = formula(typed.weights)
        self.formula.setText(words)
        self.formula.setVisible(bool(words))
        self.weights_note.setText(WITH_WEIGHTS if words else NO_WEIGHTS)
        other = typed != self._kept
        self.keep.setEnabled(other and not any(self._problems))
        self.note.setText(self._sentence(other, len(typed.metrics)))

    def _sentence(self, other: bool, count: int) -> str:
        if any(self._problems):
            return "Correct the option in red, then keep."
        if other:
            return f"{count} scores in the next run. Not kept yet."
        after = f" {self._run} can be scored again without asking a model." if self._run else ""
        return f"{count} scores in the next run.{after}"

    # --- what the user does ----------------------------------------------------------------

    def typed(self) -> Chosen:
        """What stands in the fields."""
        return Chosen(self.rows.metrics(), self.pattern.text(),
                      self.schema.toPlainText().strip(), self._database, self.rows.weighing())

    def _typed(self) -> None:
        self._typing.start()
        self._refresh()

    def _check(self) -> None:
        self.checkRequested.emit(self.pattern.text(), self.schema.toPlainText().strip())

    def _choose_database(self) -> None:
        file_dialogs.choose_file(self, "Attach a database", DATABASES,
                                 lambda path: self.databasePicked.emit(str(path.absolute())))

    def _confirm(self) -> None:
        self.databaseConfirmed.emit(self._database)


def _scroll(inside: QWidget) -> QScrollArea:
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setWidget(inside)
    return made

