"""What was computed before, by object id: checkpoints, commits, and the fold of all sessions but the last.

Every entry is a function of its key, so a cache may be deleted, damaged or of another version: then it is computed again.
"""

import contextlib
import marshal
import os
import zlib
from typing import Any

from gitsession import __version__
from gitsession.errors import GitsessionError
from gitsession.store.files import write_whole
from gitsession.store.lock import machine_folder

#: Raised when what is cached, or the code that computes it, changes.
VERSION = 10


def load_cache(common_dir: str, name: str) -> Any:
    """The value stored under a name, None where there is none that can be trusted to be whole."""
    try:
        with open(os.path.join(common_dir, "gitsession", f"{name}.cache"), "rb") as file:
            head, data = file.read(16), file.read()
        if head == _head(data):
            return marshal.loads(data)  # noqa: S302  (never code; the checksum holds off what is damaged)
    except (OSError, ValueError, EOFError, TypeError):
        pass
    return None


def store_cache(common_dir: str, name: str, value: Any) -> None:
    """Store plain tuples, lists, dicts, texts, bytes and numbers. A cache that cannot be written is none."""
    data = marshal.dumps(value)
    with contextlib.suppress(OSError, GitsessionError):
        write_whole(os.path.join(machine_folder(common_dir), f"{name}.cache"), _head(data) + data, sync=False)


def _head(data: bytes) -> bytes:
    # The package's version is part of what is checked: another release may compute another value.
    return f"gs{VERSION:02d}{marshal.version:03d}{zlib.crc32(data, zlib.crc32(__version__.encode())):08x}\n".encode()
