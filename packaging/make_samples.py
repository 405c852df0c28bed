"""Make the sample workspaces in `resources/samples/` from the texts beside them.

    PYTHONPATH=. .venv/bin/python packaging/make_samples.py [benefits] [marketing] [sql]

The documents become real files, are read and indexed by the program itself, and lie in the
workspace with prompts, cases, a training set and a run. All text is our own; Alder & Finch
Instruments, Tern & Tide and Quayside Cycle Hire do not exist.

The run is made here by the built-in model and kept as it came; made again, only dates and
measured seconds differ. Its last column stays in the run alone: a ceiling, which the user's own
run can add, or the model that was trained here for it (torch and sentence-transformers), which is
no part of the program. Anybody can train it again: Train, Train locally.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from desktop.core.dataset.rows import read
from desktop.core.evaluation.chosen import FACT as CHOSEN
from desktop.core.evaluation.types import RunState, UseCase
from desktop.core.ports import Ports
from desktop.core.tours import FACT as TOUR
from desktop.core.tours import Tour
from desktop.core.tuning import Job
from desktop.core.types import (
    CURRENT_PROMPT,
    GOLD,
    Case,
    Example,
    FewShotExample,
    Parameters,
    Prompt,
    Rung,
    Strategy,
)
from desktop.flows.deploying import use
from desktop.flows.estimating import PACE_FACT
from desktop.flows.evaluating import run
from desktop.flows.indexing import index
from desktop.flows.local_training import lesson, train_local
from desktop.flows.use_case import save_use_case
from desktop.parts import DATABASES, Parts, open_parts
from desktop.services import workspace
from desktop.services.settings_file import SettingsFile

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
TEMPLATE = "{{ context }}\n\nQuestion: {{ question }}"
RUN_NAME = "Recorded run"
FEW = 4  # training examples that stand in the prompt of the samples on voice and SQL
NEAREST = 4  # those most like each question, which are added to it


@dataclass(frozen=True)
class Sample:
    """What a workspace is filled with; `write` makes its documents in a folder."""

    name: str
    question: str
    goal: UseCase
    prompt: Prompt
    prompt_name: str
    write: Callable[[Path, Path], None]
    last_rung: Callable[[Ports], Awaitable[Strategy]]

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
    with closing(sqlite3.connect(database)) as db, db:
        db.executescript((source / "schema.sql").read_text("utf-8"))


def copy(source: Path, folder: Path) -> None:
    (folder / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")


def tables() -> str:
    lines = (SAMPLES / "sql" / "schema.sql").read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if line.startswith("CREATE TABLE"))


# --- the last rung of a run -------------------------------------------------------------


async def ceiling(ports: Ports) -> Strategy:
    """As the column with documents, but on the pages that each case names."""
    base = (await ports.store.strategies())[-1]
    return await ports.store.save_strategy(Strategy(
        0, Rung.CEILING.value, prompt=CURRENT_PROMPT, retrieval=GOLD.name, derived_from=base.id,
        position=base.position + 1))


async def trained(ports: Ports) -> Strategy:
    """A column of the built-in model, trained on the examples; its job is not kept."""
    job: Job = await train_local(await lesson(ports), ports, lambda event: None)
    await ports.store.remove_job(job.id)
    return await use(job, ports)


# --- the samples -------------------------------------------------------------------------

BENEFITS = Sample(
    "benefits", "Are eyeglasses covered?",
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
    "Cites pages, says when unsure", write_benefits, ceiling,
)
MARKETING = Sample(
    "marketing",
    "Describe the Buoy storage jar. Facts: glass, cork lid, 2 litres.",
    UseCase("Write product descriptions in our brand's voice", metric="similarity", least=0.6,
            monthly_calls=300),
    Prompt(
        "You write product descriptions for Tern & Tide, a shop for the home by the sea.\n"
        "Two short sentences: first the moment in which the thing is used, then the product "
        "with its material and measures.\n"
        "Warm and dry, no exclamation marks. Name every fact you are given and add none.",
        first_examples("marketing", FEW), TEMPLATE, Parameters(temperature=0.7, max_tokens=120),
        NEAREST,
    ),
    "The voice in three lines", write_marketing, trained,
)
SQL = Sample(
    "sql", "Which customers live in Malmo?",
    UseCase("Turn questions about our rentals into SQL", metric="sql_equivalence", least=0.6,
            monthly_calls=5_000),
    Prompt(
        "You translate questions about the database of Quayside Cycle Hire into one SQLite "
        f"query. Answer with the query and nothing else.\n\n{tables()}",
        first_examples("sql", FEW), "{{ question }}", Parameters(temperature=0.0, max_tokens=200),
        NEAREST,
    ),
    "Schema and the nearest examples", write_sql, trained,
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
    await ports.store.set_fact(TOUR, Tour(sample.name).as_fact())


async def record(sample: Sample, parts: Parts, ports: Ports) -> None:
    """All cases under all columns and the last rung, each answer scored."""
    if sample.name in DATABASES:
        database = str(SAMPLES.parent / DATABASES[sample.name])
        await ports.store.set_fact(CHOSEN, {"database": database})
        parts.update_settings(lambda settings: settings.confirmed_database(
            str(ports.workspace.absolute()), database))
    last = await sample.last_rung(ports)
    done = await run(await ports.store.strategies(), await ports.store.cases(), ports,
                     name=RUN_NAME)
    assert done.state is RunState.DONE, done
    await ports.store.remove_strategy(last.id)
    await ports.store.set_fact(PACE_FACT, None)  # how fast this machine was
    await ports.store.set_fact(CHOSEN, None)  # the path is of this machine


async def make(sample: Sample) -> None:
    target = SAMPLES / f"{sample.name}.stratex"
    with tempfile.TemporaryDirectory() as folder:
        documents, made = Path(folder, "documents"), Path(folder, "made.stratex")
        documents.mkdir()
        sample.write(sample.folder, documents)
        async with open_parts(SettingsFile(Path(folder, "data"))) as parts:
            await parts.warm_up()
            await parts.create(made)
            async with parts.workspace(made) as ports:
                await index(sorted(documents.iterdir()), ports)  # its processes start only once
            made.unlink()
            await parts.create(made)
            async with parts.workspace(made) as ports:
                await fill(sample, ports, sorted(documents.iterdir()))
                await record(sample, parts, ports)
        with closing(sqlite3.connect(made)) as db, db:  # where they were read is of this machine
            db.execute("UPDATE documents SET path = ''")
        target.unlink(missing_ok=True)
        await workspace.duplicate(made, target)  # without the room of what was removed
    print(f"{target.name}: {target.stat().st_size / 1024:.0f} KB")


async def main(names: Sequence[str]) -> None:
    for name in names or ALL:
        await make(ALL[name])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
