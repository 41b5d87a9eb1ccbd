"""Random histories for the index, and an index as text that does not depend on its row ids."""

import contextlib
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gitsession.index.database import index_path

TABLES = {
    "commits": "SELECT oid, author, email, authored, committed, place, parents, subject FROM commits",
    "commit_parents": "SELECT c.oid, number, p.oid FROM commit_parents JOIN commits c ON c.id = commit_id JOIN commits p ON p.id = parent_id",
    "sessions": "SELECT s.stem, s.title, s.goal, s.status, s.started, s.instant, s.ended, s.branch, s.author, s.agent, s.model, a.name, "
    "s.outcome, s.budget, s.parents, s.tags, s.input_tokens, s.output_tokens, s.cost_usd, s.credits, s.deleted "
    "FROM sessions s LEFT JOIN accounts a ON a.id = s.account_id",
    "accounts": "SELECT name FROM accounts",
    "projects": "SELECT * FROM projects",
    "commit_sessions": "SELECT oid, stem FROM commit_sessions JOIN commits c ON c.id = commit_id JOIN sessions s ON s.id = session_id",
    "session_revisions": "SELECT oid, stem, blob, opened, closed, problem FROM session_revisions JOIN commits c ON c.id = commit_id "
    "JOIN sessions s ON s.id = session_id",
    "facts": "SELECT s.stem, f.kind, f.text, f.line, f.opens, f.est, f.took, f.made_by, f.turn, f.key, f.head, i.oid, c.oid, closed_how, k.stem "
    "FROM facts f JOIN sessions s ON s.id = f.session_id JOIN commits i ON i.id = introduced_commit_id "
    "LEFT JOIN commits c ON c.id = closed_commit_id LEFT JOIN sessions k ON k.id = closed_session_id",
    "closings": "SELECT s.stem, k.key, k.stem, k.how, k.said_by, c.oid, f.text FROM closings k JOIN sessions s ON s.id = k.session_id "
    "JOIN commits c ON c.id = k.commit_id LEFT JOIN facts f ON f.id = k.fact_id",
    "handoffs": "SELECT oid, path, blob, stem, renderer, tokens, in_force_carried, in_force, background_carried, background, preservation, "
    "confidence, text FROM handoffs JOIN commits c ON c.id = commit_id",
    "knowledge": "SELECT name, title, tags, text, deleted, i.oid, c.oid FROM knowledge k JOIN commits i ON i.id = introduced_commit_id "
    "JOIN commits c ON c.id = changed_commit_id",
    "knowledge_revisions": "SELECT oid, name, blob FROM knowledge_revisions JOIN commits c ON c.id = commit_id",
    "file_changes": "SELECT oid, path, status, added, removed FROM file_changes JOIN commits c ON c.id = commit_id",
    "conversations": "SELECT v.stem, s.stem, name, v.agent, v.model, v.started, v.ended, v.title, cut, blobs FROM conversations v "
    "LEFT JOIN sessions s ON s.id = session_id",
    "turns": "SELECT name, number, who, t.input, t.text FROM turns t JOIN conversations v ON v.id = conversation_id",
    # Every word of the full text, with what it is a word of.
    "texts": "SELECT w.term, w.offset, CASE w.doc % 8 WHEN 0 THEN 'f' || f.text || s.stem WHEN 1 THEN 's' || o.stem WHEN 2 THEN 'k' || k.name "
    "WHEN 3 THEN 'h' || h.path ELSE 't' || v.name || t.number END FROM temp.words w "
    "LEFT JOIN facts f ON f.id = w.doc / 8 AND w.doc % 8 = 0 LEFT JOIN sessions s ON s.id = f.session_id "
    "LEFT JOIN sessions o ON o.id = w.doc / 8 AND w.doc % 8 = 1 LEFT JOIN knowledge k ON k.id = w.doc / 8 AND w.doc % 8 = 2 "
    "LEFT JOIN handoffs h ON h.id = w.doc / 8 AND w.doc % 8 = 3 LEFT JOIN turns t ON t.id = w.doc / 8 AND w.doc % 8 = 4 "
    "LEFT JOIN conversations v ON v.id = t.conversation_id",
}


@contextlib.contextmanager
def opened(common_dir: str) -> Iterator[sqlite3.Connection]:
    """The index file as any tool opens it."""
    db = sqlite3.connect(index_path(common_dir))
    try:
        yield db
    finally:
        db.close()


def dump(common_dir: str) -> dict[str, list[str]]:
    """Everything in the index, by table; checks on the way that the file is sound."""
    with opened(common_dir) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        db.execute("INSERT INTO texts(texts) VALUES ('integrity-check')")
        db.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, texts, instance)")
        return {table: sorted(map(repr, db.execute(query))) for table, query in TABLES.items()}


STEMS = ("0001-one-aaaa", "0002-two-bbbb", "0003-three-cccc")
TEXTS = ("Cache feeds", "Cache feeds, because it is slow", "Retry on 429", "Not solved: it hangs", "tests: 1 failed", "Ask Bo")
SECTIONS = ("Constraints", "Decisions", "Accomplished", "Next steps", "Blockers", "Open questions", "Errors and fixes", "State", "Lessons")
MALFORMED = ("no front matter\n", "---\nstatus: what\nstarted: 2026-11-01\n---\n# T\n", "---\nstarted: [a\n---\n", "\xff")


