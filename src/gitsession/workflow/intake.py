"""The inbox on its way into a checkpoint: with the next commit on its branch."""

from collections.abc import Container, Mapping, Sequence

from gitsession.errors import GitsessionError
from gitsession.git import Repository
from gitsession.store.inbox import Entry, read_inbox, remove_entry
from gitsession.store.layout import checkpoint_path
from gitsession.store.lock import lock
from gitsession.store.staging import edit_staged


def take_in(repo: Repository, branch: str, session: str, keys: Mapping[str, str]) -> tuple[int, list[str]]:
    """Write what waits for a session into its checkpoint, on disk and in the git index.

    `keys` are the sessions in progress by branch. Returns how many facts were taken in, and lines for people.
    """
    entries, damaged = read_inbox(repo.common_dir)
    lines = [f"a capture cannot be read, and is set aside: {path}" for path in damaged]
    entries = _meant_for(entries, branch, session, keys)
    if not entries:
        return 0, lines
    count = sum(len(entry.drafts) for entry in entries)
    try:
        with lock(repo.common_dir, seconds=repo.patience):
            edit_staged(repo, checkpoint_path(session), lambda text, path: _apply(text, path, entries))
    except GitsessionError as e:
        return 0, [*lines, f"{_facts(count)} of the agent's session wait on: {e.message}"]
    for entry in entries:  # last: killed before, they come again, and say nothing twice
        remove_entry(entry)
    return count, lines


def waiting_lines(repo: Repository, branch: str, session: str, keys: Mapping[str, str]) -> list[str]:
    """What waits for a session, or for one on this branch, in a line for people; [] for nothing."""
    entries, damaged = read_inbox(repo.common_dir)
    count = sum(len(entry.drafts) for entry in _meant_for(entries, branch, session, keys))
    lines = [f"A capture cannot be read, and is set aside: {path}" for path in damaged]
    if count:
        what = "the next commit" if session else "a session on this branch"
        lines.insert(0, f"{_facts(count)} captured from the agent's session wait{'s' * (count == 1)} for {what}")
    return lines


def _meant_for(entries: Sequence[Entry], branch: str, session: str, keys: Mapping[str, str]) -> list[Entry]:
    elsewhere: Container[str] = {stem for other, stem in keys.items() if other != branch} - {session}
    return [
        entry
        for entry in entries
        if (session and entry.stem == session) or (branch and entry.branch == branch and entry.stem not in elsewhere)
    ]


def _apply(text: str, path: str, entries: Sequence[Entry]) -> str:
    from gitsession.workflow.drawing import apply_drafts

    for entry in entries:
        text = apply_drafts(text, path, entry.drafts, before=entry.before).text
    return text


def _facts(count: int) -> str:
    return f"{count} fact{'s' * (count != 1)}"
