"""What became of our hooks: there or not, and whether git would run them."""

import os
from dataclasses import dataclass
from typing import Literal

from gitsession.git import Repository
from gitsession.githooks.block import add_block, has_block
from gitsession.githooks.chain import chained_scripts
from gitsession.githooks.folder import HooksFolder, Kind, find_folder, own_folder, stub_folder
from gitsession.githooks.stubs import HOOKS, is_of_precommit, is_of_this_version, is_ours, read_bytes, recorded_python

State = Literal["installed", "absent", "foreign", "outdated", "shadowed"]


@dataclass(frozen=True, slots=True)
class HookStatus:
    """One hook.

    `foreign`: another script is in the place of ours. `outdated`: of another version, or edited. `shadowed`: in git's
    own folder, while `core.hooksPath` names another. `problem` says why it does not run, and is empty when it does.
    `chained` are the scripts that run before it, `python` the interpreter that it starts.
    """

    name: str
    path: str
    state: State
    managed_by: str
    chained: tuple[str, ...]
    python: str
    problem: str

    @property
    def runs(self) -> bool:
        """Whether git will run it, and it will find its Python."""
        return not self.problem


def status(repo: Repository) -> list[HookStatus]:
    """Each of our hooks, as this work tree has it."""
    folder = find_folder(repo)
    look = _tracked if folder.kind is Kind.TRACKED else _stub
    return [look(repo, folder, hook) for hook in HOOKS]


def _stub(repo: Repository, folder: HooksFolder, hook: str) -> HookStatus:
    path = os.path.join(folder.path, hook)
    managed_by, stub = folder.managed_by, path
    if not is_ours(path) and is_of_precommit(path) and is_ours(path + ".legacy"):
        managed_by, stub = "pre-commit", path + ".legacy"
    chained = tuple(chained_scripts(path))
    if is_ours(stub):
        state, python = _age(stub, hook), recorded_python(stub)
        return HookStatus(hook, path, state, managed_by, chained, python, _problem(path, stub))
    if _is_shadowed(repo, folder, hook):
        return _shadowed(repo, folder, hook)
    if os.path.lexists(path):
        return HookStatus(hook, path, "foreign", managed_by, chained, "", "another tool's hook is in its place")
    return HookStatus(hook, path, "absent", managed_by, chained, "", "not installed")


def _tracked(repo: Repository, folder: HooksFolder, hook: str) -> HookStatus:
    path = os.path.join(folder.path, hook)
    stub = os.path.join(stub_folder(repo), hook)
    script = read_bytes(path)
    called = has_block(script) or f"gitsession/hooks/{hook}".encode() in script
    if not called and _is_shadowed(repo, folder, hook):
        return _shadowed(repo, folder, hook)
    if not called:
        absent = not os.path.lexists(path)
        problem = "not installed" if absent else "this script does not call it"
        return HookStatus(hook, path, "absent" if absent else "foreign", folder.managed_by, (), "", problem)
    if not is_ours(stub):
        return HookStatus(hook, path, "absent", folder.managed_by, (), "", "not set up in this clone")
    state = _age(stub, hook)
    if has_block(script) and add_block(script, hook) != script:
        state = "outdated"
    # Husky runs its scripts by sh, whatever their mode, from a script of its own.
    started = path if folder.runs_from == folder.path else os.path.join(folder.runs_from, hook)
    return HookStatus(hook, path, state, folder.managed_by, (), recorded_python(stub), _problem(started, stub))


def _is_shadowed(repo: Repository, folder: HooksFolder, hook: str) -> bool:
    own = own_folder(repo)
    return os.path.realpath(own) != os.path.realpath(folder.path) and is_ours(os.path.join(own, hook))


def _shadowed(repo: Repository, folder: HooksFolder, hook: str) -> HookStatus:
    path = os.path.join(own_folder(repo), hook)
    problem = f"git takes its hooks from {folder.runs_from}"
    chained = tuple(chained_scripts(path))
    return HookStatus(hook, path, "shadowed", folder.managed_by, chained, recorded_python(path), problem)


def _age(stub: str, hook: str) -> State:
    return "installed" if is_of_this_version(stub, hook) else "outdated"


def _problem(started: str, stub: str) -> str:
    for path in (started, stub):
        if not os.path.exists(path):
            return f"{path} is missing"
        if not os.access(path, os.X_OK):
            return f"{path} is not executable"
    python = recorded_python(stub)
    return "" if os.access(python, os.X_OK) else f"its Python is gone: {python}"
