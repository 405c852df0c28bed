"""A new use case: three questions, and the ladder that the answers lead to, as one looks."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ...core.first_ladder import QUESTIONS, About, Reason, first_ladder
from ...core.strategies import BADGES
from .. import theme
from ..components import RungBadge, button, dialog_foot, label


class NewUseCaseDialog(QDialog):
    """Not modal. The answers that stand there at first give the usual ladder: Enter takes it."""

    accepted_with = Signal(object)  # About

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("New use case")
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.sentence = QLineEdit()
        self.sentence.setAccessibleName("Use case in a sentence")
        self.sentence.setPlaceholderText("Such as: answer employees’ questions about our benefits")
        self.sentence.setMaxLength(400)
        self.yes: dict[str, QRadioButton] = {}
        self._groups: list[QButtonGroup] = []
        self.go = button("Choose a name and begin", kind="primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self._go)
        self._ladder = QVBoxLayout()
        self._lay_out()
        self._refresh()
        self.resize(theme.dialog_size(720, 560))

    def about(self) -> About:
        """What is answered."""
        return About(self.sentence.text().strip(),
                     **{name: choice.isChecked() for name, choice in self.yes.items()})

    def _lay_out(self) -> None:
        inner = QFrame()
        inner.setProperty("surface", "surface")
        body = QVBoxLayout(inner)
        body.setContentsMargins(theme.px(16), theme.px(16), theme.px(16), theme.px(12))
        body.setSpacing(theme.px(12))
        named = label("What should the model do? (can wait)", role="strong")
        named.setBuddy(self.sentence)
        body.addWidget(named)
        body.addWidget(self.sentence)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(16))
        grid.setVerticalSpacing(theme.px(10))
        grid.setColumnStretch(0, 1)
        for row, (name, question, note) in enumerate(QUESTIONS):
            self._add_question(grid, row, name, question, note)
        body.addLayout(grid)
        body.addWidget(label("The first ladder", role="section"))
        self._ladder.setSpacing(theme.px(6))
        body.addLayout(self._ladder)
        body.addStretch(1)
        area = QScrollArea()
        area.setAccessibleName("Three questions")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(area, 1)
        foot = label("Every column can be changed later; a connection can wait", tone="muted",
                     size="small")
        column.addWidget(dialog_foot(self, foot, self.go))

    def _add_question(
        self, grid: QGridLayout, row: int, name: str, question: str, note: str
    ) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(question, wrap=True))
        words.addWidget(label(note, tone="muted", size="small", wrap=True))
        grid.addLayout(words, row, 0)
        yes, no = QRadioButton("Yes"), QRadioButton("No")
        group = QButtonGroup(self)
        for place, choice in enumerate((yes, no)):
            choice.setAccessibleName(f"{choice.text()}: {question}")
            group.addButton(choice)
            grid.addWidget(choice, row, 1 + place)
        (yes if getattr(About(), name) else no).setChecked(True)
        yes.toggled.connect(lambda _: self._refresh())
        self.yes[name] = yes
        self._groups.append(group)

    def _refresh(self) -> None:
        while (item := self._ladder.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for reason in first_ladder(self.about()).reasons:
            self._ladder.addWidget(_line(reason))

    def _go(self) -> None:
        about = self.about()
        self.close()
        self.accepted_with.emit(about)


def _line(reason: Reason) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.px(12))
    badge = RungBadge(BADGES[reason.rung], reason.rung)
    row.addWidget(badge, 0, Qt.AlignmentFlag.AlignTop)
    row.addSpacing(theme.px(28) - badge.sizeHint().width())
    words = QVBoxLayout()
    words.setSpacing(0)
    name = f"{reason.rung.value}, later" if reason.later else reason.rung.value
    words.addWidget(label(name, role="strong", tone="muted" if reason.later else ""))
    words.addWidget(label(reason.why, tone="muted", size="small", wrap=True))
    row.addLayout(words, 1)
    return made
