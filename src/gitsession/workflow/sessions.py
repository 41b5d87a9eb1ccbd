"""Which session a commit or a recording belongs to, and how one begins."""

import contextlib
import os
import re
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gitsession.errors import FormatError, GitsessionError, SessionError
from gitsession.formats.edit import new_checkpoint, set_key
from gitsession.formats.yamltext import quote_scalar
from gitsession.git import Repository
from gitsession.git.branches import guess_default_branch
from gitsession.git.repository import SESSION_KEYS
from gitsession.model.checkpoint import Checkpoint, stem_number
from gitsession.model.settings import Settings
from gitsession.secretscan.redaction import admit
from gitsession.store.layout import FOLDER, checkpoint_path, checkpoint_stem
from gitsession.store.opening import Opening, read_opening
from gitsession.store.snapshot import Snapshot

#: Hours without a commit or a recording after which work on the default branch is a new session.
IDLE_HOURS = 8
SLUG_LENGTH = 40
_ALPHABET = "abcdefghjkmnpqrstvwxyz23456789"  # none that look alike


class NewSession(NamedTuple):
    """What a session begins with; all but the title may be empty."""

    title: str
    goal: str = ""
    agent: str = ""
    model: str = ""
    account: str = ""
    tags: tuple[str, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()  # (text, stem) of steps that it takes up


def branch_key(branch: str) -> str:
    """The git setting that holds the stem of the session in progress on a branch."""
    return f"branch.{branch}.gitsession"


def default_branch(repo: Repository, settings: Settings) -> str:
    """The branch that the master handoff is for."""
    return settings.default_branch or guess_default_branch(repo)


class Progress:
    """The session in progress on the branch in work, as the machine-local keys and the checkpoints of a snapshot say."""

    def __init__(self, repo: Repository, snapshot: Snapshot) -> None:
        self.repo = repo
        self.snapshot = snapshot
        self.branch = repo.branch()
        settings = repo.config(SESSION_KEYS)
        self.template = bool(settings.pop("commit.template", ""))
        self.keys = {key.split(".", 1)[1].rpartition(".")[0]: stem for key, stem in settings.items()}  # branch -> stem
        self.named = os.environ.get("GITSESSION_SESSION", "").strip()

    def stem(self) -> str:
        """Its stem, empty for none. A key whose checkpoint is absent, unreadable, ended or merged counts as none."""
        if self.named:
            return find_session(self.named, self.snapshot.oids)
        stem = self.keys.get(self.branch, "") if self.branch else ""
        return stem if stem and self._counts(stem) else ""

    def ending(self) -> str:
        """The stem that this branch's key names although its checkpoint says that it ended: the next commit ends it."""
        stem = self.keys.get(self.branch, "") if self.branch else ""
        checkpoint = self._read(stem) if stem else None
        return stem if checkpoint is not None and checkpoint.status != "active" else ""

    def to_take_over(self) -> str:
        """A session begun on another branch whose checkpoint is in no commit yet: this branch was made to begin its work."""
        if not self.branch or self.named or self.keys.get(self.branch):
            return ""
        for branch, stem in self.keys.items():
            if branch != self.branch and stem in self.snapshot.oids and not self.committed(stem, branch):
                checkpoint = self._read(stem)
                if checkpoint is not None and checkpoint.status == "active":
                    return stem
        return ""

    def raise_unreadable(self) -> None:
        """Raise FormatError where this branch's key names a checkpoint that cannot be read, or is gone from the work tree only."""
        stem = self.keys.get(self.branch, "") if self.branch else ""
        if not stem:
            return
        path = checkpoint_path(stem)
        self.snapshot.checkpoint(stem)
        for problem in self.snapshot.problems:
            if problem.path == path:
                raise FormatError(path, problem.line, problem.message, problem.hint)
        if stem not in self.snapshot.oids and self.repo.index_entries(path):
            raise FormatError(path, 1, "is gone from the work tree", "get it back with: git checkout -- " + path)

    def elsewhere(self) -> bool:
        """True when a session that was begun lies on disk, and neither in this snapshot nor in a commit: a commit of other paths."""
        return any(
            stem not in self.snapshot.oids
            and os.path.lexists(self.repo.path(checkpoint_path(stem)))
            and not self.committed(stem, branch)
            for branch, stem in self.keys.items()
        )

    def committed(self, stem: str, branch: str) -> bool:
        """True when the session's checkpoint is in the commit in work, or in the last one of that branch."""
        path = checkpoint_path(stem)
        return any(self.repo.read_object(f"{rev}:{path}") is not None for rev in ("HEAD", f"refs/heads/{branch}"))

    def _counts(self, stem: str) -> bool:
        checkpoint = self._read(stem)
        if checkpoint is None or checkpoint.status != "active":
            return False
        others = [b for b, s in self.keys.items() if s == stem and b != self.branch]
        if others and checkpoint.branch != self.branch and checkpoint.branch in others:
            return False
        # The default branch's own key is of a session that goes on here, whatever the branch was called when it began.
        settings = self.snapshot.settings
        return self.branch == settings.default_branch or not merged(self.repo, settings, checkpoint)

    def _read(self, stem: str) -> Checkpoint | None:
        try:
            return self.snapshot.checkpoint(stem)
        except FormatError:
            return None


def merged(repo: Repository, settings: Settings, checkpoint: Checkpoint) -> bool:
    """True when a session of another branch has its file on the default branch: its pull request was merged."""
    main = settings.default_branch
    if not main or not checkpoint.branch or checkpoint.branch == main:
        return False
    path = checkpoint_path(checkpoint.stem)
    return any(
        repo.read_object(f"refs/{place}{main}:{path}") is not None for place in ("heads/", "remotes/origin/")
    )  # fmt: skip


def over(checkpoint: Checkpoint, others: Iterable[Checkpoint], *, on_branch: str, default: str) -> str:
    """Why a session is over, as a word; empty when it is not. `on_branch` is the branch that the checkpoints were read on."""
    if checkpoint.status != "active":
        return checkpoint.status
    if on_branch == default and checkpoint.branch and checkpoint.branch != default:
        return "merged"
    for other in others:
        if other.order > checkpoint.order and other.branch == checkpoint.branch and other.author == checkpoint.author:
            return "followed"
    return ""


def find_session(word: str, stems: Iterable[str]) -> str:
    """The stem that a stem, a number, or a unique part of a slug names. Raises SessionError."""
    stems = list(stems)
    word = word.strip().removesuffix(".md").rpartition("/")[2]
    if word in stems:
        return word
    digits = word.lstrip("#")
    if digits.isascii() and digits.isdigit():
        found = [s for s in stems if stem_number(s) == int(digits)]
    else:
        found = [s for s in stems if word and (word.casefold() in _slug(s) or s.startswith(word))]
    if len(found) == 1:
        return found[0]
    if not found:
        raise SessionError(f"no session {word!r}", "`gitsession list` shows all")
    some = ", ".join(found[:4]) + (", ..." if len(found) > 4 else "")
    raise SessionError(f"{word!r} fits {len(found)} sessions: {some}", "name one by its stem")


def _slug(stem: str) -> str:
    """A stem's words, without its number and its random characters."""
    words = stem.casefold().split("-")[1:]
    return "-".join(words[:-1] if len(words) > 1 and len(words[-1]) == 4 else words)


def slug_of(title: str, empty: str = "session") -> str:
    """ASCII, 40 characters at most, cut at a word's end; `empty` where nothing is left."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(slug) > SLUG_LENGTH:
        cut = slug[: SLUG_LENGTH + 1].rpartition("-")[0]
        slug = cut or slug[:SLUG_LENGTH]
    return slug or empty


def new_stem(title: str, stems: Iterable[str]) -> str:
    """A stem that no other has: the next number, the slug, four random characters."""
    number = max((stem_number(s) for s in stems), default=0) + 1
    return f"{number:04d}-{slug_of(title)}-{random_part()}"


def random_part() -> str:
    """Four random characters, by which files of one name do not meet."""
    import secrets  # not on the way of each commit

    return "".join(secrets.choice(_ALPHABET) for _ in range(4))


def heads(checkpoints: Sequence[Checkpoint]) -> list[str]:
    """Sessions that no other follows, newest last, five at most: the parents of the next one."""
    followed = {parent for c in checkpoints for parent in c.parents}
    return [c.stem for c in checkpoints if c.stem not in followed][-5:]


def now_text() -> str:
    """The moment in UTC, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())


