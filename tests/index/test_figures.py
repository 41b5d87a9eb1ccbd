"""`stats`, `growth` and `timeline` over a history whose figures are counted by hand."""

import csv
import io
import xml.etree.ElementTree as ET

import pytest
from made import FIRST, ONE, THREE, TWO, checkpoint, make_history, three_sessions

from gitsession.index.measuring import parse_duration


@pytest.fixture
def made(bare_project):
    three_sessions(bare_project)
    return bare_project


def by(project, what: str, *options: str) -> dict:
    return {g["name"]: g for g in project.json("stats", "--by", what, *options)["groups"]}


def some(record: dict, *fields: str) -> tuple:
    return tuple(record[f] for f in fields)


def test_sessions_are_counted(made) -> None:
    found = made.json("stats")
    groups = {g["name"]: g for g in found["groups"]}
    assert list(groups) == [ONE, TWO, THREE, ""]
    assert some(groups[ONE], "commits", "added", "removed") == (3, 5, 0)
    assert some(groups[TWO], "commits", "added", "removed") == (1, 1, 3)
    assert some(groups[""], "sessions", "commits", "added") == (0, 2, 5)  # the first commit, and nobody's
    assert [some(groups[s], "planned", "done", "open") for s in (ONE, TWO, THREE)] == [(4, 1, 1), (0, 1, 0), (0, 0, 0)]
    assert [groups[s]["hours"] for s in (ONE, TWO, THREE)] == [2.5, 1.5, 0]
    assert some(groups[ONE], "input_tokens", "output_tokens", "cost_usd", "credits") == (900, 100, None, 3)
    assert groups[TWO]["input_tokens"] is None
    assert some(found["total"], "sessions", "commits", "planned", "done", "open", "hours", "credits") == (3, 7, 4, 2, 1, 4, 3)


@pytest.mark.parametrize(
    ("what", "sessions"),
    [
        ("author", {"Ada Example": 2, "Bo Example": 1}),
        ("agent", {"codex": 1, "claude-code": 1, "": 1}),
        ("model", {"m1": 1, "": 2}),
        ("account", {"work": 1, "": 2}),
    ],
)
def test_groups(made, what: str, sessions: dict[str, int]) -> None:
    assert {name: g["sessions"] for name, g in by(made, what).items()} == sessions


def test_weeks_stand_in_their_order_with_commits_of_no_session(made) -> None:
    found = by(made, "week", "--since", "2026-11-01T00:00:00+00:00")
    first, second = list(found)[:2]
    assert (first, second) == ("2026-W45", "2026-W46")
    assert some(found[first], "sessions", "commits", "hours") == (1, 3, 2.5)
    assert some(found[second], "sessions", "commits") == (2, 3)


def test_a_commit_of_two_sessions_counts_once_in_the_total(made) -> None:
    make_history(made, ("2026-11-13T10:00:00", f"Both\n\nSession: {ONE}\nSession: {TWO}", {"e.py": "z = 1\n"}))
    found = made.json("stats")
    groups = {g["name"]: g["commits"] for g in found["groups"]}
    assert (groups[ONE], groups[TWO], found["total"]["commits"]) == (4, 2, 8)


@pytest.mark.parametrize(
    ("options", "stems"),
    [
        (["--since", "2026-11-10T09:00:00+00:00"], [TWO, THREE]),
        (["--author", "bo"], [TWO]),
        (["--agent", "CODEX"], [ONE]),
        (["--agent", "codex", "--author", "bo"], []),
    ],
)
@pytest.mark.parametrize("command", ["growth", "timeline"])
def test_filters(made, command: str, options: list[str], stems: list[str]) -> None:
    assert [r["session"] for r in made.json(command, *options)] == stems
    if command == "timeline":
        assert [n for n, g in by(made, "session", *options).items() if g["sessions"]] == stems


def test_steps_are_followed_through_sessions(made) -> None:
    one, two, three = made.json("growth")
    assert some(one, "planned", "kept", "done", "dropped", "open") == (4, 1, 1, 1, 1)
    assert some(one, "carried", "carried_age", "carried_oldest") == (0, None, None)
    assert some(two, "planned", "kept", "done", "carried", "carried_age") == (0, 0, 1, 2, 1)
    # Gamma, said again while it is open, is no new step.
    assert some(three, "planned", "done", "carried", "carried_age", "carried_oldest") == (0, 0, 1, 2, 2)
    assert [r["outcome"] for r in (one, two, three)] == ["partly", "", ""]


def test_estimates_are_held_against_what_it_took(made) -> None:
    one, two, _ = made.json("growth")
    assert some(one, "timed", "estimated_hours", "took_hours") == (1, 1, 1.5)
    assert some(two, "timed", "estimated_hours", "took_hours") == (1, 0.5, 1)


def test_what_was_recorded_and_what_it_cost(made) -> None:
    one, two, three = made.json("growth")
    assert some(one, "commits", "recorded", "in_force", "preserved", "preservation") == (3, 2, 5, 4, 0.8)
    assert some(one, "hours", "tokens", "hours_per_step", "tokens_per_step", "credits_per_step") == (2.5, 1000, 2.5, 1000, 3)
    assert some(two, "preservation", "tokens", "hours_per_step", "tokens_per_step", "cost_usd") == (None, None, 1.5, None, None)
    assert three["hours_per_step"] is None


