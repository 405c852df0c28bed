"""What was sent: the exact messages, the parameters, and the passages with their scores."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.exchange import snippets
from ...core.injection import MOST_SHOWN, suspicions
from ...core.types import Answer, Connection, Hit, Message, Rewriting
from .. import theme
from ..compare import figures
from ..compare.passages import source_label
from ..compare.states import understood
from ..components import button, dialog_foot, label
from ..components.version_link import VersionLink
from .forward import bring_forward

_HEADS = ("Rank", "Document", "Page", "By meaning", "By words", "Score", "Text")
_MOST_LINES = 22
_COPIES = {"json": "Copy as JSON", "curl": "Copy as curl", "python": "Copy as Python"}


def sent_json(answer: Answer) -> str:
    """Everything of the dialog as one JSON document."""
    return json.dumps(
        {
            "strategy": answer.strategy,
            "model": answer.model,
            "prompt_version": answer.prompt_version,
            "parameters": answer.parameters.as_dict(),
            "messages": [{"role": m.role, "content": m.content} for m in answer.messages],
            "context": [_hit_dict(hit) for hit in answer.context],
            **({"note": answer.note} if answer.note else {}),
            **({"rewriting": asdict(answer.rewriting)} if answer.rewriting else {}),
        },
        ensure_ascii=False, indent=2,
    )


def _hit_dict(hit: Hit) -> dict[str, Any]:
    names = ("rank", "score", "document", "page", "start", "end", "dense_rank", "dense_score",
             "lexical_rank", "lexical_score", "text")
    return {name: getattr(hit, name) for name in names}


class SentDialog(QDialog):
    """Not modal; `show_answer` may be called again for another column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("What was sent")
        self.setModal(False)
        self.resize(theme.dialog_size(820, 640))
        self._answer: Answer | None = None
        self.version = VersionLink()
        self.facts = label(wrap=True)
        self.parameters = label(tone="muted", size="small", wrap=True)
        self.said = label(size="small", wrap=True)
        for part in (self.facts, self.parameters, self.said):
            part.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._connection: Connection | None = None
        self._deployment = ""
        self.copies = {kind: button(text, icon="copy") for kind, text in _COPIES.items()}
        for kind, each in self.copies.items():
            each.clicked.connect(partial(self._copy, kind))
        self._lay_out()

    def _lay_out(self) -> None:
        head = QFrame()
        head.setProperty("surface", "raised")
        head.setProperty("rule", "bottom")
        lines = QVBoxLayout(head)
        lines.setContentsMargins(theme.px(16), theme.px(10), theme.px(16), theme.px(10))
        lines.setSpacing(theme.px(2))
        top = QHBoxLayout()
        top.addWidget(self.facts, 1)
        top.addWidget(self.version)
        lines.addLayout(top)
        lines.addWidget(self.parameters)
        lines.addWidget(self.said)
        self.note = label("", tone="muted", size="small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._scroll, 1)
        column.addWidget(dialog_foot(self, self.note, *self.copies.values()))

    def show_answer(
        self, answer: Answer, connection: Connection | None = None, deployment: str = ""
    ) -> None:
        """Show what one column sent, and come to the front. With the connection it went to it
        can be copied as a call."""
        self._answer, self._connection, self._deployment = answer, connection, deployment
        self.setWindowTitle(f"What was sent: {answer.strategy}")
        self.version.show_version(answer.prompt_version)
        none = " · no prompt" if answer.prompt_version is None else ""
        self.facts.setText(f"{answer.strategy} · {answer.model}{none}")
        values = answer.parameters.as_dict()
        words = ", ".join(f"{name} {value}" for name, value in values.items())
        self.parameters.setText(words or "No parameters: the model's own defaults")
        self.said.setText(answer.note)
        self.said.setVisible(bool(answer.note))
        self._scroll.setWidget(self._body(answer))
        self._show_copies(answer)
        bring_forward(self)

    def _show_copies(self, answer: Answer) -> None:
        to = self._connection if answer.messages and snippets.can_copy(self._connection) else None
        for kind, each in self.copies.items():
            each.setText(_COPIES[kind])
            each.setVisible(to is not None or kind == "json")
        self.note.setText(snippets.key_from(to) if to is not None else
                          "No key is part of what is copied.")

    def _body(self, answer: Answer) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        column.setSpacing(theme.px(6))
        if answer.rewriting is not None:
            _add_rewriting(column, answer.rewriting, answer.question)
        for number, message in enumerate(answer.messages, 1):
            column.addWidget(label(f"{number}  {message.role}", role="strong"))
            column.addWidget(_message_box(f"Message {number}, {message.role}", message))
            column.addSpacing(theme.px(6))
        if not answer.messages:
            column.addWidget(label("Nothing was sent.", tone="muted"))
        if answer.context:
            column.addWidget(label(f"Passages found: {len(answer.context)}", role="strong"))
            for caution in cautions(answer.context):
                column.addWidget(label(caution, tone="warning", wrap=True))
            column.addWidget(passages_table(answer.context))
        column.addStretch(1)
        return inside

    def _copy(self, kind: str, checked: bool = False) -> None:
        """To the clipboard."""
        if self._answer is None:
            return
        if kind == "json" or self._connection is None:
            text = sent_json(self._answer)
        else:
            made = snippets.curl if kind == "curl" else snippets.python
            text = made(self._answer, self._connection, self._deployment)
        QGuiApplication.clipboard().setText(text)
        for name, each in self.copies.items():
            each.setText("Copied" if name == kind else _COPIES[name])


def cautions(context: tuple[Hit, ...]) -> list[str]:
    """A sentence for each passage that speaks to a model instead of to its reader."""
    found = []
    for hit in context:
        for each in suspicions(hit.text)[:1]:
            quoted = " ".join(hit.text[each.start:each.end].split())[:MOST_SHOWN]
            found.append(f"⚠ Passage {hit.rank} {each.why}: “{quoted}”. It was sent as data.")
    return found


def _add_rewriting(column: QVBoxLayout, rewriting: Rewriting, question: str) -> None:
    """What was searched for instead of the question, and the call that wrote it."""
    column.addWidget(label("Before: the question made to stand alone", role="strong"))
    column.addWidget(label(understood(rewriting, question), wrap=True))
    if rewriting.messages:
        column.addWidget(label(f"{figures.tokens(rewriting.usage)} · "
                               f"{figures.seconds(rewriting.seconds)}, in the answer's figures",
                               tone="muted", size="small"))
        for message in rewriting.messages:
            column.addWidget(_message_box(f"Rewriting, {message.role}", message))
        column.addWidget(label("Then, for the answer", role="strong"))
    column.addSpacing(theme.px(6))


def _message_box(name: str, message: Message) -> QPlainTextEdit:
    made = QPlainTextEdit(message.content)
    made.setReadOnly(True)
    made.setTabChangesFocus(True)
    made.setProperty("code", "true")
    made.setAccessibleName(name)
    made.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
    lines = min(_MOST_LINES, sum(1 + len(line) // 90 for line in message.content.split("\n")))
    made.setFixedHeight(lines * QFontMetrics(theme.font(code=True)).lineSpacing() + theme.px(24))
    return made


def passages_table(context: tuple[Hit, ...]) -> QTableWidget:
    """One row a passage: its ranks in both lists and the score that decided."""
    table = QTableWidget(len(context), len(_HEADS))
    table.setAccessibleName("Passages found")
    table.setHorizontalHeaderLabels(list(_HEADS))
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setWordWrap(False)
    for row, hit in enumerate(context):
        for column, text in enumerate(_cells(hit)):
            item = QTableWidgetItem(text)
            item.setToolTip(hit.text if column == len(_HEADS) - 1 else text)
            table.setItem(row, column, item)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Interactive)
    header.resizeSection(1, theme.px(200))
    header.setSectionResizeMode(len(_HEADS) - 1, QHeaderView.ResizeMode.Stretch)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    table.setMinimumHeight(theme.px(28) * (min(len(context), 10) + 1) + 4)
    return table


def _cells(hit: Hit) -> tuple[str, ...]:
    return (
        str(hit.rank), hit.document, source_label(hit),
        _ranked(hit.dense_rank, hit.dense_score), _ranked(hit.lexical_rank, hit.lexical_score),
        f"{hit.score:.3f}", " ".join(hit.text.split())[:400],
    )


def _ranked(rank: int | None, score: float | None) -> str:
    if rank is None:
        return "–"
    return f"{rank}." if score is None else f"{rank}. ({score:.2f})"
