"""“What is this?”: the sentence of the glossary on each control of a form, and on its label.

A label with a dotted line under it has one: rest the pointer on it, or press Shift+F1 in the
control beside it.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QSlider,
    QWidget,
)

from ...core.glossary import about
from .. import theme

INPUTS = (QComboBox, QAbstractSpinBox, QCheckBox, QRadioButton, QSlider, QLineEdit, QPlainTextEdit)


def inputs_of(form: QWidget) -> list[QWidget]:
    """What can be set in a form; the line inside a box of numbers belongs to the box."""
    return [
        found for kind in INPUTS for found in form.findChildren(kind)
        if not isinstance(found.parent(), QComboBox | QAbstractSpinBox)
    ]


def name_of(control: QWidget) -> str:
    """What the screen calls it."""
    text = control.text() if isinstance(control, QCheckBox | QRadioButton) else ""
    return control.accessibleName() or text


def explain(form: QWidget) -> None:
    """Give every control of the form that has no sentence of its own the glossary's; call it
    once the form is laid out."""
    kind = type(form).__name__
    for control in inputs_of(form):
        words = about(kind, name_of(control))
        if words and not control.toolTip():
            control.setToolTip(words)
        if control.toolTip() and not control.whatsThis():
            control.setWhatsThis(control.toolTip())
    for label in form.findChildren(QLabel):
        control = label.buddy()
        if control is not None and control.toolTip() and label.text():
            label.setToolTip(control.toolTip())
            label.setCursor(Qt.CursorShape.WhatsThisCursor)
            label.paintEvent = partial(_paint, label)  # type: ignore[method-assign]


def _paint(label: QLabel, event: QPaintEvent) -> None:
    """As ever, with dots under the words, not under the room beside them."""
    QLabel.paintEvent(label, event)
    metrics, room = label.fontMetrics(), label.contentsRect()
    text = metrics.boundingRect(room, int(label.alignment()), label.text())
    painter = QPainter(label)
    painter.setPen(QPen(theme.color("border_strong"), 1, Qt.PenStyle.DotLine))
    under = min(text.bottom() - metrics.descent() + 3, label.height() - 1)
    painter.drawLine(text.left(), under, min(text.right(), room.right()), under)
    painter.end()
