"""The guard against testing on what was taught: training, few-shot examples, cases, documents.

What is decided by is never trained on. A case decides when it is holdout; with fewer holdout
cases than Decide needs, Decide judges by all cases, and then every case decides. So:

    a training or validation example that asks what a deciding case asks     refused
    ... what another case of the tune part asks        allowed and flagged: its score says
                                                       nothing of a model trained on it
    a few-shot example that asks what a case asks      flagged; a run that asks the case leaves
                                                       the example out (flows/cell_asking)
    a few-shot example that is trained on as well      flagged: showing it adds nothing
    examples that quote a holdout case's gold passage  flagged, all in one line
    a document that holds questions of cases           flagged: search may find the test itself

"Asks what a case asks": the same question, one that contains it, or nearly the same (see
`likeness`), or an example whose lineage names the case. Examples that are off or only proposed
are not trained on and not looked at. The thirteen shared words that count as a quote elsewhere
(Brown et al. 2020, appendix C) are twelve here, found by every fifth window of eight.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ..advice.ranking import FEWEST_CASES
from ..types import Case, DatasetIssue, Example, FewShotExample, Prompt
from .across import WHOLE_FILE
from .likeness import How, LikenessIndex, words_of

Kind = Literal["case", "few_shot_case", "few_shot_training", "gold", "document"]
_ASKS: dict[How, str] = {"same": "asks the same as", "contains": "holds the question of",
                         "near": "asks nearly the same as"}
_WINDOW, _STRIDE = 8, 5  # words
LEFT_OUT = "this very question: left out here."  # of few-shot examples, in an answer's note


@dataclass(frozen=True, slots=True)
class Overlap:
    """One finding: what overlaps with what, and what to do, in words.

    `line` and `example_id` are those of the dataset; 0 where no single example is meant.
    """

    kind: Kind
    severity: Literal["error", "warning"]  # error: submitting is refused
    message: str
    line: int = WHOLE_FILE
    example_id: int = 0
    case_id: int | None = None

    @property
    def refused(self) -> bool:
        """Whether nothing may be trained while this stands."""
        return self.severity == "error"

    def as_issue(self) -> DatasetIssue:
        """As a row of the dataset's list of issues."""
        return DatasetIssue(self.line, self.severity, "overlap", self.message)


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A page that a holdout case names as its source; `page` None: the format has no pages."""

    document: str
    page: int | None
    text: str


def deciding(cases: Sequence[Case]) -> set[int]:
    """The cases that Decide will judge by: the holdout, or all where it is too small."""
    holdout = {case.id for case in cases if case.split == "holdout"}
    return holdout if len(holdout) >= FEWEST_CASES else {case.id for case in cases}


def case_text(case: Case) -> str:
    """What a case asks, with the user's earlier turns: "And for children?" alone is nothing."""
    turns = [turn.content for turn in case.history if turn.role == "user"]
    return " ".join([*turns, case.question])


def questions_of(example: Example) -> list[str]:
    """What the user says in an example: each message, and all together where there are more."""
    row = example.row
    if isinstance(row.get("prompt"), str):
        return [row["prompt"]]
    given = row["input"] if isinstance(row.get("input"), Mapping) else row
    said = [text for role, text in _messages(given) if role == "user"]
    return [*said, " ".join(said)] if len(said) > 1 else said


def _messages(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    messages = given.get("messages")
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, Mapping):
            yield str(message.get("role")), _text(message.get("content"))


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return " ".join(part["text"] for part in parts
                    if isinstance(part, Mapping) and isinstance(part.get("text"), str))


def _answers(example: Example) -> Iterator[str]:
    row = example.row
    if isinstance(row.get("completion"), str):
        yield row["completion"]
    for key in ("messages", "preferred_output"):
        given = row if key == "messages" else {"messages": row.get(key)}
        yield from (text for role, text in _messages(given) if role == "assistant")


