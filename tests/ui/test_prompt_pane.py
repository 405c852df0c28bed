"""The Prompt pane by hand: what is typed is told once, and everything has a way back."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.prompt_review import SHOT, review
from desktop.core.response_schema import EXAMPLE
from desktop.core.techniques import TECHNIQUES
from desktop.core.types import FewShotExample, Parameters, Prompt, PromptVersion
from desktop.ui.dialogs.techniques import TechniquesDialog
from desktop.ui.panes.prompt import PromptPane
from desktop.ui.panes.prompt_parameters import read_stops, write_stops

EXAMPLES = (
    FewShotExample("Is a hearing test covered?", "Yes. [1]"),
    FewShotExample("Which plan is best?", "I cannot choose for you.", on=False, origin="case 3"),
)
PROMPT = Prompt("Be brief.\nCite.", EXAMPLES, "{{ context }}\n\n{{ question }}",
                Parameters(temperature=0.5, stop=("END",), presence_penalty=0.3))


@pytest.fixture
def stack() -> QUndoStack:
    return QUndoStack()


@pytest.fixture
def pane(qtbot: QtBot, dressed: None, stack: QUndoStack) -> PromptPane:
    made = PromptPane(stack)
    qtbot.addWidget(made)
    made.resize(440, 800)
    made.show_versions([PromptVersion(1, Prompt("Old.")), PromptVersion(2, PROMPT, "Cites")])
    made.show_prompt(PROMPT)
    made.show()
    return made


def told(pane: PromptPane, qtbot: QtBot) -> list[Prompt]:
    found: list[Prompt] = []
    pane.draftChanged.connect(found.append)
    return found


def test_a_prompt_comes_back_as_it_was_shown(pane: PromptPane) -> None:
    assert pane.prompt() == PROMPT


def test_typing_is_told_once_after_a_pause(pane: PromptPane, qtbot: QtBot) -> None:
    found = told(pane, qtbot)
    with qtbot.waitSignal(pane.draftChanged):
        qtbot.keyClicks(pane.system, "Now. ")
    assert [prompt.system for prompt in found] == ["Now. Be brief.\nCite."]


def test_flush_tells_at_once_and_only_edits(pane: PromptPane, qtbot: QtBot) -> None:
    found = told(pane, qtbot)
    pane.flush()
    pane.template.setPlainText("{{ question }}")
    pane.flush()
    assert [prompt.template for prompt in found] == ["{{ question }}"]


def test_showing_a_prompt_tells_nothing(pane: PromptPane, qtbot: QtBot) -> None:
    found = told(pane, qtbot)
    pane.show_prompt(Prompt("Other.", EXAMPLES[:1]))
    pane.flush()
    assert found == []
    assert not pane._pause.isActive()


def test_the_draft_line_counts_edits(pane: PromptPane) -> None:
    assert pane.bar.draft_line.isHidden()
    pane.show_prompt(dataclasses.replace(PROMPT, system="Be long.", parameters=Parameters()))
    assert pane.bar.draft_line.words.text() == "Draft: 4 edits since v2. Asking saves it as v3."
    pane.show_prompt(Prompt("Old."))
    assert pane.bar.draft_line.words.text() == "Draft: the same as v1. Asking saves it as v3."


def test_a_branch_is_compared_with_where_it_is_from(pane: PromptPane) -> None:
    pane.show_versions([PromptVersion(1, Prompt("Old.")), PromptVersion(2, PROMPT)], base=1)
    pane.show_prompt(Prompt("Old."))
    assert pane.bar.draft_line.words.text() == "Draft: the same as v1. Asking saves it as v3."
    pane.show_prompt(Prompt("Older."))
    assert pane.bar.draft_line.words.text() == "Draft: 1 edit since v1. Asking saves it as v3."


def test_before_the_first_version(qtbot: QtBot, dressed: None) -> None:
    pane = PromptPane()
    qtbot.addWidget(pane)
    pane.show_prompt(Prompt("Be brief."))
    assert pane.bar.draft_line.words.text() == "Draft. Asking saves it as v1."
    assert pane.bar.restore.isHidden()


def test_lines_that_differ_from_the_version_are_marked(pane: PromptPane) -> None:
    pane.show_prompt(dataclasses.replace(PROMPT, system="Be brief.\nSay where.\nCite."))
    [mark] = pane.system.extraSelections()
    assert mark.cursor.blockNumber() == 1


def test_save_asks_for_a_name_and_escape_keeps_nothing(pane: PromptPane, qtbot: QtBot) -> None:
    pane.show_prompt(Prompt("New."))
    saved: list[tuple[Prompt, str]] = []
    pane.saveRequested.connect(lambda prompt, name: saved.append((prompt, name)))
    qtbot.mouseClick(pane.bar.save, Qt.MouseButton.LeftButton)
    qtbot.keyClick(pane.bar.name_row.name, Qt.Key.Key_Escape)
    assert pane.bar.name_row.isHidden()
    qtbot.mouseClick(pane.bar.save, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(pane.bar.name_row.name, "Short")
    qtbot.keyClick(pane.bar.name_row.name, Qt.Key.Key_Return)
    assert saved == [(Prompt("New."), "Short")]


def test_naming_and_starring_a_version(pane: PromptPane, qtbot: QtBot) -> None:
    described: list[tuple[int, str, str, bool]] = []
    pane.described.connect(lambda *what: described.append(what))
    qtbot.mouseClick(pane.bar.star, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(pane.bar.rename, Qt.MouseButton.LeftButton)
    assert pane.bar.name_row.name.text() == "Cites"
    qtbot.keyClicks(pane.bar.name_row.name, "Names pages")
    qtbot.keyClick(pane.bar.name_row.name, Qt.Key.Key_Return)
    assert described == [(2, "Cites", "", True), (2, "Names pages", "", False)]


def test_the_menu_lists_versions_newest_first(pane: PromptPane) -> None:
    restored: list[int] = []
    pane.restoreRequested.connect(restored.append)
    pane.bar.menu.aboutToShow.emit()
    actions = pane.bar.menu.actions()
    assert [action.text() for action in actions] == [
        "Restore v2 Cites", "Restore v1", "", "All 2 versions…"]
    actions[1].trigger()
    assert restored == [1]


def test_a_restore_can_be_undone_part_by_part(
    pane: PromptPane, qtbot: QtBot, stack: QUndoStack
) -> None:
    pane.restoreRequested.connect(lambda number: pane.show_prompt(Prompt("Old.")))
    pane.bar.menu.aboutToShow.emit()
    pane.bar.menu.actions()[1].trigger()
    assert pane.prompt() == Prompt("Old.")
    pane.system.undo()
    stack.undo()
    assert pane.system.toPlainText() == PROMPT.system
    assert pane.examples.examples() == EXAMPLES


def test_a_template_mistake_is_shown_at_its_place(pane: PromptPane) -> None:
    pane.show_mistake("template", "Line 3 ends too early. Mend line 3.", 3)
    assert not pane.parts["template"].mistake.isHidden()
    assert pane.parts["system"].mistake.isHidden()
    assert [mark.cursor.blockNumber() for mark in pane.template.extraSelections()] == [2]
    pane.show_mistake("template", None, None)
    assert pane.parts["template"].mistake.isHidden()
    assert pane.template.extraSelections() == []


def test_variables_are_coloured_and_those_without_a_value_underlined(pane: PromptPane) -> None:
    pane.template.setPlainText("{{ question }} {{ nobody }} {% if x %}")
    pane.show_variables(["nobody"], {})
    ranges = pane.template.document().firstBlock().layout().formats()
    assert [(each.start, each.length) for each in ranges] == [(0, 14), (15, 12), (28, 10)]
    assert [each.format.fontUnderline() or each.format.underlineStyle().value for each in ranges][
        1] != 0


def test_tokens_stand_beside_their_section(pane: PromptPane) -> None:
    pane.show_tokens({"system": "~212 tokens", "examples": "164 tokens"}, "~376 tokens, free")
    assert pane.system_fold.note.text() == "~212 tokens"
    assert pane.total.text() == "~376 tokens, free"
    assert pane.examples_fold.note.text() == "1 of 2 on, 164 tokens"


# --- variables ---------------------------------------------------------------------------


def test_a_variables_value_is_part_of_the_prompt(pane: PromptPane, qtbot: QtBot) -> None:
    pane.show_variables(["product", "tone"], {"tone": "3 of 9 cases have their own"})
    qtbot.keyClicks(pane.variables.rows["product"].value, "a lamp")
    assert pane.prompt().variables == (("product", "a lamp"),)
    assert pane.variables.rows["tone"].note.text() == "3 of 9 cases have their own"
    pane.show_variables([], {})
    assert pane.prompt().variables == ()
    pane.show_variables(["product"], {})  # typed again
    assert pane.prompt().variables == (("product", "a lamp"),)


def test_names_are_offered_after_two_braces_and_the_braces_closed(
    pane: PromptPane, qtbot: QtBot
) -> None:
    pane.show_variables(["quantity"], {})
    pane.template.clear()
    qtbot.keyClicks(pane.template, "Ask {{qu")
    completion = pane.template.completion
    assert completion is not None
    assert completion.popup.isVisible()
    assert completion.completer.completionCount() == 2
    qtbot.keyClick(completion.popup, Qt.Key.Key_Down)
    qtbot.keyClick(completion.popup, Qt.Key.Key_Return)
    assert pane.template.toPlainText() == "Ask {{ quantity }}"
    assert not completion.popup.isVisible()


# --- review ------------------------------------------------------------------------------


def test_what_is_missing_is_inserted_and_its_gap_chosen(pane: PromptPane, qtbot: QtBot) -> None:
    pane.system.setPlainText("Hello.")
    pane.show_review(review(pane.prompt()))
    assert pane.review.fold.note.text() == "2 of 10 found"
    row = next(row for row in pane.review.rows if row.finding.technique == "job")
    qtbot.mouseClick(row.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert pane.system.toPlainText() == "Hello.\nYou answer [who asks]'s questions about [subject]."
    assert pane.system.textCursor().selectedText() == "[who asks]"
    pane.system.undo()
    assert pane.system.toPlainText() == "Hello."


def test_the_dialog_shows_every_technique_and_inserts_an_example(
    pane: PromptPane, qtbot: QtBot
) -> None:
    dialog = TechniquesDialog()
    qtbot.addWidget(dialog)
    dialog.inserted.connect(pane.insert)
    pane.show_prompt(Prompt("Be brief."))
    dialog.show_review(review(pane.prompt()))
    row = [technique.id for technique in TECHNIQUES].index("shots")
    dialog.list.setCurrentRow(row)
    assert dialog.state.text() == "Missing. No few-shot example is switched on."
    qtbot.mouseClick(dialog.insert, Qt.MouseButton.LeftButton)
    assert pane.prompt().examples == (SHOT,)


# --- few-shot examples -------------------------------------------------------------------


def test_a_new_example_is_typed_at_once(pane: PromptPane, qtbot: QtBot) -> None:
    qtbot.mouseClick(pane.add_example, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(pane.examples.editor.question, "Is it?")
    qtbot.keyClicks(pane.examples.editor.answer, "It is.")
    assert pane.prompt().examples[2] == FewShotExample("Is it?", "It is.")


def test_examples_are_moved_switched_and_removed_by_key(
    pane: PromptPane, qtbot: QtBot, stack: QUndoStack
) -> None:
    view = pane.examples.view
    view.setFocus()
    view.setCurrentIndex(pane.examples.model.index(0))
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert [e.on for e in pane.prompt().examples] == [False, False]
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [e.origin for e in pane.prompt().examples] == ["case 3", "typed"]
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert len(pane.prompt().examples) == 1
    for _ in range(3):
        stack.undo()
    assert pane.prompt().examples == EXAMPLES
    stack.redo()
    assert [e.on for e in pane.prompt().examples] == [False, False]


def test_a_click_on_the_box_switches_and_a_click_beside_it_chooses(
    pane: PromptPane, qtbot: QtBot
) -> None:
    view, model = pane.examples.view, pane.examples.model
    row = view.visualRect(model.index(1))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton,
                     pos=QPoint(row.left() + 40, row.center().y()))
    assert pane.prompt().examples[1].on
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row.center())
    assert pane.prompt().examples[1].on
    assert pane.examples.editor.question.toPlainText() == EXAMPLES[1].question


def test_a_drop_moves_a_row(pane: PromptPane) -> None:
    parent = pane.examples.model.index(-1)
    assert pane.examples.model.moveRows(parent, 1, 1, parent, 0)
    assert pane.prompt().examples == EXAMPLES[::-1]


def test_typing_into_an_example_is_one_step_of_undo(
    pane: PromptPane, qtbot: QtBot, stack: QUndoStack
) -> None:
    pane.examples.view.setCurrentIndex(pane.examples.model.index(0))
    qtbot.keyClicks(pane.examples.editor.answer, "No. ")
    assert pane.prompt().examples[0].answer == "No. Yes. [1]"
    assert stack.count() == 1
    stack.undo()
    assert pane.prompt() == PROMPT
    assert pane.examples.editor.answer.toPlainText() == "Yes. [1]"


# --- parameters --------------------------------------------------------------------------


def test_an_empty_field_is_the_models_default(pane: PromptPane) -> None:
    for field in pane.parameters.fields.values():
        field.clear()
    assert pane.prompt().parameters == Parameters()


def test_what_cannot_be_read_is_said_and_not_used(pane: PromptPane) -> None:
    pane.parameters.fields["temperature"].setText("warm")
    assert pane.parameters.problem.text() == "Temperature is a number from 0 to 2."
    assert pane.prompt().parameters.temperature == 0.5
    pane.parameters.fields["temperature"].setText("0,7")
    assert pane.parameters.problem.isHidden()
    assert pane.prompt().parameters.temperature == 0.7


def test_what_the_model_refused_is_hidden_and_said(pane: PromptPane, qtbot: QtBot) -> None:
    form = pane.parameters
    form.show_accepted("o3-mini", {"temperature", "top_p"}, tried=True, can_try=True)
    assert not form.fields["temperature"].isVisible() and form.fields["seed"].isVisible()
    assert form.note.text() == (
        "Hidden, because o3-mini refused it and it is left out: Temperature, Top p.")
    assert pane.prompt() == PROMPT, "what is hidden is kept, for another model"
    form.show_accepted("gpt-4.1", (), tried=False, can_try=True)
    assert form.fields["temperature"].isVisible()
    with qtbot.waitSignal(form.findOutRequested):
        qtbot.mouseClick(form.find_out, Qt.MouseButton.LeftButton)
    form.show_accepted("Built-in", (), tried=False, can_try=False)
    assert not form.find_out.isVisible()


def test_a_schema_is_checked_as_it_is_typed(pane: PromptPane, qtbot: QtBot) -> None:
    form = pane.parameters
    assert not form.schema.isVisible()
    form.format.setCurrentIndex(form.format.findData("json_schema"))
    assert form.schema.isVisible()
    qtbot.mouseClick(form.schema.begin, Qt.MouseButton.LeftButton)
    assert form.schema.words.text() == "Strict: answers have exactly this form."
    assert pane.prompt().parameters.schema == EXAMPLE
    form.schema.text.setPlainText('{\n"type": }')
    assert form.schema.words.text().startswith("Line 2")
    assert [mark.cursor.blockNumber() for mark in form.schema.text.extraSelections()] == [1]


@pytest.mark.parametrize("stops", [(), ("END",), ("\n\n", "a,b"), ("\\", "x y", "\t", ",")])
def test_stop_sequences_survive_one_line_of_text(stops: tuple[str, ...]) -> None:
    assert read_stops(write_stops(stops)) == stops


def test_too_many_stop_sequences() -> None:
    with pytest.raises(ValueError):
        read_stops("a,b,c,d,e")


# --- for everyone ------------------------------------------------------------------------


def test_every_control_has_a_name_for_screen_readers(pane: PromptPane) -> None:
    nameless = [
        widget for widget in pane.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert nameless == []


def test_tab_leads_from_the_top_to_the_bottom(pane: PromptPane, qtbot: QtBot) -> None:
    qtbot.waitExposed(pane)
    order = [pane.bar.chosen, pane.system, pane.add_example, pane.examples.view, pane.template,
             pane.parameters.fields["temperature"], pane.parameters.fields["max_tokens"]]
    chain, widget = [], pane.nextInFocusChain()
    while widget is not pane:
        chain.append(widget)
        widget = widget.nextInFocusChain()
    places = [chain.index(widget) for widget in order]
    assert places == sorted(places)


def test_folding_hides_a_section(pane: PromptPane, qtbot: QtBot) -> None:
    qtbot.mouseClick(pane.system_fold.head, Qt.MouseButton.LeftButton)
    assert not pane.system.isVisible()
    qtbot.mouseClick(pane.system_fold.head, Qt.MouseButton.LeftButton)
    assert pane.system.isVisible()


def test_how_many_examples_are_chosen_is_part_of_the_draft(pane: PromptPane, qtbot: QtBot) -> None:
    found = told(pane, qtbot)
    assert not pane.choosing.on.isEnabled() and "holds no example" in pane.choosing.hint.text()
    pane.choosing.show_pool(160)
    with qtbot.waitSignal(pane.draftChanged):
        pane.choosing.on.click()
    assert [prompt.chosen for prompt in found] == [3]
    assert "of 160 examples" in pane.choosing.pool.text()
    assert "3 chosen" in pane.examples_fold.note.text()
    pane.show_prompt(dataclasses.replace(PROMPT, chosen=5))
    assert pane.prompt().chosen == 5 and len(found) == 1
