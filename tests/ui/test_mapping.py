"""Which column is which: the screen between a file with strange names and its cases."""

from __future__ import annotations

from desktop.core.columns import Head
from desktop.core.evaluation.case_columns import ROLES
from desktop.ui.compare.evaluate.mapping import MappingDialog

from .samples import names_missing

HEAD = Head(("Nr", "Frage", "Antwort", "Gold"), (
    {"Nr": "1", "Frage": "Werden Brillen bezahlt?", "Antwort": "Ein Paar.", "Gold": "a.pdf"},
    {"Nr": "2", "Frage": "Und Zähne? " * 40, "Antwort": "", "Gold": ""}), 40)


def make(qtbot) -> MappingDialog:
    made = MappingDialog("fragen.csv", HEAD, ROLES)
    qtbot.addWidget(made)
    made.show()
    return made


def choose(made: MappingDialog, role: str, column: str) -> None:
    made.choices[role].setCurrentIndex(made.choices[role].findData(column))


def test_a_guess_is_made_and_what_is_needed_is_asked_for(qtbot, dressed):
    made = make(qtbot)
    assert made.mapping()["source"] == "Gold" and made.mapping()["question"] == ""
    assert not made.go.isEnabled() and "question" in made.problem.text()
    told = []
    made.mapped.connect(told.append)
    choose(made, "question", "Frage")
    choose(made, "reference", "Frage")
    assert made.problem.text() == "Frage is chosen twice." and not made.go.isEnabled()
    choose(made, "reference", "Antwort")
    assert made.go.isEnabled() and made.go.text() == "Import 40 cases"
    made.go.click()
    assert told[0]["question"] == "Frage" and told[0]["reference"] == "Antwort"
    assert told[0]["tags"] == ""


def test_the_first_rows_are_shown_with_the_chosen_roles(qtbot, dressed):
    made = make(qtbot)
    choose(made, "question", "Frage")
    heads = [made.table.horizontalHeaderItem(place).text() for place in range(4)]
    assert heads == ["Nr", "Frage (question)", "Antwort", "Gold (gold source)"]
    assert made.table.item(0, 1).text() == "Werden Brillen bezahlt?"
    assert len(made.table.item(1, 1).text()) <= 300 and made.table.item(1, 1).toolTip()
    assert names_missing(made) == []
