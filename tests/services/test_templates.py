"""A template that computes without end costs its own process, and one sentence."""

from __future__ import annotations

import asyncio

import pytest

from desktop.core.errors import PromptError
from desktop.services.templates import TemplateProcess

ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
HUGE = "{{ 'x'|center(900000000) }}"


async def problem(process: TemplateProcess, template: str) -> PromptError:
    with pytest.raises(PromptError) as caught:
        await process.fill([(template, "user template")], {})
    return caught.value


def test_what_takes_too_long_or_too_much_is_refused_and_the_next_is_filled() -> None:
    async def main() -> None:
        process = TemplateProcess(seconds=0.3)
        try:
            loop = [("{% for n in names.split() %}{{ n }},{% endfor %}", "user template")]
            assert await process.fill(loop, {"names": "a b"}) == ["a,b,"]
            assert "too long" in (await problem(process, ENDLESS)).what
            process._worker.kill()  # what was stopped once is not tried again
            assert "too long" in (await problem(process, ENDLESS)).what
            assert "memory" in str(await problem(process, HUGE))
            assert (await problem(process, "a\n{{ nobody }}")).line == 2
        finally:
            await process.aclose()

    asyncio.run(main())
