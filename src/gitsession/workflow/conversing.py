"""`conversation`: what is kept of the talk with agents is found, forgotten, and shared when somebody asks."""

from collections.abc import Sequence
from typing import NamedTuple

from gitsession.errors import GitError, GitsessionError, SessionError, UsageError
from gitsession.git import Repository
from gitsession.model.stored import Stored, StoredTurn
from gitsession.store.branch import REF, read_tip
from gitsession.store.conversations import Listed, conversation_names, list_conversations, read_named
from gitsession.store.layout import CONVERSATIONS
from gitsession.store.union import Place, forget, is_ancestor, take_in
from gitsession.workflow.sessions import find_session
from gitsession.workflow.transfer import before_push

_THEIRS = "refs/gitsession/theirs"
_SECONDS = 600.0  # that a remote may take


class Forgotten(NamedTuple):
    """What `forget` took out, and what to run for the copies elsewhere."""

    names: tuple[str, ...]
    commands: tuple[str, ...]


class Pushed(NamedTuple):
    """How a push went: `lines` say why it was refused."""

    remote: str
    conversations: int
    lines: tuple[str, ...] = ()


def find_conversation(repo: Repository, word: str) -> Listed:
    """The one that a number of `conversation list`, a part of its name, its agent's id or a fact's "(turn: KEY#12)" means. Raises SessionError."""
    there = list_conversations(repo)
    if word.isascii() and word.isdigit() and 1 <= int(word) <= len(there):
        return there[int(word) - 1]
    found = [
        one for one in there if word and (word in f"{one.stem}/{one.name}.md" or word in (one.head.id, one.head.key))
    ]
    exact = [one for one in found if word in (one.name, f"{one.stem}/{one.name}", one.head.id, one.head.key)]
    if len(found) == 1 or len(exact) == 1:
        return exact[0] if exact else found[0]
    if not found:
        raise SessionError(f"no conversation {word!r}", "`gitsession conversation list` shows all")
    some = ", ".join(f"{one.stem}/{one.name}" for one in found[:4]) + (", ..." if len(found) > 4 else "")
    raise SessionError(f"{word!r} fits {len(found)} conversations: {some}", "name one by its number in the list")


def read_listed(repo: Repository, one: Listed) -> Stored:
    """A conversation with its turns. Raises FormatError."""
    return read_named(repo, read_tip(repo), one.stem, one.name)


def some_turns(stored: Stored, words: str) -> list[StoredTurn]:
    """The turns that `12`, `3..9`, `3..` or `..9` names. Raises UsageError, SessionError."""
    first, dots, last = words.partition("..")
    if not all(part.isascii() and (part.isdigit() or (dots and not part)) for part in (first, last or first)):
        raise UsageError(f"{words!r} is no turn", "say 12, or 3..9")
    low = int(first or 0)
    high = (int(last) if last else 10**9) if dots else low
    turns = [turn for turn in stored.turns if low <= turn.number <= high]
    if not turns:
        end = stored.turns[-1].number if stored.turns else 0
        raise SessionError(f"no turn {words} is kept of it", f"its turns go to {end}")
    return turns


def to_forget(repo: Repository, word: str, session: str, *, all_: bool) -> list[Place]:
    """The conversations that are meant: one, those of a session, or all. Raises UsageError, SessionError."""
    if sum((bool(word), bool(session), all_)) != 1:
        raise UsageError("say what to forget: ID, --session S or --all", "`gitsession conversation list` shows all")
    if word:
        one = find_conversation(repo, word)
        return [(one.stem, one.name)]
    places = conversation_names(read_tip(repo))
    if all_:
        return places
    stem = find_session(session, {stem for stem, _ in places})
    return [place for place in places if place[0] == stem]


