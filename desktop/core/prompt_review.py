"""Reads a prompt for what is there and what is missing, by plain rules that say why.

Each rule looks for words or for the place of a variable, nothing more; where it cannot tell, it
says nothing. The words are English: of a prompt in another language nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from .declines import is_decline
from .sentences import split_sentences
from .techniques import BY_ID, TECHNIQUES, Part, is_reasoning
from .types import FewShotExample, Prompt
from .wording import FUNCTION_WORDS, words

LEAST_WORDS = 12  # before a language can be told
ENGLISH = 0.2  # of the words of an English text are such as "the" and "of"; usually far more
MOST_READ = 10_000  # characters at the beginning and at the end of a part: rules stand there
LONG = 150  # words of a system message that needs a structure
DECLINE = FewShotExample(
    "[a question that your documents do not answer]", "I do not know. The passages do not say.")
SHOT = FewShotExample("[a typical question]", "[the answer you would want]")


class Seen(StrEnum):
    """What a rule found. `AT_HAND`: nothing speaks for or against it here."""

    FOUND = "found"
    MISSING = "missing"
    AT_HAND = "at hand"


@dataclass(frozen=True, slots=True)
class Insert:
    """A starting text for a part of the prompt, or an example; it takes the place of `replaces`,
    or stands at the end."""

    part: Part
    text: str = ""
    example: FewShotExample | None = None
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One technique in one prompt: `words` say what was seen, `why` the rule that decided."""

    technique: str
    seen: Seen
    words: str
    why: str
    insert: Insert | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """All techniques in their order; `note` says why there are no findings."""

    findings: tuple[Finding, ...] = ()
    note: str = ""

    @property
    def found(self) -> int:
        return sum(each.seen is Seen.FOUND for each in self.findings)

    @property
    def missing(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.seen is Seen.MISSING)

    @property
    def asked_for(self) -> int:
        """How many techniques fit this prompt."""
        return self.found + len(self.missing)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the prompt is used: `retrieves` when a column adds passages to it; `model` is the
    name of the model that gets it, "" for unknown."""

    retrieves: bool = False
    model: str = ""


def review(prompt: Prompt, setting: Setting = Setting()) -> Review:
    """Every technique, seen in this prompt or not."""
    text = _Text(prompt, setting)
    if text.foreign:
        return Review(note="The rules know English words only: this prompt is in another language.")
    return Review(tuple(_RULES[each.id](text) for each in TECHNIQUES))


def _says(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_GIVEN = r"(?:passages?|documents?|context|sources?|excerpts?|texts?|information|articles?|letter)"
_JOB = _says(r"\byou(?:'re| are| will|r (?:job|task|role))\b|\bact as\b|^\W*you (?!must|should|may)"
             r"\w+|\bas an? [\w-]+ (?:assistant|expert|editor|analyst|writer)\b")
_BOUNDARY = _says(r"\b(?:only|never|do not|don['’]t|must not|may not|avoid|no more than|at most"
                  r"|nothing but|refuse|leave .{0,30}\bout|none"
                  r"|no (?!one|answer|longer|matter)\w+)\b")
_FORM = _says(r"\b(?:sentences?|words|paragraphs?|bullets?|list|table|json|markdown|yaml|xml|csv"
              r"|sql|format|headings?|characters|short|brief(?:ly)?|concise(?:ly)?|lines?|length"
              r"|tone|in (?:english|french|german|spanish))\b")
_STRICT = _says(r"\b(?:json|sql|xml|yaml|csv|table|code|query)\b")
_OUT = _says(r"\b(?:do not know|don['’]t know|not sure|unsure|uncertain|cannot answer|no answer"
             r"|can['’]t answer|say so|if (?:the |there |it |you |nothing|none)[^.\n]{0,60}?"
             r"(?:not|n['’]t|no|nothing|missing|unclear)\b)")
_GROUND = _says(r"\b(?:only|solely|strictly|just|based on|according to|from) (?:\w+ ){0,4}?"
                rf"{_GIVEN}\b|\b{_GIVEN} (?:\w+ ){{0,3}}?only\b")
_CITE = _says(r"\bcit(?:e|es|ing|ations?)\b|\[n\]|\bsource of each\b|\bnumber of the passage\b"
              r"|\breference each\b|\bquote the source\b")
_GUESS = _says(r"\b(?:do not|don['’]t|never|without|not to|avoid) (?:\w+ )?(?:guess\w*|assum\w+"
               r"|infer\w*|speculat\w+|mak\w+ up|invent\w*|add\w*|fabricat\w+)")
_HARM = _says(r"\b(?:harmful|hateful|violen\w+|sexual|offensive|self-harm|illegal|dangerous)\b")
_STEPS = _says(r"(?m)^\s*(?:\d+[.)]|[-*•]|step \d)\s+\S|\bfirst\b.{0,200}?\b(?:then|second)\b")
_TASKS = _says(r"\b(summari[sz]e|extract|classify|translate|compare|rewrite|calculate|rank|check"
               r"|list|explain|identify|convert|draft|highlight|correct|recommend)\b")
_WEIGHS = _says(r"\b(?:calculate|compute|how many|compare|decide|diagnose|prove|plan|estimate|weigh"
                r"|reason|which .{0,20}(?:best|better|cheapest)|add up|total)\b")
_ALOUD = _says(r"\bstep[- ]by[- ]step\b|\bthink (?:it )?(?:through|aloud|out loud|before)"
               r"|\bchain of thought\b|\bshow your (?:work|reasoning)\b|\bexplain your reasoning\b")
_VARIABLE = re.compile(r"\{\{-?\s*(\w+)[^{}]*\}\}")
_MARKED = re.compile(r"[:>\"'`”#\])]\s*$|^\s*[#<`\-=]{2,}", re.MULTILINE)
_CUE = re.compile(r"(?:[:>]|```\w*|\b[A-Z]{4,})\s*$")


class _Text:
    """A prompt, read once for all rules."""

    def __init__(self, prompt: Prompt, setting: Setting) -> None:
        self.prompt = prompt
        self.system, self.template = _ends_of(prompt.system), _ends_of(prompt.template)
        self.all = f"{self.system}\n{self.template}"
        self.reasoning = is_reasoning(setting.model)
        self.model = setting.model
        self.variables = list(_VARIABLE.finditer(self.template))
        self.passages = setting.retrieves or "context" in {
            each[1] for each in _VARIABLE.finditer(self.all)}
        self.shots = [each for each in prompt.examples if each.on]
        said = [word.lower() for word in words(_VARIABLE.sub(" ", self.all))]
        known = sum(word in FUNCTION_WORDS for word in said)
        self.foreign = len(said) >= LEAST_WORDS and known < ENGLISH * len(said)

    @property
    def tail(self) -> str:
        """What the template says after its last variable."""
        return self.template[self.variables[-1].end():] if self.variables else ""

    def sentence(self, pattern: re.Pattern[str]) -> str:
        """The first sentence of the system message with such words, without line breaks."""
        for part in split_sentences(self.system):
            if pattern.search(part.text):
                return " ".join(part.text.split())
        return ""


def _ends_of(text: str) -> str:
    if len(text) <= 2 * MOST_READ:
        return text
    return f"{text[:MOST_READ]}\n{text[-MOST_READ:]}"


def _judged(
    technique: str, seen: re.Match[str] | bool | None, found: str, missing: str, why: str,
    insert: Insert | None = None,
) -> Finding:
    """`why` is said of what is missing; of what was found, the words that were."""
    if seen:
        return Finding(technique, Seen.FOUND, found,
                       found if isinstance(seen, bool) else f"It says “{_around(seen)}”")
    known = BY_ID[technique]
    return Finding(technique, Seen.MISSING, missing, why,
                   insert or Insert(known.part, known.insert))


def _around(found: re.Match[str]) -> str:
    """The words that were found, with what follows on their line."""
    rest = found.string[found.start():].split("\n")[0]
    return _short(rest) or found[0]


def _at_hand(technique: str, why: str) -> Finding:
    known = BY_ID[technique]
    insert = Insert(known.part, known.insert) if known.insert else None
    return Finding(technique, Seen.AT_HAND, f"{known.name}: not needed here", why, insert)


def _short(sentence: str) -> str:
    said = sentence.split()
    return " ".join(said[:5]).rstrip(".,;:") + ("…" if len(said) > 5 else "")


def _job(text: _Text) -> Finding:
    return _judged("job", _JOB.search(text.all), "It says the job",
                   "It does not say whose questions it answers",
                   "No sentence speaks of the model, as in “You answer …” or “Your task is …”")


def _boundaries(text: _Text) -> Finding:
    return _judged("boundaries", _BOUNDARY.search(text.all), "It draws a boundary",
                   "It draws no boundary", "None of: only, never, do not, avoid, at most")


def _format(text: _Text) -> Finding:
    chosen = text.prompt.parameters.response_format not in (None, "text")
    return _judged("format", chosen or _FORM.search(text.all),
                   "It names the form of the answer", "It does not say how long or in what form",
                   "No word of length or layout, such as sentences, list, short or JSON")


def _out(text: _Text) -> Finding:
    return _judged("out", _OUT.search(text.all), "It says what to do when unsure",
                   "It does not say what to do when unsure",
                   "No “do not know”, “not sure” or “if the … do not …”")


def _grounding(text: _Text) -> Finding:
    if not text.passages:
        return _at_hand("grounding", "No column adds passages to this prompt")
    return _judged("grounding", _GROUND.search(text.all), "It keeps to the passages",
                   "Passages are added, but it is not told to keep to them",
                   "No “only the passages”, “based on the documents” or the like")


def _cite(text: _Text) -> Finding:
    if not text.passages:
        return _at_hand("cite", "No column adds passages to this prompt")
    return _judged("cite", _CITE.search(text.all), "It asks for citations",
                   "It does not ask for citations", "Neither “cite” nor [n] occurs")


def _ungrounded(text: _Text) -> Finding:
    if not text.passages:
        return _at_hand("ungrounded", "No column adds passages to this prompt")
    limited = _OUT.search(text.all) if _GROUND.search(text.all) else None
    return _judged("ungrounded", _GUESS.search(text.all) or limited, "It forbids guessing",
                   "It does not forbid guessing",
                   "Neither “do not guess” or the like, nor a limit to the passages with an out")


def _harmful(text: _Text) -> Finding:
    said = _HARM.search(text.all)
    if said:
        return _judged("harmful", said, "It refuses harmful requests", "", "")
    return _at_hand("harmful", "For answers that strangers read: the prompt does not say who does")


def _first(text: _Text) -> Finding:
    if not text.variables:
        return _at_hand("first", "The template has no variable")
    before = text.template[:text.variables[0].start()]
    return _judged("first", bool(text.system.strip() or len(words(before)) >= 4),
                   "Instructions come first", "Nothing is said before the question",
                   "The system message is empty and the template begins with a variable")


def _repeat(text: _Text) -> Finding:
    between = text.passages or len(text.shots) > 2
    rule = next((said for pattern in (_CITE, _GROUND, _FORM, _BOUNDARY)
                 if (said := text.sentence(pattern))), "")
    if not between or not rule:
        return _at_hand("repeat", "Nothing long stands between the instruction and the end")
    again = len(words(text.tail)) >= 3
    return _judged("repeat", again, "The template ends with an instruction",
                   f"“{_short(rule)}” is not repeated at the end",
                   "Passages or examples stand after it, and nothing follows the last variable",
                   Insert("template", f"\n\nRemember: {rule}"))


def _prime(text: _Text) -> Finding:
    strict = _STRICT.search(text.system)
    if not strict or text.prompt.parameters.response_format not in (None, "text"):
        return _at_hand("prime", "The answer needs no strict form, or a parameter gives it")
    cue = f"{strict[0].upper() if strict[0].islower() and len(strict[0]) < 5 else strict[0]}:"
    return _judged("prime", bool(text.tail.strip() and _CUE.search(text.template)),
                   "The template begins the answer",
                   f"The template does not begin the {strict[0]}",
                   "The answer has a strict form, and the template ends without a cue",
                   Insert("template", f"\n\n{cue}"))


def _syntax(text: _Text) -> Finding:
    if len({each[1] for each in text.variables}) < 2 and len(words(text.system)) < LONG:
        return _at_hand("syntax", "There is one kind of text only")
    bare = [each for each in text.variables if each[1] != "context"
            and not _MARKED.search(text.template[:each.start()].rpartition("\n\n")[2])]
    structured = len(words(text.system)) < LONG or re.search(r"(?m)^\s*$|^\s*[-#*\d]", text.system)
    if not bare:
        return _judged("syntax", bool(structured), "Labels keep the parts apart",
                       "The long system message has no headings, lists or blank lines",
                       f"It has more than {LONG} words in one block",
                       Insert("system", "\n\n# [heading]\n- [rule]"))
    name = bare[0][1]
    return _judged("syntax", False, "", f"Nothing says where the {name} begins",
                   f"No label, tag or quote stands before {{{{ {name} }}}}",
                   Insert("template", f"{name.capitalize()}: {bare[0][0]}", replaces=bare[0][0]))


def _steps(text: _Text) -> Finding:
    tasks = {each[1].lower() for each in _TASKS.finditer(text.all)}
    if len(tasks) < 3:
        return _at_hand("steps", "Fewer than three things are asked for at once")
    return _judged("steps", _STEPS.search(text.all), "The task is broken down",
                   f"{len(tasks)} things are asked for at once",
                   f"It asks to {', '.join(sorted(tasks)[:4])}, without numbered steps")


def _thought(text: _Text) -> Finding:
    aloud = _ALOUD.search(text.all)
    if text.reasoning:
        if not aloud:
            return _at_hand("thought", f"{text.model} reasons by itself")
        return Finding("thought", Seen.MISSING, f"“{aloud[0]}” is of no use to {text.model}",
                       "Reasoning models think by themselves: asking for it costs tokens only")
    if aloud:
        return _judged("thought", aloud, "It lets the model think aloud", "", "")
    if text.reasoning is None or not _WEIGHS.search(text.all):
        return _at_hand("thought", "Nothing here needs to be worked out, or the model is unknown")
    return _judged("thought", False, "", "It asks for a result without the way to it",
                   f"It has to work something out, and {text.model} does not reason by itself")


def _shots(text: _Text) -> Finding:
    return _judged("shots", bool(text.shots or text.prompt.chosen), "Examples show what is wanted",
                   "No example shows a good answer", "No few-shot example is switched on",
                   Insert("example", example=SHOT))


def _decline_shot(text: _Text) -> Finding:
    if not text.shots or not _OUT.search(text.all):
        return _at_hand("decline_shot", "There are no examples, or there is no out to show")
    return _judged("decline_shot", any(is_decline(each.answer) for each in text.shots),
                   "An example shows the out",
                   "No example shows “the passages do not say”" if text.passages
                   else "No example shows “I do not know”",
                   "Every example that is on has an answer", Insert("example", example=DECLINE))


_RULES: dict[str, Callable[[_Text], Finding]] = {
    "job": _job, "boundaries": _boundaries, "format": _format, "out": _out,
    "grounding": _grounding, "cite": _cite, "ungrounded": _ungrounded, "harmful": _harmful,
    "first": _first, "repeat": _repeat, "prime": _prime, "syntax": _syntax, "steps": _steps,
    "thought": _thought, "shots": _shots, "decline_shot": _decline_shot,
}


def inserted(text: str, insert: Insert) -> str:
    """A part of a prompt with a starting text in it."""
    if insert.replaces and insert.replaces in text:
        return text.replace(insert.replaces, insert.text, 1)
    added = insert.text.lstrip("\n") if not text.strip() else insert.text
    gap = "" if not text.strip() or added.startswith("\n") else "\n"
    return f"{text.rstrip()}{gap}{added}"
