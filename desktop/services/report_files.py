"""Reports as files: one HTML file with its pictures, Markdown, or CSV of all cells.

Everything in a report may come from a model or a document, so it is written as text: escaped
in HTML, fenced in Markdown, and made harmless for spreadsheets in CSV. A file that is there
already is replaced only if it is one of our reports: that is what the marks below are for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.errors import ConfigurationError
from ..core.report import Bullets, Code, Figure, Report, Subheading, Table, Text
from ..resource_files import resource
from .files import write_bytes
from .redact import redact
from .report_svg import svg

if TYPE_CHECKING:
    from markupsafe import Markup

MARK = "strategy-explorer-report"
_CSV_HEAD = b"case,question,reference,tags,strategy,model,"  # and what else the grid has
_HEAD = 4_096  # bytes in which a report of ours says so
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!$&])")
_LIST = re.compile(r"^(\d*)([-+=.)](?:[-+=\s]|$))")  # what begins a list, or underlines a title
_KINDS = {Text: "text", Subheading: "subheading", Bullets: "bullets", Table: "table",
          Code: "code", Figure: "figure"}
scrub = redact  # what hides keys, for the flow that gathers a report


def kind_of(path: Path) -> str:
    """`html`, `md` or `csv`, from the name. Raises ConfigurationError for another ending."""
    kind = {".html": "html", ".htm": "html", ".md": "md", ".csv": "csv"}.get(path.suffix.lower())
    if kind is None:
        raise ConfigurationError(
            f"{path.name} does not say what kind of report it should be",
            remedy="End its name in .html, .md or .csv; a PDF is saved from the window",
        )
    return kind


def render(report: Report, kind: str) -> bytes:
    """The file's content, UTF-8. Raises ValueError for an unknown kind."""
    if kind == "csv":
        return report.cells
    if kind not in ("html", "md"):
        raise ValueError(f"not a kind of report: {kind}")
    text: str = _template(kind)(report=report, mark=MARK)
    return text.encode("utf-8", "replace")


def check_target(path: Path, replace: bool = False) -> None:
    """Raises ConfigurationError for a file that is there and is not a report of ours."""
    if replace or not path.exists() or _is_ours(path):
        return
    raise ConfigurationError(
        f"{path.name} is there already", why="It is not a report of Strategy Explorer",
        remedy="Give another name, or --replace",
    )


def save(report: Report, path: Path, replace: bool = False) -> None:
    """All or nothing. Raises ConfigurationError (see `check_target`) and DocumentError."""
    kind = kind_of(path)
    check_target(path, replace)
    write_bytes(str(path), render(report, kind))


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    return MARK.encode() in head or head.removeprefix(b"\xef\xbb\xbf").startswith(_CSV_HEAD)


def _template(kind: str) -> Callable[..., str]:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(resource("report")), autoescape=kind == "html",
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )
    made.tests |= {name: _is(kind_) for kind_, name in _KINDS.items()}
    made.filters |= {
        "svg": _picture,
        "md": markdown_text, "mdcell": markdown_cell, "fence": fence,
    }
    return made.get_template(f"report.{kind}.j2").render


def _picture(figure: Figure) -> Markup:
    """Safe to put into the page as it is: `svg` escapes every text."""
    from markupsafe import Markup

    return Markup(svg(figure.picture, figure.caption))


def _is(kind: type[Any]) -> Callable[[object], bool]:
    return lambda block: isinstance(block, kind)


def markdown_text(text: str) -> str:
    """Words as words: nothing in them is read as Markdown or HTML; line breaks are kept."""
    lines = [_LIST.sub(r"\1\\\2", _inline(line.strip())) for line in text.splitlines()]
    return "  \n".join(lines).strip()


def markdown_cell(text: str) -> str:
    """The same on one line of a table."""
    return _inline(" ".join(text.split())) or " "


def _inline(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def fence(text: str) -> str:
    """A code block that nothing in `text` can end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}text\n{text}\n{ticks}"
