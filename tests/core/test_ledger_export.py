"""The ledger as a file for others."""

import csv
import io

from desktop.core.ledger_export import HEADS, ledger_csv
from desktop.core.types import Document, DocumentState


def test_rows_say_what_the_ledger_says_and_no_name_is_a_formula():
    documents = [
        Document(1, "=cmd|'/c calc'!A1.pdf", "/home/ann/x.pdf", "abc", 10, DocumentState.READY,
                 4, 10, 3, 3, 1, 0.256, warning="Odd"),
        Document(2, "b.pdf", "", "def", 7, DocumentState.FAILED, error="No text", remedy="Scan it"),
    ]
    content = ledger_csv(documents, {2: "a.pdf"}).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert tuple(rows[0]) == HEADS and "/home" not in content
    assert rows[0]["document"].startswith("'=") and rows[0]["cause"] == "Odd"
    assert (rows[0]["characters_a_page"], rows[0]["picture_pages"]) == ("2", "1")
    assert (rows[1]["cause"], rows[1]["what_to_do"], rows[1]["same_text_as"]) == (
        "No text", "Scan it", "a.pdf")