def test_rework_counts_lines_that_later_sessions_changed(made) -> None:
    # Of One's three lines in a.py and one in b.py, Two changed `first` and took out `second`; Three moved b.py's.
    one, two, three = (some(r, "lines", "reworked") for r in made.json("growth"))
    assert (one, two, three) == ((4, 2), (1, 0), (0, 0))


@pytest.mark.parametrize(("between", "again"), [(2, 3), (3, 0)])
def test_rework_looks_at_the_next_three_sessions(bare_project, between: int, again: int) -> None:
    stems = [f"{n:04}-session-aaa{n}" for n in range(1, between + 3)]
    commits = []
    for n, stem in enumerate(stems):
        source = FIRST if not n else {"src/a.py": None} if n == len(stems) - 1 else {}
        text = checkpoint(f"2026-11-{n + 2:02}T09:00:00+00:00", f"# Session {n}")
        commits.append((f"2026-11-{n + 2:02}T10:00:00", f"Work\n\nSession: {stem}", {f".sessions/{stem}.md": text, **source}))
    make_history(bare_project, *commits)
    assert some(bare_project.json("growth")[0], "lines", "reworked") == (3, again)
    # Who asks about the first only still hears of those that came after it.
    assert bare_project.json("growth", "--since", "2026-11-02T09:00:00+00:00")[0]["reworked"] == again


@pytest.mark.parametrize("name", ["new name.py", "n\u00e9w.py", 'q"uote.py'])
def test_a_renamed_file_keeps_who_wrote_its_lines(bare_project, name: str) -> None:
    kept = "".join(f"line {i}\n" for i in range(20))
    old, new = f"old {name}", f"src {name}"

    def commit(n: int, stem: str, **files: str | None) -> tuple:
        text = checkpoint(f"2026-11-0{n}T09:00:00+00:00", f"# Session {n}")
        return (f"2026-11-0{n}T10:00:00", f"Work\n\nSession: {stem}", {f".sessions/{stem}.md": text, **files})

    quoted = {n: '"' + n.replace('"', '\\"') + '"' if '"' in n else n for n in (old, new)}
    make_history(
        bare_project,
        commit(2, ONE, **{quoted[old]: kept + "last\n"}),
        commit(3, TWO, **{quoted[old]: None, quoted[new]: kept + "last\n"}),
        commit(4, THREE, **{quoted[new]: kept + "other\n"}),
    )
    assert [some(r, "lines", "reworked") for r in bare_project.json("growth")] == [(21, 1), (0, 0), (1, 0)]


def test_lines_that_look_like_the_head_of_a_patch(bare_project) -> None:
    text = "-- a/x.py\n++ b/y.py\n@@ -1 +1 @@\ndiff --git a/z b/z\nrename to x\n"
    for n, (stem, content) in enumerate([(ONE, text), (TWO, "new\n")], 2):
        point = checkpoint(f"2026-11-0{n}T09:00:00+00:00", "# Session")
        make_history(bare_project, (f"2026-11-0{n}T10:00:00", f"Work\n\nSession: {stem}", {f".sessions/{stem}.md": point, "a.sql": content}))
    assert [some(r, "lines", "reworked") for r in bare_project.json("growth")] == [(5, 5), (1, 0)]


def test_the_time_line(made) -> None:
    one, two, _ = made.json("timeline")
    assert some(one, "started", "ended", "commits") == ("2026-11-02T09:00:00+00:00", "2026-11-03T11:30:00+00:00", 3)
    assert some(two, "branch", "ended", "hours") == ("topic", "2026-11-10T10:30:00+00:00", 1.5)


@pytest.mark.parametrize("command", ["stats", "growth", "timeline"])
def test_ways_to_show_it(made, command: str) -> None:
    plain = made.gs(command).stdout
    assert ONE in plain
    assert "\x1b" not in plain
    rows = list(csv.DictReader(io.StringIO(made.gs(command, "--csv").stdout)))
    records = made.json(command)
    records = records["groups"] if command == "stats" else records
    assert [{k: str("" if v is None else v) for k, v in r.items()} for r in records] == rows
    done = made.gs(command, "--svg", "figures.svg")
    assert done.stdout == ""
    picture = made.read("figures.svg")
    assert ET.fromstring(picture).tag.endswith("svg")
    if command != "growth":
        assert ONE in picture
    assert made.gs(command, "--svg", "no/where.svg", check=False).returncode == 1
    assert made.gs(command, "--json", "--csv", check=False).returncode == 2


@pytest.mark.parametrize("command", ["stats", "growth", "timeline"])
def test_a_repository_without_sessions(bare_project, command: str) -> None:
    found = bare_project.json(command)
    assert (found["total"]["commits"] if command == "stats" else found) == (1 if command == "stats" else [])
    for options in ((), ("--csv",), ("--svg", "empty.svg")):
        bare_project.gs(command, *options)
    ET.fromstring(bare_project.read("empty.svg"))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("20m", 1200), ("1h 30m", 5400), ("1.5 hours", 5400), ("~2d", 57600), ("90 min", 5400),
        ("soon", None), ("", None), ("20", None), ("1h later", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert parse_duration(text) == seconds
