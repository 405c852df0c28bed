"""The JSON schema of the answers: typed, checked as one types, with a way to begin."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...core.response_schema import EXAMPLE, check_schema
from .. import theme
from ..components import button, label
from .code_edit import CodeEdit


class SchemaEditor(QWidget):
    """Says at once whether it is a schema, at which line it is not, and whether a model can be
    held to it strictly."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = CodeEdit("JSON schema of the answer", lines=(4, 14))
        self.text.setPlaceholderText("A JSON schema of type object")
        self.words = label(tone="muted", size="small", wrap=True)
        self.begin = button("Begin with an example", kind="link",
                            tooltip="An answer with the numbers of its sources")
        foot = QHBoxLayout()
        foot.addWidget(self.words, 1)
        foot.addWidget(self.begin)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addWidget(self.text)
        column.addLayout(foot)
        self.text.textChanged.connect(self._check)
        self.text.textChanged.connect(self.changed)
        self.begin.clicked.connect(self._begin)
        self._check()

    def schema(self) -> str | None:
        """What is typed, None for nothing."""
        text = self.text.toPlainText()
        return text if text.strip() else None

    def show_schema(self, schema: str | None) -> None:
        """Another one; the text tells of it as of typing."""
        self.text.replace_text(schema or "", undoable=False)

    def _begin(self) -> None:
        self.text.replace_text(EXAMPLE, undoable=True)
        self.text.setFocus()

    def _check(self) -> None:
        text = self.schema()
        self.begin.setVisible(text is None)
        if text is None:
            self._say("Nothing typed yet: the answer is free text.", "muted", None)
            return
        found = check_schema(text)
        if not found.ok:
            self._say(found.problem, "danger", found.line)
        elif found.loose:
            self._say(f"A guide, not strict: {found.loose}.", "warning", None)
        else:
            self._say("Strict: answers have exactly this form.", "success", None)

    def _say(self, words: str, tone: str, line: int | None) -> None:
        self.words.setText(words)
        theme.set_property(self.words, "tone", tone)
        self.text.mark_wrong(line)
        self.text.setAccessibleDescription(words)
