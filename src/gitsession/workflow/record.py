"""Recording: facts, closings, state, the end of a session. Each edits the session's own checkpoint, on disk and in the git index."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from gitsession.errors import GitsessionError, SessionError, UsageError
from gitsession.formats.checkpoint import parse_document
from gitsession.formats.edit import add_fact, set_key, set_state, tick
from gitsession.formats.facts import clean_text
from gitsession.git import Repository
from gitsession.handoff import open_steps
from gitsession.model.checkpoint import OUTCOMES
from gitsession.model.fact import BINDING_KINDS, HEADING_OF, OPEN_KINDS, Fact, text_key
from gitsession.model.fold import Fold, Item
from gitsession.secretscan.redaction import admit
from gitsession.store.files import write_file
from gitsession.store.layout import checkpoint_path
from gitsession.store.lock import lock
from gitsession.store.opening import drop_opening
from gitsession.store.snapshot import Snapshot
from gitsession.store.staging import edit_staged
from gitsession.workflow.derive import source_of_worktree
from gitsession.workflow.expecting import Expected, session_expected
from gitsession.workflow.sessions import (
    NewSession,
    Progress,
    begin,
    branch_key,
    default_branch,
    idle,
    need_sessions,
    now_text,
    take_over,
    unnamed,
)

#: More than any fact is; what is longer belongs in a file.
MAX_WORDS = 8000
_SPAN = re.compile(r"`[^`]+`")


class Recorded(NamedTuple):
    """What a recording did: the session it went to, whether that began with it, and the fact's words."""

    stem: str
    kind: str
    text: str
    opened: bool = False  # the session began with this recording


def record_fact(
    repo: Repository, kind: str, words: str, *, why: str = "", replaces: str = "", est: str = "", took: str = "", fix: str = "",
    expected: Expected | None = None,
) -> Recorded:  # fmt: skip
    """Write a fact into the session in progress (one begins where none is). Raises UsageError, SessionError, FormatError.

    Where `expected` is not so, raises ConflictError, or SessionError for another session, and writes nothing.
    """
    if kind not in HEADING_OF:
        raise UsageError(f"no kind of fact is called {kind!r}", "kinds: " + ", ".join(HEADING_OF))
    given = {"the text": words, "--why": why, "--replaces": replaces, "--est": est, "--took": took, "--fix": fix}
    for name, value in given.items():
        admit(value, person=name)
    text = _clean(words)
    if why:
        text = text.rstrip(".") + ", because " + _clean(why)
    if kind == "error":
        text = text.rstrip(".") + ". Fixed: " + _clean(fix) if fix else "Not solved: " + text
    elif kind == "command":
        text = _command_text(text)
    notes = ""
    with lock(repo.common_dir):
        snapshot = Snapshot.of_worktree(repo)
        need_sessions(repo, snapshot)
        meant = session_expected(repo, snapshot, expected) if expected else ""
        # All that can be refused is, before a session begins for it.
        if replaces:
            kinds = BINDING_KINDS if kind in BINDING_KINDS else (kind,)
            force = snapshot.fold(Progress(repo, snapshot).stem()).in_force
            old = pick([i for i in force if i.kind in kinds], replaces, "decision or constraint in force")
            notes += _annotation("replaces", old.text)
        for name, value in (("est", est), ("took", took)):
            notes += _annotation(name, value) if value else ""
        box = {"step": " ", "done": "x"}.get(kind, "")
        admit(text + notes, person="the whole fact")
        stem, opened = (meant, False) if meant else session_for_recording(repo, snapshot)
        edit_staged(repo, checkpoint_path(stem), lambda t, p: add_fact(t, p, kind, text, box=box, annotations=notes))
    return Recorded(stem, kind, text, opened)


def close_fact(
    repo: Repository, what: str, *, took: str = "", how: str = "", expected: Expected | None = None
) -> Recorded:
    """Close what is open: `what` is the number that `status` shows, or a unique part of the text. Raises SessionError, UsageError.

    `expected` is as for `record_fact`.
    """
    admit(took, person="--took")
    admit(how, person="--how")
    with lock(repo.common_dir):
        snapshot = Snapshot.of_worktree(repo)
        need_sessions(repo, snapshot)
        meant = session_expected(repo, snapshot, expected) if expected else ""
        progress = Progress(repo, snapshot)
        current = meant or progress.stem()
        if not current:
            progress.raise_unreadable()
        item = pick(open_items(snapshot.fold(current), current), what, "open step, blocker, question or error")
        notes = _annotation("took", took) if took else ""
        notes += _annotation("resolved", _clean(how)) if how else ""
        if notes or not any(_says(f, item.text) for f in _facts(snapshot, current)):  # else nothing comes in
            admit(item.text + notes, person="the fact that is closed")
        stem, opened = (meant, False) if meant else session_for_recording(repo, snapshot)
        path = checkpoint_path(stem)
        own = [f for f in _facts(snapshot, stem) if _says(f, item.text)]
        if own:
            edit_staged(repo, path, lambda t, p: _tick_equal(t, p, item.text, notes))
        else:
            others = item.stems or (item.stem,)
            links = " (" + ", ".join(f"[{_number(s)}]({s}.md)" for s in others) + ")"
            text = " ".join(item.text.split())
            edit_staged(repo, path, lambda t, p: add_fact(t, p, "done", text, box="x", annotations=notes + links))
    return Recorded(stem, item.kind, item.text, opened)


