"""One case to type or to edit, with room for long texts."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from ....core.types import Case
from ... import theme
from ...components import button, explain, icon_button, label
from ...components.origin import OriginLink
from .case_text import (
    read_sources,
    read_tags,
    read_turns,
    read_variables,
    sources_text,
    turns_text,
    variables_text,
)
from .cases_model import SPLITS

WIDTH = 400
DRAFT_MS = 1000  # after the last key
NEW = Case(0, "")


class CaseForm(QFrame):
    """An edited case is told when a field is left; a new one by its button, and as it is typed
    as a draft, so that a crash does not cost it."""

    edited = Signal(object)  # Case
    added = Signal(object)  # Case, id 0
    closed = Signal()
    drafted = Signal(dict)  # field name -> text of a new case, none of them empty

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "raised")
        self.setProperty("rule", "left")
        self._case = NEW
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(DRAFT_MS)
        self._settled.timeout.connect(self._tell_draft)
        self.title = label(role="strong")
        self.origin = OriginLink()
        self.close_button = icon_button("x", "Close the case")
        self.close_button.clicked.connect(self.closed)
        self.question = _editor("Question", 72)
        self.reference = _editor("Reference answer", 130)
        self.history = _editor("Earlier turns", 72)
        self.history.setPlaceholderText("User: …\nModel: …")
        self.variables = _editor("Variables", 56)
        self.variables.setPlaceholderText("tone: dry\nproduct: a lamp")
        self.variables.setToolTip("Values for the variables of a prompt, one a line")
        self.sources = _line("Gold sources", "Vision.pdf, p. 4; Leave.md")
        self.tags = _line("Tags", "vision, dental")
        self.split = QComboBox()
        self.split.setAccessibleName("Split")
        self.split.addItems(list(SPLITS))
        self.split.setToolTip("Holdout cases stay out of tuning, so that they can judge it")
        self.split.activated.connect(lambda _: self._left())
        self.add = button("Add the case", kind="primary", icon="plus")
        self.add.clicked.connect(self._add)
        for part in (self.question, self.reference, self.history, self.variables):
            part.installEventFilter(self)
        for field in (self.sources, self.tags):
            field.editingFinished.connect(self._left)
        self.question.textChanged.connect(self._allow)
        for each in self._fields().values():
            each.textChanged.connect(self._settled.start)
        self._lay_out()
        explain(self)
        self.show_case(NEW)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(12))
        column.setSpacing(theme.px(4))
        column.addLayout(head)
        column.addWidget(self.origin)
        for part in (self.question, self.reference, self.sources, self.tags, self.split,
                     self.history, self.variables):
            column.addWidget(label(part.accessibleName(), tone="muted", size="small"))
            column.addWidget(part)
            column.addSpacing(theme.px(4))
        column.addWidget(self.add)
        column.addStretch(1)

    def show_case(self, case: Case) -> None:
        """A case to edit; `NEW` to type one."""
        if self._settled.isActive():
            self._settled.stop()
            self._tell_draft()
        new = not case.id
        self._case = case
        self.title.setText("New case" if new else f"Case {case.id}")
        for editor, text in ((self.question, case.question), (self.reference, case.reference),
                             (self.history, turns_text(case.history)),
                             (self.variables, variables_text(case.variables))):
            if editor.toPlainText() != text:
                editor.setPlainText(text)
        self.sources.setText(sources_text(case.sources))
        self.tags.setText(", ".join(case.tags))
        self.split.setCurrentText(case.split)
        self.origin.show_origin(case.origin)
        self.add.setVisible(new)
        self._allow()

    def case_id(self) -> int:
        """The case that is edited; 0 for a new one."""
        return self._case.id

    def _fields(self) -> dict[str, QPlainTextEdit | QLineEdit]:
        return {"question": self.question, "reference": self.reference, "sources": self.sources,
                "tags": self.tags, "history": self.history, "variables": self.variables}

    def _tell_draft(self) -> None:
        if not self._case.id:
            texts = {name: _text(field) for name, field in self._fields().items()}
            self.drafted.emit({name: text for name, text in texts.items() if text.strip()})

    def forget(self) -> None:
        """Another workspace: what was typed is not of it."""
        self._settled.stop()
        if not self._case.id:
            self.show_draft({})
            self._settled.stop()

    def show_draft(self, draft: Mapping[str, str]) -> None:
        """A new case as far as it was typed."""
        for name, field in self._fields().items():
            if isinstance(field, QLineEdit):
                field.setText(draft.get(name, ""))
            else:
                field.setPlainText(draft.get(name, ""))

    def typed(self) -> Case:
        """What stands in the fields."""
        split = SPLITS[max(0, self.split.currentIndex())]
        return Case(
            self._case.id, self.question.toPlainText().strip(),
            self.reference.toPlainText().strip(), read_sources(self.sources.text()),
            read_tags(self.tags.text()), split, read_turns(self.history.toPlainText()),
            self._case.origin, read_variables(self.variables.toPlainText()),
        )

    def _allow(self) -> None:
        self.add.setEnabled(bool(self.question.toPlainText().strip()))

    def _add(self) -> None:
        case = self.typed()
        if case.question:
            self.show_case(NEW)
            self.added.emit(case)
            self.question.setFocus()

    def _left(self) -> None:
        """Tell what has changed; a case without a question is not one."""
        typed = self.typed()
        if self._case.id and typed.question and typed != self._case:
            self._case = typed
            self.edited.emit(typed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.FocusOut:
            self._left()
        return super().eventFilter(watched, event)


def _editor(name: str, height: int) -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setAccessibleName(name)
    made.setTabChangesFocus(True)
    made.setFixedHeight(theme.px(height))
    made.setAcceptDrops(False)
    return made


def _line(name: str, example: str) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(example)
    return made


def _text(field: QPlainTextEdit | QLineEdit) -> str:
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()
