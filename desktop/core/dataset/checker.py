"""All checks of a dataset, however long, block by block: nothing of a line is kept but what
comparing it with others needs.

    checker = Checker(count, limit)
    checker.add(b'{"messages": ...}\\n...')     as often as there are blocks
    for share in checker.finish(): ...          the comparisons; 0 to 1
    checker.checked()
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence

from ..types import DatasetIssue, Example
from . import across, rows, statistics
from .checks import check_example, check_texts, may_be_wrong
from .findings import Finding
from .languages import language_of
from .near import NearTexts
from .plain import Messages, plain_messages
from .report import Checked, in_order
from .rows import Format
from .targets import Targets
from .turns import answer_of, question_of

CountTokens = Callable[[str], int]
REMEMBERED = 80  # characters; the counts of shorter texts, such as labels, are kept
LANGUAGE_SHARE = 0.8  # of the examples: from then on others are strangers
FEWEST = 10  # examples whose language is known, before languages are compared


class Checker:
    """See the module."""

    def __init__(
        self, count: CountTokens, limit: int = statistics.LIMIT, *, shapes_only: bool = False
    ) -> None:
        """`limit`: tokens of one example, the rest is cut off. `shapes_only`: what a service
        would refuse, and the tokens; texts are not read and examples not compared."""
        self._count = count
        self._limit = limit
        self._shapes_only = shapes_only
        self._known: dict[str, int] = {}  # tokens of texts that come again
        self._line = 0  # of the file, read so far
        self._lines, self.counts, self.groups = array("I"), array("I"), array("I")
        self.issues: list[DatasetIssue] = []
        self._kinds: dict[Format, array[int]] = {name: array("I") for name in rows.FORMATS}
        self._shapeless: list[Example] = []  # to be checked as what the dataset turns out to be
        self._across = across.Across()
        self._near = NearTexts()
        self._targets = Targets()
        self._languages: dict[str, array[int]] = {}
        self._systems: set[str] = set()

    def add(self, block: bytes, lines: Sequence[int] = ()) -> None:
        """Whole lines of a dataset; `lines` are their numbers where they do not simply go on.

        Raises DatasetError for what is not UTF-8 text at all.
        """
        numbers = iter(lines)
        for item in rows.texts(block, first=self._line + 1):
            if isinstance(item, DatasetIssue):
                self._line = item.line
                self.issues.append(item)
                continue
            self._line, text = item
            line = next(numbers, self._line)
            self._lines.append(line)
            row = rows.parse_row(text)
            messages = None if isinstance(row, Finding) else plain_messages(row)
            if messages is not None:
                self._add_plain(line, messages)
            elif isinstance(row, Finding):
                self._add_other(Example(0, line, {}, text))
            else:
                self._add_other(Example(0, line, row))

    def _add_plain(self, line: int, messages: Messages) -> None:
        self._kinds["chat"].append(line)
        tokens = statistics.PER_CONVERSATION
        said = []
        for message in messages:
            role, text = message["role"], message["content"]
            tokens += statistics.PER_MESSAGE + self._repeated(role)
            if role == "system" or role == "developer":
                tokens += self._repeated(text)
                if text in self._systems:
                    continue
                self._systems.add(text)
            else:
                tokens += self._tokens(text)
            said.append(text)
        self.counts.append(tokens)
        if not self._shapes_only:
            doubtful = [text for text in said if may_be_wrong(text)]
            if doubtful:
                self.issues += [DatasetIssue(line, *each) for each in check_texts(doubtful)]
            self._compare(line, across.plain_parts(messages), messages[-2]["content"],
                          messages[-1]["content"])

    def _add_other(self, example: Example) -> None:
        kind = None if example.raw else rows.format_of(example.row)
        if kind is None and not example.raw:
            self._shapeless.append(example)
        else:
            self.issues += check_example(example, kind or "chat")
        if kind is not None:
            self._kinds[kind].append(example.line)
        texts, extra = statistics.texts_of(example)
        self.counts.append(extra + sum(map(self._tokens, texts)))
        if not self._shapes_only:
            self._compare(example.line, across.parts_of(example), question_of(example),
                          answer_of(example))

    def _compare(
        self, line: int, parts: across.Parts | None, question: str, answer: str
    ) -> None:
        self.issues += self._across.add_parts(line, parts)
        if parts is None:
            self._near.add("")
            return
        text = f"{question}\n{answer}"
        language = language_of(text, self._near.add(text))
        if language:
            self._languages.setdefault(language, array("I")).append(line)
        if parts.kind != "preference" and answer:
            self._targets.add(line, answer)

    def _tokens(self, text: str) -> int:
        return self._count(text) if len(text) > REMEMBERED else self._repeated(text)

    def _repeated(self, text: str) -> int:
        count = self._known.get(text)
        if count is None:
            count = self._known[text] = self._count(text)
        return count

    # --- what needs all lines ------------------------------------------------------------

    def finish(self) -> Iterator[float]:
        """Compare the examples; yields the share that is done."""
        format = self.format
        for example in self._shapeless:
            self.issues += check_example(example, format)
        self.issues += self._mixed(format)
        self.issues += self._cut_off()
        if self._shapes_only:
            return
        self.issues += self._across.finish()
        self.issues += self._targets.finish()
        self.issues += self._mixed_languages()
        left = 0.8
        yield 1 - left
        nearest: list[int] = []
        for found in self._near.firsts():
            nearest = found
            left *= 0.98
            yield 1 - left
        self._gather(nearest)

    @property
    def format(self) -> Format:
        """That of most lines."""
        return max(rows.FORMATS, key=lambda name: len(self._kinds[name]))

    def checked(self, exact: bool = True) -> Checked:
        """After `finish`."""
        return Checked(self.format, self.counts, self.groups, self._lines,
                       in_order(self.issues), exact)

    def _mixed(self, format: Format) -> Iterator[DatasetIssue]:
        for kind, lines in self._kinds.items():
            for line in lines if kind != format else ():
                yield DatasetIssue(
                    line, "error", "mixed_format",
                    f"This line is a {kind} example, and the dataset is {format}. "
                    "Convert it or remove it.",
                )

    def _cut_off(self) -> Iterator[DatasetIssue]:
        for line, count in zip(self._lines, self.counts, strict=True):
            if count > self._limit:
                yield DatasetIssue(
                    line, "warning", "too_long", f"{count:,} tokens: all after {self._limit:,} "
                    "are cut off. Shorten or split the example.",
                )

    def _mixed_languages(self) -> Iterator[DatasetIssue]:
        total = sum(map(len, self._languages.values()))
        if len(self._languages) < 2 or total < FEWEST:
            return
        common = max(self._languages, key=lambda name: len(self._languages[name]))
        if len(self._languages[common]) < LANGUAGE_SHARE * total:
            named = ", ".join(f"{len(lines):,} {name}" for name, lines in self._languages.items())
            yield DatasetIssue(
                across.WHOLE_FILE, "warning", "language_mix",
                f"The examples are in several languages: {named}. Check that this is meant.",
            )
            return
        for name, lines in self._languages.items():
            for line in lines if name != common else ():
                yield DatasetIssue(
                    line, "warning", "language_mix", f"This example seems to be {name}, and most "
                    f"are {common}. Translate or remove it, unless it is meant.",
                )

    def _gather(self, nearest: Sequence[int]) -> None:
        """Groups, and the near duplicates that are not said to be duplicates already."""
        said = {issue.line for issue in self.issues
                if issue.code in ("duplicate", "contradiction")}
        place = {line: at for at, line in enumerate(self._lines)}
        for at, (line, near) in enumerate(zip(self._lines, nearest, strict=True)):
            if near != at and line not in said:
                self.issues.append(_nearly(line, self._lines[near]))
            asked = place[self._across.same_question.get(line, line)]
            self.groups.append(min(self.groups[each] for each in {near, asked} if each < at)
                               if near < at or asked < at else at)


def _nearly(line: int, other: int) -> DatasetIssue:
    return DatasetIssue(
        line, "warning", "near_duplicate", f"Nearly the same as line {other}. "
        "Keep the better one, or both: a split keeps them together.",
    )


def check_all(
    blocks: Iterable[bytes], count: CountTokens, limit: int = statistics.LIMIT
) -> Checked:
    """Everything at once, where nobody waits."""
    checker = Checker(count, limit)
    for block in blocks:
        checker.add(block)
    for _ in checker.finish():
        pass
    return checker.checked()