@dataclass(slots=True)
class OverlapGuard:
    """Made of what is known; `of_example` is then asked for each one, and `finish` at the end."""

    cases: Sequence[Case]
    few_shot: Sequence[FewShotExample] = ()  # those that are on
    gold: Sequence[GoldPage] = ()
    _cases: dict[int, Case] = field(init=False)
    _deciding: set[int] = field(init=False)
    _asked: LikenessIndex = field(init=False)
    _shown: LikenessIndex = field(init=False)
    _quoted: dict[tuple[str, ...], int] = field(init=False)  # window -> place in `gold`
    _quoting: dict[int, int] = field(default_factory=dict)  # line -> place in `gold`

    def __post_init__(self) -> None:
        self._cases = {case.id: case for case in self.cases}
        self._deciding = deciding(self.cases)
        self._asked = LikenessIndex((case.id, case_text(case)) for case in self.cases)
        self._shown = LikenessIndex((place, each.question)
                                    for place, each in enumerate(self.few_shot, start=1))
        self._quoted = {
            tuple(words[at : at + _WINDOW]): place
            for place, page in enumerate(self.gold) if (words := words_of(page.text))
            for at in range(len(words) - _WINDOW + 1)
        }

    def of_example(self, example: Example) -> list[Overlap]:
        """What one example overlaps with. One that is off or proposed, or no JSON: nothing."""
        if example.state != "kept" or example.raw:
            return []
        texts = questions_of(example)
        if self._quoted:
            self._note_quotes(example, texts)
        cases: dict[int, str] = {}
        if example.lineage.case_id in self._cases:
            cases[example.lineage.case_id] = "is made from an answer to"
        for text in texts:
            for like in self._asked.find(text):
                cases.setdefault(like.key, _ASKS[like.how])
        found = [self._with_case(example, id, how) for id, how in cases.items()]
        shown = {like.key for text in texts for like in self._shown.find(text)}
        return found + [_trained_and_shown(example, place) for place in sorted(shown)]

    def _with_case(self, example: Example, case_id: int, how: str) -> Overlap:
        line, case = example.line, self._cases[case_id]
        what = f"Line {line} {how} "
        if case.split == "holdout":
            what += (f"holdout case {case_id}: a model trained on it would be tested on what it "
                     "has seen. Remove the line, or move the case to tune (Evaluate, Cases).")
        elif case_id in self._deciding:
            what += (f"case {case_id}, and Decide judges by every case while fewer than "
                     f"{FEWEST_CASES} are holdout. Move other cases to the holdout (Evaluate, "
                     "Cases), or remove the line.")
        else:
            what += (f"case {case_id}: its score says nothing of a model trained on this line. "
                     "Decide judges by the holdout.")
        severity: Literal["error", "warning"] = (
            "error" if case_id in self._deciding else "warning")
        return Overlap("case", severity, what, line, example.id, case_id)

    def _note_quotes(self, example: Example, texts: Sequence[str]) -> None:
        for text in (*texts, *_answers(example)):
            words = words_of(text)
            for at in range(0, len(words) - _WINDOW + 1, _STRIDE):
                place = self._quoted.get(tuple(words[at : at + _WINDOW]))
                if place is not None:
                    self._quoting[example.line] = place
                    return

    def of_few_shot(self) -> list[Overlap]:
        """Few-shot examples that are cases."""
        return [
            Overlap("few_shot_case", "warning",
                    f"Few-shot example {place} {_ASKS[like.how]} case {like.key}. A run that "
                    "asks the case leaves the example out of its prompt and says so.",
                    case_id=like.key)
            for place, each in enumerate(self.few_shot, start=1)
            for like in self._asked.find(each.question)
        ]

    def in_page(self, text: str) -> list[int]:
        """The cases whose questions stand on a page, word for word."""
        return self._asked.contained(text)

    def finish(self) -> list[Overlap]:
        """What is said once about many lines."""
        if not self._quoting:
            return []
        lines, pages = sorted(self._quoting), len(set(self._quoting.values()))
        first = self.gold[self._quoting[lines[0]]]
        where = first.document if first.page is None else f"{first.document}, p. {first.page}"
        count = "1 line quotes" if len(lines) == 1 else f"{len(lines):,} lines quote"
        more = f" and {pages - 1:,} more" if pages > 1 else ""
        return [Overlap(
            "gold", "warning",
            f"{count} pages that answer holdout cases ({where}{more}; the first is line "
            f"{lines[0]}): a model may learn them by heart, so a good score is less of a proof.",
            lines[0] if len(lines) == 1 else WHOLE_FILE,
        )]


def in_document(name: str, case_ids: Sequence[int]) -> Overlap:
    """A document that holds the questions of cases."""
    shown = ", ".join(str(each) for each in case_ids[:3]) + (", …" if len(case_ids) > 3 else "")
    some = f"case {shown}" if len(case_ids) == 1 else f"{len(case_ids):,} cases ({shown})"
    return Overlap(
        "document", "warning",
        f"{name} holds the question of {some} word for word. If the cases were taken from it "
        "with their answers, search finds the test itself: remove the document or the cases.",
        case_id=case_ids[0],
    )


def _trained_and_shown(example: Example, place: int) -> Overlap:
    return Overlap(
        "few_shot_training", "warning",
        f"Line {example.line} is few-shot example {place} as well: showing it to a model that "
        "is trained on it adds nothing and costs tokens in every call.",
        example.line, example.id,
    )


def without_case(prompt: Prompt, case: Case) -> tuple[Prompt, int]:
    """The prompt without the few-shot examples that ask what the case asks, and how many.

    Leave-one-out: a model that is shown the question with its answer is not tested by it.
    """
    shown = [each for each in prompt.examples if each.on]
    if not shown:
        return prompt, 0
    index = LikenessIndex([(case.id, case_text(case))])
    out = [each for each in shown if index.find(each.question)]
    kept = tuple(each for each in prompt.examples if each not in out)
    return (replace(prompt, examples=kept), len(out)) if out else (prompt, 0)
