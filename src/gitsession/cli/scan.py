"""`scan`."""

import os
import sys

import click

from gitsession.cli.output import json_option, open_repository, print_json, say
from gitsession.errors import GitsessionError
from gitsession.model.finding import Finding
from gitsession.secretscan import scan_bytes
from gitsession.store.layout import FOLDER
from gitsession.workflow.gate import index_gate, scan_staged


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH|-]...")
@click.option("--staged", is_flag=True, help="What is staged under .sessions/, as the hook does.")
@json_option
@click.pass_context
def scan(ctx: click.Context, paths: tuple[str, ...], *, staged: bool, json_: bool) -> None:
    """Search files for secrets; `-` is standard input. Without a path: all of `.sessions/`. Exit 1 when there are any."""
    findings: list[Finding] = []
    if staged:
        repo = open_repository(ctx)
        findings += scan_staged(repo, index_gate(repo))
    for path in paths or (() if staged else (os.path.join(open_repository(ctx).root, FOLDER),)):
        for name, data in _files(ctx.find_root().obj, path):
            findings += scan_bytes(name, data)
    if json_:
        print_json(findings)
    for f in () if json_ else findings:
        say(f"{f.path}:{f.line}:{f.column}: {f.kind}: {f.excerpt}")
    ctx.exit(1 if findings else 0)


def _files(folder: str, path: str) -> list[tuple[str, bytes]]:
    if path == "-":
        return [("-", sys.stdin.buffer.read())]
    path = os.path.normpath(os.path.join(folder, path))
    names = (
        sorted(os.path.join(inner, name) for inner, _, files in os.walk(path) for name in files)
        if os.path.isdir(path)
        else [path]
    )
    found = []
    for name in names:
        try:
            with open(name, "rb") as file:
                found.append((name, file.read()))
        except OSError as e:
            raise GitsessionError(f"{name} cannot be read: {e.strerror}", "nothing was found out about it") from None
    return found


COMMANDS = {"scan": scan}
