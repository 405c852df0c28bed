"""What is known before a job is submitted: the dataset's check, its cost, and the readiness.

Readiness warns and never forbids. What would be refused forbids: a file with errors, and examples
that are evaluated as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..core.advice.decision import Check
from ..core.advice.readiness import Facts, readiness
from ..core.dataset.report import DatasetReport
from ..core.dataset.rows import parse
from ..core.dataset.statistics import training_cost
from ..core.errors import ConfigurationError, DatasetError, StrategyExplorerError
from ..core.tuning import Method, Order
from .datasets import check_file, check_stored, stored_blocks, whole_lines
from .deciding import decide
from .overlapping import refuse_overlap
from .training import Submission

if TYPE_CHECKING:
    from ..core.ports import Ports
    from ..core.types import Example


@dataclass(frozen=True, slots=True)
class Prepared:
    """A dataset that may be submitted."""

    report: DatasetReport
    training: bytes
    validation: bytes = b""
    source: str = ""
    validation_source: str = ""
    checks: tuple[Check, ...] = ()
    warnings: tuple[str, ...] = ()  # overlaps that are only worth a warning

    @property
    def method(self) -> Method:
        """The one that the examples' format is for."""
        return "dpo" if self.report.format == "preference" else "supervised"

    @property
    def unmet(self) -> tuple[Check, ...]:
        """Conditions that are not met, in the guidance's order."""
        return tuple(check for check in self.checks if check.status != "met")

    @property
    def sentence(self) -> str:
        """The readiness as one sentence."""
        if not self.unmet:
            return "All conditions for fine-tuning are met."
        return (f"{len(self.unmet)} of {len(self.checks)} conditions for fine-tuning are not met "
                f"or not known, first: {self.unmet[0].step or self.unmet[0].check}.")

    def submission(self, connection: str, order: Order) -> Submission:
        """What `training.submit` takes."""
        return Submission(connection, order, self.training, self.validation, self.source,
                          self.validation_source, lines_of(self.training))

    def cost(self, order: Order, price: float | None) -> float | None:
        """US dollars at `price` for a million tokens, for the order's epochs or the documented
        default; None where the price is unknown. What is held back is not billed; where it was
        counted with the rest, its part is taken to be that of its bytes."""
        tokens = self.report.billable_tokens
        if not self.source:
            tokens = round(tokens * len(self.training) / len(self.training + self.validation))
        return training_cost(tokens, order.hyperparameters.n_epochs or self.report.epochs, price)


def lines_of(content: bytes) -> int:
    """Lines that hold something."""
    ends = content.count(b"\n") - content.count(b"\n\n")
    return ends + (bool(content) and not content.endswith(b"\n"))


async def prepare_files(
    training: str, validation: str, model: str, ports: Ports
) -> Prepared:
    """Check and read files; `validation` "" for none.

    Raises DocumentError for a file that cannot be read, and DatasetError for one that the service
    would refuse or that holds what is evaluated.
    """
    report = await _checked(training, model, ports)
    content = await _content(training, ports)
    held_out = b""
    if validation:
        await _checked(validation, model, ports, few_allowed=True)
        held_out = await _content(validation, ports)
    warnings = await _overlaps(ports, parse(content).examples)
    return Prepared(report, content, held_out, training, validation,
                    await _readiness(ports, report), warnings)


async def prepare_dataset(model: str, ports: Ports) -> Prepared:
    """The workspace's kept examples, by their split. Raises DatasetError as `prepare_files`."""
    report = await check_stored(ports, model)
    if report is None or not report.examples:
        raise ConfigurationError("The dataset has no examples to train on",
                                 remedy="Import or add examples in the Fine-tuning pane")
    _refuse_errors(report, "The dataset")
    warnings = await _overlaps(ports, None)
    training = await _stored(ports, "training")
    if not training:
        raise DatasetError("All examples are held back for validation",
                           remedy="Split the dataset again, with a share of 0.1 or so")
    return Prepared(report, training, await _stored(ports, "validation"), "", "",
                    await _readiness(ports, report), warnings)


async def _checked(
    path: str, model: str, ports: Ports, *, few_allowed: bool = False
) -> DatasetReport:
    if ports.datasets is None:
        raise ConfigurationError("Datasets cannot be checked here")
    report = await check_file(path, ports.files, ports.datasets, ports.prices, model)
    _refuse_errors(report, path, few_allowed=few_allowed)
    return report


def _refuse_errors(report: DatasetReport, named: str, *, few_allowed: bool = False) -> None:
    """A validation file may be small: only what is trained on has a least number."""
    errors = [issue for issue in report.issues if issue.severity == "error"
              and not (few_allowed and issue.code == "too_few")]
    if errors:
        first = errors[0]
        place = f"Line {first.line}: " if first.line else ""
        more = f" and {len(errors) - 1:,} more" if len(errors) > 1 else ""
        raise DatasetError(
            f"{named} has {len(errors):,} error{'s' if more else ''}, so nothing was sent",
            why=f"{place}{first.message}".rstrip(".") + more,
            remedy="Mend them in the Fine-tuning pane, or list them with: dataset check FILE")


async def _content(path: str, ports: Ports) -> bytes:
    async with aclosing(whole_lines(ports.files, path)) as blocks:
        return b"".join([block async for block in blocks])


async def _stored(ports: Ports, split: str) -> bytes:
    return b"".join([block.data async for block in stored_blocks(ports, split)])


async def _overlaps(ports: Ports, examples: Sequence[Example] | None) -> tuple[str, ...]:
    return tuple(each.message for each in await refuse_overlap(ports, examples))


async def _readiness(ports: Ports, report: DatasetReport) -> tuple[Check, ...]:
    """The workspace's readiness, with what is about the dataset taken from the one that is sent:
    a file may be another one than the workspace's."""
    try:
        known = (await decide(ports)).readiness
    except StrategyExplorerError:  # a report that cannot be made must not keep anybody waiting
        known = ()
    own = {check.check: check for check in readiness(
        Facts(examples=report.examples, dataset_errors=report.errors))}
    about = [name for name in own if "Dataset" in name or "training examples" in name]
    return tuple(own[check.check] if check.check in about else check
                 for check in (known or own.values()))
