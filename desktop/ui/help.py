"""F1: the keys, and the pages of `resources/help`, in one window beside the work."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QByteArray, QSize, Qt, QUrl
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextFrameFormat, QTextTable
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QStackedWidget,
    QTextBrowser,
    QWidget,
)

from ..resource_files import resource
from . import theme
from .shortcuts import ShortcutsPage

KEYS = "Keyboard shortcuts"
PAGES = {  # title -> file in resources/help
    "In ten minutes": "ten-minutes.md",
    "What each part does": "guide.md",
    "How it measures": "method.md",
    "Privacy and security": "privacy.md",
}


class HelpWindow(QDialog):
    """A list of pages and the one that is open. Not modal; Esc closes."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Help")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = QListWidget()
        self.list.setAccessibleName("Help pages")
        self.list.addItems([KEYS, *PAGES])
        width = self.list.sizeHintForColumn(0)
        for place in range(self.list.count()):
            self.list.item(place).setSizeHint(QSize(width, theme.px(28)))
        self.list.setFixedWidth(width + theme.px(32))
        self.pages = QStackedWidget()
        self.pages.addWidget(ShortcutsPage())
        for title, file in PAGES.items():
            self.pages.addWidget(HelpPage(title, resource(f"help/{file}").read_text("utf-8")))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(self.pages, 1)
        self.list.currentRowChanged.connect(self.pages.setCurrentIndex)
        self.resize(theme.dialog_size(820, 640))

    def open_page(self, title: str) -> None:
        """Show `title`, one of KEYS and PAGES. Raises ValueError for another."""
        self.list.setCurrentRow([KEYS, *PAGES].index(title))
        self.show()
        self.raise_()
        self.activateWindow()


class HelpPage(QTextBrowser):
    """A page of our own Markdown, not PlainText: nothing it names is loaded or followed."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._text = text
        self.setAccessibleName(title)
        self.setOpenLinks(False)
        self.setProperty("flat", "true")
        self.document().setDocumentMargin(theme.px(20))
        self._write()
        theme.changes.changed.connect(self._write)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Nothing: a page is text only."""
        return QByteArray()

    def _write(self) -> None:
        self.setMarkdown(self._text)
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                self._rule(frame)
        self._size_headings()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _size_headings(self) -> None:
        """The steps of the design instead of a web page's."""
        block = self.document().begin()
        while block.isValid():
            if level := block.blockFormat().headingLevel():
                cursor = QTextCursor(block)
                cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
                form = QTextCharFormat()
                form.setFont(theme.font(5 if level == 1 else 1, bold=True))
                cursor.setCharFormat(form)
            block = block.next()

    def _rule(self, table: QTextTable) -> None:
        """Hairlines instead of Qt's raised borders."""
        form = table.format()
        form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        form.setBorderCollapse(True)
        form.setBorder(1)
        form.setBorderBrush(theme.color("border"))
        form.setCellPadding(theme.px(6))
        form.setCellSpacing(0)
        form.setTopMargin(theme.px(8))
        form.setBottomMargin(theme.px(8))
        table.setFormat(form)
