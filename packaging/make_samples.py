"""Make `resources/samples/benefits.stratex` from the texts beside it.

    .venv/bin/python packaging/make_samples.py

The documents become real files (two PDFs, a Word file, Markdown), are read and indexed by the
program itself, and lie in the workspace with prompts, cases and a training set. All text is
our own; Alder & Finch Instruments does not exist.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

from desktop.core.dataset.rows import read
from desktop.core.evaluation.types import UseCase
from desktop.core.ports import Ports
from desktop.core.types import Case, Example, FewShotExample, Parameters, Prompt
from desktop.flows.indexing import index
from desktop.flows.use_case import save_use_case
from desktop.parts import open_parts

SOURCES = Path(__file__).resolve().parent.parent / "resources" / "samples" / "benefits"
TARGET = SOURCES.parent / "benefits.stratex"
QUESTION = "Are eyeglasses covered?"
HINT = "One question, three answers: each column adds one ingredient. Ctrl+Enter asks."
GOAL = UseCase(
    "Answer employees' questions about our benefits", metric="token_f1", least=0.3,
    monthly_calls=2_000, most_latency=10.0,
)
PROMPT = Prompt(
    system=(
        "You answer questions of employees of Alder & Finch Instruments about their benefits.\n"
        "Use only the passages you are given and cite each one you use as [n].\n"
        "Answer in two or three plain sentences.\n"
        "If the passages do not answer the question, say that you do not know. The Benefits "
        "Desk at extension 4400 answers on weekdays from 8 a.m. to 6 p.m."
    ),
    examples=(
        FewShotExample(
            "How long do I have to appeal a decision?",
            "You can appeal within 180 days of the letter. Write to the Benefits Desk and say "
            "which decision you mean.",
        ),
        FewShotExample(
            "Can my brother join my plan?",
            "No. You can enrol your husband, wife or registered partner and your children up "
            "to the age of 26.",
        ),
    ),
    template="{{ context }}\n\nQuestion: {{ question }}",
    parameters=Parameters(temperature=0.0, max_tokens=300),
)


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


def write_documents(folder: Path) -> list[Path]:
    write_pdf(SOURCES / "Health_Plans_2026.txt", folder / "Health_Plans_2026.pdf")
    write_pdf(SOURCES / "Vision_and_Hearing_2026.txt", folder / "Vision_and_Hearing_2026.pdf")
    write_docx(SOURCES / "Claims_and_Reimbursement.txt", folder / "Claims_and_Reimbursement.docx")
    faq = (SOURCES / "Benefits_FAQ.md").read_text(encoding="utf-8")
    (folder / "Benefits_FAQ.md").write_text(faq, encoding="utf-8")
    return sorted(folder.iterdir())


def cases() -> list[Case]:
    lines = (SOURCES / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    made = []
    for line in lines:
        row = json.loads(line)
        sources = tuple((name, page) for name, page in row["sources"])
        made.append(Case(0, row["question"], row["reference"], sources))
    return made


def examples() -> list[Example]:
    data = (SOURCES / "training.jsonl").read_bytes()
    return [item for item in read(data, "sample") if isinstance(item, Example)]


async def fill(ports: Ports, documents: list[Path]) -> None:
    outcomes = await index(documents, ports)
    assert all(outcome.status == "ready" for outcome in outcomes), outcomes
    await ports.store.save_prompt(PROMPT, "Cites pages, says when unsure")
    await ports.store.add_cases(cases())
    await ports.store.replace_examples(examples())
    await save_use_case(ports.store, GOAL)
    await ports.store.set_fact("question", QUESTION)
    await ports.store.set_fact("hint", HINT)


async def main() -> None:
    TARGET.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with open_parts() as parts:
            await parts.create(TARGET)
            async with parts.workspace(TARGET) as ports:
                await fill(ports, write_documents(Path(folder)))
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    asyncio.run(main())
