"""The ladder: what a strategy adds, how columns differ, and what a new workspace holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .errors import ConfigurationError
from .profiles import find_profile
from .types import (
    BUILTIN_CONNECTION,
    BUILTIN_MODEL,
    CURRENT_PROMPT,
    ELSEWHERE,
    HYBRID,
    FewShotExample,
    Prompt,
    PromptVersion,
    Rung,
    Strategy,
)

BADGES = {
    Rung.BASELINE: "B",
    Rung.PROMPT: "P",
    Rung.WHOLE_DOCUMENTS: "W",
    Rung.DOCUMENTS: "PD",
    Rung.FINE_TUNED: "F",
    Rung.FINE_TUNED_DOCUMENTS: "FD",
    Rung.CEILING: "C",
    Rung.ELSEWHERE: "E",
}
LADDER = (
    (Rung.BASELINE, "The bare model: the question and nothing else"),
    (Rung.PROMPT, "A system message, examples, a template"),
    (Rung.DOCUMENTS, "Passages found in your documents, cited"),
    (Rung.FINE_TUNED, "A model trained on your examples"),
    (Rung.FINE_TUNED_DOCUMENTS, "Both: they complement each other"),
    (Rung.CEILING, "The right passage pasted in: the best that search could give"),
)

STARTER_PROMPT = Prompt(
    system=(
        "You answer questions about our documents for colleagues who have not read them.\n"
        "Use only the passages you are given and cite each one you use as [n].\n"
        "Answer in two or three plain sentences.\n"
        "If the passages do not answer the question, say that you do not know."
    ),
    template="{{ context }}\n\nQuestion: {{ question }}",
)


def starter_strategies() -> list[Strategy]:
    """What a new workspace holds: the first three rungs on the built-in model."""
    return [
        Strategy(0, Rung.BASELINE.value, position=0),
        Strategy(0, Rung.PROMPT.value, prompt=CURRENT_PROMPT, position=1),
        Strategy(0, Rung.DOCUMENTS.value, prompt=CURRENT_PROMPT, retrieval=HYBRID.name, position=2),
    ]


def rung_of(strategy: Strategy) -> Rung:
    """The rung a strategy stands on, from its ingredients."""
    if strategy.connection == ELSEWHERE:
        return Rung.ELSEWHERE
    retrieves = strategy.retrieval is not None
    if retrieves and find_profile(strategy.retrieval).gold:
        return Rung.CEILING
    if strategy.fine_tuned:
        return Rung.FINE_TUNED_DOCUMENTS if retrieves else Rung.FINE_TUNED
    if retrieves:
        return Rung.WHOLE_DOCUMENTS if find_profile(strategy.retrieval).whole else Rung.DOCUMENTS
    return Rung.BASELINE if strategy.prompt is None else Rung.PROMPT


def badge_of(strategy: Strategy, strategies: Sequence[Strategy]) -> str:
    """The rung's letters, with a number from the second strategy of a rung on: PD2."""
    rung = rung_of(strategy)
    peers = [s.id for s in strategies if rung_of(s) is rung]
    place = peers.index(strategy.id) + 1 if strategy.id in peers else 1
    return BADGES[rung] if place == 1 else f"{BADGES[rung]}{place}"


def find_strategy(name: str, strategies: Sequence[Strategy]) -> Strategy:
    """Raises ConfigurationError for a name that is no strategy."""
    for strategy in strategies:
        if strategy.name.casefold() == name.casefold():
            return strategy
    raise ConfigurationError(
        f'There is no strategy "{name}"',
        remedy="Choose one of: " + ", ".join(s.name for s in strategies),
    )


def prompt_for(strategy: Strategy, versions: Sequence[PromptVersion]) -> PromptVersion | None:
    """The version a strategy uses. Raises ConfigurationError when it is gone."""
    if strategy.prompt is None:
        return None
    if strategy.prompt == CURRENT_PROMPT:
        return versions[-1] if versions else None
    wanted = strategy.prompt.removeprefix("v")
    for version in versions:
        if str(version.number) == wanted or (version.name and version.name == strategy.prompt):
            return version
    raise ConfigurationError(
        f'"{strategy.name}" uses prompt {strategy.prompt}, which is not in this workspace',
        remedy="Choose another prompt version for the column",
    )


