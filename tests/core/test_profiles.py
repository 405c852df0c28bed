"""A profile's name says what it does, and what it says is what is done."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.errors import ConfigurationError
from desktop.core.profiles import find_profile, make_profile, name_of
from desktop.core.types import DEFAULT_PROFILES, GOLD


@given(
    st.sampled_from(["hybrid", "dense", "lexical"]), st.integers(1, 100),
    st.none() | st.integers(-100, 900), st.booleans(), st.booleans(), st.booleans(),
    st.sampled_from(["terms", "model", "typed"]), st.booleans(),
)
def test_a_name_is_read_back(
    mode, top, least, diverse, joined, second_pass, follow_ups, cross_encoder
) -> None:
    made = make_profile(mode, top, least=None if least is None else least / 100, diverse=diverse,
                        joined=joined, second_pass=second_pass, follow_ups=follow_ups,
                        cross_encoder=cross_encoder)
    assert not (made.second_pass and made.cross_encoder)
    assert find_profile(made.name) == made
    assert find_profile(made.name.upper()) == made


def test_the_usual_profiles_keep_their_names() -> None:
    assert [name_of(profile) for profile in DEFAULT_PROFILES] == [p.name for p in DEFAULT_PROFILES]
    assert find_profile("gold") is GOLD
    assert find_profile("dense, top 8") == make_profile("dense", 8)


@pytest.mark.parametrize("name", ["", "nearest", "hybrid, top 0", "hybrid, tip 5", "hybrid,"])
def test_other_names_are_refused_with_an_example(name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        find_profile(name)
    assert caught.value.remedy
