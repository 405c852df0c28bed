"""Texts with variables, in sandboxed Jinja2: which variables they ask for, and filling them.

Reading a template takes time in proportion to its length. Filling one may not: loops inside
loops multiply, and a filter can pad a word to a gigabyte, already while the template is
compiled. So `parse` says whether a template is *plain* (nothing that repeats or grows), and
only plain ones are filled where somebody waits; `flows/filling` has the others filled in a
process that can be killed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import PromptError

if TYPE_CHECKING:
    from jinja2 import Template, nodes
    from jinja2.sandbox import SandboxedEnvironment

LARGEST_NUMBER = 10**12  # that a template multiplies to
MAX_RENDERED = 4_000_000  # characters; a template that loops must not eat the memory
BRACES = "Text that is meant to be sent with its braces stands between {% raw %} and {% endraw %}"

_MARKS = re.compile(r"\{[{%#]")
_WITHOUT_VALUE = re.compile(r"'(\w+)' is undefined")
_IMPLIED = frozenset({"loop", "self", "super", "caller", "varargs", "kwargs"})
# What cannot repeat or grow: filling it costs no more than reading it.
_PLAIN_NODES = frozenset({
    "Template", "Output", "TemplateData", "Name", "Const", "If", "Not", "And", "Or", "Compare",
    "Operand", "CondExpr", "Test", "Filter",
})
_PLAIN_FILTERS = frozenset({
    "capitalize", "d", "default", "first", "last", "length", "lower", "string", "title", "trim",
    "upper", "wordcount",
})


@dataclass(frozen=True, slots=True)
class Parsed:
    """A template as it is read; `names` are the variables it asks for, in their order."""

    names: tuple[str, ...] = ()
    plain: bool = True


def is_template(text: str) -> bool:
    """Is there anything to fill in? All other texts are sent to the letter."""
    return _MARKS.search(text) is not None


@functools.lru_cache(maxsize=64)
def parse(text: str, what: str = "user template") -> Parsed:
    """What a template asks for. Raises PromptError, with the line, for one that cannot be
    read; `what` names it there."""
    from jinja2 import TemplateSyntaxError, nodes

    if not is_template(text):
        return Parsed()
    try:
        tree = _environment().parse(text)
    except (TemplateSyntaxError, RecursionError, MemoryError) as error:
        raise _unreadable(error, what) from error
    found = list(tree.find_all(nodes.Name))
    known = {each.name for each in found if each.ctx != "load"} | _IMPLIED
    known |= {each.name for each in tree.find_all(nodes.Macro)} | set(_environment().globals)
    names = dict.fromkeys(each.name for each in found if each.name not in known)
    return Parsed(tuple(names), all(_is_plain(node) for node in _all_nodes(tree)))


def fill(text: str, values: Mapping[str, str], what: str = "user template") -> str:
    """A text with its variables filled in. Raises PromptError with the line of the mistake.

    May compute for long, and take much memory, where the template is not plain.
    """
    from jinja2 import TemplateError, TemplateSyntaxError

    if not is_template(text):
        return text
    try:
        made = _compiled(text).render(values)
    except TemplateSyntaxError as error:
        raise _unreadable(error, what) from error
    except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError,
            AttributeError, MemoryError, RecursionError) as error:
        raise _unfilled(error, what) from error
    if len(made) > MAX_RENDERED:
        raise PromptError(
            f"The filled {what} has {len(made):,} characters",
            why=f"at most {MAX_RENDERED:,} are sent", remedy="Shorten it",
        )
    return made


def _unreadable(error: Exception, what: str) -> PromptError:
    line = getattr(error, "lineno", None)
    why = _in_words(str(getattr(error, "message", "") or error))
    place = f"Mend line {line} in the Prompt pane" if line else "Mend it in the Prompt pane"
    remedy = f"{place}. {BRACES}" if what == "system message" else place
    return PromptError(f"The {what} cannot be read", why=why, remedy=remedy, line=line)


_WORDS = (  # what Jinja2 says -> what that means
    (re.compile(r"unexpected '?end of template"), "it ends before a }} or %} that it needs"),
    (re.compile(r"expected token 'end of print statement', got '?(.+?)'?$"),
     r"{{ holds one name; “\1” is too much"),
    (re.compile(r"expected token '(.+?)', got '(.+?)'"), r"“\1” is missing before “\2”"),
    (re.compile(r"Missing end of comment tag"), "a comment that begins with {# has no #}"),
    (re.compile(r"innermost block that needs to be closed is '(\w+)'"),
     r"{% end\1 %} is missing"),
    (re.compile(r"Expected an expression"), "there is no name between {{ and }}"),
    (re.compile(r"No filter named '(\w+)'\."), r"there is no filter “\1”"),
    (re.compile(r"Encountered unknown tag '(\w+)'\..*", re.S), r"there is no tag “\1”"),
)


def _in_words(said: str) -> str:
    """Jinja2's message for people; as it is where nobody thought of it."""
    for pattern, words in _WORDS:
        found = pattern.search(said)
        if found:
            said = found.expand(words)
            break
    said = said or "it is nested too deeply"
    return said[0].upper() + said[1:]


def _unfilled(error: Exception, what: str) -> PromptError:
    missing = _WITHOUT_VALUE.search(str(error))
    if missing:
        return PromptError(
            f"The variable {missing[1]} has no value", why=f"The {what} asks for it",
            remedy="Give it one under Variables in the Prompt pane, or in the case",
            line=_line_of(error))
    why = _in_words(str(error) or "it needs too much memory")
    return PromptError(f"The {what} cannot be filled", why=why,
                       remedy="Mend it in the Prompt pane", line=_line_of(error))


def _line_of(error: BaseException) -> int | None:
    """Jinja2 makes the template's own lines part of the traceback."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _all_nodes(node: nodes.Node) -> Iterator[nodes.Node]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(one.iter_child_nodes())


def _is_plain(node: nodes.Node) -> bool:
    kind = type(node).__name__
    if kind == "Name":
        return getattr(node, "ctx", "") == "load"
    if kind == "Filter":
        return getattr(node, "name", "") in _PLAIN_FILTERS
    return kind in _PLAIN_NODES


@functools.cache
def _environment() -> SandboxedEnvironment:
    # jinja2 takes 50 ms to import: only when something is first filled.
    from jinja2 import StrictUndefined
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Environment(ImmutableSandboxedEnvironment):
        # `9 ** 9 ** 9` or `"x" * 10 ** 10` would never end; Jinja2 computes such constants
        # already when it compiles, unless the operator is watched.
        intercepted_binops = frozenset({"**", "*"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            if (operator == "*" and isinstance(left, int | float)
                    and isinstance(right, int | float) and abs(left * right) < LARGEST_NUMBER):
                return left * right
            raise SecurityError(f"{operator} is for small numbers only")

    return Environment(undefined=StrictUndefined, keep_trailing_newline=True)


@functools.lru_cache(maxsize=16)
def _compiled(text: str) -> Template:
    """The same few templates are filled at every key typed and for every column."""
    return _environment().from_string(text)
