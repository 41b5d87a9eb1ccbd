"""The handoffs that are committed, as text."""

from gitsession.git import Repository
from gitsession.index.kept import StoredPage
from gitsession.secretscan.redaction import admit

_MOST = 4_000_000  # bytes: more is no page of ours


def read_page(repo: Repository, page: StoredPage) -> str:
    """What it says, searched again, since it may have been committed around the hooks; empty where its object is not here."""
    [data] = repo.read_objects([page.blob], most=_MOST + 1)
    return admit(data.decode("utf-8", "replace")) if data and len(data) <= _MOST else ""
