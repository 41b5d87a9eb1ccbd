"""What a commit does to sessions: before it, the handoff is derived and all is scanned; after it, the git index is put right."""

import os
import re
from collections.abc import Sequence

from gitsession.agents.detect import detect_agent
from gitsession.errors import FormatError, GitError, GitsessionError
from gitsession.formats.checkpoint import parse_checkpoint
from gitsession.git import Repository, StagedChange
from gitsession.git.history import named_sessions
from gitsession.handoff import parse_page
from gitsession.model.handoff import Handoff
from gitsession.process import ancestor_arguments
from gitsession.store.files import read_file
from gitsession.store.layout import (
    FOLDER,
    MASTER,
    SETTINGS,
    branch_page_path,
    branch_page_stem,
    checkpoint_path,
    checkpoint_stem,
)
from gitsession.store.lock import lock
from gitsession.store.opening import drop_opening, read_opening
from gitsession.store.snapshot import Snapshot, blob_oid
from gitsession.store.staging import create_staged, stage_file
from gitsession.workflow.derive import derive_page, make_source, newest_active, source_of_tree
from gitsession.workflow.gate import index_gate, refusal, scan_changes, scan_staged
from gitsession.workflow.notes import do_after, note_after, note_quiet, note_session
from gitsession.workflow.pages import end_tree, put_page, remove_page, write_tree_ahead
from gitsession.workflow.sessions import Progress, begin, branch_key, default_branch, take_over, unnamed

_MUCH = 50  # lines from which on a commit of an agent should say why
#: Git is replaying commits that were made before: nothing is derived then.
REPLAYING = ("rebase", "cherry-pick", "revert")


class Verdict:
    """What a hook says: whether git may go on, and lines for people."""

    __slots__ = ("go", "lines")

    def __init__(self, lines: Sequence[str] = (), *, go: bool = True) -> None:
        self.go = go
        self.lines = list(lines)


