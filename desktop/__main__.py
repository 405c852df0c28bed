"""Where the program starts: a window, or the same program without one.

Worker processes import this module too, so nothing is imported here before it is known
which of the two is wanted: a worker must never load Qt.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

DATA_DIR_VARIABLE = "STRATEGY_EXPLORER_DATA_DIR"


def take_data_dir(arguments: Sequence[str]) -> list[str]:
    """Remove `--data-dir DIR` from anywhere before `--`, and remember it for this process."""
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            return [*rest, word, *words]
        name, equals, value = word.partition("=")
        if name != "--data-dir":
            rest.append(word)
            continue
        value = value if equals else next(words, "")
        if not value:
            print("--data-dir needs a folder, for example --data-dir /tmp/try", file=sys.stderr)
            raise SystemExit(2)
        os.environ[DATA_DIR_VARIABLE] = os.path.abspath(value)  # noqa: PTH100  pathlib is slower
    return rest


def wants_window(arguments: Sequence[str]) -> bool:
    """No arguments, or one file to open; everything else is a command."""
    return not arguments or (len(arguments) == 1 and arguments[0].endswith(".stratex"))


def interrupted(*_: object) -> None:
    """Ctrl+C while nothing is open that must be put away: imports, printing."""
    os.write(2, b"Interrupted. What was finished is kept.\n")
    os._exit(130)


def main() -> int:
    """The exit code: 0 done, 1 a problem the user can mend, 2 usage, 130 interrupted."""
    signal.signal(signal.SIGINT, interrupted)
    import multiprocessing

    multiprocessing.freeze_support()
    arguments = take_data_dir(sys.argv[1:])
    if wants_window(arguments):
        from .app import main as open_window

        return open_window(arguments[0] if arguments else None)
    if arguments == ["--selftest"]:
        from .selftest import main as test_itself

        return test_itself()
    from .cli import main as run_command

    return run_command(arguments)


if __name__ == "__main__":
    sys.exit(main())
