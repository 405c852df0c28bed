"""Azure doctor: what was pasted is read and tried out; the key in it goes no further."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from ...core.probing import Prober
from ...core.types import Connection
from ...flows.doctor import Diagnosis, connection_of, diagnose
from ...flows.tasks import Tasks
from ..dialogs.doctor import DoctorDialog
from ..main_window import MainWindow
from . import Controller

Adopt = Callable[[Connection, str], None]  # a connection to be, and its key or ""


class DoctorKeeper(Protocol):
    """The parts of the program that the doctor needs."""

    @property
    def prober(self) -> Prober: ...
    def connections(self) -> Sequence[Connection]: ...
    def hide_keys(self, text: str) -> str: ...


class DoctorController(Controller):
    """Makes the dialog when it is first asked for; needs no open workspace."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, keeper: DoctorKeeper, adopt: Adopt
    ) -> None:
        super().__init__(tasks)
        self._window = window
        self._keeper = keeper
        self._adopt_in = adopt
        self._dialog: DoctorDialog | None = None
        self._found: Diagnosis | None = None
        self._number = 0

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"doctor": self.show}

    def show(self, chosen: str = "") -> None:
        """Open it, with a connection chosen to look at."""
        if self._dialog is None:
            self._dialog = dialog = DoctorDialog(self._window)
            dialog.examineRequested.connect(self.examine)
            dialog.stopRequested.connect(self.stop)
            dialog.adoptRequested.connect(self.adopt)
        self._dialog.show_ready(self._keeper.connections(), chosen)
        self._dialog.show()
        self._dialog.raise_()

    def examine(self, text: str, name: str) -> None:
        self._number = self.tasks.start("Azure doctor", self._examine(text, name), key="doctor")

    async def _examine(self, text: str, name: str) -> None:
        assert self._dialog is not None
        dialog, keeper = self._dialog, self._keeper
        chosen = next((each for each in keeper.connections() if each.name == name), None)
        dialog.show_running(True)
        done = False
        try:
            self._found = await diagnose(
                text, keeper.connections(), keeper.prober, self._tell, chosen=chosen,
                hide=keeper.hide_keys)
            done = True
        finally:
            if done and self._found is not None:
                dialog.show_running(False)
                self._tell(self._found)
            else:
                dialog.show_stopped()

    def _tell(self, found: Diagnosis) -> None:
        assert self._dialog is not None
        self._found = found
        made = connection_of(found.clue)
        known = any(each.endpoint == made.endpoint for each in self._keeper.connections()
                    if made is not None)
        self._dialog.show_diagnosis(found, adoptable=made is not None and not known)

    def stop(self) -> None:
        self.tasks.cancel(self._number)

    def adopt(self) -> None:
        """Fill the form of a new connection; nothing is stored before it is saved there."""
        made = connection_of(self._found.clue) if self._found is not None else None
        if made is not None and self._found is not None and self._dialog is not None:
            key = self._found.clue.key
            self._dialog.close()
            self._adopt_in(made, key)
