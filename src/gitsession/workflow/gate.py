"""The gate: what is staged is searched for secrets, and what people allowed is left out."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gitsession.errors import ScanError
from gitsession.git import Repository, StagedChange
from gitsession.git.entries import GITLINK
from gitsession.model.finding import Finding
from gitsession.secretscan import scan_bytes
from gitsession.store.layout import FOLDER

if TYPE_CHECKING:  # a commit without findings loads none of this
    from gitsession.workflow.allowing import Allowed


class Gate:
    """One search, by the allowances of one place. They are read when something is found, not before."""

    def __init__(self, load: Callable[[], "Allowed"]) -> None:
        self._load = load
        self._known: Allowed | None = None
        self._left_out: dict[str, int] = {}  # findings, by path: the most in one version
        self.let_stand: list[tuple[Finding, str]] = []  # of the last file, with the reason

    def scan(self, path: str, data: bytes) -> list[Finding]:
        """Findings in a file that are not allowed. Raises ScanError."""
        self.let_stand = []
        findings = scan_bytes(path, data)
        return self.sift(path, data, findings) if findings else findings

    def sift(self, path: str, data: bytes, findings: list[Finding]) -> list[Finding]:
        """Those of a file's findings that are not allowed."""
        if self._known is None:
            self._known = self._load()
        judged = self._known.judge(path, data, findings)
        left = [finding for finding, allowance in judged if allowance is None]
        self.let_stand = [(finding, allowance.reason) for finding, allowance in judged if allowance]
        self._left_out[path] = max(self._left_out.get(path, 0), len(findings) - len(left))
        return left

    @property
    def allowed(self) -> int:
        """How many findings were left out."""
        return sum(self._left_out.values())

    @property
    def notes(self) -> list[str]:
        """Lines for people: how many were left out, and which allowances could not be read."""
        lines = []
        if self.allowed:
            lines.append(
                f"{self.allowed} allowed finding{'s' * (self.allowed != 1)} let stand: gitsession scan --allowed"
            )
        return lines + [f"not counted: {fault}" for fault in (self._known.faults if self._known else ())]


def index_gate(repo: Repository) -> Gate:
    """By the allowances that are staged."""

    def load() -> "Allowed":
        from gitsession.workflow.allowing import allowed_in_index

        return allowed_in_index(repo)

    return Gate(load)


def scan_staged(repo: Repository, gate: Gate) -> list[Finding]:
    """Secrets in all that is staged under `.sessions/`. Raises ScanError when a file cannot be scanned."""
    return scan_changes(repo, repo.staged(FOLDER), gate)


def scan_changes(repo: Repository, changes: Sequence[StagedChange], gate: Gate) -> list[Finding]:
    """Secrets in these staged files. Raises ScanError when a file cannot be scanned."""
    findings: list[Finding] = []
    for change in changes:
        if change.status == "D" or change.mode == GITLINK:
            continue
        data = repo.read_object(change.oid)
        if data is None and repo.promisors():
            continue  # a merge brings what a partial clone lacks: it came from the remote, where it is published
        if data is None:
            raise ScanError(f"{change.path}: its object {change.oid[:12]} is missing here")
        findings += gate.scan(change.path, data)
    return findings


def refusal(findings: Sequence[Finding], what: str) -> list[str]:
    """Lines for people about secrets that were found: where, what, masked, and the way out."""
    some = "a secret" if len(findings) == 1 else f"{len(findings)} secrets"
    lines = [f"gitsession: {what}: {some} in .sessions/"]
    lines += [f"  {f.path}:{f.line}:{f.column}: {f.kind}: {f.excerpt}" for f in findings[:20]]
    if len(findings) > 20:
        lines.append(f"  and {len(findings) - 20} more")
    lines.append("  take it out of the checkpoint, `git add` it and try again; a real key must be revoked, too")
    lines.append("  what is none can be let stand: gitsession scan --allow PATH:LINE:COLUMN --reason TEXT")
    return lines
