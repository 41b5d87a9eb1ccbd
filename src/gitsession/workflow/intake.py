"""The inbox on its way into a checkpoint: with the next commit on its branch."""

from collections.abc import Container, Mapping, Sequence

from gitsession.errors import GitsessionError
from gitsession.git import Repository
from gitsession.store.inbox import Entry, read_inbox, remove_entry
from gitsession.store.layout import checkpoint_path
from gitsession.store.lock import lock
from gitsession.store.staging import edit_staged


def take_in(repo: Repository, branch: str, session: str, keys: Mapping[str, str]) -> tuple[bool, list[str]]:
    """Write what waits for a session into its checkpoint, on disk and in the git index.

    `keys` are the sessions in progress by branch. Returns whether something was taken in, and lines for people.
    """
    entries, damaged = read_inbox(repo.common_dir)
    lines = [f"a capture cannot be read, and is set aside: {path}" for path in damaged]
    entries = _meant_for(entries, branch, session, keys)
    if not entries:
        return False, lines
    added = 0

    def edit(text: str, path: str) -> str:
        nonlocal added
        text, new = _apply(text, path, entries)
        added = max(added, new)  # on disk, and again for what of it is staged
        return text

    try:
        with lock(repo.common_dir, seconds=repo.patience):
            edit_staged(repo, checkpoint_path(session), edit)
    except Exception as e:  # noqa: BLE001  (a fault of ours keeps no page from being derived)
        why = e.message if isinstance(e, GitsessionError) else f"{type(e).__name__}: {e}"
        return False, [*lines, f"{_facts(sum(map(_new, entries)))} of the agent's session wait on: {why}"]
    for entry in entries:  # last: killed before, they come again, and say nothing twice
        remove_entry(entry)
    if added:
        path = checkpoint_path(session)
        lines.append(f"{_facts(added)} captured from the agent's session {'is' if added == 1 else 'are'} in {path}")
    return True, lines


def waiting_lines(repo: Repository, branch: str, session: str, keys: Mapping[str, str]) -> list[str]:
    """What waits for a session, or for one on this branch, in a line for people; [] for nothing."""
    entries, damaged = read_inbox(repo.common_dir)
    count = sum(map(_new, _meant_for(entries, branch, session, keys)))
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


def _apply(text: str, path: str, entries: Sequence[Entry]) -> tuple[str, int]:
    """The text with all drafts in it, and how many of them were new to it."""
    from gitsession.workflow.drawing import apply_drafts

    added = 0
    for entry in entries:  # in their order: what a later one knows of the conversation, the ones before it have brought
        drawn = apply_drafts(text, path, entry.drafts, before=entry.before)
        text = drawn.text
        added += drawn.added
    return text, added


def _new(entry: Entry) -> int:
    """How many facts an entry brings."""
    from gitsession.workflow.drawing import digest

    return sum(digest(draft) not in entry.before for draft in entry.drafts)


def _facts(count: int) -> str:
    return f"{count} fact{'s' * (count != 1)}"
