"""The exceptions: a message that says what is wrong, and a hint that says what to do."""


class GitsessionError(Exception):
    """What can be expected to go wrong; shown in one or two lines, exit code 1."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(GitsessionError):
    """The caller asked for something that makes no sense; exit code 2."""


class GitError(GitsessionError):
    """Git refused, is missing or took too long."""


class NotARepositoryError(GitError):
    """No git repository here, or one without a work tree."""


class LockedError(GitsessionError):
    """Another process holds a lock that we waited for."""


class FormatError(GitsessionError):
    """A file in `.sessions/` cannot be read. `path` is relative to the repository, `line` counts from 1."""

    def __init__(self, path: str, line: int, message: str, hint: str = "") -> None:
        super().__init__(f"{path}:{line}: {message}", hint)
        self.path = path
        self.line = line
        self.reason = message


class SessionError(GitsessionError):
    """No session, or none that fits, for what was asked."""


class ConflictError(GitsessionError):
    """What the caller had read was changed since; nothing was written."""


class ScanError(GitsessionError):
    """The secret scan could not run to its end; whoever asked must refuse."""


class ModelError(GitsessionError):
    """A model gave no answer that can be used: rules do without it."""


class ModelForbiddenError(ModelError):
    """The project allows no model."""


class SecretError(GitsessionError):
    """What a person wrote holds a secret, and was refused."""


def visible(text: str) -> str:
    """A text for a terminal, without what the terminal would obey: control, direction and invisible characters are written out."""
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)
