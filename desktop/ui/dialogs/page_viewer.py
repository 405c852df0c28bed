"""The text of a page with one passage marked: the evidence behind a citation."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QStackedWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from ...core.page_images import PageImage
from ...core.passage import CHANGED
from .. import theme
from ..compare.places import qt_place
from ..components import ElidedLabel, Segmented, button, icon_button, label
from .forward import bring_forward
from .page_picture import PagePicture


class PageViewer(QDialog):
    """Not modal. `pageRequested` asks for another page of the same document."""

    pageRequested = Signal(int, int)  # document id, page index from 0
    pictureRequested = Signal(int, int, int, int)  # document id, page index, passage: draw it
    whyRequested = Signal(int, int, int, int)  # document id, page index, start, end of a choice

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Page")
        self.setModal(False)
        self.resize(theme.dialog_size(760, 720))
        self._place = (0, 0)
        self._passage: tuple[int, int] | None = None
        self._drawn = False
        self.title = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.title.setProperty("role", "strong")
        self.page = label(tone="muted")
        self.previous = icon_button("caret-left", "Previous page", tooltip="Previous (Alt+Left)")
        self.next = icon_button("caret-right", "Next page", tooltip="Next (Alt+Right)")
        self.previous.clicked.connect(self._go_back)
        self.next.clicked.connect(self._go_on)
        self.form = Segmented(["Page", "Text"])
        self.form.changed.connect(self._choose_form)
        self.picture = PagePicture()
        self.picture.scaleChanged.connect(self._want_picture)
        self.smaller = icon_button("minus", "Smaller", tooltip="Smaller (Ctrl+wheel)")
        self.larger = icon_button("plus", "Larger", tooltip="Larger (Ctrl+wheel)")
        self.smaller.clicked.connect(lambda: self.picture.zoom(-1))
        self.larger.clicked.connect(lambda: self.picture.zoom(1))
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find on this page")
        self.field.setAccessibleName("Find on this page")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._find_first)
        self.field.returnPressed.connect(self._find_next)
        self.found = label(tone="muted", size="small")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setProperty("flat", "true")
        self.text.setAccessibleName("Text of the page")
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.note = label(tone="muted", size="small")
        self.why = button("Why not found?")
        self.why.setToolTip("Why this page, or the text chosen on it, was not among the passages "
                            "of the last question")
        self.why.clicked.connect(self._ask_why)
        self.reasons = label(wrap=True)
        self.reasons.setAccessibleName("Why it was not found")
        self.reasons.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._lay_out()

    def _lay_out(self) -> None:
        head = QFrame()
        head.setProperty("surface", "raised")
        head.setProperty("rule", "bottom")
        row = QHBoxLayout(head)
        row.setContentsMargins(theme.px(16), theme.px(8), theme.px(12), theme.px(8))
        row.setSpacing(theme.px(8))
        row.addWidget(self.title, 1)
        for part in (self.form, self.smaller, self.larger, self.page, self.previous, self.next):
            row.addWidget(part)
        page = QFrame()
        page.setProperty("surface", "surface")
        inside = QVBoxLayout(page)
        inside.setContentsMargins(theme.px(16), theme.px(12), theme.px(8), theme.px(4))
        self._forms = QStackedWidget()
        self._forms.addWidget(self.picture)
        self._forms.addWidget(self.text)
        inside.addWidget(self._forms)
        foot = QFrame()
        foot.setProperty("surface", "bg")
        foot.setProperty("rule", "top")
        last = QHBoxLayout(foot)
        last.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(8))
        last.setSpacing(theme.px(8))
        last.addWidget(self.field, 1)
        last.addWidget(self.found)
        last.addWidget(self.note)
        last.addStretch(1)
        last.addWidget(self.why)
        close = button("Close")
        close.clicked.connect(self.close)
        last.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(page, 1)
        column.addWidget(self._explanation())
        column.addWidget(foot)

    def _explanation(self) -> QFrame:
        self._reasons_box = box = QFrame()
        box.setProperty("surface", "raised")
        box.setProperty("rule", "top")
        inside = QVBoxLayout(box)
        inside.setContentsMargins(theme.px(16), theme.px(8), theme.px(16), theme.px(8))
        inside.addWidget(self.reasons)
        box.hide()
        return box

    def show_page(
        self, document: str, page_label: str, text: str, start: int = 0, end: int = 0, *,
        document_id: int = 0, page_index: int = 0, page_count: int = 1, drawn: bool = False,
        note: str = "",
    ) -> None:
        """Show a page; `text[start:end]` is marked and scrolled to.

        Offsets that do not fit the text mark nothing: a wrong mark is worse than none. `drawn`:
        the page can also be shown as it looks, and is, once `show_picture` brings it.
        """
        self._place = (document_id, page_index)
        self.show_reasons([])
        self.setWindowTitle(f"{document}, {page_label}" if page_label else document)
        self.title.setText(document)
        self.page.setText(page_label)
        # One paragraph separator for one character: QPlainTextEdit must not shift the offsets.
        self.text.setPlainText(_one_for_one(text))
        fits = 0 <= start < end <= len(text)
        self._passage = (start, end) if fits else None
        gone = end > start and not fits
        self.note.setText(note or (CHANGED if gone else ""))
        self.previous.setEnabled(page_index > 0)
        self.next.setEnabled(page_index + 1 < page_count)
        self._drawn = drawn
        self._forms.setCurrentWidget(self.text)
        self.form.setVisible(drawn)
        self._want_picture()
        self._mark([])
        self._find_first()
        if fits:
            self._scroll_to(start, end)
        if not self.isVisible():
            self.text.setFocus()
        bring_forward(self)

    def show_picture(self, place: tuple[int, int], image: PageImage | None, problem: str) -> None:
        """Answers `pictureRequested` for document and page `place`; None: it could not be drawn."""
        if place != self._place or not self._drawn:
            return
        if image is None:
            self._drawn = False
            self.form.hide()
            self.note.setText(problem)
        else:
            self.picture.show_image(image)
            if self._passage and not image.boxes:
                self.note.setText("Marked in the text only")
        self._show_form()

    def _choose_form(self) -> None:
        self._want_picture()
        self._show_form()

    def _show_form(self) -> None:
        picture = self._drawn and self.form.current() == 0
        self._forms.setCurrentWidget(self.picture if picture else self.text)
        for part in (self.smaller, self.larger):
            part.setVisible(picture)
        self.field.setEnabled(not picture)
        self.field.setPlaceholderText("Find on this page" if not picture else "Find: under Text")

    def _want_picture(self) -> None:
        if self._drawn and self.form.current() == 0:
            self.pictureRequested.emit(*self._place, *(self._passage or (0, 0)))
        else:
            self._show_form()

    def show_reasons(self, sentences: Sequence[str]) -> None:
        """Answers `whyRequested`; none hides the box."""
        self.reasons.setText("\n".join(sentences))
        self._reasons_box.setVisible(bool(sentences))

    def _ask_why(self) -> None:
        cursor, text = self.text.textCursor(), self.text.toPlainText()
        start, end = (len(_python_part(text, place))
                      for place in (cursor.selectionStart(), cursor.selectionEnd()))
        self.whyRequested.emit(*self._place, start, end)

    def marked_text(self) -> str:
        """The passage that is marked, "" for none."""
        if self._passage is None:
            return ""
        cursor = self._cursor(*self._passage)
        return cursor.selectedText().replace("\u2029", "\n")

    def _cursor(self, start: int, end: int) -> QTextCursor:
        text = self.text.toPlainText()
        cursor = QTextCursor(self.text.document())
        cursor.setPosition(qt_place(text, start))
        cursor.setPosition(qt_place(text, end), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _scroll_to(self, start: int, end: int) -> None:
        cursor = self._cursor(start, end)
        self.text.setTextCursor(self._at(cursor.selectionEnd()))
        self.text.ensureCursorVisible()
        self.text.setTextCursor(self._at(cursor.selectionStart()))
        self.text.centerCursor()

    def _at(self, position: int) -> QTextCursor:
        cursor = QTextCursor(self.text.document())
        cursor.setPosition(position)
        return cursor

    def _mark(self, matches: list[QTextCursor]) -> None:
        selections = []
        if self._passage is not None:
            selections.append(_selection(self._cursor(*self._passage), "mark", "text"))
        for place, cursor in enumerate(matches):
            selections.append(_selection(cursor, "accent" if place == 0 else "selection",
                                         "accent_text" if place == 0 else "text"))
        self.text.setExtraSelections(selections)

    # --- finding -----------------------------------------------------------------------

    def _find_first(self) -> None:
        self._find(self._at(0))

    def _find_next(self) -> None:
        self._find(self.text.textCursor())

    def _find(self, after: QTextCursor) -> None:
        wanted = self.field.text()
        places = self._places(wanted) if wanted else []
        self.found.setText("" if not wanted else f"{len(places)} found" if places else "Not found")
        here = next((p for p, c in enumerate(places) if c.selectionStart() >= after.position()), 0)
        ordered = places[here:] + places[:here]
        self._mark(ordered)
        if ordered:
            self.text.setTextCursor(self._at(ordered[0].selectionEnd()))
            self.text.ensureCursorVisible()

    def _places(self, wanted: str) -> list[QTextCursor]:
        document: QTextDocument = self.text.document()
        found: list[QTextCursor] = []
        cursor = document.find(wanted, 0)
        while not cursor.isNull() and len(found) < 1000:
            found.append(cursor)
            cursor = document.find(wanted, cursor)
        return found

    # --- pages -------------------------------------------------------------------------

    def _go_back(self) -> None:
        document, page = self._place
        if page > 0:
            self.pageRequested.emit(document, page - 1)

    def _go_on(self) -> None:
        document, page = self._place
        if self.next.isEnabled():
            self.pageRequested.emit(document, page + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if alt and event.key() == Qt.Key.Key_Left:
            self._go_back()
        elif alt and event.key() == Qt.Key.Key_Right:
            self._go_on()
        elif control and event.key() == Qt.Key.Key_F:
            self.field.setFocus()
        else:
            super().keyPressEvent(event)


def _python_part(text: str, place: int) -> str:
    """`text` up to a place that Qt counts in UTF-16 units."""
    return text.encode("utf-16-le")[: 2 * place].decode("utf-16-le", "ignore")


def _one_for_one(text: str) -> str:
    """Each character that Qt would turn into a line end or drop, as one that it keeps."""
    return text.replace("\r", "\n").replace("\x00", " ")


def _selection(cursor: QTextCursor, back: str, front: str) -> QTextEdit.ExtraSelection:
    made = QTextEdit.ExtraSelection()
    made.cursor = cursor
    style = QTextCharFormat()
    style.setBackground(theme.color(back))
    style.setForeground(theme.color(front))
    made.format = style
    return made
