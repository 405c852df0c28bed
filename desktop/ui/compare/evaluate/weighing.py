"""The parts of a weighted score in words: of a cell, and of a column. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ....core.evaluation.types import Cell
from ....core.evaluation.weights import METRIC, Part, Scale, Scores, parts
from .score_words import metric_label, score_text


@dataclass(frozen=True, slots=True)
class Weighing:
    """What weighs what in the run on screen, and on which scales."""

    weights: Mapping[str, float] = field(default_factory=dict)
    scales: Mapping[str, Scale] = field(default_factory=dict)

    def of_cell(self, scores: Scores) -> list[str]:
        """One line a part: `0.75 × Token F1 0.45 = 0.34`."""
        lines = []
        for part in parts(scores, self.weights, self.scales):
            named = f"{part.weight:.2f} × {metric_label(part.metric)}"
            if part.adds is None or part.share is None:
                lines.append(f"{named}: does not apply here")
                continue
            shown = score_text(part.metric, part.value)
            scaled = f" ({part.share:.2f} of 1: {part.scale.why})" if part.scale.why else ""
            lines.append(f"{named} {shown}{scaled} = {part.adds:.2f}")
        return lines

    def of_column(self, cells: Iterable[Cell]) -> list[str]:
        """What each part adds on average, over the cells that have a weighted score."""
        counted = [parts(cell.scores, self.weights, self.scales) for cell in cells
                   if cell.scores.get(METRIC) is not None]
        if not counted:
            return []
        return [f"{same[0].weight:.2f} × {metric_label(same[0].metric)} adds {_mean(same):.2f}"
                for same in map(list, zip(*counted, strict=True))]

    def missing(self, scores: Scores) -> bool:
        """Whether a cell has scores but no weighted one, because a part does not apply."""
        return bool(self.weights and scores) and scores.get(METRIC) is None


def _mean(same: list[Part]) -> float:
    return sum(part.adds or 0.0 for part in same) / len(same)
