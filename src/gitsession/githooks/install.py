"""Installing and uninstalling. Both say in a line each what they did, and nothing where there was nothing to do."""

import os
import stat

from gitsession.errors import GitsessionError
from gitsession.git import Repository
from gitsession.githooks.block import add_block, has_block, is_shell, remove_block
from gitsession.githooks.chain import chained_scripts, put_aside, put_back
from gitsession.githooks.folder import HooksFolder, Kind, find_folder, own_folder, stub_folder, why_not, work_trees
from gitsession.githooks.managers import calls_us, manager_of
from gitsession.githooks.stubs import HOOKS, is_current, is_ours, read_bytes, render_stub, write_file

_EXECUTABLE = 0o755
_WRITABLE = "make the folder writable, then run it again"


def install(repo: Repository, python: str) -> list[str]:
    """Make git run our hooks with the interpreter at `python`; whatever ran before goes on running, before ours.

    Raises GitsessionError when the folder of hooks belongs to other repositories, too, or cannot be written.
    """
    folder = find_folder(repo)
    if folder.kind is Kind.OUTSIDE:
        raise GitsessionError(*why_not(repo, folder))
    try:
        if folder.kind is Kind.TRACKED:
            return _install_tracked(repo, folder, python)
        return [line for hook in HOOKS for line in _install_stub(repo.root, folder.path, hook, python)]
    except OSError as e:
        raise GitsessionError(f"the hooks cannot be written: {e}", _WRITABLE) from None


def uninstall(repo: Repository) -> list[str]:
    """Take our hooks away, for all work trees, and put back what was there, to the byte and mode. Raises GitsessionError."""
    folders = [find_folder(tree) for tree in work_trees(repo)]
    done = []
    try:
        # Stubs stay in git's own folder when core.hooksPath is set after they were installed.
        for place in sorted({own_folder(repo), *(f.path for f in folders if f.kind is Kind.PRIVATE)}):
            done += [line for hook in HOOKS for line in _uninstall_stub(place, hook)]
        for place in sorted({f.path for f in folders if f.kind is Kind.TRACKED}):
            done += [line for hook in HOOKS for line in _uninstall_block(place, hook)]
        stubs = stub_folder(repo)
        for hook in HOOKS:
            _remove(os.path.join(stubs, hook))
        if os.path.isdir(stubs) and not os.listdir(stubs):
            os.rmdir(stubs)
    except OSError as e:
        raise GitsessionError(f"the hooks cannot be removed: {e}", _WRITABLE) from None
    return done


def _install_stub(root: str, folder: str, hook: str, python: str) -> list[str]:
    path = os.path.join(folder, hook)
    if calls_us(root, path, hook):
        return []
    # The pre-commit framework keeps its place, since only there does it find itself again; it runs this one first.
    legacy = manager_of(path) == "pre-commit"
    place = path + ".legacy" if legacy else path
    if is_current(place, hook, python):
        return []
    if is_ours(place):
        write_file(place, render_stub(hook, python), _EXECUTABLE)
        return [f"{hook}: brought up to date"]
    aside = put_aside(place, path) if os.path.lexists(place) else ""
    write_file(place, render_stub(hook, python), _EXECUTABLE)
    _remove(path + ".old")  # where lefthook put ours
    if legacy:
        return [f"{hook}: installed as {os.path.basename(place)}, which the pre-commit framework runs first"]
    if not aside:
        return [f"{hook}: installed"]
    what = "it runs first" if os.access(aside, os.X_OK) else "it is not executable, so it does not run, as before"
    return [f"{hook}: installed; the hook that was there is {os.path.basename(aside)} now, and {what}"]


def _uninstall_stub(folder: str, hook: str) -> list[str]:
    path = os.path.join(folder, hook)
    done = []
    if is_ours(path):
        # What lefthook put there once, and would put back.
        _remove(path + ".old")
    elif manager_of(path):
        # A manager took our place, and runs its older script no more; where it keeps ours, what ran before us belongs.
        for aside in chained_scripts(path):
            if manager_of(aside) == manager_of(path):
                os.unlink(aside)
        for kept in (path + ".legacy", path + ".old"):
            if is_ours(kept):
                os.unlink(kept)
                left = chained_scripts(path)
                if left:
                    os.replace(left[-1], kept)
                done.append(f"{hook}: removed")
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
