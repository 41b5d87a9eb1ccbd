"""`search`, `why`, `sql`, `list` and `index`, as people use them."""

import csv
import io
import sqlite3
from typing import Any

import pytest


@pytest.fixture
def told(working: Any) -> Any:
    """A session in progress with facts of some kinds, in two commits; and a session of another person that goes on with it."""
    working.gs("decide", "Cache feeds on disk", "--why", "the network is slow")
    working.gs("todo", "Retry the cache on 429")
    working.commit("Cache feeds", **{"cache.py": "CACHE = 1\nSIZE = 2\n"})
    working.gs("complete", "--commit", check=False)
    working.gs("start", "Second look", "--agent", "codex", "--goal", "Nothing hangs.", GIT_AUTHOR_NAME="Bo Example")
    working.gs("done", "1")
    working.gs("error", "The cache hangs")
    working.commit("Retry", **{"retry.py": "RETRY = 1\n"})
    return working


def texts(project: Any, *arguments: str) -> list[str]:
    return [hit["text"] for hit in project.json("search", *arguments)]


def test_what_was_said_is_found_with_its_session_and_its_fate(told) -> None:
    hit, page = told.json("search", "retry cache")  # the tick says the same, and is not shown again
    assert (hit["text"], page["kind"]) == ("Retry the cache on 429", "handoff")
    first, second = told.checkpoints()
    assert (hit["kind"], hit["session"] + ".md", hit["closed"], hit["closed_by"] + ".md") == ("step", first, "ticked", second)
    assert hit["commit"] == told.git("log", "--format=%H", "--grep=^Cache feeds").stdout.strip()
    assert hit["place"].startswith(f".sessions/{first}:")
    shown = told.gs("search", "retry", "cache").stdout
    assert "Retry the cache on 429" in shown
    assert f"ticked {hit['closed_date'][:10]} in {second[:-3]}" in shown
    assert "\x02" not in shown


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["cache", "--kind", "decision"], ["Cache feeds on disk, because the network is slow"]),
        (["cache", "--kind", "error", "--kind", "step"], ["Retry the cache on 429", "Not solved: The cache hangs"]),
        (["cache", "--session", "2", "--kind", "error"], ["Not solved: The cache hangs"]),
        (["cache", "--agent", "CODEX", "--kind", "error"], ["Not solved: The cache hangs"]),
        (["cache", "--agent", "gemini"], []),
        (["cache", "--author", "nobody"], []),
        (["cache", "--since", "2999-01-01"], []),
        (["hangs", "--kind", "session"], ["Second look\nNothing hangs."]),
        (["cache", "-hangs", "-retry", "--since", "1y", "--kind", "decision"], ["Cache feeds on disk, because the network is slow"]),
    ],
)
def test_filters(told, arguments: list[str], found: list[str]) -> None:
    assert sorted(texts(told, *arguments)) == sorted(found)


def test_the_newest_handoff_is_found_too(told) -> None:
    assert {hit["place"] for hit in told.json("search", "cache", "--kind", "handoff")} == {".sessions/HANDOFF.md"}


@pytest.mark.parametrize("words", ['***"', "-cache", "()", '"'])
def test_a_query_of_signs_is_told_what_it_lacks(project, words: str) -> None:
    done = project.gs("search", words)
    assert done.stdout == ""
    assert "no word to look for" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["x", "--since", "soon"], 2, "is no date"),
        (["x", "--session", "99"], 1, "no session '99'"),
        (["x", "--kinds", "step"], 2, "no such option"),
    ],
)
def test_wrong_filters(project, arguments: list[str], code: int, said: str) -> None:
    done = project.gs("search", *arguments, check=False)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr.lower()


def test_a_repository_without_sessions_has_a_history_too(bare_project) -> None:
    assert bare_project.json("search", "anything") == []
    (why,) = bare_project.json("why", "README.md:1")
    assert (why["subject"], why["lines"], why["sessions"]) == ("Begin", [[1, 1]], [])
    empty = type(bare_project)(bare_project.root.parent / "empty")
    empty.root.mkdir()
    empty.git("init", "-q")
    assert empty.json("search", "anything") == []
    assert empty.json("sql", "SELECT count(*) AS n FROM commits") == [{"n": 0}]


