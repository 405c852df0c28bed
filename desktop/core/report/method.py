"""How it was done and what it does not show, so that somebody else can do it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..dataset.overlap import LEFT_OUT
from ..errors import ConfigurationError
from ..evaluation.calibration_words import lines, state
from ..evaluation.metrics import METRICS
from ..evaluation.thresholds import GOOD_AT, label_of
from ..strategies import find_profile, prompt_for
from ..types import BUILTIN_MODEL, PromptVersion, RetrievalProfile, Strategy
from .blocks import Block, Bullets, Code, Section, Subheading, Table, Text
from .material import Material

_OVERLAPS = 5  # named in a report; the rest is counted
STATISTICS = (
    "Cases are the unit: repeats of a case are averaged first.",
    "Means of 0/1 scores have Wilson's 95 % interval (1927), others the BCa bootstrap's with "
    "2,000 resamples (Efron 1987), for seconds and dollars held against Student's t.",
    "Differences are paired over the same cases. 0/1 scores: Agresti and Min's interval (2005) "
    "and McNemar's exact test (1947). Others: the BCa bootstrap of the differences and a "
    "sign-flip permutation test of their mean (Fisher 1935). p-values are corrected for all "
    "comparisons of a metric (Holm 1979).",
    "A difference inside its interval's noise is never called better; where none is shown, the "
    "simpler strategy is preferred.",
    "\"Is n enough?\" is the smallest difference these cases would show four times in five.",
)


def method(found: Material) -> Section:
    """Strategies, prompts, metrics and statistics."""
    heads = ("Strategy", "Model", "Prompt", "Documents", "Parameters")
    rows = tuple(_recipe(each, found) for each in found.run.strategies)
    blocks: list[Block] = [
        Text(_cases_words(found)),
        Subheading("Strategies, as they were run"), Table(heads, rows), *_prompts(found),
        Subheading("Metrics"), _metrics(found), *_judge(found), Subheading("Statistics"),
        Bullets(STATISTICS),
    ]
    return Section("method", "Method", tuple(blocks))


def _cases_words(found: Material) -> str:
    run, ids = found.run, set(found.run.case_ids)
    holdout = sum(case.split == "holdout" for case in found.cases if case.id in ids)
    repeats = f", each {run.repeats} times" if run.repeats > 1 else ""
    words = (f"{len(ids)} cases ({holdout} of them holdout) under {len(run.strategies)} "
             f"strategies{repeats}. {found.decision.n or len(ids)} cases decided.")
    return words + _conversations_words(found, ids)


def _conversations_words(found: Material, ids: set[int]) -> str:
    later = sum(bool(case.history) for case in found.cases if case.id in ids)
    if not later:
        return ""
    each = [cell.answer.rewriting for cell in found.cells
            if cell.answer is not None and cell.answer.rewriting is not None]
    by_model = sum(bool(rewriting.messages) for rewriting in each)
    rewritten = (f" For {len(each):,} answers the question was made to stand alone first, "
                 f"{by_model:,} of them by a model, in a call that is part of their cost."
                 if each else "")
    what = "case continues" if later == 1 else "cases continue"
    return (f" {later} {what} a conversation: every strategy got the same earlier turns, "
            f"those of the case, and the last answer is scored.{rewritten}")


def _recipe(strategy: Strategy, found: Material) -> tuple[str, ...]:
    models = list(dict.fromkeys(
        cell.answer.model for cell in found.cells
        if cell.strategy_id == strategy.id and cell.answer is not None and cell.answer.model))
    version = _version(strategy, found)
    prompt = "none: the question only" if strategy.prompt is None else _version_name(version)
    values = strategy.parameters.as_dict()
    return (
        strategy.name, ", ".join(models) or f"{strategy.deployment} ({strategy.connection})",
        prompt, _retrieval(strategy),
        ", ".join(f"{name} {value}" for name, value in values.items()) or "the model's own",
    )


def _version(strategy: Strategy, found: Material) -> PromptVersion | None:
    try:
        return prompt_for(strategy, found.versions)
    except ConfigurationError:
        return None


def _version_name(version: PromptVersion | None) -> str:
    if version is None:
        return "removed since"
    return f"v{version.number}{' ' + version.name if version.name else ''}"


def _retrieval(strategy: Strategy) -> str:
    if strategy.retrieval is None:
        return "none"
    try:
        profile: RetrievalProfile = find_profile(strategy.retrieval)
    except ConfigurationError:
        return strategy.retrieval
    if profile.whole:
        return "all the text that fits"
    ways = {"hybrid": "words and meaning", "dense": "meaning", "lexical": "words"}
    return f'{profile.top} passages by {ways[profile.mode]}, profile "{profile.name}"'


def _prompts(found: Material) -> list[Block]:
    used: dict[int, PromptVersion] = {}
    for strategy in found.run.strategies:
        version = _version(strategy, found)
        if version is not None:
            used[version.number] = version
    blocks: list[Block] = []
    for number in sorted(used):
        prompt = used[number].prompt
        blocks.append(Subheading(f"Prompt {_version_name(used[number])}"))
        if prompt.system.strip():
            blocks.append(Code("System message", prompt.system))
        shown = [each for each in prompt.examples if each.on]
        if shown:
            words = "\n\n".join(f"Question: {e.question}\nAnswer: {e.answer}" for e in shown)
            blocks.append(Code(f"Few-shot examples ({len(shown)})", words))
        blocks.append(Code("Template", prompt.template))
        if prompt.variables:
            values = "\n".join(f"{name}: {value}" for name, value in prompt.variables)
            blocks.append(Code("Variables, where a case has none of its own", values))
        if prompt.parameters.response_format == "json_schema" and prompt.parameters.schema:
            blocks.append(Code("JSON schema of the answers", prompt.parameters.schema))
    return blocks


def _metrics(found: Material) -> Table:
    names = [name for name in found.run.metrics if name in METRICS]
    if found.metric in METRICS and found.metric not in names:
        names.insert(0, found.metric)
    least = found.use_case.least
    rows = tuple(
        (METRICS[name].label, METRICS[name].explanation,
         _bar(name, least if name == found.metric else None), METRICS[name].source)
        for name in names
    )
    return Table(("Metric", "What it says", "Good from", "Source"), rows, frozenset((2,)))


def _judge(found: Material) -> list[Block]:
    """Whose word the judge's scores are, by which rubric, and whether they count."""
    judged = found.judged
    if not judged.judge:
        return []
    said = [f"{line.name}: {line.figure}. {line.meaning}" for line in lines(judged.calibration)]
    return [
        Subheading("Judge"),
        Bullets((f"{judged.judge}. {state(judged.calibration)}.", *said)),
        Code("Rubric, each criterion rated from 1 to 5; the score is their mean, from 0 to 1",
             judged.rubric),
    ]


