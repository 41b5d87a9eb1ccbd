"""`scan`."""

import os
import sys

import click

from gitsession.cli.output import json_option, print_json, say, warn
from gitsession.errors import NotARepositoryError, UsageError
from gitsession.git import Repository
from gitsession.store.layout import FOLDER
from gitsession.workflow.allowing import allow, allowed_in_worktree, judged_allowances
from gitsession.workflow.gate import index_gate, scan_staged
from gitsession.workflow.scanning import Found, Search, need_repository, revisions, way_out


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH|RANGE|-]...")
@click.option("--staged", is_flag=True, help="What is staged under .sessions/, as the hook does.")
@click.option(
    "--all", "all_", is_flag=True, help="All of .sessions/ in the work tree, tracked or not; so it is without a path."
)
@click.option(
    "--history", is_flag=True, help="Every version ever committed under .sessions/, on all refs, and the conversations."
)
@click.option("--allow", metavar="FINDING", help="Let a finding stand: PATH:LINE:COLUMN, as it is printed.")
@click.option("--reason", default="", help="With --allow: why it is no secret. Required.")
@click.option(
    "--path", "glob", default="", metavar="GLOB", help="With --allow: in all files that match, `*` for any characters."
)
@click.option("--everywhere", is_flag=True, help="With --allow: in every file.")
@click.option("--allowed", is_flag=True, help="List what is allowed, and what of it is stale.")
@click.option("--sarif", is_flag=True, help="Print SARIF 2.1.0, for code scanning.")
@json_option
@click.pass_context
def scan(
    ctx: click.Context, paths: tuple[str, ...], *, staged: bool, all_: bool, history: bool, allow: str | None, reason: str,
    glob: str, everywhere: bool, allowed: bool, sarif: bool, json_: bool,
) -> None:  # fmt: skip
    """Search files for secrets; exit 1 when there are any, or when something could not be searched.

    PATH is a file or a folder, in a repository or not; RANGE is of commits, A..B: what they bring under `.sessions/`;
    `-` is standard input. Without any: all of `.sessions/`.
    """
    base = str(ctx.find_root().obj or ".")
    modes = [m for m, on in (("--staged", staged), ("--all", all_), ("--history", history),
                             ("--allow", allow is not None), ("--allowed", allowed), ("a path", bool(paths))) if on]  # fmt: skip
    if len(modes) > 1:
        raise UsageError(f"{modes[0]} and {modes[1]} do not go together", "one thing at a time")
    if allow is None and (reason or glob or everywhere):
        raise UsageError("--reason, --path and --everywhere go with --allow", "`gitsession scan -h` shows how")
    if (glob and everywhere) or (json_ and sarif) or (sarif and (allowed or allow is not None)):
        raise UsageError("these options do not go together", "`gitsession scan -h` shows what each does")
    repo = _repository(ctx, base)
    if allow is not None:
        _allow(need_repository(repo, "--allow"), base, allow, reason, "*" if everywhere else glob)
        return
    if allowed:
        _list(need_repository(repo, "--allowed"), json_=json_)
        return
    search = _search(repo, base, paths, staged=staged, history=history)
    _show(search, json_=json_, sarif=sarif)
    past = [f for f in search.found if f.commit]
    if past and repo and not (json_ or sarif):
        for line in way_out(repo, past):
            say(line, err=True)
    ctx.exit(1 if search.found or search.problems else 0)


def _repository(ctx: click.Context, base: str) -> Repository | None:
    try:
        repo = Repository.open(base)
    except NotARepositoryError:
        return None
    ctx.call_on_close(repo.close)
    return repo


def _search(repo: Repository | None, base: str, paths: tuple[str, ...], *, staged: bool, history: bool) -> Search:
    search = Search(repo)
    if staged:
        search.gate = index_gate(need_repository(repo, "--staged"))
        search.found += [Found(f) for f in scan_staged(need_repository(repo, "--staged"), search.gate)]
    elif history:
        need_repository(repo, "--history")
        search.history()
    elif not paths:
        search.path(need_repository(repo, "a search without a path").root, FOLDER)
    for name in paths:
        if name == "-":
            search.data("-", sys.stdin.buffer.read())
        elif repo and not os.path.lexists(os.path.join(base, name)) and (revs := revisions(repo, name)):
            search.history(revs)
        else:
            search.path(base, name)
    return search


def _show(search: Search, *, json_: bool, sarif: bool) -> None:
    if sarif:
        from gitsession.secretscan.sarif import render_sarif

        print_json(render_sarif([f.finding for f in search.found], search.allowed))
    elif json_:
        print_json([f.finding._asdict() | ({"commit": f.commit, "versions": f.versions} if f.commit else {})
                    for f in search.found])  # fmt: skip
    else:
        for f, commit, versions in search.found:
            later = f", and {versions - 1} later" if versions > 1 else ""
            past = f" (in {commit[:10]}{later})" if commit else ""
            say(f"{f.path}:{f.line}:{f.column}: {f.kind}: {f.excerpt}{past}")
    for line in (*search.problems, *search.gate.notes):
        warn(line)


def _allow(repo: Repository, base: str, place: str, reason: str, glob: str) -> None:
    allowance, new = allow(repo, base, place, reason, glob)
    say(
        f"{'allowed' if new else 'allowed already'}: {allowance.kind} in {allowance.path or allowance.glob}  [{allowance.id}]"
    )


def _list(repo: Repository, *, json_: bool) -> None:
    found = allowed_in_worktree(repo)
    judged = judged_allowances(repo, found)
    if json_:
        keys = ("id", "path", "glob", "kind", "reason", "author", "date")
        print_json([{key: getattr(a, key) for key in keys} | {"problem": problem} for a, problem in judged])
    for a, problem in () if json_ else judged:
        say(f"{a.id}: {a.kind} in {a.path or a.glob}: {a.reason or 'no reason'} ({a.author}, {a.date[:10]})"
            + (f"; {problem}" if problem else ""))  # fmt: skip
    for fault in found.faults:
        warn(f"not counted: {fault}")


COMMANDS = {"scan": scan}
