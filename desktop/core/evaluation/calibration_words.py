"""A judge's calibration in words: what was found, what it means, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from .agreement import Agreement
from .calibration import (
    FEWEST_LABELS,
    LEAST_KAPPA,
    Calibration,
    LengthBias,
    PositionBias,
    good_enough,
)

NOT_CALIBRATED = "not calibrated"
KAPPA = ("Cohen's kappa: agreement beyond what chance would bring. 0 is chance, 1 is perfect; "
         "0.6 and more is called substantial (Landis and Koch 1977).")


@dataclass(frozen=True, slots=True)
class Line:
    """One finding: its name, the figure, and what it means. `warns`: it speaks against the
    judge."""

    name: str
    figure: str
    meaning: str
    warns: bool = False


def state(found: Calibration) -> str:
    """"Calibrated" or "Not calibrated (8 of 20 labels), not counted"."""
    if found.calibrated:
        return f"Calibrated on {found.answers.n} labels"
    n = found.answers.n
    why = f"{n} of {FEWEST_LABELS} labels" if n < FEWEST_LABELS else f"{n} labels"
    return f"Not calibrated ({why}), not counted"


def missing(found: Agreement) -> str:
    """What has to come before this counts, as one sentence; "" where nothing is missing."""
    if good_enough(found):
        return ""
    if found.n < FEWEST_LABELS:
        return f"{labels(FEWEST_LABELS - found.n)} more."
    kappa = found.kappa
    if found.one_sided or kappa is None:
        return ("People gave all answers the same label, so agreement cannot be told from habit: "
                "label some of the other kind.")
    if kappa.mean < LEAST_KAPPA:
        return (f"Kappa is {kappa.mean:.2f} and must be {LEAST_KAPPA:.2f}: say in the rubric "
                "what people looked at, or choose another model.")
    return (f"Kappa may be chance (its interval begins at {signed(kappa.low)}): label more "
            "answers of the rarer kind.")


def labels(count: int) -> str:
    """1 label, 12 labels."""
    return f"{count:,} label{'' if count == 1 else 's'}"


def lines(found: Calibration) -> list[Line]:
    """The report, line by line; what nothing is known of is left out."""
    rows = [_agreement("Agreement on answers", found.answers),
            _agreement("Agreement on pairs", found.pairs) if found.pairs.n else None,
            _position(found.position), *_length(found.length)]
    return [row for row in rows if row is not None]


def _agreement(name: str, found: Agreement) -> Line:
    if not found.n:
        return Line(name, "–", "No blind label of an answer that this judge has rated.", True)
    figure = f"{found.raw or 0:.0%} of {labels(found.n)}"
    if found.kappa is not None:
        kappa = found.kappa
        figure = (f"kappa {kappa.mean:.2f} ({signed(kappa.low)} to {kappa.high:.2f}), "
                  f"the same on {figure}")
    meaning = missing(found) or "People and judge agree well enough for its word to count."
    if found.kappa is not None:
        meaning = f"0 is chance, 1 is perfect, {LEAST_KAPPA:.2f} is needed. {meaning}"
    return Line(name, figure, meaning, not good_enough(found))


def _position(found: PositionBias) -> Line | None:
    """Towards which place verdicts turn, if towards any."""
    if not found.n:
        return None
    figure = f"{found.changed:,} of {found.n:,} verdicts changed"
    if not found.changed:
        return Line("Order swapped", figure, "The place of an answer made no difference.")
    favoured = found.first >= found.changed - found.first
    count = found.first if favoured else found.changed - found.first
    where = "first" if favoured else "second"
    if found.shown:
        meaning = (f"{count:,} of them towards the answer that stood {where}: it favours that "
                   "place. Changed verdicts count as ties.")
    else:
        meaning = "Neither place is shown to be favoured. Changed verdicts count as ties."
    return Line("Order swapped", figure, meaning, found.shown)


def _length(found: LengthBias) -> list[Line]:
    rows = []
    if found.pairs:
        judge, people = found.longer_judge / found.pairs, found.longer_people / found.pairs
        figure = (f"the longer one wins {judge:.0%} of {found.pairs:,} pairs with the judge, "
                  f"{people:.0%} with people")
        meaning = "No difference shown." if not found.pairs_shown else (
            "It likes long answers more than people do." if judge > people else
            "It likes short answers more than people do.")
        rows.append(Line("Length, pairs", figure, meaning, found.pairs_shown))
    if found.correlation is not None:
        figure = f"correlation {signed(found.correlation)} on {labels(found.answers)}"
        meaning = "No bias shown." if not found.answers_shown else (
            "Compared with people it rates long answers too high." if found.correlation > 0
            else "Compared with people it rates long answers too low.")
        rows.append(Line("Length, answers", figure, meaning, found.answers_shown))
    return rows


def signed(value: float) -> str:
    """0.31, −0.04."""
    return f"{'−' if value < -0.004 else ''}{abs(value):.2f}"