class Commit:
    """One commit in the making."""

    def __init__(self, repo: Repository) -> None:
        self.repo = repo
        self.verdict = Verdict()
        self.head = repo.head_oid()
        self.changes = repo.staged()
        self.derived: dict[str, bytes | None] = {}  # path -> what we stage there, None where we remove it
        self.unsure = False  # what is staged may be something else than we think
        self.unset = ""
        self.tree_file = ""
        self.quiet = ""  # the branch, where nobody but people begins sessions and none is in progress
        self.receipt = ""

    @property
    def ours(self) -> list[StagedChange]:
        """What is staged under `.sessions/`."""
        return [c for c in self.changes if c.path == FOLDER or c.path.startswith(FOLDER + "/")]

    # -- before

    def prepare(self, *, merge: bool) -> Verdict:
        """`pre-commit` and `pre-merge-commit`: check, derive, scan. Secrets fail closed, all of our own fails open."""
        snapshot = Snapshot.of_staged(self.repo, self.ours)
        if snapshot is None:
            if not self.ours and self.repo.read_tree(f"HEAD:{FOLDER}") is None:
                return self.verdict
            snapshot = Snapshot.of_index(self.repo, None, frozenset(c.path for c in self.ours))
        if not self._readable(snapshot):
            return self.verdict
        try:
            self._derive(snapshot, merge=merge)
        except GitsessionError as e:
            self.unsure = True
            self._say(f"the handoff was not derived, and the commit goes on: {_told(e.message)}")
        except Exception as e:  # noqa: BLE001  (a fault of ours stops nobody's commit)
            self.unsure = True
            self._say(f"the handoff was not derived, and the commit goes on: {type(e).__name__}: {_told(str(e))}")
        self._scan()
        end_tree(self.repo, self.tree_file)
        if self.verdict.go:
            self._leave_notes()
        if not merge:
            note_quiet(self.repo, "" if self.ours or self.derived or self.verdict.lines else self.quiet)
        return self.verdict

    def _readable(self, snapshot: Snapshot) -> bool:
        """Refuse a checkpoint or settings that this commit changes and that cannot be read."""
        faults = {p.path: str(p) + (f"\n  {p.hint}" if p.hint else "") for p in snapshot.problems}
        for change in self.ours:
            stem = checkpoint_stem(change.path)
            if change.status == "D" or (not stem and change.path != SETTINGS):
                continue
            try:
                if stem and change.path not in faults:
                    snapshot.checkpoint(stem)
                elif not stem:
                    _ = snapshot.settings
            except FormatError as e:
                faults[change.path] = e.message + (f"\n  {e.hint}" if e.hint else "")
            except GitError:
                continue  # its object is missing here: the scan judges that
        refused = [faults[c.path] for c in self.ours if c.path in faults and c.status != "D"]
        if refused:
            self.verdict.go = False
            self._say(
                "commit refused: "
                + ("a file" if len(refused) == 1 else f"{len(refused)} files")
                + " in .sessions/ cannot be read"
            )
            self.verdict.lines += ["  " + line for line in refused]
            self.verdict.lines.append("  mend it, `git add` it and commit again")
        return self.verdict.go

    def _derive(self, snapshot: Snapshot, *, merge: bool) -> None:
        repo = self.repo
        operation = repo.operation()
        progress = Progress(repo, snapshot)
        main = default_branch(repo, snapshot.settings)
        stem = progress.stem()
        ending = "" if stem else progress.ending()
        if ending and all(c.path != checkpoint_path(ending) for c in self.ours):
            ending = ""  # it ended with a commit before this one, whose post-commit did not run
        if operation in REPLAYING:
            return
        if not (stem or ending or merge or operation) and self.changes:
            amended = _amending()
            stem = self._amended(snapshot) if amended else self._auto_start(progress, snapshot, main)
            if stem and not amended:  # it was begun or taken over, and staged
                snapshot = Snapshot.of_index(repo, None, frozenset((*(c.path for c in self.ours), *self.derived)))
        session = stem or ending
        if session and not (merge or operation) and self.changes and self._take_inbox(progress, session):
            snapshot = Snapshot.of_index(repo, None, frozenset((*(c.path for c in self.ours), *self.derived)))
        if session:
            note_session(repo, session, careful=progress.template)
        self.unset = progress.branch if ending else ""
        by_hand = snapshot.settings.sessions == "manual" and not operation
        if by_hand and not (session or progress.named or progress.keys.get(progress.branch)):
            self.quiet = progress.branch
        if merge or (not self.changes and self.head):
            return
        if not session:
            try:
                progress.raise_unreadable()
            except FormatError as e:
                self._say(f"not counted: {e.message}")
        self._pages(snapshot, progress.branch, main, session)
        self._remind(snapshot, session)
        for problem in snapshot.problems[:3]:
            self._say(f"left out of the handoff: {problem}")

    def _remind(self, snapshot: Snapshot, session: str) -> None:
        """One line that can be pasted, for an agent that commits much and records nothing of why."""
        if not session or not self.head or not detect_agent(self.repo.env):
            return
        path = checkpoint_path(session)
        checkpoint = snapshot.checkpoint(session)
        if any(c.path == path for c in self.ours) or (path in self.derived and checkpoint and checkpoint.facts):
            return
        told = self.repo.text("diff-index", "--cached", "--shortstat", self.head, "--", ":!.sessions", check=False)
        lines = sum(int(number) for number in re.findall(r"(\d+) (?:insertion|deletion)", told))
        if lines > _MUCH:
            self._say(f"{lines} lines and no fact recorded: gitsession decide 'WHAT WAS DECIDED' --why 'WHY'")

    def _amended(self, snapshot: Snapshot) -> str:
        """The session of the commit that `git commit --amend` replaces: the one it ended, perhaps. Empty for any other commit."""
        data = self.repo.read_object(self.head) or b""
        return next((s for s in named_sessions(data.decode("utf-8", "replace")) if s in snapshot.oids), "")

    def _auto_start(self, progress: Progress, snapshot: Snapshot, main: str) -> str:
        """Open the session of a branch's first commit. Not for init's commit, an amend, or a plain commit on the default branch."""
        repo, settings = self.repo, snapshot.settings
        if settings.sessions != "auto" or not progress.branch or progress.named or not snapshot.settings_oid:
            return ""
        with lock(repo.common_dir, seconds=repo.patience):
            return self._open(progress, snapshot, main)

    def _open(self, progress: Progress, snapshot: Snapshot, main: str) -> str:
        repo = self.repo
        left = self._take_in(progress, snapshot) if progress.branch != main else ""
        if left:
            return left
        taken = progress.to_take_over()
        if taken:
            self.unsure = True  # its staged version gets another branch
            take_over(repo, progress, taken)
            return taken
        key = progress.keys.get(progress.branch, "")
        # A plain commit on the default branch begins none, but an agent's session does.
        plain = progress.branch == main and read_opening(repo.common_dir, main) is None
        if plain or (key in snapshot.oids and snapshot.unreadable(key)) or progress.elsewhere():
            return ""
        if any(c.path == SETTINGS and c.status == "A" for c in self.ours):
            return ""
        stem, text = begin(repo, snapshot, unnamed(repo, progress.branch, main))
        self.derived[checkpoint_path(stem)] = text.encode("utf-8")
        repo.set_config(branch_key(progress.branch), stem)  # first, so that whoever is killed begins no second one
        create_staged(repo, checkpoint_path(stem), text)
        drop_opening(repo.common_dir, progress.branch)
        return stem

    def _take_inbox(self, progress: Progress, session: str) -> bool:
        """Take in what machines drew from conversations since the last commit. Says whether the checkpoint has changed."""
        try:
            names = os.listdir(os.path.join(self.repo.common_dir, "gitsession", "inbox"))
        except OSError:
            return False
        if not any(name.endswith(".json") for name in names):
            return False
        path = checkpoint_path(session)
        partial = os.path.basename(self.repo.env.get("GIT_INDEX_FILE", "")).startswith("next-index-")
        if partial and self._staged_apart(path):
            return False  # other facts wait in the real git index, which this commit of paths is to leave alone
        from gitsession.workflow.intake import take_in

        taken, lines = take_in(self.repo, progress.branch, session, progress.keys)
        self._say_all(lines)
        if not taken:
            return False
        staged = next((e.oid for e in self.repo.index_entries(path) if e.path == path), "")
        self.derived[path] = self.repo.read_object(staged) or b""
        return True

    def _staged_apart(self, path: str) -> bool:
        """True when the repository's own git index has another version of a path than the one of this commit."""
        index = os.path.join(self.repo.git_dir, "index")
        real = self.repo.git("ls-files", "-s", "-z", "--", path, env={"GIT_INDEX_FILE": index}).out
        return real != self.repo.git("ls-files", "-s", "-z", "--", path).out

    def _take_in(self, progress: Progress, snapshot: Snapshot) -> str:
        """Stage a session that was begun in a commit that was given up: `commit -a` and `commit PATH` have an index that goes with them.

        One with facts was staged when they were recorded, and is people's to stage again.
        """
        repo, own = self.repo, progress.keys.get(progress.branch, "")
        for branch, stem in ({progress.branch: own} if own else progress.keys).items():
            path = checkpoint_path(stem)
            data = read_file(repo.root, path) if stem not in snapshot.oids else None
            if data is None or progress.committed(stem, branch) or parse_checkpoint(data, stem, path).facts:
                continue
            if self._really_staged(path):
                continue
            stage_file(repo, path)
            if branch != progress.branch:
                take_over(repo, progress, stem)
            self.derived[path] = read_file(repo.root, path) or b""
            return stem
        return ""

    def _really_staged(self, path: str) -> bool:
        """True when a path is in the repository's own git index: not so in a commit of other paths."""
        index = os.path.join(self.repo.git_dir, "index")
        return bool(self.repo.git("ls-files", "-z", "--", path, env={"GIT_INDEX_FILE": index}).out)

    def _pages(self, snapshot: Snapshot, branch: str, main: str, session: str) -> None:
        """Derive the pages that this commit is to hold, and stage them."""
        on_main = branch == main
        staged = {checkpoint_stem(c.path) for c in self.ours} - {""}
        wanted: dict[str, str] = {}  # path -> session
        if on_main and snapshot.settings.master == "commit":
            if session or self.ours or self._behind(snapshot):
                wanted[MASTER] = session or newest_active(snapshot.page_fold("", "", 0).recent, branch, main)
        elif not on_main and session:
            wanted[branch_page_path(session)] = session
        gone = [path for path in snapshot.pages if on_main and branch_page_stem(path) in snapshot.oids]
        for path in snapshot.pages:
            if path not in gone and branch_page_stem(path) in staged & snapshot.oids.keys():
                wanted.setdefault(path, branch_page_stem(path))
        for path, stem in wanted.items():
            # What the commit changes is the work of the session that its message will name, else of those that it touches.
            own = stem == session if session else stem in staged
            self._page(snapshot, path, stem, session, branch if path == MASTER or stem == session else "", own=own)
        for path in gone:
            self.derived[path] = None
            self._say_all(remove_page(self.repo, path, snapshot.pages[path]))

    def _page(self, snapshot: Snapshot, path: str, stem: str, session: str, branch: str, *, own: bool) -> None:
        # What a merge brings is the work of its own sessions, and history below its other parents tells which.
        others = self.repo.merge_heads()
        changes = self.changes if own and not others else ()
        source = make_source(self.repo, snapshot, session=stem, branch=branch, revs=[self.head, *others], changes=changes,
                             source_id=self._source_id, master=path == MASTER, growing=session)  # fmt: skip
        page = derive_page(source)
        self.derived[path] = page.text.encode("utf-8")
        if list(self.derived) == [MASTER]:
            self.tree_file = write_tree_ahead(self.repo, snapshot.oids, self._oid(self.derived[MASTER]))
        self._say_all(put_page(self.repo, path, page.text, snapshot.pages.get(path, "")))
        if stem == session or path == MASTER:
            self.receipt = receipt(session, page)
        if stem == session:
            mine = [w for w in source.fold.warnings if w.stem == session]
            for warning in mine[:3]:
                self._say(f"{checkpoint_path(warning.stem)}:{warning.line}: {warning.message}")

    def _source_id(self) -> str:
        return source_of_tree(self.repo, self.repo.text("write-tree"))

    def _behind(self, snapshot: Snapshot) -> bool:
        oid = snapshot.pages.get(MASTER)
        data = self.repo.read_object(oid) if oid else None
        parsed = parse_page(data.decode("utf-8", "replace")) if data else None
        return parsed is None or parsed[1].checkpoints != snapshot.digest

    # -- the gate

    def _scan(self) -> None:
        """Refuse the commit when anything staged under `.sessions/` holds a secret, or cannot be scanned."""
        gate = index_gate(self.repo)
        try:
            if self.unsure:
                findings = scan_staged(self.repo, gate)
            else:
                findings = scan_changes(self.repo, [c for c in self.ours if c.path not in self.derived], gate)
                for path, data in self.derived.items():
                    findings += gate.scan(path, data) if data is not None else []
        except Exception as e:  # noqa: BLE001  (fails closed: what cannot be scanned is not committed)
            self.verdict.go = False
            what = e.message if isinstance(e, GitsessionError) else f"{type(e).__name__} in the scanner"
            self._say(f"commit refused: the search for secrets in .sessions/ could not run: {what}")
            self.verdict.lines.append("  try again; `git commit --no-verify` skips all hooks, this one too")
            return
        if findings:
            self.verdict.go = False
            self.verdict.lines += refusal(findings, "commit refused")
        self._say_all(gate.notes)

    # -- after

    def _leave_notes(self) -> None:
        partial = os.path.basename(self.repo.env.get("GIT_INDEX_FILE", "")).startswith("next-index-")
        paths = {path: self._oid(data) for path, data in self.derived.items()} if partial else {}
        try:
            note_after(self.repo, paths, self.unset, self.receipt)
        except OSError as e:
            self._say(f"what is to do after the commit could not be noted: {e.strerror}")

    def _oid(self, data: bytes | None) -> str:
        return "" if data is None else blob_oid(data, self.repo.object_format)

    def _say_all(self, lines: list[str]) -> None:
        for line in lines:
            self._say(line)

    def _say(self, line: str) -> None:
        self.verdict.lines.append("gitsession: " + line)