def begin(repo: Repository, snapshot: Snapshot, new: NewSession) -> tuple[str, str]:
    """Stem and text of a new session's checkpoint. Nothing is written. Raises SessionError without a branch, SecretError."""
    given = {"the title": new.title, "--goal": new.goal, "--agent": new.agent, "--model": new.model,
             "--account": new.account, "--tag": ", ".join(new.tags)}  # fmt: skip
    for what, value in given.items():
        admit(value, person=what)
    branch = repo.branch()
    if not branch:
        raise SessionError("HEAD is detached, and a session belongs to a branch",
                           "git switch -c NAME makes one; GITSESSION_SESSION=STEM names a session without one")  # fmt: skip
    name, _ = repo.user()
    checkpoints = snapshot.checkpoints()
    parents = heads(checkpoints)
    keys = [("status", "active"), ("started", now_text()), ("branch", quote_scalar(branch))]
    for key, value in (("author", name), ("agent", new.agent), ("model", new.model), ("account", new.account)):
        if value:
            keys.append((key, quote_scalar(" ".join(value.split()))))
    if parents:
        keys.append(("parents", "[" + ", ".join(parents) + "]"))
    if new.tags:
        keys.append(("tags", "[" + ", ".join(quote_scalar(t) for t in new.tags) + "]"))
    taken = set(snapshot.oids) | {checkpoint_stem(f"{FOLDER}/{name}") for name in _names(repo)}
    taken |= {checkpoint_stem(entry.path) for entry in repo.index_entries(FOLDER)}
    return new_stem(new.title, taken - {""}), admit(new_checkpoint(new.title, keys, new.goal), person="the checkpoint")


