"""`stats`, `growth`, `timeline`."""

from collections.abc import Sequence

import click

from gitsession.cli.figures import Column, number, print_table, scope_of, share, show, with_figures
from gitsession.cli.output import open_repository
from gitsession.cli.picture import Bar, Curve, draw_bars, draw_curves
from gitsession.cli.reading import open_history
from gitsession.index.growth import Grown, read_growth
from gitsession.index.measuring import parse_instant, total
from gitsession.index.stats import BY, Group, Stats, read_stats
from gitsession.index.timeline import Span, read_timeline

_LINE = 32  # columns of the time line


@click.command()
@click.option("--by", type=click.Choice(BY), default="session", show_default=True, help="What a line stands for.")
@with_figures
@click.pass_context
def stats(
    ctx: click.Context, by: str, since: str, author: str, agent: str, svg: str, *, json_: bool, csv_: bool
) -> None:
    """Count sessions, commits, lines, steps, time, tokens, cost and credits.

    docs/metrics.md tells how each is counted. What no checkpoint or conversation says stays empty.
    """
    found = read_stats(open_history(ctx, open_repository(ctx)), by, scope_of(since, author, agent))
    show(ctx, found.groups, Group._fields, json_=json_, csv_=csv_, svg=svg, data=found,
         picture=lambda: _draw_stats(found), table=lambda: _print_stats(found))  # fmt: skip


def _named(group: Group) -> str:
    return group.name or "(none)"


def _tokens(group: Group) -> float | None:
    return total((group.input_tokens, group.output_tokens))


def _print_stats(found: Stats) -> None:
    columns = [
        Column(found.by, _named, right=False),
        *([] if found.by == "session" else [Column("sessions", lambda g: number(g.sessions))]),
        Column("commits", lambda g: number(g.commits)),
        Column("lines", lambda g: f"+{number(g.added)} -{number(g.removed)}"),
        Column("planned", lambda g: number(g.planned)),
        Column("done", lambda g: number(g.done)),
        Column("open", lambda g: number(g.open)),
        Column("hours", lambda g: number(g.hours)),
    ]
    used = (("tokens", _tokens), ("cost", lambda g: g.cost_usd), ("credits", lambda g: g.credits))
    columns += [Column(heading, lambda g, of=of: number(of(g))) for heading, of in used if of(found.total) is not None]  # type: ignore[misc]
    print_table(columns, found.groups, found.total)


def _commits(count: int) -> str:
    return f"{number(count)} commit" + "s" * (count != 1)


def _draw_stats(found: Stats) -> str:
    most = max((g.commits for g in found.groups), default=0) or 1
    bars = [
        Bar(_named(g), 0, g.commits / most, f"{_commits(g.commits)}, +{number(g.added)} -{number(g.removed)}")
        for g in found.groups
    ]
    whole = found.total
    return draw_bars(f"Commits by {found.by}: {whole.commits:,} in {whole.sessions:,} sessions", bars)


@click.command()
@with_figures
@click.pass_context
def growth(ctx: click.Context, since: str, author: str, agent: str, svg: str, *, json_: bool, csv_: bool) -> None:
    """The trend, session by session, in its parts.

    Steps planned, done and carried over; estimated against actual; outcome; preservation and recorded; rework; time, tokens and
    credits for each step done. docs/metrics.md tells how each is counted, and no one number is made of them.
    """
    repo = open_repository(ctx)
    found = read_growth(open_history(ctx, repo), repo, scope_of(since, author, agent))
    show(ctx, found, Grown._fields, json_=json_, csv_=csv_, svg=svg, data=found,
         picture=lambda: _draw_growth(found), table=lambda: _print_growth(found))  # fmt: skip


def _print_growth(found: Sequence[Grown]) -> None:
    stem = Column("session", lambda g: g.session, right=False)
    parts = [
        ("Steps", [
            Column("planned", lambda g: number(g.planned)), Column("done", lambda g: number(g.done)),
            Column("of its own", lambda g: share(g.kept, g.planned)), Column("dropped", lambda g: number(g.dropped)),
            Column("carried", lambda g: number(g.carried)), Column("their age", lambda g: number(g.carried_age)),
            Column("oldest", lambda g: number(g.carried_oldest)), Column("outcome", lambda g: g.outcome),
        ]),
        ("What was estimated, recorded, and changed again", [
            Column("timed", lambda g: number(g.timed)), Column("est h", lambda g: number(g.estimated_hours)),
            Column("took h", lambda g: number(g.took_hours)), Column("in force kept", lambda g: share(g.preserved, g.in_force)),
            Column("recorded", lambda g: share(g.recorded, g.commits)), Column("reworked", lambda g: share(g.reworked, g.lines)),
        ]),
        ("For each step done", [
            Column("hours", lambda g: number(g.hours)), Column("tokens", lambda g: number(g.tokens)),
            Column("hours/step", lambda g: number(g.hours_per_step)), Column("tokens/step", lambda g: number(g.tokens_per_step)),
            Column("USD/step", lambda g: number(g.cost_usd_per_step)), Column("credits/step", lambda g: number(g.credits_per_step)),
        ]),
    ]  # fmt: skip
    for at, (heading, columns) in enumerate(parts):
        click.echo(("\n" if at else "") + click.style(heading, bold=True))
        print_table([stem, *columns], found)


