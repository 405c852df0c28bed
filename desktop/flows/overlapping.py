"""Is anything that is trained on or shown to the model evaluated as well? And refusing it."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.dataset.overlap import GoldPage, Overlap, OverlapGuard, in_document
from ..core.errors import ConfigurationError, DatasetError
from ..core.ports import Ports
from ..core.strategies import prompt_for
from ..core.types import Case, Example, FewShotExample, Page
from .slices import in_slices


async def find_overlaps(
    ports: Ports, examples: Sequence[Example] | None = None, *, documents: bool = True
) -> list[Overlap]:
    """All overlaps of the workspace, what is refused first; `examples`: instead of its dataset.

    See core/dataset/overlap for what counts. Without `documents` no page is looked through for
    questions of cases, which is for checks after every edit. Nothing is changed.
    """
    cases = await ports.store.cases()
    if not cases:
        return []
    rows = await ports.store.examples() if examples is None else examples
    wanted = {name.casefold() for case in cases if case.split == "holdout"
              for name, _ in case.sources}
    pages = await _pages(ports, None if documents else wanted)
    guard = OverlapGuard(cases, await few_shot_in_use(ports), _gold(cases, pages))
    found = guard.of_few_shot()
    async for example in in_slices(rows):
        found += guard.of_example(example)
    found += guard.finish()
    held: dict[str, set[int]] = {}
    async for name, page in in_slices(pages if documents else []):
        held.setdefault(name, set()).update(guard.in_page(page.text))
    found += [in_document(name, sorted(ids)) for name, ids in held.items() if ids]
    return sorted(found, key=lambda each: (not each.refused, each.line))


async def refuse_overlap(
    ports: Ports, examples: Sequence[Example] | None = None
) -> list[Overlap]:
    """Call before anything is uploaded for training. Returns what is only worth a warning.

    Raises DatasetError when an example is evaluated as well.
    """
    found = await find_overlaps(ports, examples, documents=False)
    refused = [each for each in found if each.refused]
    if refused:
        lines = len({each.line for each in refused})
        what = "1 example is" if lines == 1 else f"{lines:,} examples are"
        raise DatasetError(
            f"{what} among the cases that Decide judges by, so nothing was sent",
            why=refused[0].message,
            remedy="The Fine-tuning pane lists them all" if lines > 1 else "",
        )
    return found


async def few_shot_in_use(ports: Ports) -> list[FewShotExample]:
    """The few-shot examples that are on in the draft, and in the versions that columns use."""
    versions = await ports.store.prompt_versions()
    draft = await ports.store.draft()
    prompts = [draft] if draft is not None else [each.prompt for each in versions[-1:]]
    for strategy in await ports.store.strategies():
        try:
            version = prompt_for(strategy, versions)
        except ConfigurationError:
            continue  # its prompt is gone: asking it says so
        prompts += [version.prompt] if version is not None else []
    shown = {(each.question, each.answer): each
             for prompt in prompts for each in prompt.examples if each.on}
    return list(shown.values())


async def _pages(ports: Ports, names: set[str] | None) -> list[tuple[str, Page]]:
    """Of the documents with these names, in lower case; None: of all."""
    return [
        (document.name, page)
        for document in await ports.store.documents() if document.pages
        and (names is None or document.name.casefold() in names)
        for page in await ports.store.pages(document.id)
    ]


def _gold(cases: Sequence[Case], pages: Sequence[tuple[str, Page]]) -> list[GoldPage]:
    """The pages that holdout cases name; a source without a page means all of its document."""
    wanted = {(name.casefold(), number) for case in cases if case.split == "holdout"
              for name, number in case.sources}
    return [
        GoldPage(name, page.number, page.text) for name, page in pages
        if (name.casefold(), page.number) in wanted or (name.casefold(), None) in wanted
    ]
