"""How fast the static site is written, and the pages of the dashboard are made.

    python bench/export_site.py [--sessions 100 1000] [--keep DIR]

For each number of sessions a repository is made: sessions of four people and three agents on branches, each with three commits, a
dozen facts, a handoff and source files. Printed are pages, seconds, pages a second and megabytes of `gitsession export site`, the index being
there already, and what it took to make the index.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PROGRAM = str(Path(sys.executable).parent / "gitsession")
BEGUN = 1_770_000_000  # seconds; a session every seven hours or so
EACH = 3  # commits of a session
PEOPLE = (("Ada Example", "claude-code", "opus"), ("Bo Example", "codex", "gpt"), ("Cy Example", "claude-code", "sonnet"),
          ("Di Example", "gemini", "pro"))  # fmt: skip
THINGS = ("the feed parser", "the retry queue", "the digest template", "sign-in", "the schema", "the SMTP door", "the cache", "the import",
          "the scheduler", "error pages", "the archive", "unsubscribing", "the settings page", "rate limits", "the test server")  # fmt: skip
DOES = ("Speed up", "Rewrite", "Add tests for", "Harden", "Split", "Document", "Measure", "Simplify", "Find the leak in", "Add paging to")
WHY = ("two servers share it", "it blocked a fourth of the pool", "three feeds change it on edit", "a crash between them sent it twice",
       "the library truncates at 72 bytes", "nobody could tell what it did", "cron overlaps")  # fmt: skip


class Teller:
    """Makes up sessions, the same for the same seed."""

    def __init__(self) -> None:
        self.rng = random.Random(7)

    def pick(self, of: tuple[str, ...]) -> str:
        return self.rng.choice(of)

    def what(self) -> str:
        return f"{self.pick(DOES)} {self.pick(THINGS)}"

    def items(self, count: int, mark: str = "") -> list[str]:
        return [f"- {mark}{self.what()} for {self.pick(THINGS)}, because {self.pick(WHY)} ({self.rng.randrange(10_000)})" for _ in range(count)]


def file(path: str, text: str) -> bytes:
    data = text.encode()
    return b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data)


def history(sessions: int) -> Iterator[bytes]:
    """A stream for git fast-import."""
    teller, before, steps = Teller(), "", list[tuple[str, str]]()
    rng = teller.rng
    when = BEGUN
    for number in range(1, sessions + 1):
        title = teller.what()
        author, agent, model = PEOPLE[rng.randrange(len(PEOPLE))]
        slug = title.lower().replace(" ", "-")
        stem = f"{number:04d}-{slug}-{rng.randrange(16**4):04x}"
        when += rng.randrange(10_000, 40_000)
        started = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(when))
        branch = "main" if rng.random() < 0.4 else slug
        taken = steps[: rng.randrange(4)]
        steps = steps[len(taken) :]
        done = [f"- [x] {step} ([{s[:4]}]({s}.md)) (took: {rng.randrange(10, 90)}m)" for s, step in taken]
        planned = [f"{teller.what()} ({number}.{n})" for n in range(rng.randrange(1, 5))]
        for part in range(EACH):
            ended = part == EACH - 1 and number < sessions
            when += rng.randrange(600, 4000)
            ticked = len(planned) * part // EACH
            front = {"schema": "1", "status": "completed" if ended else "active", "started": started, "branch": branch, "author": author,
                     "agent": agent, "model": model, "account": "work" if rng.random() < 0.8 else "own"}  # fmt: skip
            if ended:
                tokens = rng.randrange(20_000, 400_000)
                front["ended"] = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(when + 600))
                front["outcome"] = rng.choice(("met", "met", "partly", "not"))
                front["usage"] = f"{{input_tokens: {tokens}, output_tokens: {tokens // 9}, cost_usd: {tokens / 90_000:.2f}}}"
            if before:
                front["parents"] = f"[{before}]"
            decisions, lessons = teller.items(1 + part), teller.items(1)
            boxes = [f"- [{'x' if n < ticked else ' '}] {step} (est: 40m)" for n, step in enumerate(planned)]
            body = [f"# {title}", "", "## Goal", f"{title}, so that readers get one mail a day and no other.", "", "## Decisions", *decisions, "",
                    "## Accomplished", *done, "", "## Next steps", *boxes, "", "## State", f"- tests: {rng.randrange(30, 90)} passed",
                    "", "## Lessons", *lessons]  # fmt: skip
            head = "".join(f"{key}: {value}\n" for key, value in front.items())
            comment = f"gitsession: schema 1; session {stem}; renderer 3; tokens 700; in force 19/20; background 4/9; preservation 0.95"
            page = ["# Feedpost: handoff", "", "A daily digest of feeds.", "", "## Now", f"**[{stem[:4]}] {title}** ({author}).", "", "## Next",
                    *teller.items(3, "[ ] "), "", "## Decided", *decisions, *teller.items(4), "", "## Watch out", *lessons, *teller.items(2), "",
                    f"[{stem[:4]}]: {stem}.md", "", f"<!-- {comment} -->"]  # fmt: skip
            message = f"{title}, part {part + 1}\n\nSession: {stem}\n"
            yield f"commit refs/heads/main\ncommitter {author} <{author.split()[0].lower()}@example.com> {when} +0000\n".encode()
            yield b"data %d\n%s\n" % (len(message.encode()), message.encode())
            yield file(f".sessions/{stem}.md", f"---\n{head}---\n" + "\n".join(body) + "\n")
            yield file(".sessions/HANDOFF.md", "\n".join(page) + "\n")
            if number == 1 and not part:
                yield file(".sessions/project.yml", "schema: 1\nname: Feedpost\ngoal: A daily e-mail digest of feeds.\ndefault_branch: main\n")
            for _ in range(2):
                code = "".join(f"{rng.randrange(50)} = {number}\n" for _ in range(rng.randrange(5, 60)))
                yield file(f"feedpost/{rng.choice(THINGS).split()[-1]}.py", code)
        steps += [(stem, step) for step in planned[ticked:]]
        before = stem


def make(folder: Path, sessions: int) -> None:
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=b"".join(history(sessions)), check=True)
    subprocess.run(["git", "reset", "-q", "--hard"], cwd=folder, check=True)


def row(folder: Path, sessions: int) -> str:
    make(folder, sessions)
    begun = time.perf_counter()
    subprocess.run([PROGRAM, "index"], cwd=folder, check=True, capture_output=True)
    indexed = time.perf_counter()
    subprocess.run([PROGRAM, "export", "site", folder.parent / f"{folder.name}-site"], cwd=folder, check=True, capture_output=True)
    seconds = time.perf_counter() - indexed
    files = [p for p in (folder.parent / f"{folder.name}-site").rglob("*") if p.is_file()]
    pages = sum(p.suffix == ".html" for p in files)
    size = sum(p.stat().st_size for p in files) / 1e6
    return f"{sessions:>9,} {pages:>8,} {seconds:>8.1f} {pages / seconds:>9.0f} {size:>7.1f} {indexed - begun:>9.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sessions", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--keep", type=Path, help="where to leave the repositories and the sites")
    chosen = parser.parse_args()
    os.environ.update({"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull})
    print(f"{'sessions':>9} {'pages':>8} {'seconds':>8} {'pages/s':>9} {'MB':>7} {'index s':>9}")
    with tempfile.TemporaryDirectory() as scratch:
        for sessions in chosen.sessions:
            folder = (chosen.keep or Path(scratch)) / f"feedpost-{sessions}"
            print(row(folder, sessions), flush=True)


if __name__ == "__main__":
    main()
