"""What the commands that show figures share: their options, and records as a table, CSV or JSON."""

import csv
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import click

from gitsession.cli.filters import moment, with_filters
from gitsession.cli.output import json_option, print_json, say
from gitsession.errors import GitsessionError, UsageError, visible
from gitsession.index.measuring import Scope

_NARROW = 8  # letters that words keep, however narrow the terminal is


class Column(NamedTuple):
    """A column of a table for people: its heading, and the text of a record in it."""

    heading: str
    text: Callable[[Any], str]
    right: bool = True  # as numbers stand


def with_figures(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the filters, `--json`, `--csv` and `--svg`."""
    command = click.option("--svg", metavar="FILE", default="", help="Write a picture, for a README.")(command)
    command = click.option("--csv", "csv_", is_flag=True, help="Print comma-separated values.")(command)
    return with_filters(json_option(command))


def scope_of(since: str, author: str, agent: str) -> Scope:
    """Which sessions a person asks about. Raises UsageError."""
    return Scope(moment(since), author, agent)


def show(
    ctx: click.Context, records: Sequence[Any], fields: Sequence[str], *, json_: bool, csv_: bool, svg: str,
    data: Any, picture: Callable[[], str], table: Callable[[], None],
) -> None:  # fmt: skip
    """Records as they were asked for: `data` as JSON, else CSV, a picture, or what `table` prints. Raises GitsessionError."""
    if json_ + csv_ + bool(svg) > 1:
        raise UsageError("--json, --csv and --svg do not go together")
    if json_:
        print_json(data)
    elif csv_:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(fields)
        writer.writerows(records)
    elif svg:
        path = os.path.join(ctx.find_root().obj or ".", svg)
        try:
            with open(path, "w", encoding="utf-8", newline="\n") as file:
                file.write(picture())
        except OSError as e:
            raise GitsessionError(
                f"{svg} cannot be written: {e.strerror}", "name a file in a folder that is there"
            ) from None
        say(f"written: {svg}", err=True)
    elif records:
        table()
    else:
        say("no sessions in history yet; one begins with: gitsession start TITLE", err=True)


def print_table(columns: Sequence[Column], records: Iterable[Any], last: Any = None) -> None:
    """A table for people: drawn on a terminal, plain text in a pipe. `last` stands below a line."""
    records = list(records)
    rows = [[visible(c.text(r)) for c in columns] for r in (*records, *([last] if last is not None else []))]
    if sys.stdout.isatty():
        _draw(columns, rows, ends=last is not None)
        return
    widths = [max(map(len, column)) for column in zip([c.heading for c in columns], *rows, strict=True)]
    for row in ([c.heading for c in columns], *rows):
        cells = (t.rjust(w) if c.right else t.ljust(w) for c, t, w in zip(columns, row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _draw(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, ends: bool) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=SIMPLE_HEAD,
        header_style="bold",
        show_footer=ends,
        footer_style="bold",
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    room = 2  # the edges
    for at, column in enumerate(columns):
        # What a narrow terminal has no room for is cut in words, never in numbers.
        wide = max(len(column.heading), *(len(row[at]) for row in rows)) if column.right else _NARROW
        room += wide + 2
        last = Text(rows[-1][at] if ends else "", no_wrap=True, overflow="ellipsis")
        table.add_column(
            Text(column.heading),
            last,
            justify="right" if column.right else "left",
            no_wrap=column.right,
            min_width=wide,
        )
    for row in rows[: len(rows) - ends]:
        table.add_row(*(Text(text, no_wrap=True, overflow="ellipsis") for text in row))
    console = Console()
    # Where not even the numbers have room, rich would leave the words out: then lines are as long as they must be.
    console.width = max(console.width, room)
    console.print(table)


def number(value: float | None) -> str:
    """A figure for people; empty for what nothing says."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0").rstrip(".")


def share(part: float | None, whole: float | None) -> str:
    """`3 of 4`; empty where it is of nothing."""
    return f"{number(part)} of {number(whole)}" if whole else ""
