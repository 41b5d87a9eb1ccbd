"""`check`."""

import os
from collections import Counter
from collections.abc import Sequence

import click

from gitsession.cli.output import json_option, open_repository, print_json, say
from gitsession.errors import visible
from gitsession.model.remark import Remark
from gitsession.workflow.check import Report
from gitsession.workflow.check import check as look

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}
_ANNOTATIONS = {"error": "error", "warning": "warning", "note": "notice"}
_MANY = 200  # lines in the summary of a job


@click.command()
@click.option(
    "--fix", is_flag=True, help="Mend what is safe: pages, attributes, hooks, drivers. Stages, and commits nothing."
)
@click.option("--strict", is_flag=True, help="Exit 1 for warnings, too.")
@json_option
@click.pass_context
def check(ctx: click.Context, *, fix: bool, strict: bool, json_: bool) -> None:
    """Look for what is wrong with the sessions of this repository. Exit 1 when there is an error.

    In the work tree, and in the git index where that differs: checkpoints and settings, what they close and who their parents
    are, pages, secrets, links that lead nowhere, conflict markers, hooks, and sessions that should be over. docs/check.md
    lists all findings. In GitHub Actions (`GITHUB_ACTIONS=true`) findings are printed as annotations.
    """
    report = look(open_repository(ctx), fix=fix)
    for line in report.fixed:
        say(line, err=json_)
    if json_:
        print_json(report.remarks)
    else:
        on_github = os.environ.get("GITHUB_ACTIONS") == "true"
        for remark in report.remarks:
            if on_github:
                click.echo(_annotation(remark))
            else:
                _print(remark)
        say(_last_line(report))
        if on_github:
            _summarise(report)
    bad = ("error", "warning") if strict else ("error",)
    ctx.exit(1 if any(r.level in bad for r in report.remarks) else 0)


def _place(remark: Remark) -> str:
    return (remark.path or "") + (f":{remark.line}" if remark.line else "") + (": " if remark.path else "")


def _print(remark: Remark) -> None:
    level = click.style(remark.level, fg=_COLOURS[remark.level], bold=remark.level == "error")
    click.echo(f"{visible(_place(remark))}{level}: {_flat(remark.message)} [{remark.code}]")
    if remark.hint:
        click.echo(f"  {_flat(remark.hint)}")


def _flat(text: str) -> str:
    return visible(" ".join(text.split()))


def _last_line(report: Report) -> str:
    levels = Counter(r.level for r in report.remarks)
    counts = ", ".join(_count(levels[level], level) for level in ("error", "warning", "note") if levels[level])
    if levels["error"] or levels["warning"]:
        fixable = sum(r.fixable for r in report.remarks)
        return counts + (f"; {fixable} can be fixed: gitsession check --fix" if fixable else "")
    looked = ", ".join((_count(report.sessions, "session"), _count(report.pages, "page"), _count(report.files, "file")))
    return f"checked {looked}: nothing wrong" + (f", {counts}" if counts else "")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def _annotation(remark: Remark) -> str:
    """A workflow command of GitHub Actions: its log and the changed files show it."""
    properties = {"file": remark.path, "line": remark.line, "title": f"gitsession {remark.code}"}
    told = ",".join(f"{key}={_escaped(str(value), ':,')}" for key, value in properties.items() if value)
    text = remark.message + (f"\n{remark.hint}" if remark.hint else "")
    return f"::{_ANNOTATIONS[remark.level]} {told}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    """As GitHub asks for: the data of a command on one line, and in its properties no `:` and `,`."""
    return "".join(f"%{ord(c):02X}" if c in "%\r\n" + more else c for c in visible(text))


def _summarise(report: Report) -> None:
    """What the page of the job shows, where GitHub says in which file."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    lines = [f"### gitsession: {_last_line(report)}", ""]
    told: Sequence[Remark] = report.remarks[:_MANY]
    if told:
        lines += ["```text", *(f"{visible(_place(r))}{r.level}: {_flat(r.message)} [{r.code}]" for r in told), "```"]
    with open(path, "a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


COMMANDS = {"check": check}
