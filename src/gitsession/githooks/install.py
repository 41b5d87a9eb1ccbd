"""Installing and uninstalling. Both say in a line each what they did, and nothing where there was nothing to do."""

import os
import shlex
import stat

from gitsession.errors import GitsessionError
from gitsession.git import Repository
from gitsession.githooks.block import add_block, has_block, is_shell, remove_block
from gitsession.githooks.chain import chained_scripts, put_aside, put_back
from gitsession.githooks.folder import HooksFolder, Kind, find_folder, own_folder, stub_folder
from gitsession.githooks.stubs import HOOKS, is_current, is_of_precommit, is_ours, read_bytes, render_stub, write_file

_EXECUTABLE = 0o755
_WRITABLE = "make the folder writable, then run it again"


def install(repo: Repository, python: str) -> list[str]:
    """Make git run our hooks with the interpreter at `python`; whatever ran before goes on running, before ours.

    Raises GitsessionError when the folder of hooks belongs to other repositories, too, or cannot be written.
    """
    folder = find_folder(repo)
    if folder.kind is Kind.OUTSIDE:
        raise GitsessionError(
            f"git takes its hooks from {folder.path} ({folder.managed_by}), which other repositories may share",
            f"give this one its own: git config core.hooksPath {shlex.quote(own_folder(repo))}",
        )
    try:
        if folder.kind is Kind.TRACKED:
            return _install_tracked(repo, folder, python)
        return [line for hook in HOOKS for line in _install_stub(folder.path, hook, python)]
    except OSError as e:
        raise GitsessionError(f"the hooks cannot be written: {e}", _WRITABLE) from None


def uninstall(repo: Repository) -> list[str]:
    """Take our hooks away and put back what was there, to the byte and mode. Raises GitsessionError."""
    folder = find_folder(repo)
    done = []
    try:
        # Stubs stay in git's own folder when core.hooksPath is set after they were installed.
        private = {own_folder(repo), folder.path} if folder.kind is Kind.PRIVATE else {own_folder(repo)}
        for place in sorted(private):
            done += [line for hook in HOOKS for line in _uninstall_stub(place, hook)]
        if folder.kind is Kind.TRACKED:
            done += [line for hook in HOOKS for line in _uninstall_block(folder.path, hook)]
        stubs = stub_folder(repo)
        for hook in HOOKS:
            _remove(os.path.join(stubs, hook))
        if os.path.isdir(stubs) and not os.listdir(stubs):
            os.rmdir(stubs)
    except OSError as e:
        raise GitsessionError(f"the hooks cannot be removed: {e}", _WRITABLE) from None
    return done


def _install_stub(folder: str, hook: str, python: str) -> list[str]:
    path = os.path.join(folder, hook)
    legacy = path + ".legacy"
    if not is_ours(path) and is_of_precommit(path) and is_ours(legacy):
        path = legacy  # the pre-commit framework chains to us
    if is_current(path, hook, python):
        return []
    if is_ours(path):
        write_file(path, render_stub(hook, python), _EXECUTABLE)
        return [f"{hook}: brought up to date"]
    aside = put_aside(path) if os.path.lexists(path) else ""
    write_file(path, render_stub(hook, python), _EXECUTABLE)
    if not aside:
        return [f"{hook}: installed"]
    what = "it runs first" if os.access(aside, os.X_OK) else "it is not executable, so it does not run, as before"
    return [f"{hook}: installed; the hook that was there is {os.path.basename(aside)} now, and {what}"]


def _uninstall_stub(folder: str, hook: str) -> list[str]:
    path = os.path.join(folder, hook)
    legacy = path + ".legacy"
    if is_ours(legacy):
        # The pre-commit framework keeps its own place; it may go on with what we chained to, if that is not itself.
        os.unlink(legacy)
        aside = chained_scripts(path)
        if aside and not is_of_precommit(aside[-1]):
            os.replace(aside[-1], legacy)
        elif aside and not is_ours(path):
            os.unlink(aside[-1])
    done = []
    if is_ours(path) or not os.path.lexists(path):
        back = put_back(path)
        if back:
            done.append(f"{hook}: removed; {os.path.basename(back)} is in its place again")
        elif os.path.lexists(path):
            os.unlink(path)
            done.append(f"{hook}: removed")
    return done + [f"{hook}: {left} stays: another tool's hook is in its place" for left in chained_scripts(path)]


def _install_tracked(repo: Repository, folder: HooksFolder, python: str) -> list[str]:
    done = []
    for hook in HOOKS:
        stub = os.path.join(stub_folder(repo), hook)
        changed = not is_current(stub, hook, python)
        if changed:
            write_file(stub, render_stub(hook, python), _EXECUTABLE)
        path = os.path.join(folder.path, hook)
        name = os.path.relpath(path, repo.root)
        script = read_bytes(path) if os.path.lexists(path) else None
        if script is not None and (os.path.islink(path) or not os.path.isfile(path) or not is_shell(script)):
            if f"gitsession/hooks/{hook}".encode() not in script:
                done.append(f"{hook}: {name} is no shell script; let it run {stub} with its arguments and stdin")
            continue
        wanted = add_block(script, hook)
        if wanted != script:
            made = script is None
            write_file(path, wanted, _EXECUTABLE if made else stat.S_IMODE(os.stat(path).st_mode))
            done.append(f"{hook}: {name} made" if made else f"{hook}: lines added to {name}")
            if folder.managed_by != "husky" and not os.access(path, os.X_OK):
                done[-1] += ", which is not executable, so git does not run it"
        elif changed:
            done.append(f"{hook}: brought up to date")
    return done


def _uninstall_block(folder: str, hook: str) -> list[str]:
    path = os.path.join(folder, hook)
    script = read_bytes(path)
    if not has_block(script):
        return []
    before = remove_block(script)
    if before is None:
        os.unlink(path)
        return [f"{hook}: {path} removed"]
    write_file(path, before, stat.S_IMODE(os.stat(path).st_mode))
    return [f"{hook}: our lines removed from {path}"]


def _remove(path: str) -> None:
    if is_ours(path):
        os.unlink(path)
