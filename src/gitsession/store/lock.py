"""One writer at a time, over all worktrees of a repository."""

import contextlib
import os
import time
from collections.abc import Iterator

from gitsession.errors import GitsessionError, LockedError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


def machine_folder(common_dir: str) -> str:
    """The folder for what stays on this machine: index, caches, inbox, lock. Made if it is missing."""
    folder = os.path.join(common_dir, "gitsession")
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as e:
        raise GitsessionError(f"{folder} cannot be made: {e.strerror}", "is the git directory writable?") from None
    return folder


@contextlib.contextmanager
def lock(common_dir: str, seconds: float = 60.0, name: str = "lock") -> Iterator[None]:
    """Hold the repository's writer lock. It ends with the process, so a killed one leaves nothing behind. Raises LockedError.

    `name` is for locks of another kind, which whoever holds one may take the writer lock inside of.
    """
    path = os.path.join(machine_folder(common_dir), name)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as e:
        raise GitsessionError(f"{path} cannot be opened: {e.strerror}", "is the git directory writable?") from None
    deadline = time.monotonic() + seconds
    wait = 0.002
    try:
        while not _try_lock(descriptor):
            if time.monotonic() > deadline:
                raise LockedError(
                    f"another gitsession has been writing here for {seconds:g} s", "wait for it, or end it"
                )
            time.sleep(wait)
            wait = min(wait * 2, 0.05)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return False
    return True
