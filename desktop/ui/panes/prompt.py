"""The Prompt pane: versions, system message, few-shot examples, template, parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ...core.prompt_changes import changed_lines
from ...core.prompt_review import Insert, Review
from ...core.types import Prompt, PromptVersion
from .. import theme
from ..components import button, label
from .fold import Fold
from .prompt_choosing import ChoosingRow
from .prompt_editor import PromptEditor
from .prompt_examples import FewShotList
from .prompt_parameters import ParametersForm
from .prompt_review import ReviewPanel
from .prompt_variables import VariablesForm
from .prompt_versions import VersionBar

PAUSE = 300  # ms without a keystroke before a draft is told
MOMENT = 40  # ms after a keystroke, while one types on, until its tokens are counted


class _Upright(QScrollArea):
    """Scrolls up and down only, so it is never narrower than what it holds."""

    def minimumSizeHint(self) -> QSize:
        held = self.widget()
        inside = held.minimumSizeHint().width() if held is not None else 0
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(inside + bar, super().minimumSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


class PromptPane(QWidget):
    """Shows one prompt and tells what the user does with it.

    `draftChanged` comes once the user pauses; `flush` tells at once, for who is about to ask.
    """

    draftChanged = Signal(object)  # Prompt
    reviewed = Signal(object)  # Review
    typed = Signal(object)  # Prompt, some keys behind: count its tokens
    saveRequested = Signal(object, str)  # Prompt, name
    restoreRequested = Signal(int)  # number of the version
    described = Signal(int, str, str, bool)  # number, name, note, starred

    def __init__(
        self, undo_stack: QUndoStack | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._shown = Prompt()
        self._restoring = False
        self._showing = False
        self.bar = VersionBar()
        self.parts = {
            "system": PromptEditor("System message", lines=(4, 14)),
            "template": PromptEditor("User template", lines=(3, 12)),
        }
        self.system, self.template = (part.text for part in self.parts.values())
        self.system.setPlaceholderText("Say who answers, from what, how long, and what to do "
                                       "when unsure")
        self.variables = VariablesForm()
        self.review = ReviewPanel()
        self.total = label(tone="muted", size="small", wrap=True)
        self.total.hide()
        self.total.setContentsMargins(theme.px(12), theme.px(4), theme.px(12), theme.px(4))
        self.examples = FewShotList(undo_stack if undo_stack is not None else QUndoStack(self))
        self.choosing = ChoosingRow()
        self.parameters = ParametersForm()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._moment = QTimer(self, singleShot=True, interval=MOMENT)
        self._arrange()
        self._connect()
        self._refresh()

    def _arrange(self) -> None:
        self.system_fold = Fold("System message", self.parts["system"])
        self.examples_fold = Fold("Few-shot examples", self._examples_body(), margin=0)
        self.which_helps = button("Which helps?", kind="link", tooltip="Try your cases without "
                                  "each example, one after the other")
        self.which_helps.setAccessibleName("Which few-shot example helps?")
        self.add_example = button("Add", kind="link", tooltip="Add a few-shot example")
        self.add_example.setAccessibleName("Add few-shot example")
        self.examples_fold.add_widget(self.which_helps)
        self.examples_fold.add_widget(self.add_example)
        self.template_fold = Fold("User template", self.parts["template"])
        self.variables_fold = Fold("Variables", self.variables)
        self.variables_fold.hide()
        self.parameters_fold = Fold("Parameters", self.parameters)
        inside = QFrame()
        inside.setProperty("surface", "surface")
        sections = QVBoxLayout(inside)
        sections.setContentsMargins(0, theme.px(4), 0, theme.px(12))
        sections.setSpacing(theme.px(4))
        for fold in (self.system_fold, self.examples_fold, self.template_fold,
                     self.variables_fold, self.parameters_fold):
            sections.addWidget(fold)
        sections.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._scroll(inside), 1)
        column.addWidget(self.total)
        column.addWidget(self.review)
        self.setTabOrder(self.examples_fold.head, self.which_helps)
        self.setTabOrder(self.which_helps, self.add_example)

    def _scroll(self, inside: QWidget) -> QScrollArea:
        scroll = _Upright()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return scroll

    def _examples_body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addWidget(self.examples)
        column.addWidget(self.choosing)
        return body

    def _connect(self) -> None:
        self._pause.timeout.connect(self._tell)
        self._moment.timeout.connect(self._typed)
        for part in (self.system, self.template):
            part.textChanged.connect(self._edited)
            part.entered.connect(self._typed)
        self.variables.changed.connect(self._edited)
        self.examples.changed.connect(self._edited)
        self.choosing.changed.connect(self._edited)
        self.parameters.changed.connect(self._edited)
        self.add_example.clicked.connect(self.examples.add)
        self.review.inserted.connect(self.insert)
        self.bar.restored.connect(self.restore)
        self.bar.described.connect(self.described)
        self.bar.saved.connect(self._save)

    # --- what is on screen ---------------------------------------------------------------

    def prompt(self) -> Prompt:
        """The prompt as it stands on screen."""
        return Prompt(
            self.system.toPlainText(), self.examples.examples(), self.template.toPlainText(),
            self.parameters.parameters(), self.choosing.count(), self.variables.values(),
        )

    def show_prompt(self, prompt: Prompt) -> None:
        """Show a prompt, without telling. In answer to `restoreRequested`, undo brings what
        was there before back."""
        self._showing = True
        self.system.replace_text(prompt.system, undoable=self._restoring)
        self.template.replace_text(prompt.template, undoable=self._restoring)
        if prompt.examples != self.examples.examples():
            if self._restoring:
                self.examples.replace(prompt.examples, "Restore examples")
            else:
                self.examples.put(prompt.examples)
        self.parameters.show_parameters(prompt.parameters)
        self.choosing.show_count(prompt.chosen)
        self.variables.show_values(prompt.variables, undoable=self._restoring)
        self._showing = False
        self._pause.stop()
        self._shown = prompt
        self._refresh()

    def show_versions(self, versions: Sequence[PromptVersion], base: int | None = None) -> None:
        """All saved versions; the draft is compared with the newest, or with the one it was
        branched from."""
        self.bar.show_versions(versions, base)
        self._refresh()

    def show_mistake(self, part: str, message: str | None, line: int | None = None) -> None:
        """Say what is wrong with "system" or "template", under it and at its line (from 1)."""
        self.parts[part].show_mistake(message, line)

    def show_review(self, review: Review) -> None:
        """Which techniques are there and which are missing."""
        self.review.show_review(review)
        self.reviewed.emit(review)

    def show_variables(
        self, names: Sequence[str], cases: Mapping[str, str], offered: Sequence[str] = ()
    ) -> None:
        """The user's variables in the prompt, what to say of those that cases have, and further
        names to offer."""
        self.variables.show_names(names, cases)
        self.variables_fold.setVisible(bool(names))
        given = {*cases, *(name for name, _ in self.variables.values())}
        for part in self.parts.values():
            part.show_names(list(dict.fromkeys((*names, *offered))), set(names) - given)

    def show_tokens(self, words: Mapping[str, str], total: str = "") -> None:
        """Tokens of "system", "examples" and "template" in words ("212 tokens"), and a line
        about all of them."""
        self._tokens = words
        self.system_fold.note.setText(words.get("system", ""))
        self.template_fold.note.setText(words.get("template", ""))
        self.total.setText(total)
        self.total.setVisible(bool(total))
        self._show_examples_note()

    _tokens: Mapping[str, str] = {}

    def _show_examples_note(self) -> None:
        examples = self.examples.examples()
        on = sum(example.on for example in examples)
        words = f"{on} of {len(examples)} on" if examples else "none"
        self.which_helps.setVisible(on > 0)
        if self.choosing.count():
            words = f"{words if examples else ''} + {self.choosing.count()} chosen".lstrip(" +")
        tokens = self._tokens.get("examples", "") if examples else ""
        self.examples_fold.note.setText(f"{words}, {tokens}" if tokens else words)

    def _refresh(self) -> None:
        prompt = self.prompt()
        self._show_examples_note()
        self.bar.show_draft(prompt)
        version = self.bar.base
        base = version.prompt if version else prompt
        self.system.mark_changed(changed_lines(base.system, prompt.system))
        self.template.mark_changed(changed_lines(base.template, prompt.template))

    # --- what the user does --------------------------------------------------------------

    def _edited(self) -> None:
        if not self._showing:
            self._pause.start()
            if not self._moment.isActive():
                self._moment.start()

    def _typed(self) -> None:
        if not self._showing:
            self.typed.emit(self.prompt())

    def _tell(self) -> None:
        prompt = self.prompt()
        self._refresh()
        if prompt != self._shown:
            self._shown = prompt
            self.draftChanged.emit(prompt)

    def insert(self, insert: Insert) -> None:
        """Put a starting text where it belongs, ready to be completed; undo takes it back."""
        if insert.example is not None:
            self.examples_fold.fold(open_=True)
            self.examples.begin(insert.example)
        else:
            fold = self.system_fold if insert.part == "system" else self.template_fold
            fold.fold(open_=True)
            self.parts[insert.part].insert(insert)

    def flush(self) -> None:
        """Tell about edits of the last moment now."""
        if self._pause.isActive():
            self._pause.stop()
            self._tell()

    def _save(self, name: str) -> None:
        self.flush()
        self.saveRequested.emit(self.prompt(), name)

    def restore(self, number: int) -> None:
        """Ask for a version in place of the draft; undo brings back what was there."""
        self._restoring = True
        self.restoreRequested.emit(number)
        self._restoring = False
