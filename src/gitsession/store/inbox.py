"""What machines drew from conversations, and the next commit takes in: one file for each capture, in the git directory."""

import contextlib
import os
import time
from typing import Any, NamedTuple

from gitsession.errors import GitsessionError
from gitsession.model.draft import Draft
from gitsession.secretscan.redaction import admit
from gitsession.store.files import write_whole
from gitsession.store.lock import machine_folder

SCHEMA = 1
_DAMAGED = ".damaged"
_MOST = 4 * 1024 * 1024  # bytes of an entry


class Entry(NamedTuple):
    """One capture. `stem` is the session that was in progress, empty where none was; `path` is set once it is stored.

    `before` holds the digests of what was drawn from the conversation earlier: that is not new, though it stands among the drafts.
    """

    stem: str
    branch: str
    conversation: str  # its id
    drafts: tuple[Draft, ...]
    before: tuple[str, ...] = ()
    made: str = ""  # ISO 8601
    path: str = ""


def inbox_folder(common_dir: str) -> str:
    """Where entries lie."""
    return os.path.join(common_dir, "gitsession", "inbox")


def add_entry(common_dir: str, entry: Entry) -> str:
    """Store an entry whole, without the secrets in it, and return its path. One that says nothing is not stored. Raises GitsessionError."""
    import json  # not on the way of a commit that finds nothing

    if not entry.drafts and not entry.before:
        return ""
    folder = os.path.join(machine_folder(common_dir), "inbox")
    drafts = [{**_plain(draft), "text": admit(draft.text), "resolved": admit(draft.resolved)} for draft in entry.drafts]
    made = entry.made or time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    record = {"schema": SCHEMA, "stem": entry.stem, "branch": entry.branch, "conversation": entry.conversation,
              "drafts": drafts, "before": list(entry.before), "made": made}  # fmt: skip
    # In the order in which they came in; two of one moment are of two processes.
    path = os.path.join(folder, f"{time.time_ns():020d}-{os.getpid()}.json")
    try:
        os.makedirs(folder, exist_ok=True)
        write_whole(path, json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8", "replace"), 0o600)
    except OSError as e:
        raise GitsessionError(f"{path} cannot be written: {e.strerror}", "is the git directory writable?") from None
    return path


def read_inbox(common_dir: str) -> tuple[list[Entry], list[str]]:
    """The entries, oldest first, and the paths of those that cannot be read, which are set aside."""
    folder = inbox_folder(common_dir)
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".json"))
    except OSError:
        return [], []
    found, aside = [], []
    for name in names:
        path = os.path.join(folder, name)
        try:
            found.append(_read(path))
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            with contextlib.suppress(OSError):
                os.replace(path, path + _DAMAGED)
                aside.append(path + _DAMAGED)
    return found, aside


def remove_entry(entry: Entry) -> None:
    """Remove an entry that was taken in."""
    with contextlib.suppress(OSError):
        os.unlink(entry.path)


def _read(path: str) -> Entry:
    import json

    with open(path, "rb") as file:
        record: dict[str, Any] = json.loads(file.read(_MOST))
    if record["schema"] != SCHEMA:
        raise ValueError("of another version")
    drafts = tuple(
        Draft(**{k: v for k, v in d.items() if k in Draft._fields and isinstance(v, str)}) for d in record["drafts"]
    )
    texts = [record[key] for key in ("stem", "branch", "conversation", "made")]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a text is none")
    before = tuple(text for text in record.get("before", ()) if isinstance(text, str))
    return Entry(texts[0], texts[1], texts[2], drafts, before, texts[3], path)


def _plain(draft: Draft) -> dict[str, str]:
    return {key: value for key, value in draft._asdict().items() if value}
