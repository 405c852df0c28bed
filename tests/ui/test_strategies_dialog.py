"""The strategies dialog: list, form, what differs; every change is told at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from desktop.core.types import (
    BUILTIN,
    DENSE,
    WHOLE_DOCUMENTS,
    Connection,
    Deployment,
    Parameters,
    Strategy,
)
from desktop.ui.dialogs.strategies import StrategiesDialog

from .ask_samples import VERSIONS, make_view, three

pytestmark = pytest.mark.usefixtures("dressed")
LEFT = Qt.MouseButton.LeftButton
AZURE = Connection("hr", "azure", deployments=(Deployment("mini", "gpt-4.1-mini"),))


@pytest.fixture
def dialog(qtbot: Any) -> StrategiesDialog:
    made = StrategiesDialog()
    qtbot.addWidget(made)
    made.show_strategies(three(), VERSIONS, [BUILTIN, AZURE])
    made.show()
    made.choose(3)
    return made


def pick(combo: Any, words: str) -> None:
    combo.setCurrentIndex(combo.findText(words))
    combo.activated.emit(combo.currentIndex())


def saved_by(qtbot: Any, dialog: StrategiesDialog, act: Any) -> Strategy:
    with qtbot.waitSignal(dialog.strategySaved) as saved:
        act()
    strategy = saved.args[0]
    assert isinstance(strategy, Strategy)
    return strategy


def test_it_is_not_modal(dialog: StrategiesDialog) -> None:
    assert not dialog.isModal()


def test_the_form_shows_the_chosen_strategy(dialog: StrategiesDialog) -> None:
    form = dialog.form
    assert form.name.text() == "Prompt + documents"
    assert form.derives.currentText() == "Prompt"
    assert form.prompt.currentText() == "The current prompt (v1)"
    assert form.retrieval.currentText() == "Hybrid, top 5"
    assert form.differs.text() == '+ 5 passages, profile "Hybrid, top 5"'


def test_a_second_difference_is_marked_as_one_chooses(dialog: StrategiesDialog, qtbot: Any) -> None:
    saved = saved_by(qtbot, dialog, lambda: pick(dialog.form.model, "hr: mini (gpt-4.1-mini)"))
    assert (saved.connection, saved.deployment) == ("hr", "mini")
    assert dialog.form.differs.text() == "Differs from Prompt in 2 ways: not attributable"
    assert dialog.form.differs.property("tone") == "warning"


@pytest.mark.parametrize(("field", "words", "name", "value"), [
    ("prompt", "No prompt: the question and nothing else", "prompt", None),
    ("prompt", "v1", "prompt", "1"),
    ("retrieval", "No documents", "retrieval", None),
    ("retrieval", "Whole documents", "retrieval", WHOLE_DOCUMENTS.name),
    ("retrieval", "Meaning only, top 5", "retrieval", DENSE.name),
    ("derives", "Baseline", "derived_from", 1),
    ("derives", "Nothing: it stands alone", "derived_from", None),
])
def test_choices_are_saved(
    dialog: StrategiesDialog, qtbot: Any, field: str, words: str, name: str, value: object
) -> None:
    saved = saved_by(qtbot, dialog, lambda: pick(getattr(dialog.form, field), words))
    assert saved == replace(three()[2], **{name: value})


def test_boxes_are_saved(dialog: StrategiesDialog, qtbot: Any) -> None:
    form = dialog.form
    assert saved_by(qtbot, dialog, form.fine_tuned.click).fine_tuned
    assert saved_by(qtbot, dialog, form.shown.click).hidden


def test_parameters_are_saved_when_they_can_be_read(dialog: StrategiesDialog, qtbot: Any) -> None:
    fields = dialog.form.parameters.fields
    fields["temperature"].setText("0,5")
    saved = saved_by(qtbot, dialog, fields["temperature"].editingFinished.emit)
    assert saved.parameters == Parameters(temperature=0.5)
    dialog.form.parameters.stop.setText("END, \\n")
    saved = saved_by(qtbot, dialog, dialog.form.parameters.stop.editingFinished.emit)
    assert saved.parameters == Parameters(temperature=0.5, stop=("END", "\n"))


def test_a_parameter_that_cannot_be_read_is_explained_and_not_saved(
    dialog: StrategiesDialog, qtbot: Any
) -> None:
    parameters = dialog.form.parameters
    parameters.fields["temperature"].setText("hot")
    with qtbot.assertNotEmitted(dialog.strategySaved):
        parameters.fields["temperature"].editingFinished.emit()
    assert parameters.problem.text() == (
        "Temperature is a number from 0 to 2. Leave it empty for the model's own.")


def test_a_name_must_be_free(dialog: StrategiesDialog, qtbot: Any) -> None:
    form = dialog.form
    form.name.setText(" baseline ")
    with qtbot.assertNotEmitted(dialog.strategySaved):
        form.name.editingFinished.emit()
    assert "Another strategy" in form.problem.text()
    form.name.setText("RAG")
    assert saved_by(qtbot, dialog, form.name.editingFinished.emit).name == "RAG"
    assert form.problem.text() == ""


def test_what_is_typed_is_not_lost_when_the_saved_strategy_comes_back(
    dialog: StrategiesDialog, qtbot: Any
) -> None:
    saved = saved_by(qtbot, dialog, dialog.form.fine_tuned.click)
    dialog.form.parameters.fields["seed"].setText("7")
    dialog.show_strategies([*three()[:2], saved], VERSIONS, [BUILTIN, AZURE])
    dialog.show_strategies([*three()[:2], saved], VERSIONS, [BUILTIN, AZURE])
    assert dialog.current() == saved
    assert dialog.form.parameters.fields["seed"].text() == "7"


def test_a_connection_that_is_gone_is_kept_and_said(dialog: StrategiesDialog) -> None:
    gone = replace(three()[2], connection="old", deployment="gpt")
    dialog.show_strategies([*three()[:2], gone], VERSIONS, [BUILTIN])
    assert dialog.form.model.currentText() == "old: gpt (connection not here)"


def test_reorder_by_keys_and_buttons(dialog: StrategiesDialog, qtbot: Any) -> None:
    with qtbot.waitSignal(dialog.orderChanged) as changed:
        qtbot.keyClick(dialog.list, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert changed.args == [[1, 3, 2]]
    dialog.choose(1)
    assert not dialog.up.isEnabled()
    with qtbot.waitSignal(dialog.orderChanged) as changed:
        qtbot.mouseClick(dialog.down, LEFT)
    assert changed.args == [[2, 1, 3]]


@pytest.mark.parametrize(("button", "signal"), [
    ("duplicate", "strategyDuplicated"), ("remove", "strategyRemoved"),
])
def test_duplicate_and_remove(
    dialog: StrategiesDialog, qtbot: Any, button: str, signal: str
) -> None:
    with qtbot.waitSignal(getattr(dialog, signal)) as told:
        qtbot.mouseClick(getattr(dialog, button), LEFT)
    assert told.args == [3]


def test_a_duplicate_is_chosen_when_it_appears(dialog: StrategiesDialog, qtbot: Any) -> None:
    qtbot.mouseClick(dialog.duplicate, LEFT)
    copy = replace(three()[2], id=7, name="Prompt + documents 2", derived_from=3, position=3)
    dialog.show_strategies([*three(), copy], VERSIONS, [BUILTIN])
    assert dialog.current() == copy
    assert dialog.form.differs.text() == "The same as Prompt + documents"


def test_without_strategies_the_form_rests(dialog: StrategiesDialog) -> None:
    dialog.show_strategies([], VERSIONS, [BUILTIN])
    assert not dialog.form.isEnabled() and not dialog.remove.isEnabled()


def test_changes_are_seen_in_the_columns_at_once(qtbot: Any) -> None:
    view = make_view(qtbot)
    view.show_connections([BUILTIN])
    view.edit_strategy(3)
    dialog = view._dialog
    assert dialog is not None
    pick(dialog.form.retrieval, "Whole documents")
    assert view.board.columns[3].header.adds.text() == "+ all the text that fits"
    qtbot.keyClick(dialog.list, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert [slot.column for slot in view.board.slots] == [1, 3, 2]
    dialog.close()


def test_everything_that_takes_focus_has_a_name(dialog: StrategiesDialog) -> None:
    tab = Qt.FocusPolicy.TabFocus
    for widget in dialog.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & tab:
            interface = QAccessible.queryAccessibleInterface(widget)
            assert interface.text(QAccessible.Text.Name), widget
