"""What the index of history costs, beside git's own work on the same data.

    python bench/index.py [--commits 1000 10000] [--runs 3]

For each number of commits a repository is made: a session for every ten commits, each commit changing its checkpoint, the handoff
and a source file. Printed are medians in milliseconds: git's plumbing for the same data (all commits with the files they change, then all
blobs of `.sessions/`), git's counting of changed lines, a rebuild of the index, and its ratio to both of git's; Python's own start; then,
for commands whose index is there, what they take over it: an update by one commit, a search for words that are rare, and that are in
most facts.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

PROGRAM = str(Path(sys.executable).parent / "gitsession")
BEGUN = 1_700_000_000  # seconds; a commit every ten minutes
EACH = 10  # commits of a session
WORDS = ("cache", "feed", "retry", "index", "mail", "queue", "parser", "schema", "bucket", "lock", "digest", "thread", "timer", "socket")
BLOB = re.compile(rb":\d+ \d+ [0-9a-f]+ ([0-9a-f]+) [AM]\0\.sessions/")


def history(commits: int) -> Iterator[bytes]:
    """A stream for git fast-import."""
    rng = random.Random(7)

    def say(length: int) -> str:
        return " ".join(rng.choices(WORDS, k=length))

    def file(path: str, text: str) -> bytes:
        data = text.encode()
        return b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data)

    stem = ""
    done: list[str] = []
    steps: list[str] = []
    for number in range(commits):
        if number % EACH == 0:
            before, stem = stem, f"{number // EACH + 1:04d}-{rng.choice(WORDS)}-{rng.randrange(16**4):04x}"
            done = [f"- [x] {step} ([{before[:4]}]({before}.md))" for step in steps]
            steps = []
        done.append(f"- [x] {say(6)} {number}")
        if number % 3 == 0:
            steps.append(f"{say(6)} {number}")
        when = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(BEGUN + number // EACH * EACH * 600))
        status = "completed" if number % EACH == EACH - 1 else "active"
        body = "\n".join(["## Goal", f"The {stem} holds.", "", "## Decisions", f"- Use {stem}, because {stem[5:]} is known.", "",
                          "## Accomplished", *done, "", "## Next steps", *(f"- [ ] {step}" for step in steps), ""])  # fmt: skip
        front = f"---\nschema: 1\nstatus: {status}\nstarted: {when}\nbranch: main\nauthor: Ada Example\nagent: codex\n---\n# Work {stem}\n\n"
        message = f"Part {number}\n\nSession: {stem}\n"
        yield f"commit refs/heads/main\ncommitter Ada Example <ada@example.com> {BEGUN + number * 600} +0000\n".encode()
        yield b"data %d\n%s\n" % (len(message), message.encode())
        yield file(f".sessions/{stem}.md", front + body)
        yield file(".sessions/HANDOFF.md", f"# Bench: handoff\n\n{body}\n<!-- gitsession: schema 1; session {stem} -->\n")
        if not number:
            yield file(".sessions/project.yml", "schema: 1\nname: Bench\ndefault_branch: main\n")
        yield file(f"src/module_{number % 300}.py", f"VALUE = {number}\n" * 20)


class Bench:
    """One repository."""

    def __init__(self, folder: Path, commits: int, runs: int) -> None:
        self.folder, self.runs = folder, runs
        self.env = self.sealed(folder)
        self.git("init", "-q", "-b", "main")
        self.git("fast-import", "--quiet", stdin=b"".join(history(commits)))
        self.git("reset", "-q", "--hard")

    @staticmethod
    def sealed(folder: Path) -> dict[str, str]:
        """An environment without anybody's settings."""
        people = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
                  for what, value in (("NAME", "Ada Example"), ("EMAIL", "ada@example.com"))}  # fmt: skip
        return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", **people}

    def git(self, *arguments: str, stdin: bytes = b"") -> bytes:
        return self.call("git", *arguments, stdin=stdin)

    def call(self, *argv: str, stdin: bytes = b"") -> bytes:
        return subprocess.run(argv, cwd=self.folder, env=self.env, input=stdin, capture_output=True, check=True).stdout

    def time(self, work: Callable[[], object], before: Callable[[], object] = lambda: None, *, runs: int = 0) -> float:
        """Milliseconds, the median."""
        found = []
        for _ in range(runs or self.runs):
            before()
            begun = time.perf_counter()
            work()
            found.append((time.perf_counter() - begun) * 1000)
        return median(found)

    def plumbing(self) -> None:
        log = self.git("log", "--reverse", "--raw", "--no-abbrev", "-z", "--no-renames", "--format=%x01%H%x00%an%x00%ae%x00%at%x00%B", "HEAD")
        self.git("cat-file", "--batch", stdin=b"\n".join({m[1] for m in BLOB.finditer(log)}) + b"\n")

    def row(self) -> list[float]:
        floor = self.time(self.plumbing)
        lines = self.time(lambda: self.git("log", "--numstat", "-z", "--format=%H"))
        rebuilt = self.time(lambda: self.call(PROGRAM, "index", "--rebuild"))
        start = self.time(lambda: self.call(sys.executable, "-c", "pass"), runs=9)
        update = self.time(lambda: self.call(PROGRAM, "index"), self.commit, runs=9) - start
        rare = self.time(lambda: self.call(PROGRAM, "search", f"{WORDS[0]}zzz"), runs=9) - start
        common = self.time(lambda: self.call(PROGRAM, "search", *WORDS[:2]), runs=9) - start
        return [floor, lines, rebuilt, rebuilt / (floor + lines), start, update, rare, common]

    def commit(self) -> None:
        newest = max((self.folder / ".sessions").glob("[0-9]*.md"))
        newest.write_text(newest.read_text() + f"- [ ] Look again at {time.perf_counter_ns()}\n")
        self.git("commit", "-q", "-am", f"Again\n\nSession: {newest.stem}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--commits", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print(f"{'commits':>8} {'plumbing':>9} {'numstat':>9} {'rebuild':>9} {'ratio':>6} {'Python':>6} {'update':>7} {'rare':>6} {'common':>7}")
    for commits in options.commits:
        with tempfile.TemporaryDirectory() as folder:
            floor, lines, rebuilt, ratio, *rest = Bench(Path(folder), commits, options.runs).row()
            start, update, rare, common = rest
            print(f"{commits:8,} {floor:9,.0f} {lines:9,.0f} {rebuilt:9,.0f} {ratio:6.2f} "
                  f"{start:6.0f} {update:7.0f} {rare:6.0f} {common:7.0f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
