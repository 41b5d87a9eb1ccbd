"""Captures: an agent's transcript on its way into the inbox, by a process that nobody waits for."""

import os
import sys
import time
from importlib import import_module

from gitsession.errors import GitsessionError
from gitsession.git import Repository
from gitsession.git.repository import SESSION_KEYS
from gitsession.process import detach
from gitsession.store.lock import lock, machine_folder
from gitsession.store.pending import Pending, claim_pending, has_pending, settle
from gitsession.workflow.sessions import branch_key

_LOG = 64 * 1024  # bytes of the log, the older half of which goes
_PATIENCE = 300.0  # seconds that one of these waits for the one at work
_STILL = 0.4  # seconds for which a transcript must not have grown
_GROWING = 5.0  # seconds after which it is read all the same


def start_captures(repo: Repository) -> None:
    """Make what captures are to be made, in a process of its own. Raises ProcessError."""
    # As the stubs of hooks do, this one finds its packages where we found them.
    program = f"import sys\nsys.path[:0] = {[p for p in sys.path if p]!r}\nfrom gitsession.hook import main\nmain(['agent-captures'])"
    detach([sys.executable, "-I", "-c", program], cwd=repo.root)


def take_up_captures(repo: Repository) -> None:
    """Start those that were left over: a process died, or a turn ended a moment after the one before. Never fails."""
    try:
        if has_pending(repo.common_dir):
            start_captures(repo)
    except (GitsessionError, OSError) as e:
        log(repo.common_dir, "captures", e)


def make_captures(repo: Repository) -> int:
    """Make all captures that are to be made; one process at a time. Returns how many were made. Raises LockedError."""
    made = 0
    tried: set[str] = set()
    with lock(repo.common_dir, _PATIENCE, "captures.lock"):
        while pending := claim_pending(repo.common_dir, tried):
            tried.add(pending.key)
            try:
                capture(repo, pending)
            except FileNotFoundError:
                settle(repo.common_dir, pending)  # the agent keeps no transcript, or not any more
            except Exception as e:  # noqa: BLE001  (tried again with the next, a few times)
                log(repo.common_dir, f"capture of a conversation with {pending.agent}", e)
            else:
                settle(repo.common_dir, pending)
                made += 1
    return made


def capture(repo: Repository, pending: Pending) -> None:
    """Import one transcript. Raises FileNotFoundError where there is none, and what the import raises."""
    path = pending.transcript or _find(pending)
    if not path or not os.path.isfile(path):
        raise FileNotFoundError(path)
    _wait_until_still(path)
    session = repo.config(SESSION_KEYS).get(branch_key(pending.branch), "") if pending.branch else ""
    from gitsession.workflow.importing import import_transcript  # heavy, and of no use to the hook itself

    import_transcript(repo, path, agent=pending.agent, session=session, branch=pending.branch, into="inbox")


def log(common_dir: str, what: str, error: BaseException) -> None:
    """A line in the log of what agents' hooks could not do: no word of theirs, and none that may hold a secret."""
    line = f"{time.strftime('%Y-%m-%dT%H:%M:%S+00:00', time.gmtime())} {what}: {type(error).__name__}"
    if isinstance(error, GitsessionError):
        from gitsession.secretscan.redaction import redact_lines

        line += ": " + redact_lines([error.message[:500]])[0]
    try:
        path = os.path.join(machine_folder(common_dir), "agents.log")
        with open(path, "a+b") as file:
            if file.tell() > _LOG:
                file.seek(-_LOG // 2, os.SEEK_END)
                kept = file.read().partition(b"\n")[2]
                file.truncate(0)
                file.write(kept)
            file.write(line.encode("utf-8", "replace") + b"\n")
    except (OSError, GitsessionError):
        pass


def _find(pending: Pending) -> str:
    from gitsession.agents.catalog import NAMES, find_agent
    from gitsession.agents.install import agent_home

    if pending.agent not in NAMES or not pending.conversation:
        return ""
    find = getattr(import_module(f"gitsession.agents.{pending.agent.replace('-', '_')}"), "find_transcript", None)
    home = agent_home(find_agent(pending.agent), missing_ok=True)
    found: str = find(home, pending.conversation) if find and home else ""
    return found


def _wait_until_still(path: str) -> None:
    """Agents write their transcripts while they tell us of the end."""
    deadline = time.monotonic() + _GROWING
    size = -1
    while time.monotonic() < deadline and size != (size := os.stat(path).st_size):
        time.sleep(_STILL)
