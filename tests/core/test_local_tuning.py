"""What local training learns from: pairs, what is held back, batches."""

from __future__ import annotations

import pytest

from desktop.core.errors import DatasetError
from desktop.core.local_tuning import (
    BATCH,
    LocalModel,
    Pair,
    batches,
    lesson_of,
    pair_of,
)
from desktop.core.strategies import model_label
from desktop.core.types import BUILTIN_CONNECTION, BUILTIN_MODEL, Example


def chat(question: str, answer: str, system: str = "Be brief.") -> dict[str, object]:
    return {"messages": [
        {"role": "system", "content": system}, {"role": "user", "content": question},
        {"role": "assistant", "content": answer}]}


def examples(count: int, **more: object) -> list[Example]:
    return [Example(n, n, chat(f"q{n}", f"a{n}"), **more)  # type: ignore[arg-type]
            for n in range(1, count + 1)]


@pytest.mark.parametrize(("row", "pair"), [
    (chat("q?", "a."), Pair("q?", "a.", "Be brief.")),
    ({"prompt": " q ", "completion": " a\n"}, Pair("q", "a")),
    ({"input": {"messages": [{"role": "user", "content": "q"}]},
      "preferred_output": [{"role": "assistant", "content": "good"}],
      "non_preferred_output": [{"role": "assistant", "content": "bad"}]}, Pair("q", "good")),
    ({"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"},
                   {"role": "user", "content": "more"}]}, None),
    ({"messages": "odd"}, None), ({"messages": [1, {"role": "user"}]}, None), ({}, None),
])
def test_a_row_gives_its_last_question_and_answer(row: dict[str, object], pair: object) -> None:
    assert pair_of(row) == pair


def test_a_tenth_is_held_back_where_nobody_split() -> None:
    lesson = lesson_of(examples(40))
    assert (len(lesson.training), len(lesson.validation)) == (36, 4)
    assert not set(lesson.training) & set(lesson.validation)
    assert lesson == lesson_of(examples(40)), "by seed"
    split = lesson_of([*examples(20), *examples(25, split="validation")])
    assert (len(split.training), len(split.validation)) == (20, 5), "and never the same twice"
    off = lesson_of([*examples(12), *[
        Example(n, n, chat(f"x{n}", "a"), state="off") for n in range(9)]])
    assert len(off.training) == 12


def test_too_few_are_refused_with_a_way_on() -> None:
    with pytest.raises(DatasetError, match=r"9 questions.*too few.*Add examples"):
        lesson_of(examples(9))


def test_no_batch_holds_equal_questions_answers_or_kinds() -> None:
    pairs = [Pair(f"q{n}", f"a{n % 30}", f"kind {n % 5}") for n in range(60)]
    made = batches(pairs, 0, 7)
    for batch in made:
        assert len({pair.answer for pair in batch}) == len(batch)
        assert len({pair.group for pair in batch}) == len(batch)
    assert sum(map(len, made)) > 50, "only remainders are left out"
    one_kind = batches([Pair(f"q{n}", f"a{n}", "the same") for n in range(40)], 0, 7)
    assert [len(batch) for batch in one_kind] == [BATCH, BATCH, 40 - 2 * BATCH]
    assert batches(pairs, 0, 7) == made != batches(pairs, 1, 7)


def test_a_tuned_model_is_called_what_it_is() -> None:
    model = LocalModel("ab" * 32, 1234, 0.6)
    assert model.label == "Built-in, fine-tuned on 1,234 examples (offline)"
    assert model_label(BUILTIN_CONNECTION, model.deployment, model.label) == model.label
    assert model_label(BUILTIN_CONNECTION, model.deployment, "") == model.deployment
    assert model_label(BUILTIN_CONNECTION, BUILTIN_MODEL, BUILTIN_MODEL) == BUILTIN_MODEL
