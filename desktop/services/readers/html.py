"""HTML: what a reader of the page would see, with headings, lists and tables as lines."""

from __future__ import annotations

import re
from typing import Any

from .parsed import Parsed, one_page
from .plain import decode

_DROPPED = {"script", "style", "template", "noscript", "svg", "math", "head", "iframe", "object",
            "select", "textarea", "button"}
_BLOCKS = {"address", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl", "dt",
           "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
           "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table",
           "tbody", "tfoot", "thead", "tr", "ul", "caption"}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "pre", "blockquote", "ul", "ol"}
_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?([\w-]+)", re.IGNORECASE)


def read(content: bytes) -> Parsed:
    """Never fails for its structure: what cannot be parsed holds no text."""
    from lxml import etree, html

    text = _decode(content)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # nothing in it
        return one_page("")
    walk = _Walk()
    walk.run(root)
    return one_page(_with_title(root, walk.text()))


def _decode(content: bytes) -> str:
    declared = _CHARSET.search(content[:4096])
    if declared:
        try:
            return content.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(content)


def _with_title(root: Any, text: str) -> str:
    """The title stands for the heading of a page that has none."""
    title = " ".join((root.findtext(".//title") or "").split())
    if not title or not text.strip() or text.lstrip().startswith("# "):
        return text
    return f"# {title}\n\n{text}"


def _hidden(element: Any) -> bool:
    style = element.get("style", "").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style


class _Walk:
    """Collects text without recursion, because a page may be nested a million deep."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._pre = 0
        self._cells = 0

    def text(self) -> str:
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n")

    def run(self, root: Any) -> None:
        from lxml import etree

        dropped: Any = None
        for event, element in etree.iterwalk(root, events=("start", "end")):
            tag = element.tag
            if dropped is None and event == "start":
                if tag in _DROPPED or _hidden(element):
                    dropped = element
                else:
                    self._open(tag)
                    self._add(element.text)
            elif event == "end":
                if dropped is None:
                    self._close(tag)
                elif dropped is element:
                    dropped = None
                if dropped is None:
                    self._add(element.tail)
        self._break(last=True)

    def _open(self, tag: str) -> None:
        if tag in _BLOCKS and not self._in_cell(tag):
            self._break(blank=tag in _PARAGRAPHS)
        if tag == "br":
            self._line.append(" " if self._cells else "\n")
        elif tag in ("td", "th"):
            self._cells += 1
            if "".join(self._line).strip():
                self._line.append(" | ")
        elif tag == "li":
            self._line.append("- ")
        elif tag == "pre":
            self._pre += 1
        elif len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            self._line.append("#" * int(tag[1]) + " ")

    def _close(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cells -= 1
        if tag in _BLOCKS and not self._in_cell(tag):
            self._break(blank=tag in _PARAGRAPHS, last=True)
        elif tag in _BLOCKS:
            self._line.append(" ")
        if tag == "pre":
            self._pre -= 1

    def _in_cell(self, tag: str) -> bool:
        """A row stays one line; a table inside a cell keeps its own rows."""
        return self._cells > 0 and tag not in ("table", "tr")

    def _add(self, text: str | None) -> None:
        if text:
            self._line.append(text if self._pre else re.sub(r"\s+", " ", text))

    def _break(self, *, blank: bool = False, last: bool = False) -> None:
        """End the line. A lone bullet or heading mark waits for its text, up to its `last`."""
        line = "".join(self._line)
        if not self._pre:
            line = "\n".join(" ".join(part.split()) for part in line.split("\n"))
        if line.strip(" \n#-|"):
            self._lines.append(line.strip("\n"))
            self._line.clear()
        elif last or not line.strip():
            self._line.clear()
        if blank and self._lines and self._lines[-1]:
            self._lines.append("")
