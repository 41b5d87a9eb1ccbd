"""Edits of files that are not ours: all are worked out before the first is written, and taken back when one cannot be."""

import contextlib
import os

from gitsession.errors import GitsessionError
from gitsession.store.files import write_whole

_MOST = 8 * 1024 * 1024  # bytes of a file of settings or instructions


class Edits:
    """Files as they are, and as they are to be. Text is UTF-8; what is not stays as it is."""

    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(root)
        self._before: dict[str, str | None] = {}
        self._after: dict[str, str | None] = {}

    def read(self, path: str) -> str | None:
        """What a file holds, with the edits so far; None where there is none. A link is followed. Raises GitsessionError."""
        full = self._place(path)
        if full not in self._after:
            self._before[full] = self._after[full] = _read(full, path)
        return self._after[full]

    def write(self, path: str, text: str | None) -> bool:
        """Plan what a file will hold, None for no file. Says whether that is a change."""
        changed = self.read(path) != text
        self._after[self._place(path)] = text
        return changed

    def apply(self) -> None:
        """Write what is planned. Raises GitsessionError, and leaves all as it was then."""
        done: list[tuple[str, str | None]] = []
        try:
            for full, text in self._after.items():
                if text != self._before[full]:
                    done.append((full, self._before[full]))
                    _write(full, text)
        except OSError as e:
            for full, text in reversed(done):
                with contextlib.suppress(OSError):
                    _write(full, text)
            raise GitsessionError(
                f"{done[-1][0]} cannot be written: {e.strerror or e}",
                "nothing was changed; make it writable, then try again",
            ) from None

    def _place(self, path: str) -> str:
        """Where a file really is: one in the repository may be a link (CLAUDE.md to AGENTS.md), though not out of it."""
        full = os.path.realpath(os.path.join(self._root, path))
        if not os.path.isabs(path) and os.path.commonpath([full, self._root]) != self._root:
            raise GitsessionError(f"{path} is a link that leads out of the repository", "put a real file there")
        return full


def _read(full: str, path: str) -> str | None:
    try:
        if not os.path.lexists(full):
            return None
        if not os.path.isfile(full):
            raise GitsessionError(f"{path} is no file", "move it away, then try again")
        with open(full, "rb") as file:
            data = file.read(_MOST + 1)
    except OSError as e:
        raise GitsessionError(f"{path} cannot be read: {e.strerror}", "nothing was changed") from None
    if len(data) > _MOST or b"\0" in data:
        raise GitsessionError(f"{path} is no text that we could edit", "nothing was changed")
    return data.decode("utf-8", "surrogateescape")


def _write(full: str, text: str | None) -> None:
    folder = os.path.dirname(full)
    if text is not None:
        os.makedirs(folder, exist_ok=True)
        if os.path.exists(full) and not os.access(full, os.W_OK):
            raise PermissionError(13, "it is read-only")
        write_whole(full, text.encode("utf-8", "surrogateescape"))
        return
    os.unlink(full)
    for _ in range(2):  # .github/hooks, and .github
        with contextlib.suppress(OSError):  # something else is in it
            os.rmdir(folder)
        folder = os.path.dirname(folder)
