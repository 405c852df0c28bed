"""Three questions about a use case, and the ladder of strategies that the answers lead to.

After Microsoft's guidance on customising models: a prompt first, in every case; retrieval where
the answer depends on documents; examples where a voice or a form is wanted; training only with
enough of them, and only measured against a baseline. A fine-tuned column cannot stand on the
first ladder, because there is no trained model yet: it is named as what comes later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .strategies import STARTER_PROMPT
from .types import CURRENT_PROMPT, HYBRID, WHOLE_DOCUMENTS, Prompt, Rung, Strategy

QUESTIONS = (
    ("documents", "Does the right answer depend on your documents?",
     "Such as rules, prices, contracts, notes: what no model can know by itself"),
    ("form", "Must the answer keep a voice or a fixed form?",
     "Such as a brand’s tone, JSON, SQL, a letter with set parts"),
    ("examples", "Do you have 50 or more examples with right answers?",
     "Questions with the answer that somebody would send; fewer are good cases all the same"),
)


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a use case before anything is asked."""

    sentence: str = ""
    documents: bool = True
    form: bool = False
    examples: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rung stands on the ladder, or why it comes later."""

    rung: Rung
    why: str
    later: bool = False


@dataclass(frozen=True, slots=True)
class FirstLadder:
    """Strategies (id 0) in their order, the prompt that they use, and a reason for each rung."""

    strategies: tuple[Strategy, ...]
    prompt: Prompt
    reasons: tuple[Reason, ...]

    def sentence(self) -> str:
        """All of it in one line, for the place under the question."""
        later = [each.rung.value for each in self.reasons if each.later]
        names = ", ".join(strategy.name for strategy in self.strategies)
        return f"Your first ladder: {names}." + (
            f" Later: {', '.join(later)}." if later else "")


def first_ladder(about: About) -> FirstLadder:
    """What these answers lead to."""
    reasons = [
        Reason(Rung.BASELINE, "The bare model. Without it nobody sees what the rest is worth."),
        Reason(Rung.PROMPT, _why_prompt(about)),
    ]
    strategies = [
        Strategy(0, Rung.BASELINE.value),
        Strategy(0, Rung.PROMPT.value, prompt=CURRENT_PROMPT),
    ]
    if about.documents:
        reasons += [
            Reason(Rung.WHOLE_DOCUMENTS, "All your text in the prompt: with few pages it may do as "
                                         "well as search, at another price."),
            Reason(Rung.DOCUMENTS, "The passages that fit the question, cited. What only your "
                                   "documents say, a model has to be given."),
        ]
        strategies += [
            Strategy(0, rung.value, prompt=CURRENT_PROMPT, retrieval=profile.name)
            for rung, profile in ((Rung.WHOLE_DOCUMENTS, WHOLE_DOCUMENTS), (Rung.DOCUMENTS, HYBRID))
        ]
    reasons.append(_training(about))
    if about.examples and about.documents:
        reasons.append(Reason(Rung.FINE_TUNED_DOCUMENTS,
                              "Training for the form, search for the facts: they add up.", True))
    return FirstLadder(
        tuple(replace(each, position=place) for place, each in enumerate(strategies)),
        _prompt(about), tuple(reasons),
    )


def _why_prompt(about: About) -> str:
    if about.form:
        return ("Instructions and a few examples: the first and cheapest way to a voice or a "
                "form. Put your best three examples into the Prompt pane.")
    return "Instructions and a few examples: the first and cheapest thing to improve."


def _training(about: About) -> Reason:
    if about.examples and about.form:
        why = ("Form is what training is good at, and you have examples. Import them under "
               "Fine-tuning; keep some as holdout cases.")
    elif about.examples:
        why = ("You have examples, but training teaches behaviour, not facts. Try it where the "
               "failures of the others are no lack of knowledge.")
    elif about.form:
        why = ("Form is what training is good at. Collect 50 examples first; corrected answers "
               "become examples with one click.")
    else:
        why = "Nothing speaks for it yet. Decide says when that changes."
    return Reason(Rung.FINE_TUNED, why, later=True)


def _prompt(about: About) -> Prompt:
    """The starter's, in words that fit: without documents there are no passages to cite."""
    # Braces would be read as places to fill in.
    task = " ".join(about.sentence.replace("{", " ").replace("}", " ").split())
    told = f"Your task: {task}\n" if task else ""
    form = "Keep exactly to the voice and the form of the examples.\n" if about.form else ""
    if about.documents:
        return replace(STARTER_PROMPT, system=told + form + STARTER_PROMPT.system)
    rest = "Answer briefly. If you do not know, say so."
    return Prompt(system=told + form + rest, template="{{ question }}")
