"""What became of our hooks: there or not, in each work tree, and whether git would run them."""

import os
import shlex
import sys
from dataclasses import dataclass, replace
from typing import Literal

from gitsession.git import Repository
from gitsession.githooks.block import add_block, has_block, is_shell
from gitsession.githooks.chain import chained_scripts
from gitsession.githooks.folder import HooksFolder, Kind, find_folder, own_folder, stub_folder, why_not, work_trees
from gitsession.githooks.managers import calls_us, manager_of
from gitsession.githooks.stubs import HOOKS, is_of_this_version, is_ours, read_bytes, recorded_folders, recorded_python
from gitsession.process import ProcessError, run

State = Literal["installed", "absent", "foreign", "outdated", "shadowed"]
_INIT = "run `gitsession init`"


@dataclass(frozen=True, slots=True)
class HookStatus:
    """One hook in one work tree, whose path is `worktree`.

    `foreign`: another script is in the place of ours. `outdated`: of another version, or edited. `shadowed`: in git's
    own folder, while `core.hooksPath` names another. `managed_by` is whose the script or the folder is. `problem` says
    why it does not run, and is empty when it does; `fix` what to do about it, or about an outdated one.
    `chained` are the scripts that run before it, `python` the interpreter that it starts.
    """

    name: str
    path: str
    state: State
    managed_by: str
    chained: tuple[str, ...] = ()
    python: str = ""
    problem: str = ""
    fix: str = ""
    worktree: str = ""

    @property
    def runs(self) -> bool:
        """Whether git will run it, and it will find its Python."""
        return not self.problem


def status(repo: Repository) -> list[HookStatus]:
    """Each of our hooks, as this work tree has it, then as the others have it."""
    found = []
    pythons: dict[tuple[str, ...], str] = {}
    for tree in work_trees(repo):
        folder = find_folder(tree)
        look = _tracked if folder.kind is Kind.TRACKED else _stub
        for hook in HOOKS:
            one = look(tree, folder, hook)
            if one.python and not one.problem:
                places = (one.path, f"{one.path}.legacy", os.path.join(stub_folder(tree), hook))
                start = (one.python, *recorded_folders(next(path for path in places if is_ours(path))))
                if start not in pythons:
                    pythons[start] = _python_problem(*start)
                one = replace(one, problem=pythons[start])
            fix = one.fix or (_INIT if one.problem or one.state == "outdated" else "")
            if fix == _INIT and tree is not repo:
                fix = f"run `gitsession -C {shlex.quote(tree.root)} init`"
            found.append(replace(one, fix=fix, worktree=tree.root))
    return found


def _stub(repo: Repository, folder: HooksFolder, hook: str) -> HookStatus:
    path = os.path.join(folder.path, hook)
    manager = manager_of(path)
    stub = path + ".legacy" if manager == "pre-commit" and is_ours(path + ".legacy") else path
    chained = tuple(chained_scripts(path))
    managed_by = manager or folder.managed_by
    if is_ours(stub):
        return HookStatus(hook, path, _age(stub, hook), managed_by, chained, recorded_python(stub), *_off(path, stub))
    if _is_shadowed(repo, folder, hook):
        return _shadowed(repo, folder, hook)
    if calls_us(repo.root, path, hook):
        return HookStatus(hook, path, "installed", managed_by, chained, "", *_off(path))
    if folder.kind is Kind.OUTSIDE:
        state: State = "foreign" if os.path.lexists(path) else "absent"
        return HookStatus(hook, path, state, managed_by, (), "", *why_not(repo, folder))
    if os.path.lexists(path):
        problem = f"{manager or 'another tool'}'s script is in its place"
        return HookStatus(hook, path, "foreign", managed_by, chained, "", problem)
    return HookStatus(hook, path, "absent", managed_by, chained, "", "not installed")


def _tracked(repo: Repository, folder: HooksFolder, hook: str) -> HookStatus:
    path = os.path.join(folder.path, hook)
    stub = os.path.join(stub_folder(repo), hook)
    script = read_bytes(path)
    called = has_block(script) or f"gitsession/hooks/{hook}".encode() in script
    if not called and _is_shadowed(repo, folder, hook):
        return _shadowed(repo, folder, hook)
    if not called:
        if not os.path.lexists(path):
            return HookStatus(hook, path, "absent", folder.managed_by, problem="not installed")
        fix = _INIT if is_shell(script) else f"let that script run {stub} with its arguments and stdin"
        return HookStatus(hook, path, "foreign", folder.managed_by, problem="this script does not call it", fix=fix)
    if not is_ours(stub):
        return HookStatus(hook, path, "absent", folder.managed_by, problem="not set up in this clone")
    state = _age(stub, hook)
    if has_block(script) and add_block(script, hook) != script:
        state = "outdated"
    # Husky runs its scripts by sh, whatever their mode, from a script of its own.
    started = path if folder.runs_from == folder.path else os.path.join(folder.runs_from, hook)
    off = _off(started, stub)
    if off[0] and started != path and not os.path.exists(started):
        off = (off[0], "run husky (npm install does)")
    return HookStatus(hook, path, state, folder.managed_by, (), recorded_python(stub), *off)


def _is_shadowed(repo: Repository, folder: HooksFolder, hook: str) -> bool:
    own = own_folder(repo)
    return os.path.realpath(own) != os.path.realpath(folder.path) and is_ours(os.path.join(own, hook))


def _shadowed(repo: Repository, folder: HooksFolder, hook: str) -> HookStatus:
    path = os.path.join(own_folder(repo), hook)
    problem = f"git takes its hooks from {folder.runs_from}"
    fix = why_not(repo, folder)[1] if folder.kind is Kind.OUTSIDE else _INIT
    chained = tuple(chained_scripts(path))
    return HookStatus(hook, path, "shadowed", folder.managed_by, chained, recorded_python(path), problem, fix)


def _age(stub: str, hook: str) -> State:
    return "installed" if is_of_this_version(stub, hook) else "outdated"


def _off(*scripts: str) -> tuple[str, str]:
    """Why git does not get to the last of these scripts, and what to do; empty where it does."""
    for path in scripts:
        if not os.path.exists(path):
            return f"{path} is missing", _INIT
        if not os.access(path, os.X_OK):
            return f"{path} is not executable", _INIT if is_ours(path) else f"make it executable: chmod +x {path}"
    return "", ""


def _python_problem(python: str, *folders: str) -> str:
    if not os.access(python, os.X_OK):
        return f"its Python is gone: {python}"
    if python == sys.executable:
        return ""
    try:
        program = f"import sys\nsys.path += {list(folders)!r}\nimport gitsession.hook"
        there = run([python, "-I", "-c", program], timeout=10).code == 0
    except ProcessError:
        there = False
    return "" if there else f"its Python has no gitsession: {python}"
