"""Examples: where the leading strategy does best, where worst, where strategies differ most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..advice.phrases import plain
from ..evaluation.thresholds import higher_is_better, label_of
from ..evaluation.types import Cell
from ..types import Case
from .blocks import Block, Section, Subheading, Table, Text
from .material import Material

EACH = 2
_LONGEST = 1_500  # characters of an answer; the whole of it is in the CSV


def chosen(found: Material) -> dict[int, str]:
    """Case ids and why each was chosen, without repeats; {} without a metric."""
    leader = found.leader()
    if leader is None or not found.metric:
        return {}
    up = higher_is_better(found.metric)
    scores = found.averages.by_case(leader, found.metric)
    ranked = sorted(scores, key=lambda case: (-scores[case] if up else scores[case], case))
    picked = dict.fromkeys(ranked[:EACH], f"Among the best of {leader.name}")
    for case in ranked[::-1][:EACH]:
        picked.setdefault(case, f"Among the worst of {leader.name}")
    spread = _spread(found)
    for case in [case for case in sorted(spread, key=lambda c: (-spread[c], c))
                 if case not in picked and spread[case] > 0][:EACH]:
        picked[case] = "Where strategies differ most"
    return picked


def _spread(found: Material) -> Mapping[int, float]:
    """Best minus worst score of a case over strategies."""
    values: dict[int, list[float]] = {}
    averages = found.averages
    for strategy in found.run.strategies:
        for case, value in averages.by_case(strategy, found.metric).items():
            values.setdefault(case, []).append(value)
    return {case: max(each) - min(each) for case, each in values.items() if len(each) > 1}


def examples(found: Material) -> Section | None:
    """Question, reference, and what every strategy said, with its sources."""
    blocks: list[Block] = []
    for case_id, why in chosen(found).items():
        case = found.case(case_id)
        blocks += [Subheading(case.question), Text(f"{why}. Case {case_id}.", "muted")]
        if case.history:
            blocks.append(Text(f"Asked after this conversation:\n{_turns(case)}"))
        if case.reference:
            blocks.append(Text(f"Reference answer: {_cut(case.reference)}"))
        if case.sources:
            blocks.append(Text(f"Gold source: {'; '.join(map(_source, case.sources))}", "muted"))
        rows = tuple(_row(found, cell) for cell in found.first_cells(case_id))
        heads = ("Strategy", "Answer", label_of(found.metric), "Sources")
        blocks.append(Table(heads, rows, frozenset((2,))))
    if not blocks:
        return None
    note = Text("Chosen by score, not by hand: the best, the worst, and the most different.")
    return Section("examples", "Examples", (note, *blocks))


def _turns(case: Case) -> str:
    names = {"user": "User", "assistant": "Model"}
    return "\n".join(f"{names.get(turn.role, turn.role)}: {_cut(turn.content)}"
                     for turn in case.history)


def _row(found: Material, cell: Cell) -> tuple[str, str, str, str]:
    name = next(s.name for s in found.run.strategies if s.id == cell.strategy_id)
    answer, score = cell.answer, cell.scores.get(found.metric)
    text = answer.text if answer is not None and answer.text else cell.state.value.capitalize()
    if answer is not None and answer.error:
        text = f"{text} {answer.error}".strip()
    if answer is not None and answer.rewriting is not None:
        text += f"\n[Understood as: {answer.rewriting.question}]"
    if cell.attribution is not None:
        text += f"\n[{cell.attribution.cause.value}: {cell.attribution.rule}]"
    if cell.recorded:
        text += "\n[Recorded earlier, not asked again]"
    return name, _cut(text), "–" if score is None else plain(score), _sources(cell)


def _sources(cell: Cell) -> str:
    """Cited passages first, else the passages given."""
    answer = cell.answer
    if answer is None:
        return ""
    if answer.citations:
        return "; ".join(f"[{c.number}] {_source((c.document, c.page))}"
                         for c in answer.citations)
    given: Sequence[str] = [_source((hit.document, hit.page)) for hit in answer.context]
    return f"Given, not cited: {'; '.join(dict.fromkeys(given))}" if given else ""


def _source(source: tuple[str, int | None]) -> str:
    document, page = source
    return f"{document}, page {page}" if page is not None else document


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()} … (cut)"
