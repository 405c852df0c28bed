"""Training examples from files and other places, and into files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.columns import Role, guess, head_of, missing
from ...core.dataset.mapping import ALIASES
from ...core.errors import DatasetError
from ...core.types import Example
from ...flows import dataset_edits, dataset_files, dataset_work, datasets
from ...flows.dataset_edits import many
from .. import file_dialogs
from ..main_window import MainWindow

if TYPE_CHECKING:
    from .dataset import DatasetController

ROLES = (
    Role("question", "Question", True, ALIASES["question"], "What the user asks"),
    Role("answer", "Answer", True, ALIASES["answer"], "What the model should learn to say"),
    Role("context", "Added to the question", False, ALIASES["context"],
         "Instructions or hints of each row, put under the question"),
    Role("system", "System message", False, ALIASES["system"], "The same for all is best"),
    Role("tags", "Tags", False, ALIASES["tags"], "For filters, and for a fair split"),
    Role("rejected", "Worse answer", False, ALIASES["rejected"],
         "With it, each row becomes a preference example"),
)
_SOURCES: Mapping[str, tuple[str, str]] = {
    "cases": ("cases", "There is no case of the tune part with a reference answer. Import cases "
                       "in Evaluate; those of the holdout part are never trained on."),
    "ratings": ("rated answers", "No answer was corrected or rated well yet. Do so under an answer "
                                 "in Evaluate."),
    "few_shot": ("few-shot examples", "The prompt has no few-shot examples. Add some in the Prompt "
                                      "pane."),
}


class DatasetFiles:
    """In and out, for the dataset's controller."""

    def __init__(self, controller: DatasetController, window: MainWindow) -> None:
        self._dataset = controller
        self._window = window

    # --- in ------------------------------------------------------------------------------

    def import_files(self, paths: Sequence[Path]) -> None:
        """Lines are taken as they are; of a table somebody says which column is which."""
        for path in paths:
            work = self._ask_columns(path) if dataset_files.is_table(str(path)) else \
                self._import(path)
            self._dataset.tasks.start(
                f"Import {path.name}", work, key=f"import {path}", shown=True)

    async def _import(self, path: Path) -> None:
        tasks, ports = self._dataset.tasks, self._dataset.ports
        number = tasks.running(f"import {path}")
        done = await datasets.import_lines(
            str(path), ports, lambda count: tasks.update(number, many(count)))
        self._dataset.found(done.issues)
        self._keep(f"Import {path.name}", done.ids)

    def _keep(self, text: str, ids: list[int]) -> None:
        self._dataset.push(dataset_edits.Add(text, ids=ids, there=True))

    async def _ask_columns(self, path: Path) -> None:
        from ..compare.evaluate.mapping import MappingDialog

        ports = self._dataset.ports
        table = await dataset_files.table_rows(str(path), ports.files, ports.reader)
        head = head_of([row for _, row in table if isinstance(row, Mapping)])
        if not head.total:
            raise DatasetError(f"{path.name} has no rows under its header",
                               remedy="Put the names of the columns into the first row")
        dialog = MappingDialog(path.name, head, ROLES, self._window, what="example")
        if missing(guess(head.columns, ROLES), ROLES):
            dialog.go.setFocus()
        dialog.mapped.connect(partial(self._import_table, path))
        dialog.open()

    def _import_table(self, path: Path, mapped: dict[str, str]) -> None:
        named = {name: column for name, column in mapped.items() if column}
        self._dataset.tasks.start(
            f"Import {path.name}", self._table(path, named), shown=True)

    async def _table(self, path: Path, named: Mapping[str, str]) -> None:
        new, skipped = await dataset_files.import_table(str(path), self._dataset.ports, named)
        self._keep(f"Import {path.name}", [example.id for example in new])
        several = sum(bool(example.accepted) for example in new)
        words = [f"{many(len(new))} imported."]
        if several:
            words.append(f"{several:,} have several accepted answers; the first is the target.")
        if skipped:
            words.append(f"{many(len(skipped), 'row')} left out, first row {skipped[0].line}: "
                         f"{skipped[0].why}.")
        self._window.messages.say(" ".join(words))

    def fill_from(self, name: str) -> None:
        """Examples from the workspace itself."""
        self._dataset.tasks.start("Collect examples", self._fill_from(name), shown=True)

    async def _fill_from(self, name: str) -> None:
        ports = self._dataset.ports
        make = {"cases": dataset_work.from_cases, "ratings": dataset_work.from_ratings,
                "few_shot": dataset_work.from_few_shot}[name]
        found: list[Example] = await make(ports)
        words, nothing = _SOURCES[name]
        if found:
            self._dataset.push(dataset_edits.Add(f"Add {many(len(found))} from {words}", found))
        else:
            self._window.messages.say(nothing)

    # --- out -----------------------------------------------------------------------------

    def export(self, target: str) -> None:
        """Ask for a file and write the kept examples."""
        file_dialogs.choose_new_file(
            self._window, "Export training examples", file_dialogs.DATASETS, "jsonl",
            partial(self._export_to, target),
        )

    def _export_to(self, target: str, path: Path) -> None:
        self._dataset.tasks.start(f"Export {path.name}", self._export(target, path), shown=True)

    async def _export(self, target: str, path: Path) -> None:
        ports = self._dataset.ports
        if target in ("completion", "llama"):
            done = await dataset_files.export_as(str(path), ports, target)  # type: ignore[arg-type]
            words = f"{many(done.examples)} written to {path.name}."
            if done.skipped:
                words += (f" {len(done.skipped):,} were left out, first line "
                          f"{done.skipped[0].line}: {done.skipped[0].why}.")
        else:
            side = "" if target == "all" else target
            number = await datasets.export_lines(str(path), ports, side)
            words = f"{many(number)} written to {path.name}, as Azure OpenAI takes them."
        self._window.messages.say(words)