def _bar(name: str, least: float | None) -> str:
    value = least if least is not None else GOOD_AT.get(name)
    return "–" if value is None else f"{value:g}"


def limits(found: Material) -> Section:
    """What this does not show."""
    items = [
        "The cases stand for the questions people will ask only as far as they were chosen like "
        "them. Other questions may do better or worse.",
        "Automatic scores compare words and meaning; they do not replace people who know the "
        "subject.",
        "Cost and time are those of this run. Prices, models and their speed change.",
    ]
    answers = [cell.answer for cell in found.cells if cell.answer is not None]
    if any(BUILTIN_MODEL in answer.model for answer in answers):
        items.append(f"{BUILTIN_MODEL} is not a language model: it answers only with sentences "
                     "it was given. Its scores say how well passages are found, not how well a "
                     "language model would write.")
    recorded = sum(cell.recorded for cell in found.cells)
    if recorded:
        items.append(f"{recorded:,} of {len(found.cells):,} answers were recorded earlier and "
                     "not asked again.")
    items += found.overlaps[:_OVERLAPS]
    if len(found.overlaps) > _OVERLAPS:
        items.append(f"{len(found.overlaps) - _OVERLAPS:,} more overlaps between what was taught "
                     "and what is tested are listed under Fine-tuning.")
    without = sum(answer.note.endswith(LEFT_OUT) for answer in answers)
    if without:
        items.append(f"For {without:,} answers a few-shot example asked the case's own question; "
                     "it was left out of the prompt there.")
    if found.decision.thin:
        items.append(found.decision.thin)
    if found.metric:
        items.append(f"Strategies are ranked by {label_of(found.metric)} alone, within the "
                     "limits of the use case.")
    return Section("limits", "What this does not show", (Bullets(tuple(items)),))


def versions(found: Material) -> Section:
    """Everything that would have to be the same to see the same."""
    run = found.run
    models = sorted({cell.answer.model for cell in found.cells
                     if cell.answer is not None and cell.answer.model})
    rows = [
        ("Program", f"Strategy Explorer {found.program}"),
        ("Run", f"{run.name or f'Run {run.id}'}, started {run.started_at}, "
                f"{'finished ' + run.finished_at if run.finished_at else 'not finished'}"),
        ("Cells", f"{len(found.cells):,}"),
        ("Models", ", ".join(models) or "none answered"),
        ("Embedding model", found.embedder),
        ("Documents", ", ".join(found.documents) or "none"),
        ("Prices, windows, knowledge", f"catalog of {found.prices_of}" if found.prices_of else ""),
        ("Libraries", ", ".join(f"{name} {of}" for name, of in found.libraries.items())),
    ]
    rows = [(name, words) for name, words in rows if words]
    rows += [(name.replace("_", " ").capitalize(), words)
             for name, words in _flat(run.versions).items() if words]
    return Section("versions", "Versions", (Table(("", ""), tuple(rows)),))


def _flat(values: Mapping[str, Any]) -> dict[str, str]:
    """Plain facts that the run kept; "program" and "embedder" are those at the time of it."""
    return {f"{name} of the run" if name in ("program", "embedder") else name:
            ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            for name, value in values.items() if not isinstance(value, Mapping)}