def record_state(repo: Repository, key: str, value: str) -> Recorded:
    """Write a line of State as a machine observed it, with the source tree that it was observed on."""
    value = _clean(value)
    line = admit(f"{key}: {value}")
    if line.startswith(f"{key}: "):
        value = line.removeprefix(f"{key}: ")
    else:  # its name is no name
        key, value = "run", line
    source = source_of_worktree(repo)
    notes = f" (source {source})" if source else ""
    with lock(repo.common_dir):
        snapshot = Snapshot.of_worktree(repo)
        need_sessions(repo, snapshot)
        stem, opened = session_for_recording(repo, snapshot)
        edit_staged(
            repo,
            checkpoint_path(stem),
            lambda t, p: set_state(t, p, key, value, annotations=notes),
        )
    return Recorded(stem, "state", f"{key}: {value}", opened)


def end_session(
    repo: Repository, *, outcome: str = "", status: str = "completed", expected: Expected | None = None
) -> Recorded:
    """Write that the session in progress is over. Its key goes with the commit that holds this. `expected` is as for `record_fact`."""
    if outcome and outcome not in OUTCOMES:
        raise UsageError(f"no outcome is called {outcome!r}", "outcomes: " + ", ".join(OUTCOMES))
    with lock(repo.common_dir):
        snapshot = Snapshot.of_worktree(repo)
        need_sessions(repo, snapshot)
        stem = session_expected(repo, snapshot, expected) if expected else Progress(repo, snapshot).stem()
        if not stem:
            raise SessionError(
                "no session is in progress on this branch", "`gitsession list` shows the sessions there are"
            )

        def finish(text: str, path: str) -> str:
            text = set_key(text, path, "status", status)
            text = set_key(text, path, "ended", now_text())
            return set_key(text, path, "outcome", outcome) if outcome else text

        edit_staged(repo, checkpoint_path(stem), finish)
        checkpoint = Snapshot.of_worktree(repo).checkpoint(stem)
    return Recorded(stem, status, checkpoint.title if checkpoint else stem)


def end_message(ended: Recorded) -> str:
    """The subject of a commit that ends a session."""
    verb = "Abandon" if ended.kind == "abandoned" else "Complete"
    return f"{verb} session {_number(ended.stem)}: {ended.text}"


def commit_sessions(repo: Repository, message: str) -> str:
    """Commit `.sessions/` alone, whatever else is staged. Returns git's own words. Raises GitError when a hook refuses."""
    # Hooks of others, and a person at a passphrase, take as long as they take.
    done = repo.git("commit", "--quiet", "--only", "-m", message, "--", ".sessions", check=False, timeout=None)
    words = done.err.decode("utf-8", "replace").strip() or done.out.decode("utf-8", "replace").strip()
    if done.code:
        raise GitsessionError("the commit was not made", words)
    return words


def session_for_recording(repo: Repository, snapshot: Snapshot) -> tuple[str, bool]:
    """The session that a recording belongs to, begun if there is none, and whether it was begun. The caller holds the lock."""
    progress = Progress(repo, snapshot)
    settings = snapshot.settings
    main = default_branch(repo, settings)
    stem = progress.stem()
    if stem and not (
        settings.sessions == "auto" and progress.branch == main and not progress.named and idle(repo, stem)
    ):
        return stem, False
    taken = progress.to_take_over()
    if taken:
        take_over(repo, progress, taken)
        return taken, False
    if not stem:
        progress.raise_unreadable()
    if settings.sessions != "auto":
        raise SessionError("no session is in progress on this branch", "begin one with: gitsession start TITLE")
    return open_session(repo, snapshot, unnamed(repo, progress.branch, main)), True


