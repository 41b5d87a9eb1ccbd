"""What commits bring: the blobs of a push that the other side does not have yet, those of a range, those of all history."""

import os
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from gitsession.errors import GitError
from gitsession.git.entries import GITLINK
from gitsession.git.repository import Repository

#: Seconds that the walk may take.
PATIENCE = 600.0


class Outgoing(NamedTuple):
    """A blob, and the newest commit of the push that brings it (or the tree, where a tag names one)."""

    path: str
    oid: str
    commit: str


class Update(NamedTuple):
    """What git tells `pre-push` of one ref. `new` is empty for a ref that is deleted, `old` for a new one."""

    local: str
    new: str
    ref: str
    old: str


def parse_updates(stdin: bytes) -> list[Update]:
    """What git gives `pre-push` on stdin. The local name is as people typed it: `HEAD@{1 day ago}` has spaces in it."""
    updates = []
    for line in os.fsdecode(stdin).splitlines():
        local, new, ref, old = line.rsplit(" ", 3)
        updates.append(Update(local, new if new.strip("0") else "", ref, old if old.strip("0") else ""))
    return updates


def outgoing(
    repo: Repository, remote: str, url: str, updates: list[Update], folder: str, whole: str
) -> Iterator[Outgoing]:
    """Blobs under `folder` that a push brings to a remote, each (path, blob) once; all of them in commits of the branch `whole`.

    Of a merge only what none of its parents has, for what one of them has comes with that one, or is there already.
    Raises GitError or ProcessError when the walk fails.
    """
    # Git sends the objects themselves, whatever replaces them in this repository.
    repo.env["GIT_NO_REPLACE_OBJECTS"] = "1"
    tips: dict[str, list[str]] = {"": [], folder: []}
    trees = []
    whole_tip = repo.resolve(f"refs/heads/{whole}")
    for update in updates:
        if not update.new:
            continue
        commit = repo.resolve(update.new)
        if commit:
            everything = f"refs/heads/{whole}" in (update.local, update.ref) or _holds(repo, whole_tip, commit)
            tips["" if everything else folder].append(commit)
        elif tree := repo.resolve(update.new, "tree"):
            trees.append(tree)
        elif not repo.resolve(update.new, "blob"):  # a blob has no path, so it is not under the folder
            raise GitError(f"{update.new[:12]} cannot be read", "`git fsck` looks for damage")
    known = ["^" + oid for oid in _known(repo, remote, url, updates)] if any(tips.values()) else []
    seen: set[tuple[str, str]] = set()
    walks = [_walk(repo, [*commits, *known], path) for path, commits in tips.items() if commits]
    for found in chain(*walks, *(_of_tree(repo, tree, folder) for tree in trees)):
        if found[:2] not in seen:
            seen.add(found[:2])
            yield found


def brought(repo: Repository, revs: Sequence[str], folder: str, whole: str) -> Iterator[Outgoing]:
    """Blobs under `folder` that commits bring, as often as they do, the newest first; all of them in commits of the branch `whole`.

    `revs` are commits, `^` before those whose history is left out; without any, it is the history of all refs. Raises as `outgoing`.
    """
    repo.env["GIT_NO_REPLACE_OBJECTS"] = "1"
    refs = repo.text("for-each-ref", "--format=%(objectname) %(refname)").splitlines()
    tips = {ref: oid for oid, _, ref in (line.partition(" ") for line in refs)}
    ends = [tip for ref, tip in tips.items() if ref.endswith("/" + whole)]
    if not revs:
        head = repo.head_oid()
        yield from _walk(repo, [*tips.values(), *([head] if head else [])], folder)
        if ends:
            yield from _walk(repo, ends, "")
        return
    everything = any(_holds(repo, end, rev) for end in ends for rev in revs if not rev.startswith("^"))
    yield from _walk(repo, list(revs), "" if everything else folder)


