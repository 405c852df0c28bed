"""What a screen reader is told beyond what Qt's own widgets say.

A widget that paints itself names its role in a class attribute `ROLE`; `announce` says what has
changed elsewhere on screen, after whatever is being read unless it is urgent.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget


def install() -> None:
    """Once, for the whole program. Costs nothing while nobody listens."""
    if not _installed:
        _installed.append(True)
        QAccessible.installFactory(_interface)


_installed: list[bool] = []


def _interface(kind: str, thing: QObject) -> QAccessibleInterface | None:
    role = getattr(type(thing), "ROLE", None)
    if isinstance(role, QAccessible.Role) and isinstance(thing, QWidget):
        return QAccessibleWidget(thing, role)
    return None


def announce(widget: QWidget, text: str, *, urgent: bool = False) -> None:
    """Have `text` read aloud where a screen reader is on."""
    if not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(widget, text)
    if urgent:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)
