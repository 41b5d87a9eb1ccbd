"""What an agent's session brought for a session of ours that is yet to begin: its file is written with the first fact or commit."""

import contextlib
import hashlib
import os
import time
from typing import NamedTuple

from gitsession.errors import GitsessionError

#: Hours after which an agent's session that recorded nothing says nothing of the next one.
HOURS = 8
_UNTITLED = "untitled"  # the stub of agents' hooks looks for it


class Opening(NamedTuple):
    """What the session will begin with; all may be empty."""

    title: str = ""
    agent: str = ""
    model: str = ""


def note_opening(common_dir: str, branch: str, opening: Opening) -> None:
    """Note what the next session on a branch begins with, unless a session of ours begins before. Raises OSError, GitsessionError."""
    import json

    from gitsession.store.files import write_whole
    from gitsession.store.pending import agents_folder

    folder = agents_folder(common_dir)
    write_whole(os.path.join(folder, _name(branch)), json.dumps(opening._asdict()).encode("utf-8", "replace"), 0o600)
    flag = os.path.join(folder, _UNTITLED)
    if not opening.title:
        with open(flag, "w", encoding="ascii"):
            pass
    else:
        with contextlib.suppress(OSError):
            os.unlink(flag)


def read_opening(common_dir: str, branch: str) -> Opening | None:
    """What was noted for a branch within the last HOURS; None for nothing."""
    path = os.path.join(common_dir, "gitsession", "agents", _name(branch))
    try:
        if time.time() - os.stat(path).st_mtime > HOURS * 3600:
            return None
        import json  # not on the way of a commit without one

        with open(path, "rb") as file:
            record = json.loads(file.read(65536))
        texts = [record[name] for name in Opening._fields]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Opening(*texts) if all(isinstance(text, str) for text in texts) else None


def drop_opening(common_dir: str, branch: str) -> None:
    """Forget what was noted: the session has begun."""
    with contextlib.suppress(OSError, GitsessionError):
        os.unlink(os.path.join(common_dir, "gitsession", "agents", _name(branch)))


def _name(branch: str) -> str:
    return hashlib.sha256(branch.encode("utf-8", "surrogateescape")).hexdigest()[:16] + ".opening"
