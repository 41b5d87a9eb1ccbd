"""The page on the index says what its schema is."""

import re
import sqlite3
from pathlib import Path

from gitsession.index.database import index_path
from gitsession.workflow.reindex import bring_index_up

PAGE = (Path(__file__).parents[2] / "docs" / "index.md").read_text(encoding="utf-8")
PICTURE = PAGE.split("```mermaid\n", 1)[1].split("\n```", 1)[0]


def schema(db: sqlite3.Connection) -> tuple[dict[str, list[tuple[str, str]]], set[tuple[str, str, str]]]:
    """Columns of each table, and (table, column, table that it refers to)."""
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'texts%'")]
    columns = {name: [(row[1], row[2]) for row in db.execute(f"PRAGMA table_info({name})")] for name in names}
    return columns, {(name, row[3], row[2]) for name in names for row in db.execute(f"PRAGMA foreign_key_list({name})")}


def test_the_picture_and_the_table_are_of_the_real_schema(bare_project) -> None:
    with bare_project.open() as repo:
        bring_index_up(repo)
        db = sqlite3.connect(index_path(repo.common_dir))
    columns, references = schema(db)
    entities = {name: re.findall(r"(\w+) (\w+)", body) for name, body in re.findall(r"  (\w+) \{\n(.*?)\n  \}", PICTURE, re.DOTALL)}
    assert {name: [(column, kind) for kind, column in found] for name, found in entities.items()} == columns
    drawn = re.findall(r"  (\w+) (?:\|\||\|o)--o\{ (\w+) : (\w+)", PICTURE)
    assert {(child, column, parent) for parent, child, column in drawn} == references
    told = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert set(told) == {*columns, "texts"}
    db.close()


def test_the_questions_are_answered(project) -> None:
    questions = re.findall(r"^(SELECT .*?);$", PAGE.split("```sql\n", 1)[1].split("```", 1)[0], re.DOTALL | re.MULTILINE)
    project.gs("start", "Work")
    project.gs("todo", "Retry on 429")
    project.gs("decide", "Retry twice")
    project.commit("Retry", **{"retry.py": "1\n2\n"})
    steps, decided, lines = (project.json("sql", question) for question in questions)
    assert [row["text"] for row in steps] == ["Retry on 429"]
    assert [row["text"] for row in decided] == ["Retry twice"]
    assert (lines[0]["commits"], lines[0]["added"]) == (1, 2)


def test_every_reference_is_found_quickly(bare_project) -> None:
    with bare_project.open() as repo:
        bring_index_up(repo)
        db = sqlite3.connect(index_path(repo.common_dir))
    for table, column, _ in schema(db)[1]:
        plan = db.execute(f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {column} = 1").fetchall()
        assert "SEARCH" in plan[0][3] or table == "sessions", (table, column)
    db.close()