def _draw_growth(found: Sequence[Grown]) -> str:
    parts = (
        ("steps planned", [g.planned for g in found]),
        ("steps done", [g.done for g in found]),
        ("steps carried over", [g.carried for g in found]),
        ("their age (sessions)", [g.carried_age for g in found]),
        ("took / estimated", [_ratio(g.took_hours, g.estimated_hours) for g in found]),
        ("preservation", [g.preservation for g in found]),
        ("commits recorded", [_ratio(g.recorded, g.commits) for g in found]),
        ("lines reworked", [_ratio(g.reworked, g.lines) for g in found]),
        ("hours per step", [g.hours_per_step for g in found]),
        ("tokens per step", [g.tokens_per_step for g in found]),
        ("credits per step", [g.credits_per_step for g in found]),
    )
    curves = []
    for name, values in parts:
        known = [v for v in values if v is not None]
        if known:
            curves.append(Curve(name, values, f"last {number(known[-1])}, most {number(max(known))}"))
    return draw_curves(f"Growth over {len(found)} sessions", curves, [g.started[:10] for g in found])


def _ratio(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


@click.command()
@with_figures
@click.pass_context
def timeline(ctx: click.Context, since: str, author: str, agent: str, svg: str, *, json_: bool, csv_: bool) -> None:
    """Sessions over time and branches."""
    found = read_timeline(open_history(ctx, open_repository(ctx)), scope_of(since, author, agent))
    show(ctx, found, Span._fields, json_=json_, csv_=csv_, svg=svg, data=found,
         picture=lambda: _draw_timeline(found), table=lambda: _print_timeline(found))  # fmt: skip


def _places(found: Sequence[Span]) -> dict[str, tuple[float, float]]:
    """Where each session begins and ends on a line from 0 to 1; those that say no time are left out."""
    times = {s.session: (parse_instant(s.started), parse_instant(s.ended)) for s in found}
    known = {stem: (a, max(a, b)) for stem, (a, b) in times.items() if a is not None and b is not None}
    first = min((a for a, _ in known.values()), default=0.0)
    whole = max((b for _, b in known.values()), default=0.0) - first or 1.0
    return {stem: ((a - first) / whole, (b - first) / whole) for stem, (a, b) in known.items()}


def _print_timeline(found: Sequence[Span]) -> None:
    places = _places(found)

    def line(span: Span) -> str:
        if span.session not in places:
            return ""
        begin, end = (round(place * (_LINE - 1)) for place in places[span.session])
        return ("." * begin + "#" * (end - begin + 1)).ljust(_LINE, ".")

    columns = [
        Column("branch", lambda s: s.branch, right=False),
        Column("session", lambda s: s.session, right=False),
        Column("started", lambda s: s.started[:10]),
        Column("time", line),
        Column("commits", lambda s: number(s.commits)),
        Column("who", lambda s: ", ".join(filter(None, (s.author, s.agent))), right=False),
    ]
    print_table(columns, _by_branch(found))


def _by_branch(found: Sequence[Span]) -> list[Span]:
    """Branches in the order in which they first came, the sessions of each together."""
    branches = list(dict.fromkeys(s.branch for s in found))
    return sorted(found, key=lambda s: branches.index(s.branch))


def _draw_timeline(found: Sequence[Span]) -> str:
    places = _places(found)
    bars = [
        Bar(s.session, *places[s.session], f"{_commits(s.commits)}, {s.branch}")
        for s in _by_branch(found)
        if s.session in places
    ]
    days = sorted(filter(None, (s.started[:10] for s in found))), sorted(filter(None, (s.ended[:10] for s in found)))
    return draw_bars(f"{len(found)} sessions", bars, [days[0][0], days[1][-1]] if bars else ())


COMMANDS = {"stats": stats, "growth": growth, "timeline": timeline}
