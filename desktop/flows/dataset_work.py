"""Work on the workspace's dataset as a whole: find, mend, tag, split, fill from elsewhere."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from ..core.dataset.mends import REMOVE, SAFE, mended
from ..core.dataset.query import ExampleOrder, ExampleQuery
from ..core.dataset.report import DatasetReport
from ..core.dataset.split import validation_places
from ..core.dataset.turns import system_of
from ..core.errors import DatasetError
from ..core.ports import Ports, Store
from ..core.types import Example, ExampleState, Lineage, Message
from .dataset_edits import Change, Edit, Remove, Replace, Several, many

PAGE = 1_000  # examples that are mended at once
MOST_TAGS = 50  # that a split is stratified by


async def find(
    ports: Ports, query: ExampleQuery, report: DatasetReport | None = None, *,
    code: str = "", by: str = "", descending: bool = False,
) -> ExampleOrder:
    """What a query finds; of it only lines with an issue of a `code` ("any": of any), and by
    `tokens` or `check` (worst first) where that is asked for, as the last check saw them."""
    order = await ports.store.example_order(query)
    if report is None or not (code or by):
        return order
    places: Iterable[int] = range(len(order))
    if code:
        lines = {i.line for i in report.issues if code in ("any", i.code)}
        places = [place for place in places if order.lines[place] in lines]
    if by == "tokens":
        counts = dict(zip(report.lines, report.counts, strict=True))
        places = sorted(places, key=lambda at: counts.get(order.lines[at], -1), reverse=descending)
    elif by == "check":
        worst = {i.line: i.severity for i in reversed(report.issues)}  # errors come first
        rank = {"error": 0, "warning": 1}
        places = sorted(places, key=lambda at: rank.get(worst.get(order.lines[at], ""), 2),
                        reverse=descending)
    chosen = list(places)
    return ExampleOrder(array("q", (order.ids[at] for at in chosen)),
                        array("q", (order.lines[at] for at in chosen)))


# --- mends -------------------------------------------------------------------------------


async def mend(ports: Ports, report: DatasetReport, codes: Collection[str]) -> Edit | None:
    """One step that mends all issues of these codes; None where there is nothing to mend."""
    order = await ports.store.example_order(ExampleQuery())
    by_line = dict(zip(order.lines, order.ids, strict=True))
    wanted: dict[int, set[str]] = {}
    for issue in report.issues:
        if issue.code in codes:
            wanted.setdefault(issue.line, set()).add(issue.code)
    if "completion_format" in codes:
        wanted |= {line: {"completion_format"} for line in by_line if line not in wanted}
    gone = [by_line[line] for line, found in wanted.items() if found & REMOVE and line in by_line]
    kept = [line for line, found in wanted.items() if not found & REMOVE and line in by_line]
    before, after = [], []
    system = await _common_system(ports) if "system_differs" in codes else ""
    for start in range(0, len(kept), PAGE):
        lines = kept[start:start + PAGE]
        for example in await ports.store.example_page([by_line[line] for line in lines]):
            new = example
            for code in sorted(wanted[example.line]):
                new = mended(new, code, system)
            if new is not example:
                before.append(example)
                after.append(new)
    edits: list[Edit] = [Remove("", gone)] if gone else []
    edits += [Replace("", before, after)] if after else []
    return Several(f"Mend {many(len(gone) + len(after))}", edits) if edits else None


def mendable(report: DatasetReport) -> int:
    """How many issues one click mends without changing what is learned."""
    return sum(issue.code in SAFE and issue.line > 0 for issue in report.issues)


async def _common_system(ports: Ports, sample: int = 500) -> str:
    """The system message that most of some examples, evenly drawn, have."""
    order = await ports.store.example_order(ExampleQuery(state="kept"))
    step = max(len(order) // sample, 1)
    some = await ports.store.example_page(order.ids[::step].tolist())
    found = Counter(system_of(example) for example in some)
    return found.most_common(1)[0][0] if found else ""


# --- many at once ------------------------------------------------------------------------


async def tag(store: Store, ids: Sequence[int], name: str, *, on: bool) -> Edit:
    """Add or remove a tag."""
    changes = {}
    for start in range(0, len(ids), PAGE):
        for example in await store.example_page(ids[start:start + PAGE]):
            without = tuple(each for each in example.tags if each != name)
            tags = (*without, name) if on else without
            if tags != example.tags:
                changes[example.id] = {"tags": tags}
    return Change(f"{'Tag' if on else 'Untag'} {many(len(changes))}", changes)


def set_state(ids: Sequence[int], state: ExampleState) -> Edit:
    """Keep examples, or switch them off."""
    words = "Switch off" if state == "off" else "Keep"
    return Change(f"{words} {many(len(ids))}", {each: {"state": state} for each in ids})


def set_split(ids: Sequence[int], side: str) -> Edit:
    """Put examples on one side of the split."""
    return Change(f"Use {many(len(ids))} for {side}", {each: {"split": side} for each in ids})


async def split(
    ports: Ports, report: DatasetReport, share: float, seed: int
) -> tuple[Edit, int]:
    """One step that draws who validates among the kept examples, and how many do.

    Raises DatasetError where the check is older than the dataset, or nothing can be drawn.
    """
    order = await ports.store.example_order(ExampleQuery(state="kept"))
    if order.lines.tolist() != list(report.lines) or len(report.groups) != len(order):
        raise DatasetError("The examples have changed since they were checked",
                           remedy="Wait until the check has ended and split again")
    tags = await _first_tags(ports, order.ids)
    chosen = validation_places(report.groups, tags, share, seed)
    if not chosen:
        raise DatasetError(
            f"{len(order):,} examples cannot be split so that {share:.0%} validate",
            why="Examples that are nearly the same stay together",
            remedy="Add examples, or choose another share",
        )
    sides = {id: {"split": "validation" if at in chosen else "training"}
             for at, id in enumerate(order.ids)}
    return Change(f"Split {many(len(order))}", sides), len(chosen)


async def _first_tags(ports: Ports, ids: Sequence[int]) -> list[str]:
    found: dict[int, str] = {}
    tags = list((await ports.store.example_facets()).tags)[:MOST_TAGS]
    for name in reversed(tags):  # the most common one is set last, and holds
        tagged = (await ports.store.example_order(ExampleQuery(tag=name))).ids
        found.update(dict.fromkeys(tagged, name))
    return [found.get(each, "") for each in ids]


# --- from the workspace ------------------------------------------------------------------


async def from_cases(ports: Ports) -> list[Example]:
    """Examples of the cases of the tune part that have a reference answer; holdout cases are
    what is decided by, and are never trained on."""
    draft = await ports.store.draft()
    system = draft.system if draft else ""
    return [
        replace(_example(case.question, case.reference, system, case.history), tags=case.tags,
                origin=f"case {case.id}", lineage=Lineage(case_id=case.id))
        for case in await ports.store.cases() if case.split == "tune" and case.reference.strip()
    ]


async def from_few_shot(ports: Ports) -> list[Example]:
    """Examples of the few-shot examples of the prompt that is being written."""
    draft = await ports.store.draft()
    return [replace(_example(each.question, each.answer, draft.system), origin="few-shot example")
            for each in draft.examples] if draft else []


async def from_ratings(ports: Ports) -> list[Example]:
    """Examples of answers that people corrected, or rated well; a cell once, a correction
    before a rating. Holdout cases are what is decided by, and never become examples."""
    draft = await ports.store.draft()
    system = draft.system if draft else ""
    cases = {case.id: case for case in await ports.store.cases()}
    found: dict[int, Example] = {}
    for rating in await ports.store.ratings():
        good = rating.value is not None and rating.value == 1 and rating.other_cell_id is None
        if not (rating.correction.strip() or good) or (
                rating.cell_id in found and not rating.correction.strip()):
            continue
        cell = await ports.store.cell(rating.cell_id)
        if cell is None or cell.answer is None:
            continue
        case = cases.get(cell.case_id)
        if case is not None and case.split == "holdout":
            continue
        text = rating.correction.strip() or cell.answer.text
        words = "corrected" if rating.correction.strip() else "rated"
        found[rating.cell_id] = replace(
            _example(cell.answer.question, text, system, case.history if case else ()),
            origin=f"{words} answer of cell {cell.id}",
            lineage=Lineage(cell_id=cell.id, case_id=cell.case_id),
        )
    return list(found.values())


def _example(
    question: str, answer: str, system: str, history: Sequence[Message] = ()
) -> Example:
    """`history`: the turns before the question, without which it may mean nothing."""
    first = [("system", system)] if system.strip() else []
    said = [(turn.role, turn.content) for turn in history]
    messages = [{"role": role, "content": text}
                for role, text in (*first, *said, ("user", question), ("assistant", answer))]
    return Example(0, 0, {"messages": messages})
