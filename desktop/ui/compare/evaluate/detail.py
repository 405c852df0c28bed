"""One cell in full: what was answered and what should have been, and why it scored so."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ....core.evaluation.calibration import Judged
from ....core.evaluation.calibration_words import state
from ....core.evaluation.judging import METRIC
from ....core.evaluation.types import Cell, CellState
from ....core.types import Answer, Case, Rung, Strategy
from ... import theme
from ...components import (
    ElidedLabel,
    ErrorBox,
    RungBadge,
    SectionHeader,
    StateChip,
    icon_button,
    label,
)
from ...components.version_link import VersionLink
from .. import figures
from ..answer_text import AnswerText, FlatText, breakable
from ..sources import Sources
from ..states import remarks, stored_error
from .case_text import turns_text
from .grid import UNANSWERED, Grid, Shown
from .judge_word import JudgeWord
from .people import People
from .scores import CauseRow, Scores

WIDTH = 400
_WORD = 24  # characters that fit into the panel at twice the text size
_WAITING = {CellState.WAITING: "Not asked yet.", CellState.RUNNING: "The answer is on its way.",
            CellState.STOPPED: "Stopped by you. Run again asks once more."}


class Detail(QFrame):
    """The panel at the right of the grid."""

    moved = Signal(int)  # -1: the case above, 1: below
    closed = Signal()
    overrideRequested = Signal(int, object)
    rated = Signal(int, float)
    commented = Signal(int, str)
    corrected = Signal(int, str)
    sentRequested = Signal(object)  # Answer
    runRequested = Signal(int, int)  # case id, strategy id
    citationOpened = Signal(int, int)  # cell id, passage number
    repeatChosen = Signal(int)  # cell id
    useRequested = Signal(int, str, str, int)  # cell id, Use, corrected text, passage rank

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "raised")
        self.setProperty("rule", "left")
        self.cell: Cell | None = None
        self._parts: list[str] = []  # of the weighted score
        self._head_parts()
        self._body_parts()
        self.people = People()
        self._lay_out()
        self._connect()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(WIDTH), theme.px(400))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(300), theme.px(200))

    # --- making ------------------------------------------------------------------------

    def _head_parts(self) -> None:
        self.badge = RungBadge("B", Rung.BASELINE)
        self.title = label(role="strong")
        self.question_line = ElidedLabel()
        self.question_line.setProperty("tone", "muted")
        self.up = icon_button("caret-up", "Case above")
        self.down = icon_button("caret-down", "Case below")
        self.close_button = icon_button("x", "Close the cell (Esc)")

    def _body_parts(self) -> None:
        self.verdict = StateChip(parent=self)
        self.outcome = StateChip(parent=self)
        self.recorded = StateChip(parent=self)
        self.version = VersionLink()
        self.facts = ElidedLabel()
        self.facts.setProperty("tone", "muted")
        self.facts.setProperty("scale", "small")
        self.repeat = QComboBox()
        self.repeat.setAccessibleName("Repeat")
        self.turns = label(tone="muted", size="small", wrap=True)
        self.turns.setAccessibleName("Earlier turns")
        self.question = label(role="strong", wrap=True)
        self.error = ErrorBox()
        self.answer = AnswerText()
        self.answer.setAccessibleName("Answer")
        self.waiting = label(tone="muted", wrap=True)
        self.reference = FlatText()
        self.reference.setAccessibleName("Reference answer")
        self.scores = Scores()
        self.judge = JudgeWord()
        self.cause = CauseRow()
        self.sources = Sources()
        self._heads = {name: SectionHeader(name) for name in
                       ("Reference", "Scores", "Cause of failure")}
        for head in self._heads.values():
            head.title.setProperty("tone", "muted")
            head.setContentsMargins(0, theme.px(8), 0, 0)

    def _lay_out(self) -> None:
        inside = QFrame()
        inside.setProperty("surface", "raised")
        body = QVBoxLayout(inside)
        body.setContentsMargins(theme.px(12), theme.px(10), theme.px(12), theme.px(12))
        body.setSpacing(theme.px(6))
        body.addLayout(self._chips())
        for part in (self.turns, self.question, self.error, self.answer, self.waiting,
                     self._heads["Reference"], self.reference, self._heads["Scores"],
                     self.scores, self.judge, self._heads["Cause of failure"], self.cause,
                     self.sources):
            body.addWidget(part)
        body.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self._scroll, 1)
        column.addWidget(self.people)

    def _head(self) -> QFrame:
        head = QFrame()
        head.setProperty("surface", "raised")
        head.setProperty("rule", "bottom")
        row = QHBoxLayout(head)
        row.setContentsMargins(theme.px(12), theme.px(6), theme.px(8), theme.px(6))
        row.setSpacing(theme.px(8))
        for part in (self.badge, self.title):
            row.addWidget(part)
        row.addWidget(self.question_line, 1)
        for button in (self.up, self.down, self.close_button):
            row.addWidget(button)
        return head

    def _chips(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.px(6))
        for part in (self.verdict, self.outcome, self.recorded):
            row.addWidget(part)
        row.addWidget(self.facts, 1)
        row.addWidget(self.version)
        row.addWidget(self.repeat)
        return row

    def _connect(self) -> None:
        self.up.clicked.connect(lambda: self.moved.emit(-1))
        self.down.clicked.connect(lambda: self.moved.emit(1))
        self.close_button.clicked.connect(self.closed)
        self.cause.overridden.connect(self._override)
        people = self.people
        people.rated.connect(lambda value: self._tell(self.rated, value))
        people.commented.connect(lambda text: self._tell(self.commented, text))
        people.corrected.connect(lambda text: self._tell(self.corrected, text))
        people.copyRequested.connect(self.copy)
        people.sentRequested.connect(self._ask_sent)
        people.runRequested.connect(self._run)
        people.used.connect(self._use)
        self.repeat.activated.connect(
            lambda place: self.repeatChosen.emit(self.repeat.itemData(place)))
        self.answer.citationActivated.connect(self._open_citation)
        self.sources.opened.connect(self.answer.set_open)
        self.sources.closed.connect(lambda: self.answer.set_open(None))

    # --- what is shown -----------------------------------------------------------------

    def show_cell(
        self, grid: Grid, case: Case, strategy: Strategy, shown: Shown, cell: Cell | None,
        explanations: Mapping[str, str],
    ) -> None:
        """A cell of the grid; `cell` may hold more of its answer than the grid does."""
        same = cell is not None and self.cell is not None and cell.id == self.cell.id
        self.cell = cell
        self._place = (case.id, strategy.id)
        letters, rung = grid.badges[strategy.id]
        self.badge.show_rung(letters, rung)
        self.title.setText(f"Case {case.id}")
        self.question_line.setText(strategy.name)
        self.question.setText(breakable(case.question, _WORD))
        self.turns.setText(breakable(turns_text(case.history), _WORD))
        self.turns.setVisible(bool(case.history))
        self._show_reference(case)
        self._show_chips(shown, cell)
        self._show_repeats(shown, cell)
        self._show_answer(cell.answer if cell else None)
        self._parts = grid.weighing.of_cell(cell.scores) if cell and cell.scores else []
        self._show_scores(cell, rung, explanations, grid.judged)
        rating = grid.rating(cell.id) if cell else None
        self.people.setEnabled(cell is not None)
        if not same:
            self.people.show_rating(rating, cell.answer.text if cell and cell.answer else "")
            self._scroll.verticalScrollBar().setValue(0)

    def _show_reference(self, case: Case) -> None:
        gold = ", ".join(f"{name}, p. {page}" if page else name for name, page in case.sources)
        self._heads["Reference"].set_note(gold)
        self._heads["Reference"].setVisible(bool(case.reference or gold))
        self.reference.setPlainText(breakable(case.reference))
        self.reference.setVisible(bool(case.reference))

    def _show_chips(self, shown: Shown, cell: Cell | None) -> None:
        if shown.good is None:
            self.verdict.show_state("", "", "neutral")
        elif shown.good:
            self.verdict.show_state("check", "Pass", "success")
        else:
            self.verdict.show_state("x", "Fail", "danger")
        unusual = shown.chip if cell and cell.state is not CellState.DONE else None
        if unusual is None:
            self.outcome.show_state("", "", "neutral")
        else:
            self.outcome.show_state(unusual.icon, unusual.word, unusual.tone)
        recorded = "Recorded" if cell and cell.recorded else ""
        self.recorded.show_state("disc" if recorded else "", recorded, "neutral",
                                 "Not asked again: the answer to exactly this request was kept")
        answer = cell.answer if cell else None
        self.facts.setText(answer.model if answer else "")
        self.version.show_version(answer.prompt_version if answer else None)

    def _show_repeats(self, shown: Shown, cell: Cell | None) -> None:
        self.repeat.setVisible(len(shown.cells) > 1)
        self.repeat.clear()
        for one in shown.cells:
            self.repeat.addItem(f"Repeat {one.repeat + 1} of {len(shown.cells)}", one.id)
        if cell is not None:
            self.repeat.setCurrentIndex(max(0, self.repeat.findData(cell.id)))

    def _show_answer(self, answer: Answer | None) -> None:
        state = self.cell.state if self.cell else CellState.WAITING
        failed = state in UNANSWERED and answer is not None and bool(answer.error)
        self.error.setVisible(failed)
        if answer is not None and failed:
            self.error.show_error(stored_error(answer.error or "", answer.remedy or ""))
        words = _WAITING.get(state, "") or (remarks(answer) if answer else "")
        self.waiting.setText(words)
        self.waiting.setVisible(bool(words))
        self.answer.setVisible(answer is not None and bool(answer.text))
        self.sources.show_hits(answer.context if answer else ())
        self.people.show_passages(answer.context if answer else ())
        self.answer.set_sources(self.sources.numbers())
        self.answer.restart()
        self.answer.finish(answer.text if answer else "")
        self.sources.show_answer(answer.text if answer else "")
        self._show_figures(answer)

    def _show_figures(self, answer: Answer | None) -> None:
        parts = (figures.tokens(answer.usage), figures.cost(answer),
                 figures.seconds(answer.seconds)) if answer else ()
        self.people.figures.setText("   ".join(part for part in parts if part != "–"))
        self.people.sent.setEnabled(answer is not None and bool(answer.messages))

    def _show_scores(
        self, cell: Cell | None, rung: Rung, explanations: Mapping[str, str], judged: Judged
    ) -> None:
        scores = cell.scores if cell else {}
        notes = {METRIC: state(judged.calibration)} if judged.uncalibrated else {}
        self.scores.show_scores(scores, rung, explanations, notes, self._parts)
        said = judged.by_cell.get(cell.id) if cell else None
        older = said is not None and said.value is not None and METRIC not in scores
        self.judge.show_judgement(None if older else said)
        self._heads["Scores"].setVisible(any(value is not None for value in scores.values()))
        ended = cell is not None and (bool(scores) or cell.attribution is not None)
        self._heads["Cause of failure"].setVisible(ended)
        self.cause.setVisible(ended)
        if cell is not None and ended:
            self.cause.show_cause(cell)

    # --- what the user does --------------------------------------------------------------

    def _tell(self, signal: SignalInstance, value: object) -> None:
        if self.cell is not None:
            signal.emit(self.cell.id, value)

    def _override(self, cause: object) -> None:
        self._tell(self.overrideRequested, cause)

    def _ask_sent(self) -> None:
        if self.cell is not None and self.cell.answer is not None:
            self.sentRequested.emit(self.cell.answer)

    def _use(self, use: str, passage: int) -> None:
        if self.cell is not None:
            self.people.keep_typed()
            self.useRequested.emit(self.cell.id, use, self.people.typed(), passage)

    def _run(self) -> None:
        self.runRequested.emit(*self._place)

    def _open_citation(self, number: int) -> None:
        self.sources.open_passage(number)
        self.answer.set_open(number)
        if self.cell is not None:
            self.citationOpened.emit(self.cell.id, number)

    def copy(self) -> None:
        """The answer's text, on the clipboard."""
        if self.cell is not None and self.cell.answer is not None:
            QGuiApplication.clipboard().setText(self.cell.answer.text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
