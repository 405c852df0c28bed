"""The ceiling on the ladder: its profile, its rung, its words."""

from desktop.core.strategies import badge_of, find_profile, head_line, rung_of
from desktop.core.types import GOLD, HYBRID, Rung, Strategy

FOUND = Strategy(1, "Found", retrieval=HYBRID.name)
CEILING = Strategy(2, "Perfect search", retrieval=GOLD.name, derived_from=1)


def test_the_gold_passage_is_the_ceiling() -> None:
    assert find_profile("gold") is GOLD
    assert rung_of(CEILING) is Rung.CEILING
    assert rung_of(Strategy(3, "Tuned", retrieval="gold", fine_tuned=True)) is Rung.CEILING
    assert badge_of(CEILING, [FOUND, CEILING]) == "C"
    assert head_line(CEILING, FOUND, []) == "+ the gold passage of each case"