def open_session(repo: Repository, snapshot: Snapshot, new: NewSession) -> str:
    """Begin a session: its file is written, and the branch's key set. The caller holds the lock, and stages the file."""
    stem, text = begin(repo, snapshot, new)
    path = checkpoint_path(stem)
    for words, other in new.steps:
        link = f" ([{_number(other)}]({other}.md))" if other else ""
        text = add_fact(text, path, "step", " ".join(words.split()), box=" ", annotations=link)
    admit(text, person="the checkpoint")
    data = text.encode("utf-8")
    # The key first: one that names no file counts as none, but a file that no key names would stay as a session of its own.
    repo.set_config(branch_key(repo.branch()), stem)
    write_file(repo, path, data)
    snapshot.add(stem, data)
    drop_opening(repo.common_dir, repo.branch())
    return stem


def open_items(fold: Fold, session: str) -> list[Item]:
    """What is open, in the order in which `status` numbers it: steps as on the page, the one taken up, blockers, questions, errors."""
    steps = open_steps(fold, session)
    taken = [i for i in fold.in_force if i.kind == "step" and i not in steps]
    rest = [i for kind in OPEN_KINDS[1:] for i in fold.in_force if i.kind == kind]
    return [*steps, *taken, *rest]


def pick(items: Sequence[Item], word: str, kind: str, command: str = "status") -> Item:
    """The item that a number (from 1; `command` shows it) or a unique part of the text means. Raises SessionError that names what comes near."""
    word = word.strip().rstrip(".")
    if word.isascii() and word.isdigit():
        number = int(word)
        if 1 <= number <= len(items):
            return items[number - 1]
        raise SessionError(
            f"no {kind} has the number {number}", f"there are {len(items)}: `gitsession {command}` shows them"
        )
    key = text_key(word)
    if not key:
        raise UsageError(
            "an empty text names nothing", f"give a number that `gitsession {command}` shows, or a part of the text"
        )
    equal = [i for i in items if text_key(i.text).rstrip(".") == key]
    found = equal or [i for i in items if key in text_key(i.text)]
    if len(found) == 1:
        return found[0]
    if found:
        some = "; ".join(f"{items.index(i) + 1}: {_short(i.text)}" for i in found[:4])
        raise SessionError(f"{word!r} fits {len(found)}: {some}", "give more of the text, or the number")
    from difflib import get_close_matches

    keys = {text_key(i.text): i for i in items}
    near = get_close_matches(key, list(keys), n=1, cutoff=0.3)
    hint = f'the nearest is "{_short(keys[near[0]].text)}"' if near else f"`gitsession {command}` shows what there is"
    raise SessionError(f"no {kind} says {_short(word)!r}", hint)


def _facts(snapshot: Snapshot, stem: str) -> tuple[Fact, ...]:
    checkpoint = snapshot.checkpoint(stem)
    return checkpoint.facts if checkpoint else ()


def _says(fact: Fact, words: str) -> bool:
    """True for what is open in a file and says these words."""
    open_ = fact.kind in (*OPEN_KINDS, "done") and fact.box != "x" and not fact.dropped
    return open_ and text_key(fact.bare) == text_key(words)


def _tick_equal(text: str, path: str, words: str, notes: str) -> str:
    """Tick every unticked item of a file that says these words."""
    found = False
    while item := next((i for i in parse_document(text, path).items if _says(i.fact, words)), None):
        found = True
        text = tick(text, path, item.start + 1, annotations=notes)
    if not found:
        raise SessionError("this version of the file does not have it")
    return text


def _annotation(name: str, value: str) -> str:
    text = " ".join(clean_text(value).split())
    depth = 0
    for c in text:
        depth += (c == "(") - (c == ")")
        if depth < 0:
            break
    if depth:
        raise UsageError(
            f"the parentheses in --{name} do not pair: {_short(text)!r}",
            "write it without them, or edit the file by hand",
        )
    return f" ({name}: {text})"


def _command_text(text: str) -> str:
    """`test: pytest -q` as `test: `pytest -q``: a command is shown as code, and copied from there."""
    name, colon, command = text.partition(":")
    if not colon or not command.strip() or len(name) > 30 or " " in name.strip() or command.startswith("//"):
        name, command = "", text
    command = " ".join(command.split())
    code = command if _SPAN.search(command) or "`" in command else f"`{command}`"
    return f"{name.strip()}: {code}" if name else code


def _clean(words: str) -> str:
    text = clean_text(words)
    if not text:
        raise UsageError("the text is empty", "say it in a few words")
    if len(text) > MAX_WORDS:
        raise UsageError(
            f"{len(text)} characters are too many for one fact (at most {MAX_WORDS})",
            "put it into a file, and name the file",
        )
    return text


def _number(stem: str) -> str:
    return stem.split("-", 1)[0]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."
