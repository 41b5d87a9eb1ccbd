"""What makes git work with sessions in this clone: hooks, merge drivers, attributes."""

from gitsession.githooks import merge_driver_faults, status
from gitsession.githooks.folder import Kind, find_folder
from gitsession.model.remark import Remark
from gitsession.resources import read_resource
from gitsession.store.files import read_file, write_file
from gitsession.store.layout import ATTRIBUTES, MASTER, branch_page_path, checkpoint_path
from gitsession.store.staging import stage_file
from gitsession.workflow.check_scope import Scope

_AGAIN = "`gitsession init` sets them up again"
_CODE = {"absent": "hook-absent", "foreign": "hook-foreign", "outdated": "hook-outdated", "shadowed": "hook-shadowed"}


def examine_setup(scope: Scope) -> list[Remark]:
    """Hooks that do not run, drivers that are not set, attributes that are not there. One note where nothing is installed."""
    hooks = [hook for hook in status(scope.repo) if hook.worktree == scope.repo.root]
    faults = merge_driver_faults(scope.repo)
    attributes = _attributes(scope)
    if all(hook.state in ("absent", "foreign") for hook in hooks):
        message = "no hook of gitsession is installed in this clone, so its commits derive no page"
        return [Remark("note", "hooks-absent", None, None, message, "`gitsession init` installs them"), *attributes]
    remarks = []
    private = find_folder(scope.repo).kind is Kind.PRIVATE
    groups: dict[tuple[str, str, str], list[str]] = {}
    for hook in hooks:
        if hook.state != "installed" or hook.problem:
            groups.setdefault((hook.state, hook.problem.replace(hook.path, "it"), hook.fix), []).append(hook.name)
    for (state, problem, fix), names in groups.items():
        message = f"{', '.join(names)}: {problem or 'of another version of gitsession, or edited'}"
        # Whether ours go into a folder that the project shares through git is for people to say.
        fixable = state != "shadowed" and (private or state == "outdated")
        remarks.append(Remark("warning", _CODE.get(state, "hook-broken"), None, None, message, fix, fixable))
    remarks += [
        Remark("warning", "merge-driver", None, None, f"merge driver {fault}", _AGAIN, fixable=True) for fault in faults
    ]
    return [*remarks, *attributes]


def _attributes(scope: Scope) -> list[Remark]:
    """By what git makes of them, wherever they are written."""
    stem = next(iter(scope.here.oids), "0001-name")
    wanted = {
        MASTER: "gitsession-derived",
        branch_page_path(stem): "gitsession-derived",
        checkpoint_path(stem): "gitsession",
    }
    out = scope.repo.git("check-attr", "-z", "merge", "working-tree-encoding", "--", *wanted).out
    fields = out.decode("utf-8", "replace").split("\0")
    found = {(path, name): value for path, name, value in zip(*[iter(fields[:-1])] * 3, strict=True)}
    other = [
        path
        for path, driver in wanted.items()
        if found[path, "merge"] != driver or found[path, "working-tree-encoding"] not in ("unspecified", "unset")
    ]
    if not other:
        return []
    message = "is missing, or was altered: git does not treat these as gitsession needs it: " + ", ".join(other)
    return [Remark("warning", "attributes", ATTRIBUTES, None, message, fixable=True)]


def mend_attributes(scope: Scope) -> list[str]:
    """Write our lines below what else is there, and stage the file."""
    ours = read_resource("templates", "gitattributes").encode().splitlines(keepends=True)
    there = (read_file(scope.repo.root, ATTRIBUTES) or b"").splitlines()
    # What people added stays; ours come last, where they count, and older versions of them go.
    theirs = [line + b"\n" for line in there if line + b"\n" not in ours and b"merge=gitsession" not in line]
    write_file(scope.repo, ATTRIBUTES, b"".join(theirs + ours))
    stage_file(scope.repo, ATTRIBUTES)
    return [f"{ATTRIBUTES}: written and staged"]
