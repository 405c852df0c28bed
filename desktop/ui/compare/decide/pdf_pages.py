"""Where the pages of the PDF end: a heading never stands alone at the foot of one."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument, QTextFormat


def keep_headings(document: QTextDocument, page: float) -> Iterator[None]:
    """Begin a new page before headings whose text would begin on the next one. A step each."""
    block = document.begin()
    while block.isValid():
        first = block
        while block.isValid() and _leads(block):
            block = block.next()
        if block.isValid() and first != block and _page(first, page) != _page(block, page):
            made = first.blockFormat()
            made.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
            QTextCursor(first).setBlockFormat(made)
            # WORKAROUND: laying out again from a page break on loses the lines between tables.
            document.markContentsDirty(0, document.characterCount())
            yield
        block = block.next()


def _leads(block: QTextBlock) -> bool:
    """A heading, or the empty line that Qt puts between it and a table."""
    return block.blockFormat().headingLevel() > 0 or (
        not block.text() and block.previous().isValid() and _leads(block.previous()))


def _page(block: QTextBlock, height: float) -> int:
    layout = block.document().documentLayout()
    top = layout.blockBoundingRect(block).top()
    line = block.layout().lineAt(0) if block.layout().lineCount() else None
    # Qt rounds places to 1/64: what begins a page may stand a hair before it.
    return int((top + (line.y() if line is not None else 0.0) + 1) // height)
