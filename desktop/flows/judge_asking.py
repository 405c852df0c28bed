"""One question to a judge: the model behind it, its messages, and a judgement of what it says.

Only the chosen connection is ever asked, with its own key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..core.errors import (
    AuthFailed,
    ConfigurationError,
    DeploymentNotFound,
    PermissionDenied,
    Refused,
    SpendingLimitReached,
    StrategyExplorerError,
)
from ..core.evaluation.judging import (
    PARAMETERS,
    JudgeChoice,
    answer_mark,
    both_orders,
    judge_name,
    pair_messages,
    rating_messages,
)
from ..core.evaluation.types import Judgement
from ..core.evaluation.verdicts import Verdict, read_preference, read_rating
from ..core.ports import ChatModel, Ports
from ..core.types import BUILTIN_CONNECTION, Answer, AnswerState, Case, Message
from .answering import Making
from .judge_items import Item
from .lanes import Breather, Lane

CANNOT_JUDGE = ("The built-in extractive model cannot judge: it only quotes sentences it was "
                "given.")
REMEDY = "Add a connection to a chat model under Tools, Connections"
_SHOWN = 2_000  # characters kept of what could not be read
# Every other request would end the same way.
_FATAL = (AuthFailed, PermissionDenied, DeploymentNotFound, Refused, ConfigurationError,
          SpendingLimitReached)


async def open_judge(choice: JudgeChoice, ports: Ports) -> tuple[ChatModel, str]:
    """The judge's model and its exact name. Raises ConfigurationError for the built-in model,
    or a connection that is not there."""
    if choice.connection == BUILTIN_CONNECTION:
        raise ConfigurationError(CANNOT_JUDGE.rstrip("."), remedy=REMEDY)
    if not choice.connection or not choice.deployment:
        raise ConfigurationError("No model is chosen as the judge", remedy=REMEDY)
    model = await ports.chats.chat(choice.connection, choice.deployment, patient=False)
    address = model.address or f"{choice.connection}/{choice.deployment}"
    return model, judge_name(choice, f"{address} {model.model}")


@dataclass(slots=True)
class Judge:
    """One judge: its requests, and a judgement of what it says."""

    choice: JudgeChoice
    name: str
    model: ChatModel
    ports: Ports
    cases: Mapping[int, Case]
    breathe: Breather = field(default_factory=Breather)

    async def requests(self, item: Item) -> list[tuple[Message, ...]]:
        """The messages of each call; none when the case or an answer is gone."""
        found = await self._material(item)
        return [] if found is None else self._messages(item, *found)

    def _messages(
        self, item: Item, case: Case, answers: Sequence[Answer]
    ) -> list[tuple[Message, ...]]:
        rubric = self.choice.rubric
        if item.other_cell_id is None:
            return [rating_messages(rubric, case, answers[0])]
        first, second = answers
        return [pair_messages(rubric, case, first, second),
                pair_messages(rubric, case, second, first)]

    async def _material(self, item: Item) -> tuple[Case, list[Answer]] | None:
        """The answers in the item's own order."""
        answers, case = [], None
        for number in (item.cell_id, item.other_cell_id):
            cell = await self.ports.store.cell(number) if number is not None else None
            if cell is not None and cell.answer is not None:
                case = self.cases.get(cell.case_id)
                answers.append(cell.answer)
        return None if case is None or len(answers) != item.calls else (case, answers)

    async def judgement(self, item: Item, lane: Lane) -> Judgement:
        """A judge that fails on this item is an outcome: `value` None, and the reason. Raises
        PutBack when paused, and ProviderError or ConfigurationError where no request can work.
        """
        found = await self._material(item)
        if found is None:
            return self._none(item, "The case or the answer was removed.", {})
        details = self._facts(item, found[1])
        try:
            said = [await self._said(each, lane) for each in self._messages(item, *found)]
        except _FATAL:
            raise
        except StrategyExplorerError as error:
            return self._none(item, str(error), details)
        details |= {
            "cost": _sum([answer.cost for answer in said]),
            "usage": [sum(a.usage.prompt_tokens for a in said if a.usage),
                      sum(a.usage.completion_tokens for a in said if a.usage)],
        }
        if item.other_cell_id is None:
            return self._rated(item, said[0], details)
        return self._compared(item, said, details)

    def _none(self, item: Item, why: str, details: dict[str, object]) -> Judgement:
        return Judgement(0, self.name, item.cell_id, None, why, item.other_cell_id, details)

    def _facts(self, item: Item, answers: Sequence[Answer]) -> dict[str, object]:
        """What a judgement is recognised by later: the answers, and their lengths."""
        marks = dict(zip((item.cell_id, item.other_cell_id),
                         (answer_mark(answer.text) for answer in answers), strict=False))
        return {"answers": [marks[number] for number in item.ids],
                "lengths": [len(answer.text) for answer in answers]}

    def _rated(self, item: Item, said: Answer, details: dict[str, object]) -> Judgement:
        verdict = read_rating(said.text, self.choice.rubric)
        details["ratings"] = dict(verdict.ratings)
        return self._made(item, verdict.value, verdict.reason, [said], details)

    def _compared(
        self, item: Item, said: Sequence[Answer], details: dict[str, object]
    ) -> Judgement:
        """`orders`: the value of the first cell when it stood first, and when second."""
        first, second = (read_preference(answer.text) for answer in said)
        swapped = None if second.value is None else 1.0 - second.value
        details["orders"] = [first.value, swapped]
        value = both_orders(first.value, swapped)
        reason = _pair_reason(first, second, changed=first.value != swapped)
        return self._made(item, value, reason, said, details)

    def _made(
        self, item: Item, value: float | None, reason: str, said: Sequence[Answer],
        details: dict[str, object],
    ) -> Judgement:
        if value is None:
            details["unread"] = "\n\n".join(answer.text for answer in said)[:_SHOWN]
            stopped = any(answer.state is AnswerState.FILTERED for answer in said)
            reason = ("The service's content filter stopped the judge." if stopped else
                      "The judge gave no rating that can be read." if reason else
                      "The judge said nothing.")
        return Judgement(0, self.name, item.cell_id, value, reason, item.other_cell_id, details)

    async def _said(self, messages: tuple[Message, ...], lane: Lane) -> Answer:
        asked = Answer("", self.model.label, "", AnswerState.RUNNING, messages=messages,
                       parameters=PARAMETERS)

        async def send() -> Answer:
            await self.breathe()
            made = Making(self.ports)
            await made.stream(self.model, asked)
            answer = await made.done(asked, self.model)
            usage, end = answer.usage, made.finished
            lane.pace.succeeded(
                end.limits if end else None, answer.seconds,
                usage.prompt_tokens + usage.completion_tokens if usage else None)
            return answer

        return await lane.patiently(send)


def _pair_reason(first: Verdict, second: Verdict, *, changed: bool) -> str:
    if not changed:
        return first.reason
    return f"Changed its mind with the order. First: {first.reason} Swapped: {second.reason}"


def _sum(costs: Sequence[float | None]) -> float | None:
    """US dollars; unknown as soon as one price is."""
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None
