"""What an installed git hook starts: no click, prints in its own right."""

import gc
import os
import sys


def main(arguments: list[str] | None = None) -> None:
    """Run the hook that the first argument names; exit 1 refuses."""
    if arguments is None:
        gc.disable()  # a process of a tenth of a second
    name, *rest = (sys.argv[1:] if arguments is None else arguments) or [""]
    try:
        code = _run(name, rest)
    except KeyboardInterrupt:
        code = 130
    except Exception as e:  # noqa: BLE001  (a hook ends in a line, not in a traceback)
        gate = rest[0] if name == "run" and rest else name
        code = 1 if gate in ("pre-commit", "pre-merge-commit", "pre-push", "merge-checkpoint") else 0
        first, _, hint = _words(e).partition("\n")
        how = (
            f"{first or type(e).__name__}"
            if type(e).__module__.startswith("gitsession")
            else f"{type(e).__name__}: {first}"
        )
        _print([f"gitsession: {name}: {how}", *([f"  {hint}"] if hint else [])], go=False)
    sys.stderr.flush()
    if arguments is None:
        os._exit(code)  # all is closed, and taking the interpreter down would take as long as a git process
    raise SystemExit(code)


def _words(error: Exception) -> str:
    try:
        from gitsession.secretscan.redaction import admit_error
    except ImportError:  # which may be the fault
        return ""
    return admit_error(str(error))


def _run(name: str, rest: list[str]) -> int:
    if name == "run":
        return _run_whole(rest)
    if name == "agent":
        return _run_agent(rest)
    from gitsession.git import Repository

    if name == "agent-captures":
        from gitsession.workflow.capturing import make_captures

        with Repository.open(".") as repo:
            make_captures(repo)
        return 0
    if name == "commit-msg":
        from gitsession.workflow.message import edited

        with Repository.open(".") as repo:
            return 0 if edited(repo, rest[0]) else 1
    if name in ("merge-checkpoint", "merge-derived"):
        from gitsession.workflow.merging import run_driver

        with Repository.open(".") as repo:
            return run_driver(repo, name, rest)
    with Repository.of_hook() as repo:
        repo.patience, repo.limit = 2.0, 60.0
        if name == "pre-commit":
            repo.begin_commit()
            from gitsession.workflow.commit import before_commit as act
        elif name == "pre-merge-commit":
            from gitsession.workflow.commit import before_merge_commit as act
        elif name == "post-commit":
            from gitsession.workflow.commit import after_commit as act
        elif name in ("post-merge", "post-rewrite", "post-checkout"):
            from gitsession.workflow.transfer import after_change as act
        elif name == "pre-push":
            from gitsession.workflow.framework import pushed_refs
            from gitsession.workflow.transfer import before_push

            remote, url = (*rest, "", "")[:2]
            verdict = before_push(repo, remote, url, sys.stdin.buffer.read() or pushed_refs(repo))
            return _print(verdict.lines, go=verdict.go)
        else:
            what = f"no hook is called {name}; " if name else ""
            return 2 * _print(
                [f"gitsession: {what}usage: gitsession-hook HOOK [ARGUMENT]..., as git's hooks start it"], go=False
            )
        verdict = act(repo)
    return _print(verdict.lines, go=verdict.go)


def _run_agent(rest: list[str]) -> int:
    """What an agent's own hook starts: `gitsession-hook agent AGENT EVENT`, with the agent's JSON on stdin."""
    from gitsession.workflow.agent_events import MOST, hear

    agent, event = (*rest, "", "")[:2]
    data = b"" if sys.stdin.isatty() else sys.stdin.buffer.read(MOST)
    out = hear(agent, event, data, os.getcwd())
    try:
        sys.stdout.buffer.write(out.encode("utf-8", "replace"))
        sys.stdout.flush()
    except OSError:  # the agent has gone
        return 0
    return 0


def _run_whole(rest: list[str]) -> int:
    """All of a hook, for a manager that keeps its own script in git's folder and runs commands: `gitsession-hook run HOOK`."""
    from gitsession.githooks.stubs import HOOKS, render_stub
    from gitsession.process import attach
    from gitsession.workflow.framework import page_is_stashed, push_arguments

    name, *arguments = rest or [""]
    if name not in HOOKS:
        usage = f"gitsession: usage: gitsession-hook run HOOK [ARGUMENT]..., where HOOK is {', '.join(HOOKS)}"
        return 2 * _print([usage], go=False)
    running, _, place = os.environ.get("GITSESSION_HOOK_RUNNING", "").partition(" ")
    if running == name and os.path.realpath(place) == os.path.realpath("."):
        return 0  # the installed hook has started the manager, and does the work itself when that is done
    if name == "pre-push":
        arguments = arguments or push_arguments()
    if name == "pre-commit" and page_is_stashed(os.getppid()):
        name = "pre-merge-commit"  # which only scans
        _print(
            ["gitsession: a page has changes that are not staged, so it is not derived; the next commit does it"],
            go=True,
        )
    script = os.fsdecode(render_stub(name, sys.executable))
    return attach(["sh", "-c", script, f"{os.devnull}/{name}", *arguments])


def _print(lines: list[str], *, go: bool) -> int:
    from gitsession.errors import visible

    encoding = sys.stderr.encoding or "ascii"
    for line in lines:
        sys.stderr.write(visible(line).encode(encoding, "backslashreplace").decode(encoding) + "\n")
    return 0 if go else 1
