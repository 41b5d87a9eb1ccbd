"""State by observation: what a command's end says of the project."""

from gitsession.errors import FormatError
from gitsession.git import Repository
from gitsession.model.fact import state_key
from gitsession.secretscan.redaction import admit
from gitsession.store.snapshot import Snapshot
from gitsession.workflow.outcome import describe, is_test
from gitsession.workflow.record import Recorded, record_state


def record_outcome(repo: Repository, command: str, code: int, output: bytes, *, key: str = "") -> Recorded:
    """Record how a command ended under State; `output` is the end of what it printed, of which only counts and names are kept."""
    name = admit(key, person="--as") or _name(repo, command)
    result, failed = describe(code, output, tests=name == "tests")
    value = f"{result}, `{command}`" if "`" not in command else f"{result}, {command}"
    return record_state(repo, name, value + (f" ({failed})" if failed else ""))


def _name(repo: Repository, command: str) -> str:
    if is_test(command):
        return "tests"
    snapshot = Snapshot.of_worktree(repo)
    try:
        known = {text: name for name, text in snapshot.settings.commands}
        for item in snapshot.fold().background:
            if item.kind == "command":
                name, text = state_key(item.text)
                known[text.strip("`")] = name
    except FormatError:
        known = {}
    name = known.get(command, "")
    if name in ("test", "tests"):
        return "tests"
    return name or command.split(" ", 1)[0].rpartition("/")[2] or "run"
