"""What a judge said of the open cell: its ratings, and the reason it gave."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ....core.evaluation.types import Judgement
from ... import theme
from ...components import label


class JudgeWord(QWidget):
    """Two small lines under the scores; nothing where no judge has seen the answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reason = label(wrap=True, size="small")
        self.ratings = label(tone="muted", wrap=True, size="small")
        self.judge = label(tone="muted", wrap=True, size="small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(4), 0, 0)
        column.setSpacing(theme.px(2))
        for part in (self.reason, self.ratings, self.judge):
            part.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(part)
        self.show_judgement(None)

    def show_judgement(self, said: Judgement | None) -> None:
        """A judgement of one answer, or none."""
        self.setVisible(said is not None)
        if said is None:
            return
        self.reason.setText(f"Judge: {said.reason}" if said.reason else "The judge gave no reason.")
        self.ratings.setText(ratings_text(said))
        self.ratings.setVisible(bool(self.ratings.text()))
        self.judge.setText(f"By {said.judge}")


def ratings_text(said: Judgement) -> str:
    """"Correctness 4, Support not judged": each criterion from 1 to 5."""
    found = said.details.get("ratings")
    if not isinstance(found, dict):
        return ""
    return ", ".join(f"{name} {_shown(value)}" for name, value in found.items())


def _shown(value: object) -> str:
    """Of a file from elsewhere: whatever stands there."""
    if value is None:
        return "not judged"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
