"""What is said about an example beside its text: tags, side of the split, where it is from."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit

from ...core.types import Example
from .. import theme
from ..components import label

# Words -> state and side.
_USES = (("Training", "kept", "training"), ("Validation", "kept", "validation"),
         ("Proposed", "proposed", "training"), ("Off", "off", "training"))


def origin_words(example: Example) -> str:
    """Where an example is from, with the page of its document where it has one."""
    lineage = example.lineage
    page = "" if lineage.page is None else f", page {lineage.page}"
    return f"{example.origin}, {lineage.document}{page}" if lineage.document else example.origin


class FactsRow(QFrame):
    """Tags and use of one example, to be changed; how many answers count as right."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tags = QLineEdit()
        self.tags.setPlaceholderText("Tags, with commas between")
        self.tags.setAccessibleName("Tags of the example")
        self.use = QComboBox()
        self.use.setAccessibleName("What the example is used for")
        self.use.setToolTip("Validation examples are not learned: the loss on them shows what a "
                            "training learned beyond its own examples")
        for words, _, _ in _USES:
            self.use.addItem(words)
        self.accepted: QLabel = label(tone="muted", size="small")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), theme.px(6), theme.px(12), theme.px(2))
        row.setSpacing(theme.px(8))
        row.addWidget(self.tags, 1)
        row.addWidget(self.accepted)
        row.addWidget(self.use)
        self.tags.editingFinished.connect(self.edited)
        self.use.activated.connect(self.edited)

    def show_example(self, example: Example) -> None:
        """Show another one, without telling."""
        if not self.tags.hasFocus():
            self.tags.setText(", ".join(example.tags))
        for place, (_, state, side) in enumerate(_USES):
            if example.state == state and (state != "kept" or example.split == side):
                self.use.setCurrentIndex(place)
        more = len(example.accepted)
        self.accepted.setText(f"{more} accepted answers" if more > 1 else "")
        self.accepted.setToolTip("\n\n".join(example.accepted)[:4_000])

    def of(self, example: Example) -> Example:
        """The example with what the fields say."""
        parts = (part.strip() for part in self.tags.text().split(","))
        tags = tuple(dict.fromkeys(part for part in parts if part))
        _, state, side = _USES[self.use.currentIndex()]
        split = side if state == "kept" else example.split
        return replace(example, tags=tags, state=state, split=split)  # type: ignore[arg-type]
