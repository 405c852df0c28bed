"""What the Prompt pane says about a draft: its variables, its mistakes, and its tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..core.errors import PromptError, StrategyExplorerError
from ..core.ports import Learner, Ports
from ..core.prompt_review import Setting
from ..core.prompts import SYSTEM, TEMPLATE
from ..core.templates import parse
from ..core.types import BUILTIN_CONNECTION, BUILTIN_MODEL, Prompt, Usage
from .filling import fill_texts

PARTS = {"system": SYSTEM, "template": TEMPLATE}
FILLED = ("question", "context")


@dataclass(frozen=True, slots=True)
class Checked:
    """`mistakes` by part, with the line (from 1); `names` are the variables of the user's own,
    `cases` says how many cases have a value for each variable that any has."""

    mistakes: Mapping[str, tuple[str, int | None]] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    cases: Mapping[str, int] = field(default_factory=dict)
    all_cases: int = 0

    @property
    def whole(self) -> bool:
        """Could all parts be read, so that `names` is complete?"""
        return not self.mistakes


async def check(prompt: Prompt, ports: Ports) -> Checked:
    """Reads both texts, and tries them with the words of the variables in their places."""
    mistakes: dict[str, tuple[str, int | None]] = {}
    names: dict[str, None] = {}
    texts = {"system": prompt.system, "template": prompt.template}
    for part, text in texts.items():
        try:
            names |= dict.fromkeys(parse(text, PARTS[part]).names)
        except PromptError as error:
            mistakes[part] = (str(error), error.line)
    own = tuple(name for name in names if name not in FILLED)
    values = {**dict.fromkeys(names, "text"), **dict(prompt.variables)}
    for part, text in texts.items():
        if part not in mistakes:
            try:
                await fill_texts([(text, PARTS[part])], values, ports)
            except PromptError as error:
                mistakes[part] = (str(error), error.line)
    cases = await ports.store.cases()
    counted = Counter(name for case in cases for name, value in case.variables if value)
    return Checked(mistakes, own, counted, len(cases))


@dataclass(frozen=True, slots=True)
class Counting:
    """Which model's tokens are counted, and what is known of it; `retrieves` where a column
    with a prompt adds passages."""

    model: str = BUILTIN_MODEL
    label: str = BUILTIN_MODEL
    local: bool = True
    retrieves: bool = False
    connection: str = BUILTIN_CONNECTION
    deployment: str = BUILTIN_MODEL
    refused: frozenset[str] = frozenset()  # parameters that are known to be
    tried: bool = False  # all were, so that the others are taken
    can_try: bool = False  # by asking it

    @property
    def setting(self) -> Setting:
        """What the rules about prompts need to know; the built-in model is none that writes."""
        return Setting(self.retrieves, "" if self.model == BUILTIN_MODEL else self.model)


async def counted_model(ports: Ports) -> Counting:
    """The first column with a prompt whose model counts tokens; the built-in model where none
    does, or no connection is here."""
    used = [each for each in await ports.store.strategies()
            if each.prompt is not None and not each.hidden]
    retrieves = any(each.retrieval is not None for each in used)
    for strategy in sorted(used, key=lambda each: each.connection == BUILTIN_CONNECTION):
        try:
            chat = await ports.chats.chat(strategy.connection, strategy.deployment, patient=False)
        except StrategyExplorerError:
            continue
        learner = chat if isinstance(chat, Learner) else None
        return Counting(
            chat.model, chat.label, chat.local, retrieves, strategy.connection,
            strategy.deployment, learner.left_out if learner else frozenset(),
            learner.tried if learner else False, learner is not None and ports.recording is None)
    return Counting(retrieves=retrieves)


@dataclass(frozen=True, slots=True)
class Counted:
    """Tokens of each part: "system", "examples", "template"."""

    tokens: Mapping[str, int]
    exact: bool
    model: Counting
    window: int | None = None
    cost: float | None = None  # US dollars of all parts, once

    def words(self) -> dict[str, str]:
        """For each part; "~" marks an estimate."""
        mark = "" if self.exact else "~"
        return {part: f"{mark}{count:,} token{'' if count == 1 else 's'}"
                for part, count in self.tokens.items()}

    def sentence(self) -> str:
        """All parts together, against the model's window and its price."""
        total = sum(self.tokens.values())
        mark = "" if self.exact else "~"
        window = f" of the {self.window:,} that {self.model.label} takes" if self.window else (
            f" for {self.model.label}")
        cost = ", free" if self.model.local else (
            f", ${self.cost:.2g} a call" if self.cost is not None else ", price unknown")
        return f"{mark}{total:,} tokens{window}{cost}, before question and passages"


async def count(prompt: Prompt, model: Counting, ports: Ports) -> Counted:
    """Counts what is typed; variables are counted with the values of the prompt."""
    values = dict(prompt.variables)
    examples = "\n".join(f"{each.question}\n{each.answer}" for each in prompt.examples if each.on)
    texts = [_with(prompt.system, values), examples, _with(prompt.template, values)]
    counts, exact = await ports.tokens.count(texts, model.model)
    usage = Usage(sum(counts), 0, estimated=not exact)
    cost = 0.0 if model.local else ports.prices.cost(model.model, usage)
    return Counted(dict(zip(("system", "examples", "template"), counts, strict=True)), exact,
                   model, ports.prices.window(model.model), cost)


def _with(text: str, values: Mapping[str, str]) -> str:
    """The values in their places, roughly: this runs at every key typed."""
    for name, value in values.items():
        text = text.replace(f"{{{{ {name} }}}}", value)
    return text
