"""Make the sample workspaces in `resources/samples/` from the texts beside them.

    .venv/bin/python packaging/make_samples.py [benefits] [marketing] [sql]

The documents become real files, are read and indexed by the program itself, and lie in the
workspace with prompts, cases and a training set. All text is our own; Alder & Finch
Instruments, Tern & Tide and Quayside Cycle Hire do not exist.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.core.dataset.rows import read
from desktop.core.evaluation.types import UseCase
from desktop.core.ports import Ports
from desktop.core.types import Case, Example, FewShotExample, Parameters, Prompt
from desktop.flows.indexing import index
from desktop.flows.use_case import save_use_case
from desktop.parts import open_parts

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
TEMPLATE = "{{ context }}\n\nQuestion: {{ question }}"
FEW = 4  # training examples that stand in the prompt of the samples on voice and SQL


@dataclass(frozen=True)
class Sample:
    """What a workspace is filled with; `write` makes its documents in a folder."""

    name: str
    question: str
    hint: str
    goal: UseCase
    prompt: Prompt
    prompt_name: str
    write: Callable[[Path, Path], None]

    @property
    def folder(self) -> Path:
        return SAMPLES / self.name

    def cases(self) -> list[Case]:
        rows = map(json.loads, (self.folder / "cases.jsonl").read_text("utf-8").splitlines())
        return [
            Case(0, row["question"], row["reference"],
                 tuple((name, page) for name, page in row.get("sources", ())),
                 split=row.get("split", "tune"))
            for row in rows
        ]

    def examples(self) -> list[Example]:
        """All but those that the prompt shows already."""
        data = (self.folder / "training.jsonl").read_bytes()
        found = [item for item in read(data, "sample") if isinstance(item, Example)]
        shown = {example.question for example in self.prompt.examples}
        return [each for each in found if each.row["messages"][1]["content"] not in shown]


def first_examples(name: str, count: int) -> tuple[FewShotExample, ...]:
    """The first of a training set, as few-shot examples."""
    lines = (SAMPLES / name / "training.jsonl").read_text("utf-8").splitlines()[:count]
    turns = [json.loads(line)["messages"] for line in lines]
    return tuple(FewShotExample(asked["content"], said["content"]) for _, asked, said in turns)


# --- documents ---------------------------------------------------------------------------


def blocks(text: str) -> list[tuple[str, str]]:
    """`(kind, text)` with kind `h1`, `h2`, `p` or `break`, in order."""
    found = []
    for page_number, page in enumerate(text.split("=== page\n")):
        if page_number:
            found.append(("break", ""))
        for block in page.strip().split("\n\n"):
            mark, _, rest = block.partition(" ")
            kind = {"#": "h1", "##": "h2"}.get(mark, "p")
            found.append((kind, block if kind == "p" else rest))
    return found


def write_pdf(source: Path, target: Path) -> None:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer

    styles = getSampleStyleSheet()
    names = {"h1": "Heading1", "h2": "Heading2", "p": "BodyText"}
    story = []
    for kind, text in blocks(source.read_text(encoding="utf-8")):
        if kind == "break":
            story.append(PageBreak())
            continue
        story.append(Paragraph(text.replace("&", "&amp;"), styles[names[kind]]))
        story.append(Spacer(1, 4))
    SimpleDocTemplate(str(target), pagesize=A4, title=source.stem.replace("_", " "),
                      invariant=True).build(story)


def write_docx(source: Path, target: Path) -> None:
    import docx

    document = docx.Document()
    for kind, text in blocks(source.read_text(encoding="utf-8")):
        if kind == "p":
            document.add_paragraph(text)
        else:
            document.add_heading(text, level=int(kind[1]))
    document.save(str(target))


def write_benefits(source: Path, folder: Path) -> None:
    for name in ("Health_Plans_2026", "Vision_and_Hearing_2026"):
        write_pdf(source / f"{name}.txt", folder / f"{name}.pdf")
    write_docx(source / "Claims_and_Reimbursement.txt", folder / "Claims_and_Reimbursement.docx")
    copy(source / "Benefits_FAQ.md", folder)


def write_marketing(source: Path, folder: Path) -> None:
    copy(source / "Brand_Voice.md", folder)


def write_sql(source: Path, folder: Path) -> None:
    """The tables as a document; the database itself lies beside the workspace."""
    (folder / "Schema.md").write_text(f"# Quayside Cycle Hire\n\n{tables()}\n", encoding="utf-8")
    database = SAMPLES / "sql.sqlite"
    database.unlink(missing_ok=True)
    with sqlite3.connect(database) as db:
        db.executescript((source / "schema.sql").read_text("utf-8"))


def copy(source: Path, folder: Path) -> None:
    (folder / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")


def tables() -> str:
    lines = (SAMPLES / "sql" / "schema.sql").read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if line.startswith("CREATE TABLE"))


# --- the samples -------------------------------------------------------------------------

BENEFITS = Sample(
    "benefits", "Are eyeglasses covered?",
    "One question, three answers: each column adds one ingredient. Ctrl+Enter asks.",
    UseCase("Answer employees' questions about our benefits", metric="token_f1", least=0.3,
            monthly_calls=2_000, most_latency=10.0),
    Prompt(
        "You answer questions of employees of Alder & Finch Instruments about their benefits.\n"
        "Use only the passages you are given and cite each one you use as [n].\n"
        "Answer in two or three plain sentences.\n"
        "If the passages do not answer the question, say that you do not know. The Benefits "
        "Desk at extension 4400 answers on weekdays from 8 a.m. to 6 p.m.",
        (
            FewShotExample(
                "How long do I have to appeal a decision?",
                "You can appeal within 180 days of the letter. Write to the Benefits Desk and "
                "say which decision you mean."),
            FewShotExample(
                "Can my brother join my plan?",
                "No. You can enrol your husband, wife or registered partner and your children "
                "up to the age of 26."),
        ),
        TEMPLATE, Parameters(temperature=0.0, max_tokens=300),
    ),
    "Cites pages, says when unsure", write_benefits,
)
MARKETING = Sample(
    "marketing",
    "Describe the Low Tide mug. Facts: stoneware, 350 ml, blue glaze, dishwasher safe.",
    "A brand's voice is a matter of the prompt. The built-in model only quotes, so it declines "
    "here: connect a model that writes, and ask again.",
    UseCase("Write product descriptions in our brand's voice", metric="similarity", least=0.6,
            monthly_calls=300),
    Prompt(
        "You write product descriptions for Tern & Tide, a shop for the home by the sea.\n"
        "Two short sentences: first the moment in which the thing is used, then the product "
        "with its material and measures.\n"
        "Warm and dry, no exclamation marks. Name every fact you are given and add none.",
        first_examples("marketing", FEW), TEMPLATE, Parameters(temperature=0.7, max_tokens=120),
    ),
    "The voice in three lines", write_marketing,
)
SQL = Sample(
    "sql", "How many electric bikes are there?",
    "The same format every time is what training is good at. The built-in model only quotes, "
    "so it declines here: connect a model that writes, and ask again.",
    UseCase("Turn questions about our rentals into SQL", metric="sql_equivalence", least=0.7,
            monthly_calls=5_000),
    Prompt(
        "You translate questions about the database of Quayside Cycle Hire into one SQLite "
        f"query. Answer with the query and nothing else.\n\n{tables()}",
        first_examples("sql", FEW), "{{ question }}", Parameters(temperature=0.0, max_tokens=200),
    ),
    "Schema and four examples", write_sql,
)
ALL = {sample.name: sample for sample in (BENEFITS, MARKETING, SQL)}


async def fill(sample: Sample, ports: Ports, documents: Sequence[Path]) -> None:
    outcomes = await index(documents, ports)
    assert all(outcome.status == "ready" for outcome in outcomes), outcomes
    await ports.store.save_prompt(sample.prompt, sample.prompt_name)
    await ports.store.add_cases(sample.cases())
    await ports.store.replace_examples(sample.examples())
    await save_use_case(ports.store, sample.goal)
    await ports.store.set_fact("question", sample.question)
    await ports.store.set_fact("hint", sample.hint)


async def make(sample: Sample) -> None:
    target = SAMPLES / f"{sample.name}.stratex"
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        sample.write(sample.folder, Path(folder))
        async with open_parts() as parts:
            await parts.create(target)
            async with parts.workspace(target) as ports:
                await fill(sample, ports, sorted(Path(folder).iterdir()))
    print(f"{target.name}: {target.stat().st_size / 1024:.0f} KB")


async def main(names: Sequence[str]) -> None:
    for name in names or ALL:
        await make(ALL[name])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
