"""`scan`: files, whatever they are and wherever; and all that was ever committed under `.sessions/`."""

import os
import shlex
import stat
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gitsession.errors import GitsessionError, ScanError
from gitsession.git import Repository
from gitsession.git.outgoing import Outgoing, brought
from gitsession.model.finding import Finding
from gitsession.secretscan.versions import scan_versions
from gitsession.store.layout import CONVERSATIONS, FOLDER, derived
from gitsession.workflow.allowing import Allowed, allowed_in_commits, allowed_in_worktree
from gitsession.workflow.gate import Gate
from gitsession.workflow.transfer import Leaks

#: Bytes of a file that are looked at together: what is larger is taken in parts, cut at a line's end.
PART = 16 * 1024 * 1024
_LAP = 4096  # bytes that two parts of one line share: more than most values have


class Found(NamedTuple):
    """A finding. From history, with the oldest commit that brought it, and how many versions of the file hold it."""

    finding: Finding
    commit: str = ""
    versions: int = 0


class Search:
    """Looks at what it is told to, and goes on where something cannot be read: `problems` says so, and is no clean result."""

    def __init__(self, repo: Repository | None) -> None:
        self.repo = repo
        self.found: list[Found] = []
        self.allowed: list[tuple[Finding, str]] = []  # what was let stand in files, with the reason
        self.problems: list[str] = []
        self.gate = Gate(lambda: allowed_in_worktree(repo) if repo else Allowed(()))

    def path(self, base: str, name: str) -> None:
        """A file, or all in a folder but links and git's own; `name` is relative to the folder `base`."""
        full = os.path.join(base, name)
        if not os.path.isdir(full):
            self._file(full, os.path.normpath(name))
            return
        for place, folders, files in os.walk(full, onerror=self._unreadable):
            folders[:] = sorted(f for f in folders if f != ".git")
            for file in sorted([*files, *(f for f in folders if os.path.islink(os.path.join(place, f)))]):
                path = os.path.join(place, file)
                self._file(path, os.path.normpath(os.path.join(name, os.path.relpath(path, full))), inside=True)

    def data(self, path: str, data: bytes) -> None:
        """Bytes that are in no file."""
        self._scan(path, path, data)

    def history(self, revs: Sequence[str] = ()) -> None:
        """What commits bring under `.sessions/`: those of `revs` (as `rev-list` takes them), or of all refs. Raises GitError."""
        assert self.repo is not None  # noqa: S101  (whoever asks for history has one)
        repo = self.repo
        if revs:
            self.gate = Gate(lambda: allowed_in_commits(repo, [r for r in revs if not r.startswith("^")]))
        commits: dict[tuple[str, str], str] = {}
        for blob in brought(repo, revs, FOLDER, CONVERSATIONS):
            commits.pop((blob.path, blob.oid), None)  # in the order of the oldest that brought each
            commits[blob.path, blob.oid] = blob.commit
        blobs = [Outgoing(path, oid, commit) for (path, oid), commit in commits.items()]
        leaks = Leaks()
        for blob, findings in list(scan_versions(self._read(blobs))):
            leaks.add(blob.commit, self.gate.sift(blob.path, repo.read_object(blob.oid) or b"", findings))
        self.found += [Found(f, commit, leaks.versions[key]) for key, (f, commit) in leaks.first.items()]

    def _read(self, blobs: list[Outgoing]) -> Iterator[tuple[Outgoing, str, bytes]]:
        assert self.repo is not None  # noqa: S101
        lacking = 0
        for blob, data in zip(blobs, self.repo.read_objects(b.oid for b in blobs), strict=True):
            if data is None:
                lacking += 1
            else:
                yield blob, blob.path, data
        if lacking:
            self.problems.append(
                f"{lacking} versions of files are not here and were not looked at: git fetch --refetch gets them"
            )

    def _unreadable(self, error: OSError) -> None:
        self.problems.append(f"{error.filename} cannot be read: {error.strerror}; nothing was found out about it")

    def _file(self, full: str, shown: str, *, inside: bool = False) -> None:
        try:
            mode = os.lstat(full).st_mode if inside else os.stat(full).st_mode
            if stat.S_ISLNK(mode):  # what git keeps of it is where it leads
                self._scan(full, shown, os.fsencode(os.readlink(full)))
            elif stat.S_ISREG(mode) or not inside:
                for data, line, column in _parts(full):
                    self._scan(full, shown, data, line, column)
        except OSError as e:
            self._unreadable(OSError(e.errno, e.strerror, shown))

    def _scan(self, full: str, shown: str, data: bytes, line: int = 0, column: int = 0) -> None:
        path = shown
        if self.repo is not None:  # allowances speak of paths in the repository
            inside = os.path.relpath(os.path.realpath(os.path.dirname(full)), os.path.realpath(self.repo.root))
            path = os.path.normpath(os.path.join(inside, os.path.basename(full))).replace(os.sep, "/")

        def placed(f: Finding) -> Finding:
            return f._replace(path=shown, line=f.line + line, column=f.column + (column if f.line == 1 else 0))

        try:
            self.found += [Found(placed(f)) for f in self.gate.scan(path, data)]
            self.allowed += [(placed(f), reason) for f, reason in self.gate.let_stand]
        except ScanError as e:
            self.problems.append(e.message)