def forget_conversations(repo: Repository, places: Sequence[Place]) -> Forgotten:
    """Take them out of the branch, its history and its reflog."""
    for _, ref in _tracking(repo):  # what only they have must not go when the removal replaces theirs
        take_in(repo, read_tip(repo, ref))
    gone = forget(repo, places)
    commands = [f"git push --force-with-lease {remote} {CONVERSATIONS}" for remote, _ in _tracking(repo)]
    if not commands:
        commands = [f"git push --force {remote} {CONVERSATIONS}" for remote in repo.text("remote").split()]
    return Forgotten(tuple(f"{stem}/{name}" for stem, name in gone), tuple(commands))


def push_conversations(repo: Repository, remote: str = "") -> Pushed:
    """Unite the branch with the remote's, search what would be published, and push it. Raises GitError, UsageError."""
    remote = remote or _default_remote(repo)
    tip = read_tip(repo)
    if not tip.oid:
        raise GitsessionError("there is no conversation to push", "`gitsession import` keeps one")
    theirs = _fetch(repo, remote)
    if theirs and (not tip.here or not is_ancestor(repo, theirs, read_tip(repo).oid)):
        there = take_in(repo, read_tip(repo, theirs))
        if there:
            names = ", ".join(f"{stem}/{name}" for stem, name in there[:3])
            raise GitsessionError(
                f"{remote} still has what was forgotten: {names}" + (", ..." if len(there) > 3 else ""),
                f"replace it: git push --force-with-lease={CONVERSATIONS}:{theirs} {remote} {CONVERSATIONS}",
            )
    tip = read_tip(repo)
    url = repo.text("remote", "get-url", "--push", remote, check=False) or remote
    update = f"{REF} {tip.oid} {REF} {theirs or '0' * len(tip.oid)}\n"
    verdict = before_push(repo, remote, url, update.encode())
    if not verdict.go:
        return Pushed(remote, 0, tuple(verdict.lines))
    done = repo.git("push", remote, f"{REF}:{REF}", check=False, timeout=_SECONDS)
    if done.code:
        raise GitError(f"git push to {remote} failed: {_reason(done.err)}", "nothing was published")
    return Pushed(remote, len(conversation_names(tip)))


def _default_remote(repo: Repository) -> str:
    remotes = repo.text("remote").split("\n")
    named = repo.text("config", "--get", "remote.pushDefault", check=False)
    if named or "origin" in remotes:
        return named or "origin"
    if len(remotes) == 1 and remotes[0]:
        return remotes[0]
    raise UsageError(
        "which remote?" if remotes[0] else "there is no remote", "name one: gitsession conversation push REMOTE"
    )


def _fetch(repo: Repository, remote: str) -> str:
    """The commit of the branch at a remote, with its objects; empty where it has none. Raises GitError."""
    done = repo.git("ls-remote", "--", remote, REF, check=False, timeout=_SECONDS)
    if done.code:
        raise GitError(f"{remote} cannot be reached: {_reason(done.err)}", "`git remote -v` lists the remotes")
    oid = done.out.decode("ascii", "replace").partition("\t")[0]
    if oid and not repo.resolve(oid):
        fetch = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", remote, f"+{REF}:{_THEIRS}")
        repo.git(*fetch, timeout=_SECONDS)
        oid = repo.resolve(_THEIRS)
        repo.git("update-ref", "-d", _THEIRS, check=False)
    return oid


def _tracking(repo: Repository) -> list[tuple[str, str]]:
    """Remotes that are known to have the branch, each with the ref that says so."""
    refs = repo.text("for-each-ref", "--format=%(refname)", f"refs/remotes/*/{CONVERSATIONS}").split()
    return [(ref.removeprefix("refs/remotes/").removesuffix("/" + CONVERSATIONS), ref) for ref in refs]


def _reason(error: bytes) -> str:
    lines = error.decode("utf-8", "replace").strip().splitlines() or ["git says no more than that"]
    told = [line for line in lines if line.startswith(("fatal:", "error:", " !", "gitsession:"))]
    return (told or lines)[0].strip()[:300]
