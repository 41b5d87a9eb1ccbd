"""Captures that are yet to be made: which transcript, of which agent. One small file each, so that nothing is lost when a process dies."""

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Container
from typing import NamedTuple

from gitsession.store.files import write_whole
from gitsession.store.lock import machine_folder

#: How often a capture that fails, or whose process dies, is tried again.
ATTEMPTS = 3
_CLAIMED = ".claimed"
_DAYS = 30 * 86_400  # what is known of a conversation is kept for this long


class Pending(NamedTuple):
    """One capture to be made. `transcript` may be empty where the agent did not say; then its `conversation` tells."""

    agent: str
    conversation: str
    transcript: str
    branch: str
    attempts: int = 0

    @property
    def key(self) -> str:
        """The same for the same conversation."""
        return conversation_key(self.agent, self.conversation or self.transcript)


def conversation_key(agent: str, conversation: str) -> str:
    """A name for files about a conversation."""
    return hashlib.sha256(f"{agent}\n{conversation}".encode("utf-8", "replace")).hexdigest()[:16]


def agents_folder(common_dir: str) -> str:
    """Where what is known of agents' conversations on this machine lies. Made if it is missing."""
    folder = os.path.join(machine_folder(common_dir), "agents")
    os.makedirs(folder, exist_ok=True)
    return folder


def add_pending(common_dir: str, pending: Pending) -> None:
    """Note a capture to be made, once for each conversation. Raises OSError, GitsessionError."""
    path = os.path.join(agents_folder(common_dir), f"{pending.key}.pending")
    write_whole(path, json.dumps(pending._asdict()).encode("utf-8", "surrogatepass"), 0o600)


def has_pending(common_dir: str) -> bool:
    """Whether a capture is yet to be made."""
    try:
        names = os.listdir(os.path.join(common_dir, "gitsession", "agents"))
    except OSError:
        return False
    return any(name.endswith((".pending", _CLAIMED)) for name in names)


def claim_pending(common_dir: str, but: Container[str] = ()) -> Pending | None:
    """The next capture to be made, which is yours until you `settle` it; None where there is none. One process at a time.

    One that was not settled comes again, ATTEMPTS times in all; `but` are the keys of those that had their turn.
    """
    folder = agents_folder(common_dir)
    for name in sorted(os.listdir(folder)):
        stem, kind = os.path.splitext(name)
        path, claimed = os.path.join(folder, name), os.path.join(folder, stem + _CLAIMED)
        if (
            kind not in (".pending", _CLAIMED)
            or stem in but
            or (kind == _CLAIMED and os.path.exists(os.path.join(folder, f"{stem}.pending")))
        ):
            continue
        pending = _read(path)
        if pending is None or pending.attempts >= ATTEMPTS:
            with contextlib.suppress(OSError):
                os.unlink(path)
            continue
        write_whole(
            claimed,
            json.dumps(pending._replace(attempts=pending.attempts + 1)._asdict()).encode("utf-8", "surrogatepass"),
            0o600,
        )
        if kind == ".pending":
            # In this order: killed in between, it is made twice rather than not at all.
            with contextlib.suppress(OSError):
                os.unlink(path)
        return pending
    return None


def settle(common_dir: str, pending: Pending) -> None:
    """Forget a capture that is made, or will never be."""
    with contextlib.suppress(OSError):
        os.unlink(os.path.join(agents_folder(common_dir), pending.key + _CLAIMED))


def first_within(common_dir: str, key: str, what: str, seconds: float) -> bool:
    """True when nobody asked the same for so many seconds; of two that ask at once, one gets True."""
    path = os.path.join(agents_folder(common_dir), f"{key}.{what}")
    with contextlib.suppress(OSError):
        if time.time() - os.stat(path).st_mtime < seconds:
            return False
        os.unlink(path)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError:
        return False
    return True


def owner(common_dir: str, agent: str, conversation: str) -> str:
    """The agent whose hooks told first of a conversation: some agents run those in another's settings, too."""
    path = os.path.join(agents_folder(common_dir), conversation_key("", conversation) + ".owner")
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(agent)
        os.chmod(path, 0o600)
    except FileExistsError:
        with contextlib.suppress(OSError), open(path, encoding="utf-8", errors="replace") as file:
            return file.read(100) or agent
    except OSError:
        pass
    return agent


def prune(common_dir: str) -> None:
    """Forget conversations of a month ago; captures to be made stay."""
    folder = agents_folder(common_dir)
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name.endswith((".owner", ".given", ".taken")):
            with contextlib.suppress(OSError):
                if time.time() - os.stat(path).st_mtime > _DAYS:
                    os.unlink(path)


def _read(path: str) -> Pending | None:
    try:
        with open(path, "rb") as file:
            record = json.loads(file.read(65536))
        texts = [record[name] for name in Pending._fields[:-1]]
        if all(isinstance(text, str) for text in texts) and isinstance(record["attempts"], int):
            return Pending(texts[0], texts[1], texts[2], texts[3], record["attempts"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None
