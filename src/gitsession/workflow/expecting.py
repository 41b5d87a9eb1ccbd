"""What a caller has read before it writes: an edit in between is refused, not overwritten."""

from typing import NamedTuple

from gitsession.errors import ConflictError, SessionError
from gitsession.git import Repository
from gitsession.store.snapshot import Snapshot
from gitsession.workflow.sessions import Progress, find_session


class Expected(NamedTuple):
    """The session that a caller means, by any of its names, and the blob id of its checkpoint as it was read; empty for any."""

    session: str
    oid: str = ""


def session_expected(repo: Repository, snapshot: Snapshot, expected: Expected) -> str:
    """The stem of what is expected. Raises SessionError where it is not the session in progress, ConflictError where it was edited.

    The caller holds the lock, and read the snapshot under it.
    """
    stem = find_session(expected.session, snapshot.oids)
    if expected.oid and expected.oid != snapshot.oids[stem]:
        raise ConflictError(f"[{stem}] was changed since it was read", "read it again, and decide anew")
    current = Progress(repo, snapshot).stem()
    if stem != current:
        raise SessionError(f"[{stem}] is not in progress here", f"[{current}] is" if current else "no session is")
    return stem