def _parts(full: str) -> Iterator[tuple[bytes, int, int]]:
    """A file's bytes with the lines before them, and the characters before them in their first line. Raises OSError."""
    line = column = 0
    with open(full, "rb") as file:
        data = file.read(PART)
        while more := file.read(PART) if len(data) >= PART else b"":
            cut = data.rfind(b"\n") + 1
            part, rest = (data[:cut], data[cut:]) if cut else (data, data[-_LAP:])
            yield part, line, column
            if cut:
                line, column = line + part.count(b"\n"), 0
            else:
                column += len(data[:-_LAP].decode("utf-8", "replace"))
            data = rest + more
        yield data, line, column


def revisions(repo: Repository, words: str) -> list[str]:
    """The commits that a range (`A..B`) means, as `rev-list` takes them; empty for what is none."""
    if ".." not in words or words.startswith("-"):
        return []
    done = repo.git("rev-parse", words, "--", check=False)
    return [] if done.code else [line for line in done.out.decode("ascii", "replace").split() if line != "--"]


def way_out(repo: Repository, found: Sequence[Found]) -> list[str]:
    """How history gets rid of what was found: lines for people, with the commands for a shell at the top of the work tree."""
    paths = sorted({f.finding.path for f in found})
    names = " ".join(map(shlex.quote, paths))
    here = [p for p in paths if not derived(p) and os.path.lexists(repo.path(p))]
    kept = " ".join(map(shlex.quote, here))
    saved = shlex.quote(os.path.join(repo.common_dir, "gitsession-kept.tar"))
    steps = [
        "Revoke it first: whoever has a clone has the secret, whatever is done here. Then, from the top of the work tree:"
    ]
    if here:
        steps += ["take it out of these files as they are now and commit that, so that they can be kept:",
                  f"  tar -cf {saved} -- {kept}"]  # fmt: skip
    origin = repo.git("remote", "get-url", "origin", check=False).code == 0
    steps.append(
        "take every version of them out of all branches and tags; each commit gets another id, and others clone anew:"
    )
    if repo.git("filter-repo", "--version", check=False).code == 0:
        rewrite = "  git filter-repo --force --invert-paths " + " ".join(f"--path {shlex.quote(p)}" for p in paths)
        # It takes `origin` away. Its URL may hold a password, and is not printed.
        steps += (
            ["  url=$(git remote get-url origin)", rewrite, '  git remote add origin "$url"'] if origin else [rewrite]
        )
    else:
        index_filter = shlex.quote(f"git --literal-pathspecs rm -q --cached --ignore-unmatch -- {names}")
        options = f"--force --index-filter {index_filter} --tag-name-filter cat -- --branches --tags"
        steps += [f"  FILTER_BRANCH_SQUELCH_WARNING=1 git filter-branch {options}",
                  "  git for-each-ref --format='delete %(refname)' refs/original | git update-ref --stdin"]  # fmt: skip
    if here:
        steps += ["put the files back:", f"  tar -xf {saved} && git add -f -- {kept} && git commit -m 'Keep sessions without the secret'",
                  f"  rm {saved}"]  # fmt: skip
    if origin:
        steps += ["publish it:", "  git push --force --all origin && git push --force --tags origin"]
    else:
        steps.append("publish it: git push --force --all && git push --force --tags")
    return [
        *steps,
        "drop what only this clone holds still:",
        "  git reflog expire --expire=now --all && git gc --quiet --prune=now",
    ]


def need_repository(repo: Repository | None, what: str) -> Repository:
    """The repository. Raises GitsessionError where there is none."""
    if repo is None:
        raise GitsessionError(f"{what} needs a git repository", "change to one, or name files")
    return repo
