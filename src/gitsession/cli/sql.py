"""`sql`."""

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from itertools import islice

import click

from gitsession.cli.output import json_option, open_repository, say, warn
from gitsession.cli.reading import open_history
from gitsession.errors import UsageError
from gitsession.index.queries import select

_SHOWN = 1000  # rows of a table for people
_WIDE = 60


@click.command()
@click.argument("statement")
@json_option
@click.option("--csv", "csv_", is_flag=True, help="Print comma-separated values, the names of columns first.")
@click.option(
    "--timeout", type=click.FloatRange(0.1), default=30.0, show_default=True, help="Seconds that it may take."
)
@click.pass_context
def sql(ctx: click.Context, statement: str, timeout: float, *, json_: bool, csv_: bool) -> None:
    """Ask the index in SQL; it only reads. Its tables are told in docs/index.md."""
    if json_ and csv_:
        raise UsageError("--json and --csv do not go together")
    columns, rows = select(open_history(ctx, open_repository(ctx)), statement, timeout)
    if csv_:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    elif json_:
        _print_json(_named(columns), rows)
    else:
        _print_table(columns, rows)


def _named(columns: Sequence[str]) -> list[str]:
    """Names that differ: a second `stem` is `stem_2`."""
    seen: dict[str, int] = {}
    for name in columns:
        seen[name] = seen.get(name, 0) + 1
    counted: dict[str, int] = {}
    names = []
    for name in columns:
        counted[name] = counted.get(name, 0) + 1
        names.append(name if counted[name] == 1 else f"{name}_{counted[name]}")
    return names


def _print_json(names: Sequence[str], rows: Iterator[tuple[object, ...]]) -> None:
    """Row by row, since there may be many."""
    before = "["
    for row in rows:
        record = dict(zip(names, (v.hex() if isinstance(v, bytes) else v for v in row), strict=True))
        click.echo(before + "\n  " + json.dumps(record, ensure_ascii=False), nl=False)
        before = ","
    click.echo("[]" if before == "[" else "\n]")


def _print_table(columns: Sequence[str], rows: Iterator[tuple[object, ...]]) -> None:
    shown = [["" if v is None else " ".join(str(v).split()) for v in row] for row in islice(rows, _SHOWN)]
    cut = [[v if len(v) <= _WIDE else v[: _WIDE - 3] + "..." for v in row] for row in shown]
    widths = [max(map(len, column)) for column in zip(columns, *cut, strict=True)]
    say("  ".join(name.ljust(width) for name, width in zip(columns, widths, strict=True)).rstrip(), bold=True)
    for row in cut:
        say("  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip())
    if next(rows, None) is not None:
        warn(f"only the first {_SHOWN:,} rows are shown; --csv and --json print all")


COMMANDS = {"sql": sql}
