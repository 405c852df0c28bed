"""What was found: recommendation, results, cost, failures, readiness."""

from __future__ import annotations

from collections.abc import Iterable

from ..advice.decision import Reason
from ..advice.phrases import between, counted, dollars, plain, seconds, signed
from ..advice.staleness import line_words
from ..evaluation.thresholds import label_of
from ..evaluation.types import Interval
from ..plots import (
    bars_picture,
    cost_words,
    costs_picture,
    drawable,
    effects_picture,
    role_of,
    shots_picture,
)
from ..types import Rung
from .blocks import Block, Bullets, Figure, Section, Subheading, Table, Text
from .material import Material

WIDTH = 720.0
NONE = "–"
_LONGEST = 160  # characters of an answer that should be a word


def question(found: Material) -> Section:
    """The use case and what counts as good."""
    case = found.use_case
    rows = [("Use case", case.sentence or "Not stated"),
            ("Ranked by", label_of(found.metric) if found.metric else "Nothing could be scored")]
    if case.least is not None:
        rows.append(("Least acceptable mean", plain(case.least)))
    if case.monthly_calls is not None:
        rows.append(("Planned calls a month", f"{case.monthly_calls:,}"))
    if case.most_cost is not None:
        rows.append(("Most for 1,000 calls", dollars(case.most_cost)))
    if case.most_latency is not None:
        rows.append(("Most seconds, in 95 of 100 answers", seconds(case.most_latency)))
    return Section("question", "The question", (
        Text("Should we engineer the prompt, retrieve from our documents, fine-tune a model, or "
             "combine them? Every strategy answered the same cases and was scored alike."),
        Table(("", ""), tuple(rows)),
    ))


def recommendation(found: Material) -> Section:
    """Why, and what would change it."""
    decision = found.decision
    reasons = tuple(reason.text for reason in decision.reasons) or (decision.thin,)
    blocks: list[Block] = [Bullets(tuple(text for text in reasons if text))]
    if decision.flip_conditions:
        blocks += [Subheading("What would change this"), Bullets(_texts(decision.flip_conditions))]
    if decision.guidance:
        blocks += [Subheading("What Microsoft's guidance says"),
                   Bullets(_texts(decision.guidance))]
    return Section("why", "Why", tuple(blocks))


def results(found: Material) -> Section:
    """Scores, cost and time of every strategy; comparisons with intervals."""
    decision, summary = found.decision, found.decision.summary
    if summary is None:
        return Section("results", "Results", (Text("Nothing has been run yet."),))
    blocks: list[Block] = [_table(found)]
    problems = [f"{counted(summary.failed, 'cell')} failed" if summary.failed else "",
                f"{counted(summary.filtered, 'cell')} were filtered" if summary.filtered else ""]
    told = " and ".join(problem for problem in problems if problem)
    blocks.append(Text(f"{counted(summary.cells, 'cell')} in this comparison"
                       f"{'; ' + told if told else ''}. Means with their 95 % intervals.", "muted"))
    others = _others(found)
    if others is not None:
        blocks += [Subheading("Every other metric"), others]
    if decision.effects:
        picture = effects_picture(decision.effects, found.rungs(), WIDTH)
        blocks += [
            Subheading("How large is the effect?"),
            Figure(picture, f"Differences in {label_of(found.metric)} over the same cases, with "
                            "95 % intervals. An interval that holds 0 shows no difference."),
            _comparisons(found),
        ]
    if decision.enough:
        blocks += [Subheading("Is n enough?"), Text(" ".join(_texts(decision.enough)))]
    return Section("results", "Results", tuple(blocks))


def _table(found: Material) -> Table:
    summary = found.decision.summary
    assert summary is not None
    heads = ("Strategy", "Answered", "Good", label_of(found.metric) or "Score", "For 1,000 calls",
             "Median", "95 of 100")
    rows = []
    for each in summary.strategies:
        good = found.decision.passed.get(each.name)
        rows.append((
            each.name, str(each.n), f"{good[0]} of {good[1]}" if good else NONE,
            _mean(each.metrics.get(found.metric)),
            "unknown" if each.cost_per_1000 is None else dollars(each.cost_per_1000),
            seconds(each.latency.p50) if each.latency else NONE,
            seconds(each.latency.p95) if each.latency else NONE,
        ))
    return Table(heads, tuple(rows), frozenset(range(1, len(heads))))


def _others(found: Material) -> Table | None:
    """A row for each further metric, a column for each strategy."""
    summary = found.decision.summary
    assert summary is not None
    told = {found.metric, "latency", "cost"}
    names = dict.fromkeys(name for each in summary.strategies for name in each.metrics
                          if name not in told)
    rows = tuple((label_of(name), *(_mean(s.metrics.get(name)) for s in summary.strategies))
                 for name in names)
    heads = ("Metric", *(each.name for each in summary.strategies))
    return Table(heads, rows, frozenset(range(1, len(heads)))) if rows else None


