"""The program without a window: the command line of the README, a stable contract.

Exit codes: 0 done, 1 a problem the user can mend (one sentence on stderr), 2 usage,
130 interrupted. `--json` may stand anywhere and prints JSON; `--data-dir` likewise.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from ..core.errors import StrategyExplorerError

T = TypeVar("T")


class Failed(Exception):
    """The output says what failed already: only the exit code is left to set."""


class Stopped(Exception):
    """Ctrl+C, after the command has put its things away."""


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    words, as_json = take_json(arguments)
    try:
        from .command_line import build  # takes a while, so Ctrl+C may come in the midst of it

        build(words, as_json).main(args=words, prog_name="strategy-explorer")
        return 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except StrategyExplorerError as error:
        print(error, file=sys.stderr)
        return 1
    except Failed:
        return 1
    except (Stopped, KeyboardInterrupt):
        print("Interrupted. What was finished is kept.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader went away (`| head`): nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:
        return report_bug()


def report_bug() -> int:
    """What nobody foresaw, told with its trace but without keys; the exit code."""
    import traceback

    from ..services.redact import redact

    print(redact(traceback.format_exc()), file=sys.stderr)
    print("This is a mistake in the program, not yours. What was finished is kept. Please report "
          "the lines above; keys have been removed from them.", file=sys.stderr)
    return 1


def take_json(arguments: Sequence[str]) -> tuple[list[str], bool]:
    """The arguments without `--json`, and whether it was there (before any `--`)."""
    words = list(arguments)
    end = words.index("--") if "--" in words else len(words)
    rest = [word for word in words[:end] if word != "--json"]
    return [*rest, *words[end:]], len(rest) < end


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run one command's coroutine; Ctrl+C cancels it and lets it put things away."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # asyncio replaces no other
    try:
        return asyncio.run(work)
    except (KeyboardInterrupt, asyncio.CancelledError) as stop:
        raise Stopped from stop
    finally:
        signal.signal(signal.SIGINT, before)
