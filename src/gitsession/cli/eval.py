"""`eval`."""

import contextlib
from collections.abc import Iterator
from typing import IO

import click

from gitsession.cli.output import json_option, open_repository, print_json, say
from gitsession.errors import GitsessionError, UsageError
from gitsession.model.settings import DEFAULT_BUDGET
from gitsession.workflow.evaluating import (
    Score,
    ask,
    choose_probes,
    conversation_text,
    free_texts,
    page_to_ask,
    read_probes,
)


@click.command("eval")
@click.argument("probes")
@click.argument("rev", default="")
@click.option("--handoff", "file", metavar="FILE", default="", help="Ask this file instead, whoever wrote it.")
@click.option("--session", default="", help="Ask the handoff of that session.")
@click.option(
    "--transcript",
    metavar="FILE",
    default="",
    help="The conversation that they are about: other probes are not asked; shows what its own tokens answer.",
)
@click.option(
    "--budget",
    type=click.IntRange(min=1),
    help="Tokens (of 4 bytes) that the handoff may have, instead of the project's.",
)
@click.option(
    "--at-least",
    type=click.FloatRange(0, 100),
    default=95,
    show_default=True,
    help="Percent to pass; with less, the exit code is 1.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show for each probe that was missed what was looked for.")
@json_option
@click.pass_context
def evaluate(
    ctx: click.Context, probes: str, rev: str, file: str, session: str, transcript: str, budget: int | None, at_least: float,
    *, verbose: bool, json_: bool,
) -> None:  # fmt: skip
    """Ask a handoff questions whose answers are known: that of the work tree, or of the commit REV.

    PROBES is a file of JSON Lines or YAML, `-` is standard input; docs/metrics.md says what is in it and how it is counted.
    """
    if file and (rev or session):
        raise UsageError("--handoff names a file: it goes with no commit and no session")
    with _opened(probes) as opened:
        asked = read_probes(opened, probes)
    if file:
        with _opened(file) as opened:
            text, limit = opened.read().decode("utf-8", "replace"), budget or DEFAULT_BUDGET
    else:
        text, limit = page_to_ask(open_repository(ctx), rev, session=session, budget=budget)
    scores: list[Score] = []
    if transcript:
        asked = choose_probes(asked, transcript)
        with _opened(transcript) as opened:
            free = free_texts(conversation_text(opened, transcript), limit)
        scores = [ask(t, asked, method=method) for method, t in free]
    score = ask(text, asked, budget=limit)
    share = 100 * score.passed / score.asked
    if json_:
        print_json(
            {
                **score._asdict(),
                "budget": limit,
                "baselines": [{k: v for k, v in s._asdict().items() if k != "missed"} for s in scores],
            }
        )
    else:
        _show(score, scores, limit, verbose=verbose)
        if share < at_least:
            click.echo(f"{share:.1f} % is less than the {at_least:g} % asked for", err=True)
    ctx.exit(1 if share < at_least else 0)


def _show(score: Score, free: list[Score], limit: int, *, verbose: bool) -> None:
    over = "" if score.fits else ": over its budget, so nothing counts"
    click.echo(f"handoff: {score.tokens:,} of {limit:,} tokens{over}")
    columns = [score, *free]
    width = max(12, *map(len, score.kinds))
    click.echo(" " * width + "".join(f"  {s.method:>18}" for s in columns))
    for kind in (*score.kinds, "all"):
        cells = [s.kinds.get(kind, (s.passed, s.asked)) if kind != "all" else (s.passed, s.asked) for s in columns]
        say(f"{kind:{width}}" + "".join(f"  {f'{p}/{n} {100 * p / n:5.1f} %':>18}" for p, n in cells))
    for miss in score.missed if score.fits else ():
        if miss.stands:
            say(f"must not stand [{miss.kind}] {miss.question}: " + ", ".join(map(repr, miss.stands)))
        if miss.lacks:
            say(f"missed [{miss.kind}] {miss.question}" + (f" -> {miss.answer}" if miss.answer else ""))
        for group in miss.lacks if verbose else ():
            say("    none of " + ", ".join(map(repr, group)))


@contextlib.contextmanager
def _opened(path: str) -> Iterator[IO[bytes]]:
    try:
        with click.open_file(path, "rb") as file:
            yield file
    except OSError as e:
        raise GitsessionError(f"{path} cannot be read: {e.strerror}", "give the path of a file, or - for standard input") from None  # fmt: skip


COMMANDS = {"eval": evaluate}
