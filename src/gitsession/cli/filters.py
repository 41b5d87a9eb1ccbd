"""Options that commands which look back share."""

import re
import time
from collections.abc import Callable
from typing import Any

import click

from gitsession.errors import UsageError

_AGO = re.compile(r"(\d{1,5}) ?(d|w|m|y)[a-z]*(?: ago)?")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


def with_filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--since`, `--author` and `--agent`."""
    for option in (
        click.option("--agent", default="", help="Only with that agent; a part of its name will do."),
        click.option("--author", default="", help="Only by that person; a part of the name will do."),
        click.option("--since", default="", metavar="DATE", help="Only since then: 2026-11-23, or 3d, 2w, 6m, 1y ago."),
    ):
        command = option(command)
    return command


def epoch(text: str) -> float:
    """A time that a person gave, in seconds since the epoch; minus infinity for none. Raises UsageError."""
    if not text:
        return float("-inf")
    if ago := _AGO.fullmatch(text.strip().lower()):
        return max(time.time() - int(ago[1]) * _DAYS[ago[2]] * 86400, 0.0)
    import datetime as dt

    try:
        return dt.datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError):
        raise UsageError(f"--since {text!r} is no date", "say 2026-11-23, or 3d, 2w, 6m, 1y") from None


def moment(text: str) -> str:
    """The same as ISO 8601 in UTC; empty for none."""
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(max(epoch(text), 0.0))) if text else ""