def _mean(value: Interval | None) -> str:
    if value is None:
        return NONE
    return f"{plain(value.mean)} ({plain(value.low)} to {plain(value.high)})"


def _comparisons(found: Material) -> Table:
    rows = tuple(
        (f"{e.b} against {e.a}", signed(e.difference), between(e.low, e.high),
         f"{e.p_value:.3f}" if e.p_value >= 0.001 else "under 0.001", str(e.n), e.verdict)
        for e in found.decision.effects
    )
    heads = ("Comparison", "Difference", "95 % interval", "p, corrected", "Cases", "Finding")
    return Table(heads, rows, frozenset((1, 2, 3, 4)))


def cost(found: Material) -> Section | None:
    """The month's curve where anything costs anything."""
    decision = found.decision
    if not decision.costs:
        return None
    plan = found.use_case.monthly_calls
    shown = drawable(decision.costs)
    free = [each.label for each in decision.costs if each not in shown]
    blocks: list[Block] = []
    if shown:
        picture = costs_picture(decision.costs, found.rungs(), WIDTH, plan, decision.crossings,
                                decision.strategy)
        caption = "US dollars a month over calls a month, at list prices; both axes logarithmic."
        words = cost_words(shown, plan, decision.crossings)
        blocks += [Figure(picture, caption), Bullets(tuple(f"{each}." for each in words))]
    if free:
        blocks.append(Text(f"{', '.join(free)}: $0, answered on one's own machine."))
    blocks += [Text(f"{note.rstrip('.')}.", "muted")
               for note in dict.fromkeys(each.note for each in shown if each.note)]
    return Section("cost", "What a month costs", tuple(blocks))


def failures(found: Material) -> Section | None:
    """Why answers fail, as bars."""
    counts = {cause.value: n for cause, n in sorted(
        found.decision.attribution.items(), key=lambda each: -each[1]) if n}
    leader = found.leader()
    if not counts or leader is None:
        return None
    role = role_of(found.rungs().get(leader.name, Rung.BASELINE))
    picture = bars_picture(counts, WIDTH, role)
    caption = f"Causes of the {sum(counts.values())} answers of {leader.name} that fall short."
    return Section("failures", "Why it fails", (Figure(picture, caption),))


def readiness(found: Material) -> Section | None:
    """The checks before fine-tuning."""
    checks = found.decision.readiness
    if not checks:
        return None
    rows = tuple((each.check, each.status, each.evidence) for each in checks)
    blocks: list[Block] = [Table(("Check", "Status", "Evidence"), rows)]
    if found.decision.next_steps:
        blocks += [Subheading("Next steps, cheapest first"),
                   Bullets(_texts(found.decision.next_steps))]
    blocks += [*_shots(found), *_stale(found)]
    return Section("readiness", "Ready to fine-tune?", tuple(blocks))


def _shots(found: Material) -> list[Block]:
    """The shot curve, where it was measured."""
    curve = found.decision.shots
    if curve is None:
        return []
    rung = found.rungs().get(curve.strategy, Rung.PROMPT)
    return [
        Subheading("Do more examples in the prompt help?"),
        Figure(shots_picture(curve, rung, WIDTH),
               f"{label_of(curve.metric)[:1].upper()}{label_of(curve.metric)[1:]} of "
               f"{curve.strategy} on {curve.model} with 0, 2, 4 and 8 examples, with 95 % "
               "intervals over the same cases."),
        Text(curve.text),
    ]


def _stale(found: Material) -> list[Block]:
    """All of them; Decide names the first."""
    if not found.decision.stale:
        return []
    rows = tuple((each.document, "removed" if each.gone else "changed",
                  line_words(each.lines, len(each.lines))) for each in found.decision.stale)
    return [Subheading("Examples whose document is another now"),
            Table(("Document", "Since then", "Examples"), rows)]


def drift(found: Material) -> Section | None:
    """What a fine-tuned model lost against its base, question by question."""
    asked = found.decision.drift
    if asked is None:
        return None
    rows = tuple((each.question, _marked(each.base, each.base_right),
                  _marked(each.tuned, each.tuned_right)) for each in asked.asked)
    heads = ("General question", f"{asked.base} ({asked.base_model})",
             f"{asked.strategy} ({asked.tuned_model})")
    return Section("drift", "Drift", (
        Text(asked.text),
        Text(f"Asked on {asked.asked_at[:10]}, without prompt or documents. An answer is right "
             "when an accepted answer stands in it.", "muted"),
        Table(heads, rows),
    ))


def _marked(answer: str, right: bool) -> str:
    shown = answer if len(answer) <= _LONGEST else f"{answer[:_LONGEST].rstrip()} …"
    return f"{'Right' if right else 'Wrong'}: {shown or '(no answer)'}"


def _texts(reasons: Iterable[Reason]) -> tuple[str, ...]:
    return tuple(reason.text for reason in reasons)
