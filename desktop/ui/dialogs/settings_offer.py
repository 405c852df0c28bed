"""What a file of settings would change, each to be chosen. A view."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.settings_file import Change, Offer
from ...core.types import Connection
from .. import theme
from ..components import button, dialog_foot, label

_WHAT = Qt.ItemDataRole.UserRole


class OfferDialog(QDialog):
    """Settings are ticked, connections are not: an address gets what is asked of it."""

    accepted_ = Signal(list, list)  # of Change, of Connection

    def __init__(self, name: str, offer: Offer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Import settings from {name}")
        self.setModal(False)
        self.resize(theme.dialog_size(680, 440))
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("What would change")
        self.tree.setRootIsDecorated(False)
        self.tree.setHeaderLabels(["Setting", "Now", "In the file"])
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.take = button("Take over what is ticked", kind="primary")
        for change in offer.changes:
            self._add((change.words, change.now, change.new), change, ticked=True)
        for each in offer.connections:
            where = f"{each.endpoint}, {len(each.deployments)} deployments"
            self._add((f"Connection {each.name}", "not there", where), each, ticked=False)
        self._note = label(self._words(offer), tone="muted", size="small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tree, 1)
        column.addWidget(dialog_foot(self, self._note, self.take))
        self.take.clicked.connect(self._take)
        self.take.setEnabled(bool(offer.changes or offer.connections))

    def _add(self, texts: tuple[str, str, str], what: object, *, ticked: bool) -> None:
        row = QTreeWidgetItem(list(texts))
        row.setFlags(row.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        row.setCheckState(0, Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        row.setData(0, _WHAT, what)
        row.setSizeHint(0, QSize(0, theme.px(28)))
        for place, text in enumerate(texts):
            row.setToolTip(place, text)
        self.tree.addTopLevelItem(row)

    def _words(self, offer: Offer) -> str:
        parts = [] if offer.changes or offer.connections else ["Nothing in it is new here."]
        if offer.connections:
            parts.append("Tick a connection only if you trust its address: your questions and "
                         "passages go there. Keys are typed in afterwards.")
        if offer.left_out:
            parts.append("Left out: " + "; ".join(offer.left_out[:5]) + ".")
        return " ".join(parts)

    def chosen(self) -> tuple[list[Change], list[Connection]]:
        """What is ticked."""
        rows = [self.tree.topLevelItem(place) for place in range(self.tree.topLevelItemCount())]
        found = [row.data(0, _WHAT) for row in rows
                 if row is not None and row.checkState(0) is Qt.CheckState.Checked]
        return ([each for each in found if isinstance(each, Change)],
                [each for each in found if isinstance(each, Connection)])

    def _take(self) -> None:
        self.accepted_.emit(*self.chosen())
        self.close()