def _told(words: str) -> str:
    """An error's own words, which may quote the line that it met."""
    from gitsession.secretscan.redaction import admit_error

    return admit_error(words)


def receipt(session: str, page: Handoff) -> str:
    """The one line that a commit prints about its handoff."""
    figures = page.figures
    left = figures.in_force - figures.in_force_carried + figures.background - figures.background_carried
    facts = f", {left} fact{'s' * (left != 1)} left out" if left else ""
    return f"gitsession: handoff{' of ' + session.split('-', maxsplit=1)[0] if session else ''}, {figures.tokens:,} tokens{facts}"


def before_commit(repo: Repository) -> Verdict:
    """`pre-commit`."""
    return Commit(repo).prepare(merge=False)


def before_merge_commit(repo: Repository) -> Verdict:
    """`pre-merge-commit`: only scans, since what it stages is not in the merge commit."""
    return Commit(repo).prepare(merge=True)


def after_commit(repo: Repository) -> Verdict:
    """`post-commit`, where there is something to do: after `git commit PATH`, and after the commit that ends a session."""
    return Verdict(do_after(repo))


def _amending() -> bool:
    """True inside `git commit --amend`, as far as the system tells: git itself does not say so to a hook."""
    for arguments in ancestor_arguments():
        if arguments and os.path.basename(arguments[0]).startswith("git"):
            return "--amend" in arguments
    return False
