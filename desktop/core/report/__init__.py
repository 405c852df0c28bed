"""The report as plain content, written once for HTML, Markdown and PDF."""

from .blocks import Block, Bullets, Code, Figure, Report, Section, Subheading, Table, Text

__all__ = [
    "Block", "Bullets", "Code", "Figure", "Report", "Section", "Subheading", "Table", "Text",
]
