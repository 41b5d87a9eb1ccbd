"""One repository: where its parts are, and git run in it."""

import os
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Self

from gitsession.errors import GitError, LockedError, NotARepositoryError
from gitsession.git.entries import IndexEntry, StagedChange, parse_entries, parse_raw
from gitsession.process import LIMIT, Completed, Conversation, ProcessError, Started, pipe, run

EMPTY_TREE = {"sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
              "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"}  # fmt: skip
EMPTY_BLOB = {"sha1": "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
              "sha256": "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"}  # fmt: skip

#: Settings that name the session in progress on each branch, and the one that every commit has to know beside them.
SESSION_KEYS = r"^(branch\..*\.gitsession|commit\.template)$"
_STAGED = ("diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-ext-diff", "--no-abbrev", "--ita-invisible-in-index",
           "--ignore-submodules=dirty")  # fmt: skip
_CONFIG = ("config", "--null", "--get-regexp")
_IMPATIENT = 5.0  # seconds, once a git did not end
_ANSWERS = 5  # lines that `open` asks for
_PIECE = 1024 * 1024  # bytes of an object that are read and dropped at once
_AT_ONCE = 60  # object ids that fit into the smallest pipe, 4 KiB


class Repository:
    """A repository with a work tree. Everything git does for us goes through `git()`."""

    def __init__(self, root: str, git_dir: str, common_dir: str, object_format: str) -> None:
        self.root = root
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.object_format = object_format
        self.env = dict(os.environ)
        # Messages in English, no prompt, and never a fetch from a promisor remote behind a hook's back.
        self.env.update(LC_ALL="C", GIT_TERMINAL_PROMPT="0", GIT_NO_LAZY_FETCH="1")
        self.limit = LIMIT  # seconds that one git may take
        self.patience = 10.0  # seconds to wait for another process to let go of the git index
        self._cat: Conversation | None = None
        self._early: dict[tuple[str, ...], Started] = {}

    @classmethod
    def open(cls, path: str) -> "Repository":
        """The repository that `path` lies in. Raises NotARepositoryError (also for a bare one) or GitError."""
        done = run(
            ["git", "rev-parse", "--is-bare-repository", "--absolute-git-dir", "--git-common-dir", "--show-object-format",
             "--show-toplevel"], cwd=path)  # fmt: skip
        lines = done.out.decode("utf-8", "surrogateescape").split("\n")
        if done.code:
            error = done.err.decode("utf-8", "replace").strip()
            if len(lines) > 1 and lines[0] == "true":
                raise NotARepositoryError("this is a bare repository", "run gitsession in a clone that has files")
            if "not a git repository" in error.lower() and not os.environ.get("GIT_DIR"):
                raise NotARepositoryError("not a git repository", "change to one, or make one: git init")
            if "work tree" in error:
                raise NotARepositoryError("this is inside the git directory", "change to the folder with your files")
            raise GitError(_first_words(error) or "git rev-parse failed", "git says no more than that")
        if len(lines) != _ANSWERS + 1:  # a path with a newline in it: ask for each alone
            git_dir, common, root = (
                _ask_alone(path, what) for what in ("--absolute-git-dir", "--git-common-dir", "--show-toplevel")
            )
            object_format = _ask_alone(path, "--show-object-format")
        else:
            git_dir, common, object_format, root = lines[1:_ANSWERS]
        repo = cls(root, git_dir, os.path.abspath(os.path.join(path, common)), object_format)
        # We run git at the top of the work tree, where a relative path would mean something else.
        for name, value in (("GIT_DIR", git_dir), ("GIT_WORK_TREE", root)):
            if name in repo.env:
                repo.env[name] = value
        if repo.env.get("GIT_INDEX_FILE"):
            # Git takes this one from the top of the work tree, wherever it is called.
            repo.env["GIT_INDEX_FILE"] = os.path.join(root, repo.env["GIT_INDEX_FILE"])
        return repo

    @classmethod
    def of_hook(cls, root: str = "") -> "Repository":
        """The repository whose hook git runs here, at the top of the work tree; or that `root` lies in. Raises as `open` does.

        In a plain clone this takes no process: the git directory is `.git`, and its configuration says nothing else.
        """
        root = root or os.getcwd()
        git_dir = os.path.join(root, ".git")
        if not any(os.environ.get(name) for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR")):
            try:
                with open(os.path.join(git_dir, "config"), "rb") as file:
                    config = file.read().lower()
            except OSError:  # a linked worktree, a submodule
                return cls.open(root)
            special = (b"worktree", b"objectformat", b"include")
            if not any(word in config for word in special) and os.path.exists(os.path.join(git_dir, "HEAD")):
                repo = cls(root, git_dir, git_dir, "sha1")
                if repo.env.get("GIT_INDEX_FILE"):
                    repo.env["GIT_INDEX_FILE"] = os.path.abspath(repo.env["GIT_INDEX_FILE"])
                return repo
        return cls.open(root)

    def git(
        self,
        *args: str,
        stdin: bytes = b"",
        check: bool = True,
        env: Mapping[str, str] | None = None,
        timeout: float | None = 0.0,
    ) -> Completed:
        """Run git at the top of the work tree, for `timeout` seconds at most, those of the repository for 0.

        Raises GitError with git's own words, LockedError when the index is locked, ProcessError for one that does not end.
        """
        limit = self.limit if timeout == 0 else timeout
        early = self._early.pop(args, None)
        try:
            if early is not None:
                done = early.finish(limit)
            else:
                env = {**self.env, **env} if env else self.env
                done = run(["git", *args], cwd=self.root, env=env, stdin=stdin, timeout=limit)
        except ProcessError:
            self.limit = min(self.limit, _IMPATIENT)
            raise
        if check and done.code:
            error = done.err.decode("utf-8", "replace").strip()
            if ".lock'" in error and "File exists" in error:
                raise LockedError(
                    "the git index is locked by another git process", "wait for it, or remove a stale index.lock"
                )
            raise GitError(f"git {args[0]}: {_first_words(error)}")
        return done

    def pipe(self, *commands: Sequence[str], stdin: bytes, timeout: float) -> Generator[bytes, None, None]:
        """Run git commands at once, each reading what the one before it writes; yields what the last one writes. Raises GitError."""
        done = yield from pipe(
            [["git", *c] for c in commands], cwd=self.root, env=self.env, stdin=stdin, timeout=timeout
        )
        if done.code:
            raise GitError(f"git {commands[-1][0]}: {_first_words(done.err.decode('utf-8', 'replace').strip())}")

    def ahead(self, *args: str, stdin: bytes = b"") -> None:
        """Start a git now that `git` with the same arguments and stdin (4 KiB at most) will ask for later: it works while we do."""
        self._early[args] = Started(["git", *args], cwd=self.root, env=self.env, stdin=stdin)

    def begin_commit(self) -> None:
        """Start what every commit asks for: while git works, our modules are loaded."""
        self._conversation()
        self.ahead(*_STAGED, "HEAD", "--")
        self.ahead(*_CONFIG, SESSION_KEYS)

    def text(self, *args: str, check: bool = True) -> str:
        """Git's answer as text without the final newline."""
        return self.git(*args, check=check).out.decode("utf-8", "surrogateescape").removesuffix("\n")

    def path(self, *parts: str) -> str:
        """A path in the work tree."""
        return os.path.join(self.root, *parts)

    # -- objects

    def read_object(self, name: str) -> bytes | None:
        """Bytes of a blob or tree by object id or `REV:path`; None where there is none."""
        found = self._ask(name)
        return found[2] if found else None

    def find_object(self, name: str) -> tuple[str, bytes] | None:
        """Id and bytes of a blob or tree by object id or `REV:path`; None where there is none."""
        found = self._ask(name)
        return (found[0], found[2]) if found else None

    def read_tree(self, name: str) -> bytes | None:
        """Bytes of a tree (for `parse_tree`); None where there is none, or something else."""
        found = self._ask(name)
        return found[2] if found and found[1] == "tree" else None

    def read_objects(self, oids: Iterable[str], *, most: int | None = None) -> Iterator[bytes | None]:
        """Bytes of many objects by their ids, as `read_object`; of each the first `most`. Until the last is taken, nothing else
        may be asked for.

        A round trip for each would cost more than the reading.
        """
        rest = iter(oids)
        while some := list(islice(rest, _AT_ONCE)):
            self._send("".join(oid + "\n" for oid in some).encode())
            for oid in some:
                found = self._answer(most) if self._cat is not None else self._ask(oid)
                yield found[2] if found else None

    def resolve(self, rev: str, kind: str = "commit") -> str:
        """Id of the commit (tree, blob) that a revision names, empty where it names none."""
        found = self._ask(f"{rev}^{{{kind}}}") if rev else None
        return found[0] if found else ""

    def _ask(self, name: str) -> tuple[str, str, bytes] | None:
        """Id, type and bytes of an object, from one process for all questions."""
        if "\n" in name:
            return None
        self._send(os.fsencode(name) + b"\n")
        return self._answer()

    def _send(self, lines: bytes) -> None:
        try:
            self._conversation().send(lines)
        except ProcessError:
            self.limit = min(self.limit, _IMPATIENT)
            self.close()  # the next question goes to another one
            raise

    def _conversation(self) -> Conversation:
        if self._cat is None:
            self._cat = Conversation(["git", "cat-file", "--batch"], cwd=self.root, env=self.env, limit=self.limit)
        return self._cat

    def _answer(self, most: int | None = None) -> tuple[str, str, bytes] | None:
        cat = self._conversation()
        line = cat.line()
        if not line:  # it gave up: git before 2.45 tries to fetch what a partial clone lacks
            self.close()
            if not self.promisors():
                raise ProcessError("git cat-file stopped answering", "try again; `git fsck` looks for damage")
        fields = line.rsplit(b" ", 2)
        if len(fields) != 3 or not fields[2].isdigit():
            return None
        size = int(fields[2])
        data = cat.read(size if most is None else min(size, most))
        for rest in range(size - len(data), 0, -_PIECE):
            cat.read(min(rest, _PIECE))
        cat.read(1)
        return fields[0].decode(), fields[1].decode(), data

    def write_blob(self, data: bytes, path: str | None = None) -> str:
        """Store a blob and return its id; with `path`, converted as `git add` would."""
        filters = [f"--path={path}"] if path else ["--no-filters"]
        return self.git("hash-object", "-w", "--stdin", *filters, stdin=data).out.decode().strip()

    def close(self) -> None:
        """End what helps us and still runs."""
        for early in self._early.values():
            early.stop()
        self._early.clear()
        if self._cat is not None:
            self._cat.close()
            self._cat = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- the git index and trees

    def index_entries(self, *paths: str) -> list[IndexEntry]:
        """Entries of the git index under `paths`, those added with intent-to-add included (as empty blobs)."""
        return parse_entries(self.git("ls-files", "-s", "-z", "--", *paths).out)

    def tree_entries(self, rev: str, *paths: str) -> list[IndexEntry]:
        """Entries of a commit's tree under `paths`. Raises GitError for an unknown revision."""
        out = self.git("ls-tree", "-r", "-z", "--full-tree", rev, "--", *paths).out
        entries = []
        for record in out.split(b"\0")[:-1]:
            meta, _, path = record.partition(b"\t")
            mode, _, oid = meta.split(b" ")
            entries.append(IndexEntry(mode.decode(), oid.decode(), 0, os.fsdecode(path)))
        return entries

    def staged(self, *paths: str) -> list[StagedChange]:
        """What the git index changes against HEAD (against nothing where there is no commit yet)."""
        base = "HEAD" if self.head_oid() else EMPTY_TREE[self.object_format]
        return parse_raw(self.git(*_STAGED, base, "--", *paths).out)

    def update_index(self, changes: Iterable[tuple[str, str, str]]) -> None:
        """Set entries of the git index: (mode, oid, path); mode "0" removes the path. Raises LockedError."""
        zero = "0" * (40 if self.object_format == "sha1" else 64)
        lines = [f"{mode} {oid or zero}\t".encode() + os.fsencode(path) for mode, oid, path in changes]
        if lines:
            self.change_index(
                "update-index", "-z", "--add", "--index-info", stdin=b"".join(line + b"\0" for line in lines)
            )

    def change_index(self, *args: str, stdin: bytes = b"") -> None:
        """Run git where it writes the git index; while another process holds it, try again for `patience` seconds. Raises LockedError."""
        deadline = time.monotonic() + self.patience
        wait = 0.01
        while True:
            try:
                self.git(*args, stdin=stdin)
            except LockedError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(wait)
                wait = min(wait * 2, 0.2)
            else:
                return

    # -- HEAD, branches, configuration

    def head_oid(self) -> str:
        """Id of the commit at HEAD, empty where there is none yet."""
        return self.resolve("HEAD")

    def branch(self) -> str:
        """The branch in work (the one being rebased, during a rebase), empty for a detached HEAD."""
        for state in ("rebase-merge", "rebase-apply"):
            name = self._read_git_file(state, "head-name")
            if name:
                return name.removeprefix("refs/heads/") if name.startswith("refs/heads/") else ""
        head = self._read_git_file("HEAD")
        if not head.startswith("ref: "):
            return ""
        ref = head.removeprefix("ref: ")
        if ref == "refs/heads/.invalid":  # a repository whose refs are not files
            ref = self.text("symbolic-ref", "-q", "HEAD", check=False)
        return ref.removeprefix("refs/heads/")

    def operation(self) -> str:
        """What git is in the middle of: `rebase` (or am), `cherry-pick`, `revert`, `merge` or nothing."""
        for name, operation in (
            ("rebase-merge", "rebase"),
            ("rebase-apply", "rebase"),
            ("CHERRY_PICK_HEAD", "cherry-pick"),
            ("REVERT_HEAD", "revert"),
            ("sequencer", "cherry-pick"),
            ("MERGE_HEAD", "merge"),
        ):
            if os.path.lexists(os.path.join(self.git_dir, name)):
                return operation
        return ""

    def merge_heads(self) -> list[str]:
        """Ids of the commits that the merge in hand brings in; [] outside of one."""
        return self._read_git_file("MERGE_HEAD").split()

    def config(self, pattern: str) -> dict[str, str]:
        """Settings whose key matches the regular expression (the last value wins)."""
        out = self.git(*_CONFIG, pattern, check=False).out
        found = {}
        for record in out.split(b"\0")[:-1]:
            key, _, value = record.partition(b"\n")
            found[key.decode("utf-8", "surrogateescape")] = value.decode("utf-8", "surrogateescape")
        return found

    def promisors(self) -> list[str]:
        """Remotes of a partial clone: what is missing here came from them, and is there."""
        found = self.config(r"^remote\..*\.promisor$")
        return [key.split(".", 1)[1].rpartition(".")[0] for key, value in found.items() if value == "true"]

    def set_config(self, key: str, value: str | None) -> None:
        """Write a setting of this repository; None removes it (and is content when it is not there)."""
        if value is None:
            self.git("config", "--local", "--unset-all", key, check=False)
        else:
            self.git("config", "--local", key, value)

    def user(self) -> tuple[str, str]:
        """Name and e-mail address that a commit would bear; empty where git knows none."""
        ident = self.git("var", "GIT_AUTHOR_IDENT", check=False)
        if ident.code:
            return "", ""
        name, _, rest = ident.out.decode("utf-8", "replace").rpartition(" <")
        return name.strip(), rest.partition(">")[0]

    def _read_git_file(self, *parts: str) -> str:
        try:
            with open(os.path.join(self.git_dir, *parts), encoding="utf-8", errors="surrogateescape") as file:
                return file.read(4096).strip("\n")
        except OSError:
            return ""


def _ask_alone(path: str, what: str) -> str:
    return os.fsdecode(run(["git", "rev-parse", what], cwd=path).out.removesuffix(b"\n"))


def _first_words(error: str) -> str:
    """Git's reason, without the warnings before it."""
    lines = error.split("\n")
    line = next((line for line in lines if line.startswith(("fatal: ", "error: "))), lines[0])
    return line.removeprefix("fatal: ").removeprefix("error: ")
