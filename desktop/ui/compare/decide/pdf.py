"""The report as PDF, laid out by Qt's text engine; words go in through a cursor, never as markup.

Always light, for paper. Qt's text engine belongs to the window's thread, hence the steps.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextImageFormat,
    QTextLength,
    QTextListFormat,
    QTextTableFormat,
)

from ....core.plots import Picture
from ....core.report import Block, Bullets, Code, Figure, Report, Subheading, Table, Text
from ...tokens import LIGHT
from .painting import PicturePainter
from .pdf_pages import keep_headings

MARGIN = 15.0  # millimetres
SHARP = 3  # pixels of a plot for each pixel of the picture
POINTS = 9.5
_DPI = 96  # the document is laid out in these; the painter scales it to the writer's


def make_pdf(report: Report, family: str = "") -> bytes:
    """A4, selectable text, plots as pictures. `family`: the font, "" for the system's."""
    steps = pdf_steps(report, family)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return bytes(end.value)


def pdf_steps(report: Report, family: str = "") -> Generator[None, None, bytes]:
    """The same in steps of some milliseconds, so that the window lives on between them."""
    made = PdfDocument(report, QFont(family) if family else QFont())
    yield from made.build()
    raw = QByteArray()
    buffer = QBuffer(raw)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(report.title)
    writer.setCreator("Strategy Explorer")
    writer.setPageLayout(QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait,
        QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN), QPageLayout.Unit.Millimeter,
    ))
    yield from _print(made.document, writer)
    buffer.close()
    return bytes(raw.data())


def _print(document: QTextDocument, writer: QPdfWriter) -> Iterator[None]:
    """Page by page; `QTextDocument.print_` would add margins and page numbers of its own."""
    scale = writer.resolution() / _DPI
    page = QSizeF(writer.width() / scale, writer.height() / scale)
    document.setPageSize(page)
    yield from keep_headings(document, page.height())
    painter = QPainter(writer)
    painter.scale(scale, scale)
    for number in range(document.pageCount()):
        yield
        if number:
            writer.newPage()
        painter.save()
        painter.translate(0, -number * page.height())
        clip = painter.transform().inverted()[0].mapRect(painter.viewport())
        document.drawContents(painter, clip)
        painter.restore()
    yield
    painter.end()