def _names(repo: Repository) -> list[str]:
    try:
        return os.listdir(repo.path(FOLDER))
    except OSError:
        return []


def auto_title(branch: str, default: str) -> str:
    """The title of a session that nobody named."""
    return f"Work on {branch}" if branch == default else branch


def unnamed(repo: Repository, branch: str, default: str) -> NewSession:
    """What a session that nobody named begins with: what an agent's session brought for it, else the branch's name."""
    from gitsession.agents.detect import detect_agent

    opening = read_opening(repo.common_dir, branch) or Opening()
    agent = detect_agent(os.environ) or opening.agent
    return NewSession(opening.title or auto_title(branch, default), agent=agent, model=opening.model)


def idle(repo: Repository, stem: str) -> bool:
    """True when neither a commit nor a recording was made for IDLE_HOURS."""
    latest = 0.0
    with contextlib.suppress(OSError):
        latest = os.stat(repo.path(checkpoint_path(stem))).st_mtime
    committed = repo.text("log", "-1", "--format=%ct", check=False)
    if committed.isdigit():
        latest = max(latest, float(committed))
    return time.time() - latest > IDLE_HOURS * 3600


def take_over(repo: Repository, progress: Progress, stem: str) -> None:
    """Make a session that was begun on another branch, and is in no commit yet, this branch's own."""
    from gitsession.store.staging import edit_staged

    # In this order: wherever it ends, a key names the session, and of two the one of the branch that the file names counts.
    edit_staged(repo, checkpoint_path(stem), lambda text, path: set_key(text, path, "branch", progress.branch))
    repo.set_config(branch_key(progress.branch), stem)
    for branch, other in progress.keys.items():
        if other == stem:
            repo.set_config(branch_key(branch), None)


def need_sessions(repo: Repository, snapshot: Snapshot) -> None:
    """Raise GitsessionError in a repository that keeps no sessions."""
    if not snapshot.oids and not snapshot.settings_oid and not os.path.isdir(repo.path(FOLDER)):
        raise GitsessionError("this repository keeps no sessions yet", "begin with: gitsession init")
