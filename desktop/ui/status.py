"""The status bar: what is saved, what leaves this machine, what can be searched."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStatusBar, QWidget

from . import theme
from .actions import Actions
from .components import ElidedLabel, IconLabel, button


class Sign(QWidget):
    """An icon and small words."""

    def __init__(self, icon: str, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel(icon, role)
        self._icon.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.words = _elided()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(8), 0, theme.px(4), 0)
        row.setSpacing(0)
        row.addWidget(self._icon)
        row.addWidget(self.words)
        self.hide()

    def show_words(self, words: str, icon: str = "", role: str = "muted") -> None:
        """Show words, and another icon if given; no words: nothing."""
        self.words.setText(words)
        if icon:
            self._icon.show_icon(icon, role)
        self.setVisible(bool(words))


class StatusBar(QStatusBar):
    """24 px."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._host, self._job_hosts, self._search_host = "", "", ""
        self._size()
        theme.changes.changed.connect(self._size)
        self.saved = Sign("check", "success")
        self.network = Sign("cloud-slash", "muted")
        self.counts = _elided()
        self.approximation = Sign("info", "info")
        for part in (self.saved, self.network, self.counts, self.approximation):
            self.addWidget(part)
        keys = button("F1 Shortcuts", kind="quiet", size="small")
        keys.clicked.connect(actions.by_id["shortcuts"].trigger)
        self.addPermanentWidget(keys)
        self.show_network(None)

    def _size(self) -> None:
        self.setFixedHeight(theme.px(26))

    def show_saved(self, when: str) -> None:
        """The time of the last save, "14:32"; "" before the first."""
        self.saved.show_words(f"Saved {when}" if when else "")

    def show_network(self, host: str | None) -> None:
        """Where questions and passages go; None: nowhere."""
        self._host = host or ""
        self._show_network()

    def show_jobs(self, hosts: str) -> None:
        """Who is asked about fine-tuning jobs, or gets their examples; "": nobody."""
        self._job_hosts = hosts
        self._show_network()

    def show_search(self, host: str) -> None:
        """Where passages and questions are embedded; "": on this machine."""
        self._search_host = host
        self._show_network()

    def _show_network(self) -> None:
        jobs = f"fine-tuning at {self._job_hosts}" if self._job_hosts else ""
        hosts = list(dict.fromkeys(h for h in (self._host, self._search_host) if h))
        if hosts:
            self.network.show_words(
                f"Sends to {' and '.join(hosts)}" + (f", {jobs}" if jobs else ""), "globe")
        elif jobs:
            self.network.show_words(f"Questions stay on this machine, {jobs}", "globe")
        else:
            self.network.show_words("Offline: nothing leaves this machine", "cloud-slash")

    def show_approximation(self, words: str, sentence: str) -> None:
        """That searches are not exact, and what that means; "": they are."""
        self.approximation.show_words(words[:1].upper() + words[1:])
        self.approximation.setToolTip(sentence)
        self.approximation.words.setAccessibleDescription(sentence)

    def show_counts(self, by_words: int, by_meaning: int) -> None:
        """How many chunks the two searches see; 0 and 0: no words."""
        if not by_words:
            text = ""
        elif by_words == by_meaning:
            text = f"{by_words:,} chunks searchable"
        else:
            text = f"{by_words:,} chunks searchable by words, {by_meaning:,} by meaning"
        self.counts.setText(text)


def _elided() -> ElidedLabel:
    """Small words that give way where the bar is narrow."""
    made = ElidedLabel()
    made.setProperty("tone", "muted")
    made.setProperty("scale", "small")
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
    return made
