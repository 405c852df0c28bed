"""How a connection gets in: a key, a variable that holds one, or Microsoft Entra ID."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from .. import theme
from ..components import button, label

_NOBODY = ("Nobody is signed in. Your account needs the role Cognitive Services OpenAI User on "
           "the resource.")


class Access(QObject):
    """Rows of the connection's form; `lay_out` adds them, `show_for` shows those that count."""

    edited = Signal()
    signInRequested = Signal()
    cancelRequested = Signal()
    signOutRequested = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mode = QComboBox()
        self.mode.addItems(["With a key", "With Microsoft Entra ID"])
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key_place = label(tone="muted", size="small", wrap=True)
        self.key_env = QLineEdit()
        self.key_env.setPlaceholderText("Instead of a key: the variable that holds it")
        self.account = QWidget()
        self._who = label(tone="muted", size="small", wrap=True)
        for words in (self.key_place, self._who):  # else they wrap at half the width
            words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.sign_in = button("Sign in", icon="sign-in", size="small")
        self._signed_in = self._waiting = False
        self._place = ""
        row = QHBoxLayout(self.account)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        row.addWidget(self._who, 1)
        row.addWidget(self.sign_in)
        self.mode.activated.connect(self.edited)
        for field in (self.key, self.key_env):
            field.textEdited.connect(self.edited)
        self.sign_in.clicked.connect(self._press)
        self.show_account("")

    def lay_out(self, form: QFormLayout) -> None:
        """Add the rows, captions first."""
        self._form = form
        for words, widget in (("Sign in", self.mode), ("", self.account), ("Key", self.key),
                              ("", self.key_place), ("Variable", self.key_env)):
            caption = label(words, tone="muted")
            caption.setBuddy(widget)
            form.addRow(caption, widget)
            if words:
                widget.setAccessibleName(words)

    @property
    def entra(self) -> bool:
        """Whether Microsoft Entra ID was chosen."""
        return self.mode.currentIndex() == 1

    def fill(self, key_env: str, *, entra: bool, known: bool) -> None:
        """For another connection; the key's field is always empty, keys are never read back."""
        self.mode.setCurrentIndex(1 if entra else 0)
        self.key.clear()
        self.key.setPlaceholderText("Unchanged" if known else "")
        self.key_env.setText(key_env)

    def show_for(self, *, azure: bool, allowed: bool) -> None:
        """What counts for this kind of address."""
        if not azure:
            self.mode.setCurrentIndex(0)
        self._form.setRowVisible(self.mode, azure)
        self._form.setRowVisible(self.account, self.entra)
        for widget in (self.key, self.key_place, self.key_env):
            self._form.setRowVisible(widget, not self.entra)
        for field in (self.key, self.key_env):
            field.setEnabled(allowed)
        self.key_place.setText(self._place if allowed else "This address gets no key.")
        self.key.setAccessibleDescription(self.key_place.text())

    def show_place(self, persistent: bool, why: str) -> None:
        """Where a key that is typed here will be kept."""
        self._place = "Kept in the system keyring." if persistent else (
            f"Kept in memory until the program ends. {why}.".removesuffix(" ."))

    def typed_key(self) -> str | None:
        """The key to store; None leaves the stored one alone."""
        usable = self.key.isEnabled() and not self.entra
        return self.key.text().strip() or None if usable else None

    def variable(self) -> str:
        """The variable that holds the key, "" for none."""
        return "" if self.entra else self.key_env.text().strip()

    # --- the account ---------------------------------------------------------------------

    def show_account(self, name: str, *, persistent: bool = True) -> None:
        """Who is signed in, "" for nobody."""
        self._signed_in, self._waiting = bool(name), False
        kept = "" if persistent else " This system keeps no sign-in: it ends with the program."
        self._tell(f"Signed in as {name}.{kept}" if name else _NOBODY, "muted")
        self.sign_in.setText("Sign out" if name else "Sign in")

    def show_waiting(self) -> None:
        """The browser is open."""
        self._waiting = True
        self._tell("Waiting for the browser: sign in there, then come back here.", "muted")
        self.sign_in.setText("Cancel")

    def show_failed(self, sentence: str) -> None:
        """Signing in failed; `sentence` says what to do."""
        self.show_account("")
        self._tell(sentence, "danger")

    def _tell(self, words: str, tone: str) -> None:
        self._who.setText(words)
        theme.set_property(self._who, "tone", tone)
        self.sign_in.setAccessibleDescription(words)

    def _press(self) -> None:
        if self._waiting:
            self.cancelRequested.emit()
        elif self._signed_in:
            self.signOutRequested.emit()
        else:
            self.signInRequested.emit()
