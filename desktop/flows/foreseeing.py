"""What asking would send, before it is asked: the estimate beside the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..core.errors import StrategyExplorerError
from ..core.ports import Ports
from ..core.profiles import find_profile
from ..core.rewriting import rewriting_messages, way_of
from ..core.types import BUILTIN_CONNECTION, BUILTIN_MODEL, Message, PromptVersion, Strategy
from .asking import preview
from .choosing import with_stand_ins
from .following import ALONE, Conversation

PASSAGE_TOKENS = 220  # of a typical chunk


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Tokens, roughly; `rewritings`: calls more, to rewrite a follow-up question; `local`:
    nothing leaves this machine and nothing is paid."""

    tokens: int
    rewritings: int
    local: bool


async def foresee(
    question: str, strategies: Sequence[Strategy], versions: Sequence[PromptVersion],
    ports: Ports, before: Mapping[int, Conversation],
) -> Foreseen:
    """Nothing is searched for and no model is asked. A column that cannot be asked counts
    nothing."""
    versions = await with_stand_ins(versions, ports)
    texts: list[str] = []
    passages = rewritings = 0
    for strategy in strategies:
        history = before.get(strategy.id, ALONE).history
        try:
            profile = find_profile(strategy.retrieval) if strategy.retrieval is not None else None
            messages = await preview(strategy, question, versions, ports, history)
        except StrategyExplorerError:
            continue
        extra: Sequence[Message] = ()
        if history and way_of(strategy, profile) == "model":
            rewritings += 1
            extra = rewriting_messages(question, history)
        texts += [message.content for message in (*messages, *extra)]
        passages += profile.top if profile is not None else 0
    local = all(strategy.connection == BUILTIN_CONNECTION for strategy in strategies)
    counts, _ = await ports.tokens.count(texts, BUILTIN_MODEL if local else "")
    return Foreseen(sum(counts) + passages * PASSAGE_TOKENS, rewritings, local)