def checkpoint(rng: random.Random, stem: str) -> str:
    """A version of a checkpoint, of few texts so that sessions speak of the same; now and then one that cannot be read."""
    if rng.random() < 0.08:
        return rng.choice(MALFORMED)
    lines = ["---", f"status: {rng.choice(['active', 'completed'])}", f"started: 2026-11-0{stem[3]}T00:00:00+00:00", "author: Ada Example"]
    lines += rng.choice([[], ["account: work"], ["usage: {input_tokens: 5}"], ["tags:", "  - web"]])
    lines += ["---", f"# Session {stem[3]}", ""]
    for section in rng.sample(SECTIONS, 3):
        lines.append(f"## {section}")
        for text in rng.sample(TEXTS, rng.randint(0, 3)):
            box = rng.choice(["", "[ ] ", "[x] "])
            other = rng.choice(STEMS)
            tail = rng.choice(["", "", f" ([{other[:4]}]({other}.md))", " (replaces: Cache feeds)", " (resolved: Ask Bo)", " (est: 1h)"])
            lines.append(f"- {box}{text}{tail}" if rng.random() < 0.9 else f"- ~~{text}~~{tail}")
        lines.append(rng.choice(["", "<!-- a comment\n- hidden -->", "```\n- code\n```", "    more"]))
    return "\n".join(lines) + "\n"


class RandomHistory:
    """Commits made by git fast-import, one process for a step: branches, merges, rebases, deletions, whatever the tree then is."""

    def __init__(self, project: Any, rng: random.Random) -> None:
        self.project = project
        self.rng = rng
        self.count = 0
        self.heads: dict[str, str] = {}  # branch -> mark or oid
        self.trees: dict[str, dict[str, str]] = {"": {}}

    def step(self, commits: int) -> None:
        """More commits, and perhaps a branch that is moved or gone."""
        stream = [self._commit() for _ in range(commits)]
        marks = Path(self.project.root) / ".git" / "marks"
        self.project.run("git", "fast-import", "--quiet", "--force", f"--import-marks-if-exists={marks}", f"--export-marks={marks}",
                         stdin=b"".join(stream).decode("utf-8", "surrogateescape"))  # fmt: skip
        oids = dict(line.split() for line in marks.read_text().splitlines())
        lines = [f"update refs/heads/{name} {oids[mark]}\n" for name, mark in self.heads.items()]
        gone = self.rng.choice([*self.heads, "", ""])
        if gone not in ("", "main"):
            lines = [line for line in lines if f"/{gone} " not in line] + [f"delete refs/heads/{gone}\n"]
            del self.heads[gone]
        self.project.run("git", "update-ref", "--stdin", stdin="".join(lines))

    def _commit(self) -> bytes:
        rng = self.rng
        self.count += 1
        branch = rng.choice(["main", "main", "topic", "other"])
        base = self.heads.get(branch) or self.heads.get("main", "")
        if rng.random() < 0.15 and self.trees:  # a reset, or a rebase: go on from anywhere
            base = rng.choice(list(self.trees))
        others = [h for h in self.heads.values() if h != base]
        second = rng.choice(others) if base and others and rng.random() < 0.25 else ""
        tree = {**self.trees[second], **self.trees[base]} if second else dict(self.trees[base])
        for _ in range(rng.randint(0, 2)):
            self._change(tree)
        named = rng.sample(STEMS, rng.randint(0, 2))
        message = f"Commit {self.count}\n\n" + "".join(f"{rng.choice(['', '    ', '* '])}Session: {stem}\n" for stem in named)
        mark = f":{self.count}"
        when = 1_700_000_000 + self.count * 60 + rng.choice([0, 0, -3600])
        lines = [f"commit refs/scratch/{self.count}\nmark {mark}\ncommitter Ada Example <ada@example.com> {when} +0000\n"]
        lines += [f"data {len(message)}\n{message}\n", *([f"from {base}\n"] if base else []), *([f"merge {second}\n"] if second else [])]
        parts = ["".join(lines).encode(), b"deleteall\n"]
        for path, text in tree.items():
            data = text.encode("latin-1") if text == "\xff" else text.encode()
            parts.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
        self.trees[mark] = tree
        self.heads[branch] = mark
        return b"".join(parts) + b"\n"

    def _change(self, tree: dict[str, str]) -> None:
        rng = self.rng
        stem = rng.choice(STEMS)
        kind = rng.choice(["checkpoint"] * 5 + ["page", "knowledge", "source", "delete", "rename"])
        if kind == "checkpoint":
            tree[f".sessions/{stem}.md"] = checkpoint(rng, stem)
        elif kind == "page":
            path = rng.choice([".sessions/HANDOFF.md", f".sessions/handoffs/{stem}.md"])
            tree[path] = f"# Page {self.count}\n\n<!-- gitsession: schema 1; session {stem}; in force 2/{self.count}; preservation 0.5 -->\n"
        elif kind == "knowledge":
            tree[".sessions/knowledge/retry-p3dz.md"] = f"---\ntags: [http]\n---\n# Retry {self.count}\n\nOn 429.\n"
        elif kind == "source":
            tree[f"src/{rng.randint(1, 3)}.py"] = f"VALUE = {self.count}\n" * rng.randint(1, 3)
        elif kind == "delete" and tree:
            del tree[rng.choice(list(tree))]
        elif kind == "rename" and f".sessions/{stem}.md" in tree:
            tree[f".sessions/{rng.choice(STEMS)}.md"] = tree.pop(f".sessions/{stem}.md")
