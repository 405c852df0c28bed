"""Templates are read, filled, and refused with the line and in words."""

from __future__ import annotations

import pytest

from desktop.core.errors import PromptError
from desktop.core.templates import fill, parse

VALUES = {"question": "Q", "context": ""}


@pytest.mark.parametrize(
    ("template", "line"),
    [("{{ question", 1), ("a\n{% if %}", 2), ("a\n\n{{ nobody }}", 3), ("{{ 1 / 0 }}", 1),
     ("{{ question.__class__.__mro__ }}", 1), ("{{ question|nosuch }}", 1),
     ("{% for i in range(10**9) %}x{% endfor %}", 1)],
)
def test_a_bad_template_is_one_sentence_at_its_line(template: str, line: int) -> None:
    with pytest.raises(PromptError) as caught:
        fill(template, VALUES)
    assert caught.value.line == line
    assert caught.value.remedy


@pytest.mark.parametrize("template", ["{{ 9 ** 9 ** 9 ** 9 }}", "{{ 'x' * 99999999999 }}"])
def test_a_template_that_would_eat_the_machine_is_refused_at_once(template: str) -> None:
    with pytest.raises(PromptError, match="small numbers only"):
        fill(template, VALUES)
    assert parse(template).names == ()
    assert fill("{{ 6 * 7 }}", VALUES) == "42"


@pytest.mark.parametrize(
    ("template", "names"),
    [("no braces", ()), ("{{ b }} {{ a }} {{ b }}", ("b", "a")),
     ("{% for each in items %}{{ each }}{{ loop.index }}{% endfor %}", ("items",)),
     ("{% set x = y %}{{ x }}", ("y",)), ("{# {{ no }} #}{% raw %}{{ no }}{% endraw %}", ()),
     ("{% macro m(p) %}{{ p }}{% endmacro %}{{ m(q) }}", ("q",)), ("{{ range(3)|list }}", ())],
)
def test_the_variables_in_their_order(template: str, names: tuple[str, ...]) -> None:
    assert parse(template).names == names


@pytest.mark.parametrize(
    ("template", "plain"),
    [("{{ a|upper }}{% if a == 'x' and not b %}yes{% else %}{{ b|default('-') }}{% endif %}",
      True), ("{{ 'x'|center(999999999) }}", False), ("{{ a.upper() }}", False),
     ("{% for i in range(9) %}{% endfor %}", False), ("{{ lipsum(n=9999) }}", False),
     ("{% set a %}{{ b }}{% endset %}", False), ("{{ a ~ a }}", False)],
)
def test_what_may_repeat_or_grow_is_not_plain(template: str, plain: bool) -> None:
    """Reading it must not compute it: Jinja2 folds constants when it compiles."""
    assert parse(template).plain is plain


def test_the_words_name_the_part() -> None:
    with pytest.raises(PromptError, match=r"The system message cannot be read.*\{% raw %\}"):
        parse('{{"a": 1}}', "system message")


@pytest.mark.parametrize(("template", "words"), [
    ("{{ question", "ends before a }}"), ("{{ a b }}", "“b” is too much"),
    ("{% if a %}x", "{% endif %} is missing"), ("{# a", "has no #}"),
    ("{{ a|nosuch }}", "There is no filter “nosuch”"), ("{% nosuch %}", "There is no tag “nosuch”"),
])
def test_jinjas_messages_are_put_into_words(template: str, words: str) -> None:
    with pytest.raises(PromptError) as caught:
        fill(template, {"a": "1", "b": "2"})
    assert words in caught.value.why