def differences(
    strategy: Strategy, base: Strategy | None, versions: Sequence[PromptVersion]
) -> list[str]:
    """What `strategy` changes against `base`, in words, one entry an ingredient."""
    if base is None:
        return []
    found = []
    if (strategy.connection, strategy.deployment) != (base.connection, base.deployment):
        found.append(f"model {strategy.deployment}")
    elif strategy.fine_tuned != base.fine_tuned:
        found.append("fine-tuned model")
    if strategy.prompt != base.prompt:
        found.append(_prompt_words(strategy, versions))
    if strategy.retrieval != base.retrieval:
        found.append(_retrieval_words(strategy))
    if strategy.parameters != base.parameters:
        values = strategy.parameters.as_dict()
        words = ", ".join(f"{name} {value}" for name, value in values.items())
        found.append(words or "default parameters")
    return found


def head_line(strategy: Strategy, base: Strategy | None, versions: Sequence[PromptVersion]) -> str:
    """The line under a column's name: what it adds, or why it cannot be attributed."""
    found = differences(strategy, base, versions)
    if base is None or not found:
        return _whole_recipe(strategy, versions) if base is None else f"The same as {base.name}"
    if len(found) > 1:
        return f"Differs from {base.name} in {len(found)} ways: not attributable"
    return f"+ {found[0]}"


def _whole_recipe(strategy: Strategy, versions: Sequence[PromptVersion]) -> str:
    parts = []
    if strategy.prompt is not None:
        parts.append(_prompt_words(strategy, versions))
    if strategy.retrieval is not None:
        parts.append(_retrieval_words(strategy))
    return "; ".join(parts) if parts else "The question and nothing else"


def _prompt_words(strategy: Strategy, versions: Sequence[PromptVersion]) -> str:
    if strategy.prompt is None:
        return "no prompt"
    version = prompt_for(strategy, versions)
    if version is None:
        return "an empty prompt"
    shown = [part for part in (
        "System message" if version.prompt.system.strip() else "",
        _examples_words(version.prompt.examples),
        _chosen_words(version.prompt.chosen),
        f"v{version.number}",
    ) if part]
    return ", ".join(shown)


def _examples_words(examples: Sequence[FewShotExample]) -> str:
    count = sum(example.on for example in examples)
    return f"{count} few-shot example{'s' if count != 1 else ''}" if count else ""


def _chosen_words(count: int) -> str:
    return f"{count} chosen by likeness" if count else ""


def _retrieval_words(strategy: Strategy) -> str:
    if strategy.retrieval is None:
        return "no documents"
    profile = find_profile(strategy.retrieval)
    if profile.whole:
        return "all the text that fits"
    if profile.gold:
        return "the gold passage of each case"
    return f'{profile.top} passages, profile "{profile.name}"'


def model_label(connection: str, deployment: str, model: str) -> str:
    """How the model is named on screen; the built-in one is always called what it is."""
    if connection == BUILTIN_CONNECTION:
        return BUILTIN_MODEL if deployment == BUILTIN_MODEL else model or deployment
    return f"{deployment} ({model})" if model and model != deployment else deployment


def duplicate(strategy: Strategy, strategies: Sequence[Strategy]) -> Strategy:
    """A copy that derives from its original, under a free name."""
    names = {s.name.casefold() for s in strategies}
    number = 2
    while f"{strategy.name} {number}".casefold() in names:
        number += 1
    return replace(strategy, id=0, name=f"{strategy.name} {number}",
                   derived_from=strategy.id, position=len(strategies))


__all__ = [
    "BADGES", "BUILTIN_MODEL", "LADDER", "STARTER_PROMPT", "badge_of",
    "differences", "duplicate", "find_profile", "find_strategy", "head_line", "model_label",
    "prompt_for", "rung_of", "starter_strategies",
]
