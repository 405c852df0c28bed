"""All techniques of writing prompts: an example each, and what of them is in this prompt."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from ...core.prompt_review import Finding, Insert, Review, Seen
from ...core.techniques import TECHNIQUES
from .. import theme
from ..components import IconLabel, button, dialog_foot, label
from ..icons import icon

_SIGNS = {Seen.FOUND: ("check", "success", "Found"),
          Seen.MISSING: ("warning", "warning", "Missing"),
          Seen.AT_HAND: ("circle", "muted", "Not needed here")}
_UNREAD = ("circle", "muted", "Not looked for")


class TechniquesDialog(QDialog):
    """Not modal: one reads it beside the Prompt pane."""

    inserted = Signal(object)  # Insert

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Prompt techniques")
        self.setModal(False)
        self.resize(theme.dialog_size(720, 460))
        self._findings: dict[str, Finding] = {}
        self.list = QListWidget()
        self.list.setAccessibleName("Techniques")
        self.list.setFixedWidth(theme.px(250))
        for technique in TECHNIQUES:
            self.list.addItem(QListWidgetItem(technique.name))
        self.name = label(role="section")
        self.sign = IconLabel("circle")
        self.state = label(tone="muted", wrap=True)
        self.what = label(wrap=True)
        self.example = _read_only("Example of the technique")
        self.example.setFixedHeight(self.example.fontMetrics().lineSpacing() * 6 + theme.px(20))
        self.insert = button("Insert", icon="plus")
        self.to_insert = label(tone="muted", size="small", wrap=True)
        self._arrange()
        self.insert.clicked.connect(self._insert)
        self.list.currentRowChanged.connect(self._show)
        self.list.setCurrentRow(0)

    def _arrange(self) -> None:
        seen = QHBoxLayout()
        seen.setSpacing(theme.px(4))
        seen.addWidget(self.sign)
        seen.addWidget(self.state, 1)
        page = QVBoxLayout()
        page.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        page.setSpacing(theme.px(8))
        page.addWidget(self.name)
        page.addLayout(seen)
        page.addWidget(self.what)
        page.addWidget(label("Example", tone="muted", size="small"))
        page.addWidget(self.example)
        page.addWidget(self.to_insert)
        page.addWidget(self.insert, 0, Qt.AlignmentFlag.AlignLeft)
        page.addStretch(1)
        sides = QHBoxLayout()
        sides.setSpacing(0)
        sides.addWidget(self.list)
        sides.addLayout(page, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(sides, 1)
        column.addWidget(dialog_foot(self, label(
            "The prompt is read by plain rules on this machine; no model is asked.",
            tone="muted", size="small")))

    def show_review(self, review: Review) -> None:
        """What of all this is in the prompt on screen."""
        self._findings = {each.technique: each for each in review.findings}
        for row, technique in enumerate(TECHNIQUES):
            finding = self._findings.get(technique.id)
            name, role, words = _SIGNS[finding.seen] if finding else _UNREAD
            item = self.list.item(row)
            item.setIcon(icon(name, role))
            item.setToolTip(words)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, words)
        self._show(self.list.currentRow())

    def _show(self, row: int) -> None:
        technique = TECHNIQUES[max(0, row)]
        finding = self._findings.get(technique.id)
        name, role, words = _SIGNS[finding.seen] if finding else _UNREAD
        self.name.setText(technique.name)
        self.sign.show_icon(name, role)
        self.state.setText(f"{words}. {finding.why}." if finding else f"{words} in this prompt.")
        self.what.setText(technique.what)
        self.example.setPlainText(technique.example)
        insert = self._offered()
        self.insert.setVisible(insert is not None)
        self.to_insert.setText(_preview(insert))
        self.to_insert.setVisible(insert is not None)

    def _offered(self) -> Insert | None:
        technique = TECHNIQUES[max(0, self.list.currentRow())]
        finding = self._findings.get(technique.id)
        if finding is not None and finding.insert is not None:
            return finding.insert
        seen = finding is not None and finding.seen is not Seen.AT_HAND
        return None if seen or not technique.insert else Insert(technique.part, technique.insert)

    def _insert(self) -> None:
        insert = self._offered()
        if insert is not None:
            self.inserted.emit(insert)


def _preview(insert: Insert | None) -> str:
    if insert is None:
        return ""
    if insert.example is not None:
        return f"Inserts an example: {insert.example.question} – {insert.example.answer}"
    place = "system message" if insert.part == "system" else "user template"
    return f"Inserts into the {place}: {insert.text.strip()}"


def _read_only(name: str) -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setReadOnly(True)
    made.setAccessibleName(name)
    made.setProperty("code", "true")
    made.setTabChangesFocus(True)
    return made
