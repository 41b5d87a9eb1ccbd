"""Reading and writing files: nothing half-written, nothing through a symlink."""

import contextlib
import os
import stat

from gitsession.errors import FormatError, GitsessionError
from gitsession.git import Repository
from gitsession.store.lock import machine_folder

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
#: More than any file that we read in `.sessions/`; what is larger is refused by its format.
READ_LIMIT = 64 * 1024 * 1024


def read_file(root: str, path: str) -> bytes | None:
    """Bytes of a file of the work tree; None where there is none. Raises FormatError for a symlink, a folder, a device."""
    full = os.path.join(root, path)
    try:
        info = os.lstat(full)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as e:
        raise FormatError(path, 1, f"cannot be read: {e.strerror}") from None
    if stat.S_ISLNK(info.st_mode):
        raise FormatError(path, 1, "is a symbolic link", "put the file itself there")
    if not stat.S_ISREG(info.st_mode):
        raise FormatError(path, 1, "is not a file", "move it away; a file belongs there")
    try:
        descriptor = os.open(full, _FLAGS)
        with os.fdopen(descriptor, "rb") as file:
            return file.read(READ_LIMIT)
    except OSError as e:
        raise FormatError(path, 1, f"cannot be read: {e.strerror}") from None


def write_file(repo: Repository, path: str, data: bytes, *, sync: bool = True) -> None:
    """Write a file of the work tree whole: into a temporary file in the git directory, to disk, then into its place.

    Whoever is killed in between leaves nothing in the work tree that `git add` would take. `sync` is as for `write_whole`.
    Raises GitsessionError.
    """
    full = repo.path(path)
    try:
        refuse_links(repo.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        if os.path.isdir(full) and not os.path.islink(full):
            raise IsADirectoryError(21, "a folder is in its place")
        try:
            write_whole(full, data, folder=machine_folder(repo.common_dir), sync=sync)
        except (OSError, GitsessionError):
            write_whole(full, data, sync=sync)  # the git directory is on another disk, or has no place for us
    except OSError as e:
        raise GitsessionError(f"{path} cannot be written: {e.strerror or e}", "nothing was changed") from None


def write_whole(full: str, data: bytes, mode: int | None = None, *, folder: str = "", sync: bool = True) -> None:
    """Replace a file at once, by way of a temporary one beside it or in `folder`, keeping its mode unless one is given.

    Raises OSError, and leaves the old file then. Without `sync` it may be empty after a loss of power: for what can be made again.
    """
    kept = 0o644
    with contextlib.suppress(OSError):
        kept = stat.S_IMODE(os.lstat(full).st_mode)
    temporary = f"{os.path.join(folder, os.path.basename(full)) if folder else full}.{os.getpid()}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    with contextlib.suppress(FileNotFoundError):  # of a process with our number that was killed
        os.unlink(temporary)
    try:
        with os.fdopen(os.open(temporary, flags, kept), "wb") as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        if mode is not None:
            os.chmod(temporary, mode)  # whatever the umask
        os.replace(temporary, full)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def refuse_links(root: str, path: str) -> None:
    """Raise GitsessionError when a folder on the way to `path` is a symbolic link: what lies behind may be anywhere."""
    folder = root
    for part in path.split("/")[:-1]:
        folder = os.path.join(folder, part)
        if os.path.islink(folder):
            raise GitsessionError(f"{os.path.relpath(folder, root)} is a symbolic link", "put a real folder there")
    if os.path.islink(os.path.join(root, path)):
        raise GitsessionError(f"{path} is a symbolic link", "put the file itself there")
