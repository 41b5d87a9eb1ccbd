"""What `pre-commit` leaves beside HEAD for the stubs of the hooks after it, which answer without Python where they can."""

import contextlib
import os
import time
from collections.abc import Mapping

from gitsession.git import Repository
from gitsession.store.layout import FOLDER
from gitsession.workflow.sessions import branch_key

#: For commit-msg: the session, and on a second line `careful` where the message may be a template that nobody edited.
TRAILER_FILE = "gitsession-commit"
#: For post-commit: the receipt, or `run` and what is to be done.
AFTER_FILE = "gitsession-after"
#: For the next pre-commit: as long as what it says holds, Python has nothing to do.
QUIET_FILE = "gitsession-quiet"
#: Written by the stub of commit-msg: the commit will be made.
THROUGH_FILE = "gitsession-through"


def note_session(repo: Repository, session: str, *, careful: bool) -> None:
    """The session that the message is to name. Raises OSError."""
    with open(os.path.join(repo.git_dir, TRAILER_FILE), "w", encoding="ascii") as file:
        file.write(session + ("\ncareful" if careful else "") + "\n")


def note_after(repo: Repository, paths: Mapping[str, str], unset: str, receipt: str) -> None:
    """What is to be done after the commit; nothing is no file. Raises OSError.

    `paths`: the blob ids (empty for a removal) that the real git index gets where this commit holds them; `unset`: the branch
    whose session ends; `receipt`: a line to print.
    """
    if paths or unset:
        import json

        text = "run\n" + json.dumps({"paths": paths, "unset": unset, "receipt": receipt})
    elif receipt:
        text = receipt
    else:
        return
    with open(os.path.join(repo.git_dir, AFTER_FILE), "w", encoding="utf-8") as file:
        file.write(text + "\n")


def note_quiet(repo: Repository, branch: str) -> None:
    """That there was nothing to do on a branch, so that the next commit like this one starts no Python; empty takes it back."""
    path = os.path.join(repo.git_dir, QUIET_FILE)
    with contextlib.suppress(OSError):
        if branch:
            tree = repo.text("rev-parse", "-q", "--verify", f"HEAD:{FOLDER}", check=False)
            with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(f"{tree}\nref: refs/heads/{branch}\n")
            before = time.time() - 2  # a shell may compare whole seconds only
            os.utime(path, (before, before))
        elif os.path.exists(path):
            os.unlink(path)


def do_after(repo: Repository) -> list[str]:
    """What `note_after` noted, in the commit that was made since. Returns lines for people."""
    import json

    path = os.path.join(repo.git_dir, AFTER_FILE)
    try:
        with open(path, encoding="utf-8") as file:
            notes = json.loads(file.read().partition("\n")[2])
    except (OSError, ValueError):
        return []
    there = {e.path: (e.mode, e.oid) for e in repo.tree_entries("HEAD", *notes["paths"])} if notes["paths"] else {}
    # Only what this commit holds as we staged it: notes may be left of a commit that was given up.
    right = [(*there.get(p, ("0", "")), p) for p, oid in notes["paths"].items() if there.get(p, ("0", ""))[1] == oid]
    repo.update_index(right)
    if right:
        repo.git("update-index", "-q", "--refresh", check=False)
    if notes["unset"]:
        repo.set_config(branch_key(notes["unset"]), None)
    with contextlib.suppress(OSError):
        os.unlink(path)
    return [notes["receipt"]] if notes["receipt"] else []


def forget(repo: Repository) -> None:
    """Remove all notes."""
    for name in (TRAILER_FILE, AFTER_FILE, QUIET_FILE, THROUGH_FILE):
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(repo.git_dir, name))
