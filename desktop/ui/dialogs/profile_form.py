"""The knobs of a retrieval profile: what is searched, how many passages, what is left out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QSpinBox,
    QWidget,
)

from ...core.profiles import MODES, MOST_TOP, make_profile
from ...core.reranking import DEPTH
from ...core.types import FollowUps, RetrievalProfile
from .. import theme
from ..components import explain

_WAYS: dict[FollowUps, str] = {
    "terms": "Follow-ups: with the terms before", "model": "Follow-ups: rewritten by the model",
    "typed": "Follow-ups: as typed",
}
_HELP = {
    "follow_ups": "How a question such as “And for children?” is searched for: with the words of "
                  "the questions before it, rewritten by the column's model in one call more, or "
                  "as it is. The built-in model writes nothing: it gets the words.",
    "mode": "Hybrid adds what the words say to what the meaning says. It is the best start.",
    "top": "How many passages go to the model. More find more, cost more and distract more.",
    "least": "Passages with a lower score are left out. A question that nothing answers then gets "
             "no passage at all.",
    "diverse": "Passages that say the same as one already chosen give way to others.",
    "joined": "Short passages come with their neighbours on the page.",
    "second": f"The first {DEPTH} are scored again, sentence by sentence, by the local embedding "
              "model. It takes a second or two a question: compare on your cases if it helps.",
    "cross": f"The first {DEPTH} are read again together with the question, by the cross-encoder "
             "chosen under Tools, Embedding model. Compare on your cases if it helps.",
}


class ProfileForm(QWidget):
    """`show_profile` fills it; `changed` gives the whole profile under its new name."""

    changed = Signal(object)  # RetrievalProfile

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling = False
        self.mode = QComboBox()
        for mode, words in MODES.items():
            self.mode.addItem(words, mode)
        self.top = QSpinBox()
        self.top.setRange(1, MOST_TOP)
        self.top.setSuffix(" passages")
        self.limited = QCheckBox("Least score")
        self.least = QDoubleSpinBox()
        self.least.setRange(-1.0, 100.0)
        self.least.setSingleStep(0.05)
        self.diverse = QCheckBox("Diverse")
        self.joined = QCheckBox("With neighbours")
        self.second = QCheckBox("Second pass")
        self.follow_ups = QComboBox()
        for way, words in _WAYS.items():
            self.follow_ups.addItem(words, way)
        self.cross = QCheckBox("Cross-encoder")
        self._name()
        self._lay_out()
        explain(self)
        self._connect()

    def _name(self) -> None:
        for widget, name, words in (
            (self.mode, "Search by", "mode"), (self.top, "Passages", "top"),
            (self.limited, "Leave out low scores", "least"),
            (self.least, "Least score", "least"), (self.diverse, "Diverse passages", "diverse"),
            (self.joined, "With neighbours", "joined"), (self.second, "Second pass", "second"),
            (self.follow_ups, "Follow-up questions", "follow_ups"),
            (self.cross, "Second pass with a cross-encoder", "cross"),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(_HELP[words])
            if isinstance(widget, QAbstractSpinBox):
                widget.lineEdit().setAccessibleName(name)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(4))
        places = ((self.mode, self.top), (self.limited, self.least), (self.diverse, self.joined),
                  (self.second, self.cross))
        for row, pair in enumerate(places):
            for column, widget in enumerate(pair):
                grid.addWidget(widget, row, column)
        grid.addWidget(self.follow_ups, len(places), 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _connect(self) -> None:
        self.mode.activated.connect(self._read)
        self.follow_ups.activated.connect(self._read)
        self.top.valueChanged.connect(self._read)
        self.least.valueChanged.connect(self._read)
        self.second.clicked.connect(lambda: self.cross.setChecked(False))
        self.cross.clicked.connect(lambda: self.second.setChecked(False))
        for box in (self.limited, self.diverse, self.joined, self.second, self.cross):
            box.clicked.connect(self._read)

    def show_profile(self, profile: RetrievalProfile) -> None:
        """Fill the form; nothing is emitted."""
        self._filling = True
        self.mode.setCurrentIndex(list(MODES).index(profile.mode))
        self.top.setValue(profile.top)
        self.limited.setChecked(profile.least is not None)
        if profile.least is not None:
            self.least.setValue(profile.least)
        self.least.setEnabled(profile.least is not None)
        self.diverse.setChecked(profile.diverse)
        self.joined.setChecked(profile.joined)
        self.second.setChecked(profile.second_pass)
        self.follow_ups.setCurrentIndex(list(_WAYS).index(profile.follow_ups))
        self.cross.setChecked(profile.cross_encoder)
        self._filling = False

    def profile(self) -> RetrievalProfile:
        """What the knobs say."""
        return make_profile(
            self.mode.currentData(), self.top.value(),
            least=self.least.value() if self.limited.isChecked() else None,
            diverse=self.diverse.isChecked(), joined=self.joined.isChecked(),
            second_pass=self.second.isChecked(), cross_encoder=self.cross.isChecked(),
            follow_ups=self.follow_ups.currentData(),
        )

    def _read(self) -> None:
        if not self._filling:
            self.least.setEnabled(self.limited.isChecked())
            self.changed.emit(self.profile())