def test_why_leads_from_lines_to_decisions(told) -> None:
    told.write("cache.py", "CACHE = 1\nSIZE = 3\n")
    (why,) = told.json("why", "cache.py")
    assert why["subject"] == "Cache feeds"
    assert why["lines"] == [[1, 1]]
    decisions = why["sessions"][0]["decisions"]
    assert decisions[0] == {"text": "Cache feeds on disk, because the network is slow", "here": True}
    assert {d["text"]: d["here"] for d in decisions}["From the start"] is False
    shown = told.gs("why", "cache.py").stdout
    assert "decided here: Cache feeds on disk" in shown
    assert "line 2: not committed yet" in shown
    (told.root / "sub").mkdir()
    assert told.gs("why", "../cache.py:1-2", cwd=told.root / "sub").stdout == shown


@pytest.mark.parametrize(
    ("place", "code", "said"),
    [("nope.py", 1, "not in any commit"), ("README.md:99", 2, "has only"), ("README.md:0", 2, "count from 1"), ("../x", 2, "outside")],
)
def test_why_of_what_is_not_there(project, place: str, code: int, said: str) -> None:
    done = project.gs("why", place, check=False)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr


def test_sql_answers_as_table_objects_and_csv(told) -> None:
    statement = "SELECT stem, 'a,b' AS stem, x'00ff' AS raw, NULL AS none FROM sessions ORDER BY 1"
    rows = told.json("sql", statement)
    assert [row["stem"] + ".md" for row in rows] == told.checkpoints()
    assert {k: v for k, v in rows[0].items() if k != "stem"} == {"stem_2": "a,b", "raw": "00ff", "none": None}
    read = list(csv.reader(io.StringIO(told.gs("sql", statement, "--csv").stdout)))
    assert [row[:2] for row in read] == [["stem", "stem"], *([row["stem"], "a,b"] for row in rows)]
    assert rows[0]["stem"] in told.gs("sql", statement).stdout
    assert told.json("sql", "SELECT 1 WHERE 0") == []


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM facts", "ATTACH 'x.db' AS x", "PRAGMA writable_schema = 1", "PRAGMA journal_mode = WAL", "PRAGMA query_only = 0",
     "VACUUM INTO 'x.db'", "CREATE TEMP TABLE t (x)", "SELECT load_extension('x')", "BEGIN", "SELECT 1; DELETE FROM facts", "SELEC", "",
     "/* nothing */", "SELECT * FROM nowhere", "INSERT INTO texts(texts) VALUES ('rebuild')"],
)  # fmt: skip
def test_sql_only_reads(project, statement: str) -> None:
    before = project.json("index", "--status")
    done = project.gs("sql", statement, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) <= 2
    assert project.json("index", "--status") == before
    assert not (project.root / "x.db").exists()


def test_sql_that_never_ends_is_stopped(project) -> None:
    forever = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    done = project.gs("sql", forever, "--timeout", "0.2", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "stopped after 0.2 s" in done.stderr


def test_list_takes_the_filters(told) -> None:
    first, second = (name[:-3] for name in told.checkpoints())
    assert [s["stem"] for s in told.json("list", "--agent", "codex")] == [second]
    assert [s["stem"] for s in told.json("list", "--since", "1d", "--author", "example")] == [first, second]
    assert told.json("list", "--since", "2999-01-01") == []
    assert [s["stem"] for s in told.json("list", "--kind", "error")] == [second]
    assert [s["stem"] for s in told.json("list", "--kind", "error", "--kind", "decision")] == [first, second]
    assert [s["stem"] for s in told.json("list", "--session", "2")] == [second]
    assert told.json("list", "--session", "2", "--kind", "decision") == []
    assert "no session fits" in told.gs("list", "--kind", "lesson").stderr
    assert told.gs("list", "--session", "99", check=False).returncode == 1


def test_the_file_opens_in_any_tool(told) -> None:
    path = told.gs("index", "--path").stdout.strip()
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    assert db.execute("SELECT count(*) FROM sessions").fetchone() == (2,)
    db.close()
    assert told.json("index", "--status")["sessions"] == 2
    assert told.json("index") == {"how": "current", "commits": 0, "gone": 0}
    assert told.status() == ""