def _holds(repo: Repository, tip: str, commit: str) -> bool:
    """Whether a commit is the tip of a branch or behind it."""
    return bool(tip) and repo.git("merge-base", "--is-ancestor", commit, tip, check=False).code == 0


def _walk(repo: Repository, revs: list[str], path: str) -> Iterator[Outgoing]:
    """What the commits bring under a path, the newest first.

    `git log` with a path compares each tree twice, and without one the whole of it: this is the quicker way. So is this
    order: the newest objects are those that git stores whole.
    """
    chunks = repo.pipe(
        # What a tracking ref names may be gone; all that is pushed has been read.
        ["rev-list", "--ignore-missing", "--stdin"],
        ["diff-tree", "--stdin", "-r", "-c", "--root", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", "--", path or "."],
        stdin=("\n".join(revs) + "\n").encode(), timeout=PATIENCE,
    )  # fmt: skip
    commit = meta = ""
    for field in _fields(chunks):
        if meta:  # `:100644 100644 OID OID M`, or of a merge `::100644 100644 100644 OID OID OID MM`: what comes of it is the last
            parents = len(meta) - len(meta.lstrip(":"))
            modes_and_oids = meta.split(" ")
            mode, oid = modes_and_oids[parents], modes_and_oids[-2]
            meta = ""
            if mode not in ("000000", GITLINK):
                yield Outgoing(field, oid, commit)
        elif field.startswith(":"):
            meta = field
        else:
            commit = field


def _of_tree(repo: Repository, tree: str, folder: str) -> Iterator[Outgoing]:
    for entry in repo.tree_entries(tree, folder):
        if entry.mode != GITLINK:
            yield Outgoing(entry.path, entry.oid, tree)


def _fields(chunks: Iterator[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        whole, nul, rest = (rest + chunk).rpartition(b"\0")
        if nul:
            yield from os.fsdecode(whole).split("\0")


# -- what the other side has


def _known(repo: Repository, remote: str, url: str, updates: list[Update]) -> set[str]:
    """Commits that the remote has: what it says of the refs of this push, and where its remote-tracking refs stand."""
    known = {repo.resolve(update.old) for update in updates if update.old} - {""}
    places = _tracking(repo, remote, url)
    if places:
        known.update(repo.text("for-each-ref", "--format=%(objectname)", *places).split())
    return known


def _tracking(repo: Repository, remote: str, url: str) -> list[str]:
    """Where the remote-tracking refs are that tell what stands at `url`.

    None where they may tell of another place: another remote is fetched into the same refs, or a push goes elsewhere than a
    fetch. A pattern that some names match is no way to ask: a remote may be called `o*`, or `team/a` beside `team`.
    """
    urls: list[str] = []
    mine: list[str] = []
    others: list[str] = []
    out = repo.git("config", "--null", "--get-regexp", r"^remote\..*\.(fetch|url)$", check=False).out
    for record in os.fsdecode(out).split("\0")[:-1]:
        key, _, value = record.partition("\n")
        name, _, what = key.removeprefix("remote.").rpartition(".")
        if what == "url":
            urls += [value] if name == remote else []
        elif ":" in value:
            (mine if name == remote else others).append(value.rpartition(":")[2])
    if not mine or not (url in urls or _place(url) == _place(repo.text("ls-remote", "--get-url", "--", remote))):
        return []
    starts = [other.partition("*")[0] for other in others]
    return [
        ref.removesuffix("/*") for ref in mine
        if ref.startswith("refs/remotes/") and "*" not in ref.removesuffix("/*")
        and not any(start.startswith(ref.partition("*")[0]) or ref.startswith(start) for start in starts)
    ]  # fmt: skip


def _place(url: str) -> str:
    """Host and path of a URL: the same over ssh and https, with and without a user."""
    scheme, _, rest = url.rpartition("://")
    head, slash, path = rest.partition("/")
    host = head.rpartition("@")[2]
    host = host.partition(":")[0] if scheme else host.replace(":", "/")
    return (host + slash + path).rstrip("/").removesuffix(".git")
