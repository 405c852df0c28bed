"""Retrieval profiles by name: the name says all of it, so that it needs no table of its own.

    Hybrid, top 8, at least 0.30, diverse, single passages, second pass, follow-ups by the model

A workspace, a report or a command names a profile; whoever reads the name knows what was done.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .errors import ConfigurationError
from .types import DEFAULT_PROFILES, FollowUps, RetrievalProfile, SearchMode

MODES: dict[SearchMode, str] = {
    "hybrid": "Hybrid", "dense": "Meaning only", "lexical": "Words only",
}
MOST_TOP = 100
_TOP = re.compile(r"top (\d{1,3})")
_LEAST = re.compile(r"at least (-?\d*\.?\d+)")
_SWITCHES = ("diverse", "single passages", "second pass", "cross-encoder")
# Carrying terms over is what happens where a name says nothing of it.
FOLLOW_UPS: dict[FollowUps, str] = {
    "terms": "", "model": "follow-ups by the model", "typed": "follow-ups as typed",
}


def name_of(profile: RetrievalProfile) -> str:
    """The name that `find_profile` reads back; whole documents and gold passage keep theirs."""
    if profile.whole or profile.gold:
        return profile.name
    parts = [MODES[profile.mode], f"top {profile.top}"]
    if profile.least is not None:
        parts.append(f"at least {profile.least:.2f}")
    switches = (profile.diverse, not profile.joined, profile.second_pass, profile.cross_encoder)
    parts += [word for word, on in zip(_SWITCHES, switches, strict=True) if on]
    if profile.follow_ups != "terms":
        parts.append(FOLLOW_UPS[profile.follow_ups])
    return ", ".join(parts)


def make_profile(
    mode: SearchMode = "hybrid", top: int = 5, *, least: float | None = None,
    diverse: bool = False, joined: bool = True, second_pass: bool = False,
    follow_ups: FollowUps = "terms",
    cross_encoder: bool = False,
) -> RetrievalProfile:
    """A profile under the name that says what it does. Raises ConfigurationError for a `top`
    that is not 1 to 100. There is one second pass: a cross-encoder takes the sentences' place."""
    if not 1 <= top <= MOST_TOP:
        raise ConfigurationError(f"A profile cannot find {top} passages",
                                 remedy=f"Choose 1 to {MOST_TOP}")
    made = RetrievalProfile(
        "", mode, top, least=least, diverse=diverse, joined=joined, follow_ups=follow_ups,
        second_pass=second_pass and not cross_encoder, cross_encoder=cross_encoder)
    return replace(made, name=name_of(made))


def find_profile(name: str | None) -> RetrievalProfile:
    """By name, or by "hybrid", "dense", "lexical", "whole", "gold". Raises ConfigurationError."""
    wanted = " ".join((name or "").casefold().split())
    for profile in DEFAULT_PROFILES:
        alias = "whole" if profile.whole else "gold" if profile.gold else profile.mode
        if wanted in (profile.name.casefold(), alias):
            return profile
    return _read(wanted, name)


def _read(wanted: str, name: str | None) -> RetrievalProfile:
    first, *rest = [part.strip() for part in wanted.split(",")]
    modes = {word.casefold(): mode for mode, word in MODES.items()} | {m: m for m in MODES}
    if first not in modes:
        raise _unknown(name)
    top, least, on = 5, None, set()
    ways = {words: way for way, words in FOLLOW_UPS.items() if words}
    for part in rest:
        if found := _TOP.fullmatch(part):
            top = int(found[1])
        elif found := _LEAST.fullmatch(part):
            least = float(found[1])
        elif part in _SWITCHES or part in ways:
            on.add(part)
        else:
            raise _unknown(name)
    return make_profile(
        modes[first], top, least=least, diverse="diverse" in on,
        joined="single passages" not in on, second_pass="second pass" in on,
        follow_ups=next((ways[part] for part in ways if part in on), "terms"),
        cross_encoder="cross-encoder" in on,
    )


def _unknown(name: str | None) -> ConfigurationError:
    return ConfigurationError(
        f'There is no retrieval profile "{name}"',
        remedy="Choose one of: " + "; ".join(p.name for p in DEFAULT_PROFILES)
        + '. Or say what it does: "Hybrid, top 8, at least 0.30, diverse, second pass"',
    )
