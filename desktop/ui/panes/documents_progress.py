"""The line over the ledger: how many documents, how far indexing is, and how to hold it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from ...core.events import IndexProgress
from ...core.types import Document, DocumentState
from .. import theme
from ..components import ElidedLabel, button, icon_button, label
from ..jobs import clock
from .documents_columns import counted

UNFINISHED = (DocumentState.QUEUED, DocumentState.READING, DocumentState.EMBEDDING)


class IndexingBar(QWidget):
    """Counts at the left; at the right what runs, or what can be gone on with."""

    retryFailed = Signal(list)  # of document ids
    pauseRequested = Signal()
    resumeRequested = Signal()
    cancelRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._progress: IndexProgress | None = None
        self._paused = self._running = False
        self._failed: list[int] = []
        self.counts = ElidedLabel()
        self.counts.setProperty("tone", "muted")
        self.counts.setProperty("scale", "small")
        self.state = label(tone="muted", size="small")
        self.retry = button("", kind="link")
        self.retry.clicked.connect(lambda: self.retryFailed.emit(self._failed))
        self.pause = icon_button("pause", "Pause indexing", tooltip="Pause; it stays paused "
                                 "after a restart")
        self.pause.clicked.connect(self.pauseRequested)
        self.resume = button("", kind="link", icon="play")
        self.resume.clicked.connect(self.resumeRequested)
        self.cancel = button("Cancel", size="small")
        self.cancel.setToolTip("What is finished is kept")
        self.cancel.clicked.connect(self.cancelRequested)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Indexing")
        row = QHBoxLayout()
        row.setContentsMargins(theme.px(12), 0, theme.px(8), theme.px(4))
        row.setSpacing(theme.px(8))
        row.addWidget(self.counts, 1)
        for part in (self.state, self.retry, self.resume, self.pause, self.cancel):
            row.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.bar)

    def is_busy(self) -> bool:
        """Whether files are still on their way into the index."""
        progress = self._progress
        return self._running or (progress is not None and (
            progress.files_done < progress.files_total
            or progress.chunks_embedded < progress.chunks_total
        ))

    def show_progress(self, event: IndexProgress | None) -> None:
        """None: nothing runs any more."""
        self._progress = event
        known = event is not None and event.chunks_total > 0
        self.bar.setMaximum(event.chunks_total if event is not None and known else 0)
        self.bar.setValue(event.chunks_embedded if event is not None and known else 0)

    def show_running(self, running: bool) -> None:
        """Whether indexing runs, also before it tells how far it is."""
        self._running = running
        self.show_progress(None)

    def show_paused(self, paused: bool) -> None:
        """Whether the user holds it."""
        self._paused = paused

    def is_paused(self) -> bool:
        """Whether the user holds it."""
        return self._paused

    def show_documents(self, documents: Sequence[Document], shown: int) -> None:
        """All of the ledger, of which so many rows are not filtered away."""
        chunks = sum(document.chunks for document in documents)
        some = "" if shown == len(documents) else f"{shown:,} of "
        self.counts.setText(
            f"{some}{counted(len(documents), 'document')}, {counted(chunks, 'chunk')}")
        busy = self.is_busy()
        self._failed = [d.id for d in documents if d.state is DocumentState.FAILED]
        waiting = sum(d.state in UNFINISHED for d in documents)
        self.state.setText(self._busy_text() if busy else
                           "Paused" if self._paused else "")
        self.state.setVisible(bool(self.state.text()))
        for part in (self.cancel, self.pause, self.bar):
            part.setVisible(busy)
        self.retry.setText(f"Retry {len(self._failed)} failed")
        self.retry.setVisible(bool(self._failed) and not busy)
        # A file that was paused before it was looked at has no row to be counted yet.
        self.resume.setText(f"Go on with {waiting}" if waiting else "Go on")
        self.resume.setToolTip("Go on where indexing stopped")
        self.resume.setVisible((waiting > 0 or self._paused) and not busy)

    def _busy_text(self) -> str:
        if self._progress is None or not self._progress.chunks_total:
            return "Starting"
        left = self._progress.seconds_left
        embedded = f"{self._progress.chunks_embedded:,} embedded"
        return embedded if left is None else f"{embedded}, {clock(left)} left"
