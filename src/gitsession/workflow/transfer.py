"""What arrives and what leaves: pulls and switches say when a handoff is behind, a push is scanned."""

import os

from gitsession.errors import GitsessionError, ScanError
from gitsession.git import Repository
from gitsession.git.repository import GITLINK, parse_raw
from gitsession.handoff import parse_page
from gitsession.secretscan import scan_bytes
from gitsession.store.layout import FOLDER, MASTER, branch_page_path
from gitsession.store.snapshot import Snapshot
from gitsession.workflow.commit import Verdict, refusal
from gitsession.workflow.sessions import Progress, default_branch


def after_change(repo: Repository) -> Verdict:
    """`post-merge`, `post-rewrite`, `post-checkout`: one line where the handoff in the tree is behind; changes no file."""
    snapshot = Snapshot.of_index(repo)
    if not snapshot.oids:
        return Verdict()
    progress = Progress(repo, snapshot)
    on_main = progress.branch == default_branch(repo, snapshot.settings)
    stem = progress.stem()
    path = MASTER if on_main else branch_page_path(stem) if stem else ""
    oid = snapshot.pages.get(path)
    data = repo.read_object(oid) if oid else None
    if data is None:
        return Verdict()
    page = parse_page(data.decode("utf-8", "replace"))
    if page is not None and page[1].checkpoints == snapshot.digest:
        return Verdict()
    return Verdict(
        lines=[f"gitsession: {path} is behind; the next commit refreshes it, `gitsession handoff` shows it now"]
    )


def before_push(repo: Repository, remote: str, refs: bytes) -> Verdict:
    """`pre-push`: scan the blobs under `.sessions/` that the push would publish. `refs` is what git gives the hook on stdin."""
    try:
        findings = []
        for path, oid in sorted(_published(repo, remote, refs)):
            data = repo.read_object(oid)
            if data is None and remote in repo.promisors():
                continue  # this partial clone left it with the remote that is pushed to
            if data is None:
                raise ScanError(f"{path}: its object {oid[:12]} is missing here")  # noqa: TRY301
            findings += scan_bytes(path, data)
    except Exception as e:  # noqa: BLE001  (fails closed)
        what = e.message if isinstance(e, GitsessionError) else f"{type(e).__name__} in the scanner"
        return Verdict(go=False, lines=[f"gitsession: push refused: the search for secrets in .sessions/ could not run: {what}",
                                        "  try again; `git push --no-verify` skips this gate"])  # fmt: skip
    if not findings:
        return Verdict()
    lines = refusal(findings, "push refused")
    lines[-1] = (
        "  it stands in commits that are not pushed yet: take it out of them (git rebase -i), and revoke a real key"
    )
    return Verdict(go=False, lines=lines)


def _published(repo: Repository, remote: str, refs: bytes) -> set[tuple[str, str]]:
    """(path, blob id) under `.sessions/` in the commits that this remote does not have. Raises GitError when the walk fails."""
    new, known = [], []
    for line in refs.decode("utf-8", "surrogateescape").splitlines():
        _, local, _, there = (line.split(" ") + [""] * 4)[:4]
        if local.strip("0"):
            new.append(local)
        if there.strip("0") and repo.git("cat-file", "-e", there + "^{commit}", check=False).code == 0:
            known.append(there)
    if not new:
        return set()
    # Only commits may stand on stdin: git before 2.42 takes no options there.
    revs = [*new, *("^" + oid for oid in known)]
    theirs = ["--not", f"--remotes={remote}"] if remote and not os.path.isabs(remote) and ":" not in remote else []
    out = repo.git(
        "log", "--full-history", "--diff-merges=separate", "-O/dev/null", "--root", "--raw", "-z", "--no-renames", "--no-abbrev",
        "--no-show-signature", "--format=", "--stdin", *theirs, stdin=("\n".join([*revs, "--", FOLDER]) + "\n").encode(), timeout=600,
    ).out  # fmt: skip
    out = out.replace(b"\0\0:", b"\0:").lstrip(b"\0\n")
    return {(c.path, c.oid) for c in parse_raw(out) if c.status != "D" and c.mode != GITLINK}
