"""What commands share in printing."""

import dataclasses
import json
from typing import Any

import click

from gitsession.git import Repository


def open_repository(ctx: click.Context) -> Repository:
    """The repository that the command works in; closed when the command ends."""
    repo = Repository.open(ctx.find_root().obj or ".")
    ctx.call_on_close(repo.close)
    return repo


def as_json(value: Any) -> str:
    """JSON for programs: dataclasses as objects."""

    def plain(item: object) -> object:
        if dataclasses.is_dataclass(item) and not isinstance(item, type):
            return {f.name: getattr(item, f.name) for f in dataclasses.fields(item)}
        if hasattr(item, "_asdict"):
            return item._asdict()
        return str(item)

    return json.dumps(value, default=plain, ensure_ascii=False, indent=2)


def print_json(value: Any) -> None:
    """Print JSON to stdout."""
    click.echo(as_json(value))


def warn(line: str) -> None:
    """A line on stderr that is no error."""
    click.echo(click.style("gitsession: ", fg="yellow") + line, err=True)


json_option = click.option("--json", "json_", is_flag=True, help="Print JSON, for programs.")
