"""What arrives and what leaves: pulls and switches say when a handoff is behind, a push is scanned."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import tee

from gitsession.errors import GitsessionError, ScanError
from gitsession.git import Repository
from gitsession.git.outgoing import Outgoing, outgoing, parse_updates
from gitsession.handoff import parse_page
from gitsession.model.finding import Finding
from gitsession.secretscan.versions import scan_versions
from gitsession.store.layout import CONVERSATIONS, FOLDER, MASTER, branch_page_path
from gitsession.store.snapshot import Snapshot
from gitsession.workflow.allowing import allowed_in_commits
from gitsession.workflow.commit import Verdict
from gitsession.workflow.gate import Gate
from gitsession.workflow.sessions import Progress, default_branch

SHOWN = 20


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


def before_push(repo: Repository, remote: str, url: str, refs: bytes) -> Verdict:
    """`pre-push`: scan what the push would publish under `.sessions/`. The arguments are git's, `refs` is its stdin."""
    found = Leaks()
    try:
        updates = parse_updates(refs)
        blobs = outgoing(repo, remote, url, updates, FOLDER, CONVERSATIONS)
        # What each pushed commit allows at its end is told by its tree, and seen by whoever reviews it.
        gate = Gate(lambda: allowed_in_commits(repo, [u.new for u in updates if repo.resolve(u.new)]))
        for blob, findings in list(scan_versions(_read(repo, remote, blobs))):
            data = repo.read_object(blob.oid)
            found.add(blob.commit, findings if data is None else gate.sift(blob.path, data, findings))
    except Exception as e:  # noqa: BLE001  (fails closed)
        what = e.message if isinstance(e, GitsessionError) else f"{type(e).__name__} in the scanner"
        return Verdict(go=False, lines=[f"gitsession: push refused: the search for secrets in .sessions/ could not run: {what}",
                                        "  try again; `git push --no-verify` skips this gate"])  # fmt: skip
    return Verdict(go=not found.first, lines=[*found.lines(), *("gitsession: " + line for line in gate.notes)])


class Leaks:
    """Secrets in the commits of a push. One that stands in many versions of a file is told once, with its oldest commit."""

    def __init__(self) -> None:
        self.first: dict[tuple[str, str, str, int], tuple[Finding, str]] = {}
        self.versions: Counter[tuple[str, str, str, int]] = Counter()

    def add(self, commit: str, findings: list[Finding]) -> None:
        """What one version of a file holds. Commits come the newest first."""
        here: Counter[tuple[str, str, str]] = Counter()
        for finding in findings:
            alike = (finding.path, finding.kind, finding.excerpt)
            here[alike] += 1
            key = (*alike, here[alike])  # what is masked alike need not be the same
            self.first[key] = (finding, commit)
            self.versions[key] += 1

    def lines(self) -> list[str]:
        """For people: where, what, masked, in which commits, and the way out."""
        if not self.first:
            return []
        some = "a secret" if len(self.first) == 1 else f"{len(self.first)} secrets"
        lines = [f"gitsession: push refused: {some} in commits that it would publish"]
        for key, (f, commit) in list(self.first.items())[:SHOWN]:
            later = self.versions[key] - 1
            more = f", and {later} later" if later else ""
            lines.append(f"  {f.path}:{f.line}:{f.column}: {f.kind}: {f.excerpt} (in {commit[:10]}{more})")
        if len(self.first) > SHOWN:
            lines.append(f"  and {len(self.first) - SHOWN} more")
        lines.append("  take it out of those commits (git rebase -i), not only out of the file; revoke a real key")
        return lines


def _read(repo: Repository, remote: str, blobs: Iterable[Outgoing]) -> Iterator[tuple[Outgoing, str, bytes]]:
    """The blobs with their bytes. Raises ScanError for one that is not there."""
    asked, blobs = tee(blobs)
    for blob, data in zip(blobs, repo.read_objects(b.oid for b in asked), strict=True):
        if data is None and remote in repo.promisors():
            continue  # this partial clone left it with the remote that is pushed to
        if data is None:
            raise ScanError(f"{blob.path}: its object {blob.oid[:12]} is missing here")
        yield blob, blob.path, data
