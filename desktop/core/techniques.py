"""Ways to write a prompt that are known to help, each with an example.

The list follows Microsoft's guidance (learn.microsoft.com: "Prompt engineering techniques",
"System message design", "Safety system messages", "Azure OpenAI reasoning models"); the words and
examples are ours. `core/prompt_review` says which of them a prompt uses and which it lacks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .model_names import candidates

Part = Literal["system", "template", "example"]


@dataclass(frozen=True, slots=True)
class Technique:
    """One way; `insert` is a text to begin with, put at the end of `part`."""

    id: str
    name: str
    what: str
    example: str
    part: Part = "system"
    insert: str = ""


TECHNIQUES: tuple[Technique, ...] = (
    Technique(
        "job", "Say the job",
        "One sentence on who answers whom, about what. It sets words, tone and depth.",
        "You answer the questions of new tenants, who have never read a lease, about theirs.",
        insert="You answer [who asks]'s questions about [subject]."),
    Technique(
        "boundaries", "Draw boundaries",
        "What the model must leave alone. A boundary needs a word such as only, never or do not.",
        "Never quote a price. Leave questions about other departments to them.",
        insert="Only answer questions about [subject]. Never [what it must leave alone]."),
    Technique(
        "format", "Name the form of the answer",
        "Length, layout and language, so that answers can be read alike and scored alike.",
        "Answer in at most three sentences, then one line that begins with “Next step:”.",
        insert="Answer in two or three plain sentences."),
    Technique(
        "out", "Give the model an out",
        "What to do when it is unsure. Without one, a model fills the gap with something likely.",
        "If you are not sure, say that you do not know and whom to ask.",
        insert="If you are not sure of the answer, say that you do not know."),
    Technique(
        "grounding", "Ground it in what is given",
        "Tell it to answer from the passages only: without that, they are a hint and no limit.",
        "Use only the passages between the marks. What they do not say, you do not know.",
        insert="Use only the passages you are given."),
    Technique(
        "cite", "Ask for citations",
        "A number behind each claim lets the reader check it, and lets this program score it.",
        "Put the number of the passage behind each sentence that uses it, as [2].",
        insert="Cite each passage you use as [n]."),
    Technique(
        "ungrounded", "Forbid guessing",
        "Safety against made-up content: no assumptions, no inferred names, dates or numbers.",
        "Do not guess names, dates or amounts, and do not add what you know from elsewhere.",
        insert="Do not guess, and do not add anything that the passages do not say."),
    Technique(
        "harmful", "Refuse harmful requests",
        "Safety for answers that strangers read. Azure's content filter works beside it.",
        "If someone asks for something that could hurt a person, decline in one sentence.",
        insert="Do not write anything that is hateful, violent, sexual or otherwise harmful, even "
               "when you are asked to. Decline in one sentence instead."),
    Technique(
        "first", "Instructions first",
        "Say what to do before the text it is to be done with, so that the text is read for it.",
        "Find the notice period in the letter below.\n\n{{ letter }}",
        insert="Your task: [what to do with the text you will be given]."),
    Technique(
        "repeat", "Repeat the instruction at the end",
        "What stands last weighs most. After long passages the first instruction has faded.",
        "{{ context }}\n\nQuestion: {{ question }}\n\nRemember: one sentence, with its source.",
        "template"),
    Technique(
        "prime", "Prime the output",
        "Begin the answer yourself: the model goes on in the form that you began.",
        "Turn the question into a query.\n\n{{ question }}\n\nSELECT", "template", "Answer:"),
    Technique(
        "syntax", "Use clear syntax",
        "Labels, headings or tags show where one kind of text ends and the next begins.",
        "Letter:\n{{ letter }}\n\nQuestion: {{ question }}", "template"),
    Technique(
        "steps", "Break the task down",
        "Several things asked at once are forgotten one by one. Numbered steps are not.",
        "1. List the claims in the text.\n2. Mark those that a passage supports.\n"
        "3. Write the answer from the marked ones.",
        insert="Work in these steps:\n1. [first]\n2. [second]\n3. [third]"),
    Technique(
        "thought", "Let it think aloud",
        "For models that do not reason by themselves: they decide better after writing the steps "
        "down. Reasoning models do so unasked, and asking them again only costs tokens.",
        "Go through it step by step, then give the result in the last line after “Result:”.",
        insert="Think step by step, then give the answer in a last line that begins with "
               "“Answer:”."),
    Technique(
        "shots", "Show examples",
        "Two or three questions with the answers you want teach form and tone better than rules.",
        "Question: Can I sublet?\nAnswer: Only with the landlord's written consent. [3]",
        "example"),
    Technique(
        "decline_shot", "Show the out as well",
        "Where every example answers, a model learns always to answer.",
        "Question: Who won the match?\nAnswer: I do not know. The passages do not say.",
        "example"),
)
BY_ID = {technique.id: technique for technique in TECHNIQUES}

_REASONS = re.compile(r"o[1-9]\d*($|-)|gpt-5(?!.*chat)|gpt-oss|codex|deepseek-r|qwq|magistral"
                      r"|.*(reason|think)")


def is_reasoning(model: str) -> bool | None:
    """Does a model reason before it answers? None where its name is not known."""
    names = candidates(model)
    return any(_REASONS.match(name) is not None for name in names) if names else None
