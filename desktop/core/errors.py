"""What can go wrong, and whose fault it is.

    StrategyExplorerError            a problem the user can mend: `what`, `why`, `remedy`
    |-- WorkspaceError               a workspace file that cannot be used
    |   |-- NotAWorkspace            empty, truncated, damaged or some other kind of file
    |   |-- WorkspaceTooNew          written by a newer version of this program
    |   `-- WorkspaceLocked          another process has it open
    |-- DocumentError                one file that cannot be read or holds no text
    |-- DatasetError                 a dataset file that cannot be read
    |-- PromptError                  a template that cannot be rendered
    |-- ConfigurationError           an unknown strategy, profile, connection or setting
    |-- EmbedderUnavailable          the embedding model is missing or its process died
    |-- SpendingLimitReached         the user's own limit: nothing more was sent
    `-- ProviderError                a chat or embedding service did not answer
        |-- AuthFailed               the key or sign-in was refused
        |-- PermissionDenied         signed in, but network rules or roles forbid it
        |-- DeploymentNotFound       no such deployment, or a wrong endpoint
        |-- Throttled                too many requests; `retry_after` seconds when known
        |-- Filtered                 a content filter stopped it; `category`, `severity`
        |-- ContextTooLong           the messages do not fit the model's window
        |-- Refused                  the request has something the model does not accept
        |-- Interrupted              the stream ended before the answer did
        |-- Offline                  the server cannot be reached, or was too slow
        `-- ServerFailed             the server failed (5xx, or an answer nobody can read)

Anything else that is raised is a bug of this program: it is logged in full and the user
gets "copy details". A test holds this drawing against the classes.
"""

from __future__ import annotations


class StrategyExplorerError(Exception):
    """A problem the user can mend. `str(error)` is the one sentence shown everywhere."""

    def __init__(self, what: str, *, why: str = "", remedy: str = "", details: str = "") -> None:
        self.what = what
        self.why = why
        self.remedy = remedy
        self.details = details  # wire code or library message, for "copy details"
        super().__init__(what)

    def __str__(self) -> str:
        return " ".join(_sentence(part) for part in (self.what, self.why, self.remedy) if part)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else text + "."


class WorkspaceError(StrategyExplorerError):
    """A workspace file that cannot be used; the file is left untouched."""


class NotAWorkspace(WorkspaceError):
    """Empty, truncated, damaged, or some other kind of file."""


class WorkspaceTooNew(WorkspaceError):
    """Written by a newer version of this program."""


class WorkspaceLocked(WorkspaceError):
    """Another process has it open."""


class DocumentError(StrategyExplorerError):
    """One file that cannot be read or holds no text; costs nothing but its own row."""


class DatasetError(StrategyExplorerError):
    """A dataset file that cannot be read."""


class PromptError(StrategyExplorerError):
    """A template that cannot be rendered."""

    def __init__(self, what: str, *, line: int | None = None, **rest: str) -> None:
        self.line = line  # of the template, from 1
        super().__init__(what, **rest)


class ConfigurationError(StrategyExplorerError):
    """An unknown strategy, profile, connection or setting, or one that cannot work."""


class EmbedderUnavailable(StrategyExplorerError):
    """The embedding model is missing or its process died."""


class SpendingLimitReached(StrategyExplorerError):
    """The user's own limit stopped a request before it was sent, or an answer as it grew."""


class ProviderError(StrategyExplorerError):
    """A chat or embedding service did not answer."""


class AuthFailed(ProviderError):
    """The key or sign-in was refused."""


class PermissionDenied(ProviderError):
    """Signed in, but network rules or roles forbid the call."""


class DeploymentNotFound(ProviderError):
    """No such deployment, or a wrong endpoint or api-version."""


class Throttled(ProviderError):
    """Too many requests; `retry_after` in seconds, None when the server did not say."""

    def __init__(self, what: str, *, retry_after: float | None = None, **rest: str) -> None:
        self.retry_after = retry_after
        super().__init__(what, **rest)


class Filtered(ProviderError):
    """A content filter stopped the question or the answer: an outcome, not a crash."""

    def __init__(
        self, what: str, *, category: str = "", severity: str = "", **rest: str
    ) -> None:
        self.category = category
        self.severity = severity
        super().__init__(what, **rest)


class ContextTooLong(ProviderError):
    """The messages do not fit the model's window."""


class Refused(ProviderError):
    """The request has something this model does not accept."""


class Interrupted(ProviderError):
    """The stream ended before the answer did; the text so far is kept."""


class Offline(ProviderError):
    """The server cannot be reached, or was too slow."""


class ServerFailed(ProviderError):
    """The server failed: a 5xx, or an answer nobody can read."""
