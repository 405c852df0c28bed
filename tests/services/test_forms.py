import asyncio
import time

import pytest

from desktop.core.errors import ConfigurationError
from desktop.services.forms import FormProcess


def test_patterns_and_schemas_are_tried_in_a_process() -> None:
    async def work() -> None:
        forms = FormProcess()
        try:
            assert await forms.matches(r"\$\d+", "It costs $20.")
            assert not await forms.matches(r"\$\d+", "It costs nothing.")
            assert await forms.fits('{"type": "object"}', '{"a": 1}')
            assert not await forms.fits('{"type": "object"}', "[1]")
            for unusable in ("[]", "{", '{"type": "nothing"}', "[" * 100_000):
                with pytest.raises(ConfigurationError, match="JSON schema cannot be used"):
                    await forms.fits(unusable, "{}")
            with pytest.raises(ConfigurationError, match="pattern cannot be used"):
                await forms.matches("(", "")
        finally:
            await forms.aclose()

    asyncio.run(work())


def test_a_pattern_without_end_is_not_met_and_the_next_one_is_tried() -> None:
    async def work() -> None:
        forms = FormProcess(seconds=0.3)
        try:
            assert await forms.matches("a", "a")
            started = time.monotonic()
            assert not await forms.matches("(a+)+$", "a" * 40 + "b")
            assert time.monotonic() - started < 2
            assert await forms.matches("a", "a")
        finally:
            await forms.aclose()

    asyncio.run(work())
