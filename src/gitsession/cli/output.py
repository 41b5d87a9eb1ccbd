"""What commands share in printing."""

import dataclasses
import json
from typing import Any

import click

from gitsession.errors import visible
from gitsession.git import Repository


def open_repository(ctx: click.Context) -> Repository:
    """The repository that the command works in; closed when the command ends."""
    repo = Repository.open(ctx.find_root().obj or ".")
    ctx.call_on_close(repo.close)
    return repo


def as_json(value: Any) -> str:
    """JSON for programs: records as objects."""

    def plain(item: Any) -> Any:
        if hasattr(item, "_asdict"):
            return {key: plain(field) for key, field in item._asdict().items()}
        if dataclasses.is_dataclass(item) and not isinstance(item, type):
            return {f.name: plain(getattr(item, f.name)) for f in dataclasses.fields(item)}
        if isinstance(item, dict):
            return {key: plain(field) for key, field in item.items()}
        return [plain(i) for i in item] if isinstance(item, list | tuple) else item

    return json.dumps(plain(value), ensure_ascii=False, indent=2)


def print_json(value: Any) -> None:
    """Print JSON to stdout."""
    click.echo(as_json(value))


def warn(line: str) -> None:
    """A line on stderr that is no error."""
    click.echo(click.style("gitsession: ", fg="yellow") + visible(line), err=True)


def say(line: str, *, bold: bool = False, err: bool = False) -> None:
    """A line for people, with words that may come from anywhere."""
    click.echo(click.style(visible(line), bold=True) if bold else visible(line), err=err)


json_option = click.option("--json", "json_", is_flag=True, help="Print JSON, for programs.")
