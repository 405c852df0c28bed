"""When the goal is a judge's score: an uncalibrated judge ranks and compares nothing."""

from __future__ import annotations

from ..evaluation.calibration import FEWEST_LABELS, Judged
from ..evaluation.calibration_words import labels, missing
from ..evaluation.judging import METRIC

OTHERWISE = "or choose another metric as the goal"


def withheld(metric: str, judged: Judged) -> str:
    """Why nothing is ranked by the goal's metric, and what to add; "" where it may be."""
    if metric != METRIC:
        return ""
    if not judged.judge:
        return ("The goal is a judge's score, and no judge has seen these answers. Choose "
                f"Compare, Judge the answers, {OTHERWISE}.")
    if judged.calibration.calibrated:
        return ""
    found = judged.calibration.answers
    if found.n < FEWEST_LABELS:
        return (f"The judge is not calibrated: {found.n} of {FEWEST_LABELS} labels. Until it is "
                f"seen to agree with people it ranks nothing. Add {labels(FEWEST_LABELS - found.n)}"
                f" (Compare, Label answers for a judge), {OTHERWISE}.")
    return f"The judge is not calibrated, so it ranks nothing. {missing(found)}"
