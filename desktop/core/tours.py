"""Five steps through a workspace, ending at Decide: what to look at, and why.

A step names a place on the screen (`PLACES`); the window leads there and frames it. It asks,
runs and changes nothing: what there is to do stands in its words, and at most as one button that
the reader presses. `Tour.of` reads the fact in which a workspace keeps how far its reader is;
it may come from a stranger, and then at worst the tour begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FACT = "tour"  # where a workspace keeps it
PLACES = ("question", "columns", "prompt", "documents", "fine_tuning", "evaluate", "decide")
GENERAL = "general"  # the tour of a workspace that is no sample


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to look at. `action` is the id of a row of the actions, "" for none: a button
    that says `offer` does it."""

    title: str
    text: str
    place: str
    offer: str = ""
    action: str = ""


_CONNECT = ("Add a connection", "connections")

TOURS: Mapping[str, tuple[Step, ...]] = {
    "benefits": (
        Step("One question, three strategies",
             "Press Ctrl+Enter. Baseline gets the question alone, Prompt adds instructions and "
             "examples, Prompt + documents adds the passages that search finds. Nothing leaves "
             "this machine.", "question"),
        Step("Look where the answer comes from",
             "Only the column with documents can know it. A numbered chip opens the page with "
             "the passage marked; “Show what was sent” has the exact messages.", "columns"),
        Step("The documents",
             "Four files in three formats, split into passages and searchable by words and by "
             "meaning. “Search” tries a question without asking a model. Drop files of your own "
             "anywhere.", "documents"),
        Step("One answer proves nothing: cases",
             "40 questions with the answers one would accept, 24 of them kept apart as holdout. "
             "This run was recorded on this program’s built-in model; open a cell for its scores "
             "and the cause of a failure.", "evaluate"),
        Step("The decision, and what would change it",
             "Documents win here because the model lacks knowledge. The built-in model only "
             "quotes, so scores stay low: with a model that writes, the same run shows what "
             "better wording adds.", "decide", *_CONNECT),
    ),
    "marketing": (
        Step("A voice is a matter of the prompt",
             "Three lines of instructions and a few examples hold a brand’s voice; those most like "
             "each question are added by themselves. To write new text in it a generating model is "
             "needed: repeat this lesson with a connection of yours.", "prompt", *_CONNECT),
        Step("What the built-in model does here",
             "It cannot write. Where a question is close to a given example it repeats that "
             "example, else it says that it does not know. Press Ctrl+Enter to see it.",
             "question"),
        Step("Examples to learn from",
             "36 more descriptions in the brand’s voice. For the recorded run the built-in model "
             "was trained on them; “Train locally” does the same on this machine.", "fine_tuning",
             "Train locally", "train_local"),
        Step("Close is not right",
             "40 cases, some the same product in another size. Prompt and the trained column "
             "repeat the nearest example: the voice is right, the measures are wrong, and "
             "similarity alone may let it pass. Open such a cell.", "evaluate"),
        Step("No recommendation is a result, too",
             "No column reaches the goal, and the page says so. Next: a model that writes, in "
             "all columns, and the same cases once more.", "decide", *_CONNECT),
    ),
    "sql": (
        Step("The same form every time",
             "Questions in plain words, one query as the answer. The prompt holds the tables, four "
             "examples and the four most like each question; a generating model needs little more "
             "to start with.", "prompt"),
        Step("Ask it",
             "Press Ctrl+Enter. The built-in model writes no SQL: it gives the answer of a given "
             "example that asks the same, or says that it does not know.", "question"),
        Step("What training would learn from",
             "78 questions with their query, many asked in several ways. Its issues, its split "
             "and its cost are here, and “Train locally” trains the built-in model on it.",
             "fine_tuning", "Train locally", "train_local"),
        Step("Queries are compared by what they return",
             "Each query ran, read-only, on the small database beside this workspace. The trained "
             "column knows questions that were asked before in other words; what nobody asked, "
             "it misses.", "evaluate"),
        Step("When fine-tuning is worth it",
             "The trained column wins here, because most questions were asked before in other "
             "words. A generating model also answers what is new: compare yours, with examples in "
             "the prompt and trained, before you pay for training.",
             "decide", *_CONNECT),
    ),
    GENERAL: (
        Step("Say what the model should do",
             "Instructions, examples and the template with the question and the passages. Every "
             "edit is a version that can be named, compared and restored.", "prompt"),
        Step("Give it something to know",
             "Drop files or folders anywhere. They are read, split and indexed on this machine, "
             "and what cannot be read says why.", "documents"),
        Step("Ask all strategies the same",
             "Type a question and press Ctrl+Enter: the answers stream side by side, with their "
             "sources, tokens, time and cost.", "question"),
        Step("Prove it on cases",
             "A case is a question with the answer you would accept. Import a list or type them, "
             "keep some as holdout, and run them all.", "evaluate"),
        Step("Decide",
             "Which strategy, how sure, at what cost, and what would change the answer. Twenty "
             "cases or more make a recommendation.", "decide"),
    ),
}


@dataclass(frozen=True, slots=True)
class Tour:
    """Which tour, how far, and whether it is on screen."""

    name: str
    at: int = 0
    shown: bool = True

    @property
    def steps(self) -> tuple[Step, ...]:
        return TOURS[self.name]

    @property
    def step(self) -> Step:
        return self.steps[self.at]

    @property
    def is_last(self) -> bool:
        return self.at == len(self.steps) - 1

    def moved(self, by: int) -> Tour:
        """As many steps on or back as there are."""
        return Tour(self.name, min(max(0, self.at + by), len(self.steps) - 1), self.shown)

    def as_fact(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"name": self.name, "at": self.at, "shown": self.shown}

    @classmethod
    def of(cls, said: Any) -> Tour:
        """From a fact. Without one: the general tour, not shown until somebody asks for it."""
        if not isinstance(said, Mapping):
            return cls(GENERAL, shown=False)
        name, at = said.get("name"), said.get("at")
        known = name if isinstance(name, str) and name in TOURS else GENERAL
        last = len(TOURS[known]) - 1
        step = at if isinstance(at, int) and not isinstance(at, bool) and 0 <= at <= last else 0
        return cls(known, step, said.get("shown") is True and known == name)
