"""A page with one passage marked, the evidence behind a citation; and finding, turning, size."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.page_images import PageImage
from ...core.passage import CHANGED
from .. import theme
from ..components import ElidedLabel, Segmented, button, icon_button, label
from .forward import bring_forward
from .page_find import FindBar
from .page_picture import PagePicture
from .page_text import PageText


class PageViewer(QDialog):
    """Not modal. `pageRequested` asks for another page of the same document."""

    pageRequested = Signal(int, int)  # document id, page index from 0
    pictureRequested = Signal(int, int, int, int, list)  # document, page, passage, places: draw
    findRequested = Signal(int, str)  # document id, words: `finder.show_places` answers
    whyRequested = Signal(int, int, int, int)  # document id, page index, start, end of a choice

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Page")
        self.setModal(False)
        self.resize(theme.dialog_size(760, 720))
        self._place = (0, 0)
        self._count = 1
        self._passage: tuple[int, int] | None = None
        self._drawn = False
        self.title = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.title.setProperty("role", "strong")
        self._make_paging()
        self.form = Segmented(["Page", "Text"])
        self.form.changed.connect(self._choose_form)
        self.picture = PagePicture()
        self.picture.scaleChanged.connect(self._want_picture)
        self.smaller = icon_button("minus", "Smaller", tooltip="Smaller (Ctrl+-)")
        self.larger = icon_button("plus", "Larger", tooltip="Larger (Ctrl++)")
        self.smaller.clicked.connect(lambda: self.zoom(-1))
        self.larger.clicked.connect(lambda: self.zoom(1))
        self.finder = FindBar()
        self.field, self.found = self.finder.field, self.finder.found
        self.finder.wanted.connect(lambda words: self.findRequested.emit(self._place[0], words))
        self.finder.placeChosen.connect(self._go_to_place)
        self.text = PageText()
        self.note = label(tone="muted", size="small")
        self.why = button("Why not found?")
        self.why.setToolTip("Why this page, or the text chosen on it, was not among the passages "
                            "of the last question")
        self.why.clicked.connect(
            lambda: self.whyRequested.emit(*self._place, *self.text.chosen()))
        self.reasons = label(wrap=True)
        self.reasons.setAccessibleName("Why it was not found")
        self.reasons.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._lay_out()

    def _make_paging(self) -> None:
        self.page = QSpinBox()
        self.page.setAccessibleName("Page of the document")
        self.page.lineEdit().setAccessibleName("Page of the document")
        self.page.setToolTip("Go to a page (Ctrl+G)")
        self.page.setPrefix("page ")
        self.page.setKeyboardTracking(False)
        self.page.valueChanged.connect(lambda number: self._go_to(number - 1))
        self.previous = icon_button("caret-left", "Previous page", tooltip="Previous (Alt+Left)")
        self.next = icon_button("caret-right", "Next page", tooltip="Next (Alt+Right)")
        self.previous.clicked.connect(lambda: self._go_to(self._place[1] - 1))
        self.next.clicked.connect(lambda: self._go_to(self._place[1] + 1))

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
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(page, 1)
        column.addWidget(self._explanation())
        column.addWidget(self._foot())

    def _foot(self) -> QFrame:
        foot = QFrame()
        foot.setProperty("surface", "bg")
        foot.setProperty("rule", "top")
        last = QHBoxLayout(foot)
        last.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(8))
        last.setSpacing(theme.px(8))
        last.addWidget(self.finder)
        last.addWidget(self.note)
        last.addStretch(1)
        last.addWidget(self.why)
        close = button("Close")
        close.clicked.connect(self.close)
        last.addWidget(close)
        return foot

    def _explanation(self) -> QFrame:
        self._reasons_box = box = QFrame()
        box.setProperty("surface", "raised")
        box.setProperty("rule", "top")
        inside = QVBoxLayout(box)
        inside.setContentsMargins(theme.px(16), theme.px(8), theme.px(16), theme.px(8))
        inside.addWidget(self.reasons)
        box.hide()
        return box

    # --- what is shown -----------------------------------------------------------------

    def show_page(
        self, document: str, page_label: str, text: str, start: int = 0, end: int = 0, *,
        document_id: int = 0, page_index: int = 0, page_count: int = 1, drawn: bool = False,
        note: str = "",
    ) -> None:
        """Show a page; `text[start:end]` is marked and scrolled to.

        Offsets that do not fit the text mark nothing: a wrong mark is worse than none. `drawn`:
        the page can also be shown as it looks, and is, once `show_picture` brings it.
        """
        other = document_id != self._place[0]
        self._place = (document_id, page_index)
        self.show_reasons([])
        self.setWindowTitle(f"{document}, {page_label}" if page_label else document)
        self.title.setText(document)
        self._show_paging(page_index, page_count)
        fits = 0 <= start < end <= len(text)
        self._passage = (start, end) if fits else None
        self.text.show_text(text, self._passage)
        self.note.setText(note or (CHANGED if end > start and not fits else ""))
        self._drawn = drawn
        self._forms.setCurrentWidget(self.text)
        self.form.setVisible(drawn)
        self.finder.show_page(page_index)
        if other:
            self.finder.forget()
        self._show_places()
        if not self.isVisible():
            self.text.setFocus()
        bring_forward(self)

    def _show_paging(self, index: int, count: int) -> None:
        self._count = count
        with QSignalBlocker(self.page):
            self.page.setRange(1, count)
            self.page.setSuffix(f" of {count:,}")
            self.page.setValue(index + 1)
        self.previous.setEnabled(index > 0)
        self.next.setEnabled(index + 1 < count)
        for part in (self.page, self.previous, self.next):
            part.setVisible(count > 1)

    def show_picture(self, place: tuple[int, int], image: PageImage | None, problem: str) -> None:
        """Answers `pictureRequested` for document and page `place`; None: it could not be drawn."""
        if place != self._place or not self._drawn:
            return
        if image is None:
            self._drawn = False
            self.form.hide()
            self.note.setText(problem)
        else:
            self.picture.show_image(image, self.finder.here(self._place[1])[1])
            if self._passage and not image.boxes:
                self.note.setText("Marked in the text only")
        self._show_form()

    def show_reasons(self, sentences: Sequence[str]) -> None:
        """Answers `whyRequested`; none hides the box."""
        self.reasons.setText("\n".join(sentences))
        self._reasons_box.setVisible(bool(sentences))

    def marked_text(self) -> str:
        """The passage that is marked, "" for none."""
        return self.text.marked_text()

    def _choose_form(self) -> None:
        self._show_places()
        self._show_form()

    def _is_picture(self) -> bool:
        return self._drawn and self.form.current() == 0

    def _show_form(self) -> None:
        self._forms.setCurrentWidget(self.picture if self._is_picture() else self.text)

    def _want_picture(self) -> None:
        if self._is_picture():
            self.pictureRequested.emit(*self._place, *(self._passage or (0, 0)),
                                       self.finder.here(self._place[1])[0])
        else:
            self._show_form()

    # --- finding, turning pages, size --------------------------------------------------

    def _go_to_place(self, page: int) -> None:
        if page != self._place[1]:
            self._go_to(page)
        else:
            self._show_places()

    def _show_places(self) -> None:
        self.text.show_places(*self.finder.here(self._place[1]))
        self._want_picture()

    def _go_to(self, page: int) -> None:
        if 0 <= page < self._count:
            self.pageRequested.emit(self._place[0], page)

    def zoom(self, steps: int) -> None:
        """Larger (1), smaller (-1) or as at first (0)."""
        if self._is_picture():
            self.picture.zoom(steps)
        else:
            self.text.zoom(steps)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = self._act_for(event)
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def _act_for(self, event: QKeyEvent) -> Callable[[], object] | None:
        key, held, page = Qt.Key(event.key()), event.modifiers(), self._place[1]
        modifier = Qt.KeyboardModifier
        if held & modifier.AltModifier:
            return {Qt.Key.Key_Left: lambda: self._go_to(page - 1),
                    Qt.Key.Key_Right: lambda: self._go_to(page + 1)}.get(key)
        if held & modifier.ControlModifier:
            acts: dict[Qt.Key, Callable[[], object]] = {
                Qt.Key.Key_F: self.finder.setFocus, Qt.Key.Key_G: self._choose_page,
                Qt.Key.Key_Plus: lambda: self.zoom(1), Qt.Key.Key_Equal: lambda: self.zoom(1),
                Qt.Key.Key_Minus: lambda: self.zoom(-1), Qt.Key.Key_0: lambda: self.zoom(0),
                Qt.Key.Key_Home: lambda: self._go_to(0),
                Qt.Key.Key_End: lambda: self._go_to(self._count - 1),
            }
            return acts.get(key)
        if key == Qt.Key.Key_F3:
            return lambda: self.finder.step(-1 if held & modifier.ShiftModifier else 1)
        return None

    def _choose_page(self) -> None:
        self.page.setFocus()
        self.page.selectAll()