class PdfDocument:
    """Builds the text document of a report."""

    def __init__(self, report: Report, font: QFont) -> None:
        font.setPointSizeF(POINTS)
        self._report = report
        self._font = font
        self._pictures = 0
        self.document = QTextDocument()
        self.document.setUndoRedoEnabled(False)
        self.document.setDefaultFont(font)
        self.document.setDocumentMargin(0)
        # Sizes in points come out as such: the layout counts in pixels of `_DPI`.
        self._image_device = QImage(1, 1, QImage.Format.Format_RGB32)
        dots = round(_DPI / 0.0254)
        self._image_device.setDotsPerMeterX(dots)
        self._image_device.setDotsPerMeterY(dots)
        self.document.documentLayout().setPaintDevice(self._image_device)
        self._cursor = QTextCursor(self.document)

    def build(self) -> Iterator[None]:
        """A step for each block; laid out once for each section, not for each word."""
        self._head(self._report)
        for section in self._report.sections:
            self._line(section.title, size=14, bold=True, above=22, below=4, heading=2)
            for block in section.blocks:
                yield
                self._cursor.beginEditBlock()
                self._block(block)
                self._cursor.endEditBlock()
        self._line(self._report.made, size=8, role="text_muted", above=24)

    def _head(self, report: Report) -> None:
        self._line(report.title, size=12, bold=True)
        if report.subtitle:
            self._line(report.subtitle, role="text_muted")
        self._line(report.recommendation, size=18, bold=True, above=14)
        strength = ("Not enough evidence" if report.strength == "none"
                    else f"Strength of the evidence: {report.strength}")
        self._line(f"{strength}. {report.about}.", below=6)

    def _block(self, block: Block) -> None:
        if isinstance(block, Text):
            self._line(block.words, role="text_muted" if block.tone == "muted" else "text")
        elif isinstance(block, Subheading):
            self._line(block.words, size=10.5, bold=True, above=12, heading=3)
        elif isinstance(block, Bullets):
            self._bullets(block)
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Code):
            self._line(block.title, role="text_muted", above=6)
            self._code(block.words)
        else:
            self._figure(block)

    # --- the parts ---------------------------------------------------------------------

    def _line(
        self, words: str, *, size: float = POINTS, bold: bool = False, role: str = "text",
        above: float = 3, below: float = 3, heading: int = 0,
    ) -> None:
        """A paragraph at the end of the document."""
        self._new_block(above, below, heading)
        self._cursor.insertText(words, self._format(size, bold, role))

    def _new_block(self, above: float, below: float, heading: int = 0) -> None:
        made = QTextBlockFormat()
        made.setTopMargin(above)
        made.setBottomMargin(below)
        made.setHeadingLevel(heading)
        self._cursor.movePosition(QTextCursor.MoveOperation.End)
        if self.document.isEmpty():
            self._cursor.setBlockFormat(made)
        else:
            self._cursor.insertBlock(made)

    def _format(self, size: float, bold: bool, role: str) -> QTextCharFormat:
        made = QTextCharFormat()
        font = QFont(self._font)
        font.setPointSizeF(size)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        made.setFont(font)
        made.setForeground(QColor(LIGHT.get(role)))
        return made

    def _bullets(self, block: Bullets) -> None:
        style = QTextListFormat()
        style.setStyle(QTextListFormat.Style.ListDisc)
        style.setIndent(1)
        for place, item in enumerate(block.items):
            self._line(item, above=2, below=2)
            if place == 0:
                made = self._cursor.createList(style)
            else:
                made.add(self._cursor.block())

    def _table(self, table: Table) -> None:
        if not table.rows:
            return
        self._new_block(2, 0)
        titled = any(table.heads)
        made = self._cursor.insertTable(len(table.rows) + titled, len(table.heads),
                                        _table_format(titled))
        for row, words in enumerate([table.heads, *table.rows] if titled else table.rows):
            for column, text in enumerate(words):
                cursor = made.cellAt(row, column).firstCursorPosition()
                if column in table.numbers:
                    cursor.setBlockFormat(_at_the_right())
                bold = titled and row == 0
                cursor.insertText(text, self._format(8, bold, "text"))

    def _code(self, words: str) -> None:
        self._new_block(0, 0)
        frame = QTextFrameFormat()
        frame.setBackground(QColor(LIGHT.raised))
        frame.setPadding(6)
        inner = self._cursor.insertFrame(frame).firstCursorPosition()
        inner.insertText(words, self._format(8, False, "text"))
        self._cursor.movePosition(QTextCursor.MoveOperation.End)

    def _figure(self, figure: Figure) -> None:
        self._pictures += 1
        url = QUrl(f"plot:{self._pictures}")
        self.document.addResource(QTextDocument.ResourceType.ImageResource, url,
                                  picture_image(figure.picture, self._font))
        image = QTextImageFormat()
        image.setName(url.toString())
        # The page is 180 mm wide inside its margins.
        width = (210 - 2 * MARGIN) / 25.4 * _DPI
        image.setWidth(width)
        image.setHeight(width * figure.picture.height / figure.picture.width)
        self._new_block(8, 0)
        self._cursor.insertImage(image)
        self._line(figure.caption, size=8, role="text_muted")


def _at_the_right() -> QTextBlockFormat:
    made = QTextBlockFormat()
    made.setAlignment(Qt.AlignmentFlag.AlignRight)
    return made


def _table_format(titled: bool) -> QTextTableFormat:
    made = QTextTableFormat()
    made.setCellPadding(3)
    made.setCellSpacing(0)
    made.setBorder(0.5)
    made.setBorderCollapse(True)
    made.setBorderBrush(QColor(LIGHT.border))
    made.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    made.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    made.setHeaderRowCount(int(titled))
    made.setTopMargin(2)  # none below: on the next page it would bring the heads again
    return made


def picture_image(picture: Picture, font: QFont) -> QImage:
    """A plot on white, sharp enough for paper."""
    image = QImage(round(picture.width * SHARP), round(picture.height * SHARP),
                   QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.surface))
    painter = QPainter(image)

    def sized(step: int, bold: bool) -> QFont:
        made = QFont(font)
        made.setPixelSize(round((13 + 1.3 * step) * SHARP))
        made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return made

    PicturePainter(painter, SHARP, lambda role: QColor(LIGHT.get(role)), sized).paint(picture)
    painter.end()
    return image
