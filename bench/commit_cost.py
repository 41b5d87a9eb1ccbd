"""What a commit costs with our hooks, beside no hook, a hook that only starts Python, and detect-secrets-hook.

    python bench/commit_cost.py [--sessions 10 1000 10000] [--runs 15]

Each contender commits in a clone of its own, of one synthetic repository with that many sessions: a changed source
file, and one more fact in the newest checkpoint. Only `git commit` is timed. The contenders take turns, in another
order each round, so that a machine that slows down slows all of them; the first round is not counted. Printed are
medians in milliseconds, what they add to a commit with no hook, and the share of what detect-secrets-hook adds. Two more
contenders change the source file alone: no hook, and gitsession where people begin sessions by hand and none is in
progress. Last, commits of gitsession as in a fresh clone, where nothing is kept from an earlier one.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

PROGRAMS = Path(sys.executable).parent
PLAIN, PYTHON, SCANNER, OURS = "no hook", "python, nothing else", "detect-secrets-hook", "gitsession, all hooks"
PLAIN_SOURCE, BY_HAND = "no hook, source only", "gitsession, by hand"
BASE = {PYTHON: PLAIN, SCANNER: PLAIN, OURS: PLAIN, BY_HAND: PLAIN_SOURCE}
COLD, COLD_RUNS = "the first commit", 3
BEGUN = 1_700_000_000  # seconds; each session takes six hours
WORDS = ("cache", "feed", "retry", "index", "mail", "queue", "parser", "schema", "bucket", "lock", "digest", "thread")


def environment(home: Path) -> dict[str, str]:
    """No configuration of this machine, no agent; one person."""
    people = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
              for what, value in (("NAME", "Ada Example"), ("EMAIL", "ada@example.com"))}  # fmt: skip
    path = os.pathsep.join([str(PROGRAMS), os.environ.get("PATH", os.defpath)])
    return {"PATH": path, "HOME": str(home), "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", **people}


def checkpoint(number: int, *, ended: bool) -> str:
    """A session of some ten facts; every fifth leaves a step open."""
    word, other = WORDS[number % len(WORDS)], WORDS[(number * 7 + 3) % len(WORDS)]
    start = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(BEGUN + number * 21600))
    end = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(BEGUN + number * 21600 + 9000))
    box = " " if number % 5 == 0 else "x"
    return "\n".join([
        "---", "schema: 1", *(["status: completed", f"ended: {end}"] if ended else ["status: active"]),
        f"started: {start}", "branch: main", "author: Ada Example", "agent: codex", "---", "",
        f"# Work on the {word}, part {number}", "",
        "## Goal", f"The {word} holds when the {other} does not answer.", "",
        "## Decisions", f"- The {word} of part {number} is kept beside the {other}, because both are read at once.", "",
        "## Accomplished", f"- [x] Wrote the {word} of part {number}", f"- [x] Tests of the {other}, part {number}", "",
        "## Next steps", f"- [{box}] Measure the {word} of part {number} (est: 30m)",
        f"- [x] Look at the {other} in part {number}", "",
        "## Errors and fixes", f"- `KeyError` in the {other} of part {number}: fixed by asking first.", "",
        "## Lessons", f"- A {word} is cheap until the {other} grows, seen in part {number}",
        f"- The {other} closes late ({number})", "",
    ])  # fmt: skip


def history(sessions: int) -> Iterator[bytes]:
    """A stream for git fast-import: for each session a commit that begins it and one that ends it."""
    mark = 0

    def commit(when: int, subject: str, files: dict[str, str]) -> bytes:
        nonlocal mark
        mark += 1
        text = subject.encode()
        head = f"commit refs/heads/main\nmark :{mark}\ncommitter Ada Example <ada@example.com> {when} +0000\n"
        parts = [head.encode(), b"data %d\n%s\n" % (len(text), text)]
        for path, content in files.items():
            data = content.encode()
            parts.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
        return b"".join(parts)

    yield commit(BEGUN, "Begin", {"README.md": "# Bench\n\nA repository to measure in.\n"})
    for number in range(1, sessions + 1):
        stem = f"{number:04d}-work-on-part-{number % 36:x}{number * 7 % 36:x}ab"[:40]
        path, when = f".sessions/{stem}.md", BEGUN + number * 21600
        source = {f"src/module_{number % 40}.py": f"VALUE = {number}\n"}
        trailer = f"\n\nSession: {stem}"
        yield commit(when + 600, f"Begin part {number}{trailer}", {path: checkpoint(number, ended=False), **source})
        yield commit(when + 9000, f"End part {number}{trailer}", {path: checkpoint(number, ended=True)})


class Bench:
    """The clones of the contenders, for one number of sessions."""

    def __init__(self, folder: Path, sessions: int) -> None:
        self.folder = folder
        self.env = environment(folder)
        seed = folder / "seed"
        seed.mkdir()
        self.call(seed, "git", "init", "-q", "--bare", "-b", "main")
        self.call(seed, "git", "fast-import", "--quiet", stdin=b"".join(history(sessions)))
        self.clones: dict[str, Path] = {}
        for name, prepare in CONTENDERS.items():
            clone = folder / name.replace(" ", "-").replace(",", "")
            self.call(folder, "git", "clone", "-q", str(seed), str(clone))
            prepare(self, clone)
            self.call(clone, "git", "add", "-A")
            self.call(clone, "git", "commit", "-q", "--allow-empty", "-m", "Prepare")
            self.clones[name] = clone

    def call(self, where: Path, *argv: str, stdin: bytes = b"") -> None:
        done = subprocess.run(argv, cwd=where, env=self.env, input=stdin, capture_output=True, check=False)
        if done.returncode:
            sys.exit(f"{' '.join(argv)} in {where.name} failed:\n{done.stderr.decode(errors='replace')}")

    def commit(self, name: str, turn: int) -> float:
        """Milliseconds that one commit takes."""
        clone = self.clones[name]
        (clone / "src").mkdir(exist_ok=True)
        (clone / "src/measured.py").write_text(f"TURN = {turn}\n")
        if name not in (PLAIN_SOURCE, BY_HAND):
            newest = max((clone / ".sessions").glob("[0-9]*.md"), key=lambda path: int(path.name.split("-")[0]))
            text = newest.read_text()
            heading = "" if "## Lessons" in text else "\n## Lessons\n"
            newest.write_text(f"{text}{heading}- Seen in turn {turn} of the measurement\n")
        self.call(clone, "git", "add", "-A")
        begun = time.perf_counter()
        self.call(clone, "git", "commit", "-q", "-m", f"Turn {turn}")
        return (time.perf_counter() - begun) * 1000

    def first(self, turn: int) -> float:
        """The same with all hooks of ours, where nothing is kept from an earlier commit."""
        for kept in (self.clones[OURS] / ".git/gitsession").glob("*.cache"):
            kept.unlink()
        return self.commit(OURS, turn)


def no_hook(_: Bench, clone: Path) -> None:
    del clone


def python_only(_: Bench, clone: Path) -> None:
    write_hook(clone, f"exec '{sys.executable}' -I -c pass")


def scanner(_: Bench, clone: Path) -> None:
    scan = PROGRAMS / "detect-secrets-hook"
    write_hook(clone, f"git diff --cached --name-only --diff-filter=d -z | xargs -0 '{scan}'")


def ours(bench: Bench, clone: Path) -> None:
    bench.call(clone, str(PROGRAMS / "gitsession"), "init")
    bench.call(clone, str(PROGRAMS / "gitsession"), "start", "Measure the cost of a commit")


def by_hand(bench: Bench, clone: Path) -> None:
    bench.call(clone, str(PROGRAMS / "gitsession"), "init")
    settings = clone / ".sessions/project.yml"
    settings.write_text(settings.read_text() + "sessions: manual\n")
    long_ago = time.time() - 60  # a change of git's settings within two seconds counts as one after the last commit
    os.utime(clone / ".git/config", (long_ago, long_ago))


def write_hook(clone: Path, line: str) -> None:
    hook = clone / ".git/hooks/pre-commit"
    hook.write_text(f"#!/bin/sh\n{line}\n")
    hook.chmod(0o755)


CONTENDERS: dict[str, Callable[[Bench, Path], None]] = {
    PLAIN: no_hook, PYTHON: python_only, SCANNER: scanner, OURS: ours,
    PLAIN_SOURCE: no_hook, BY_HAND: by_hand,
}  # fmt: skip


def measure(sessions: int, runs: int) -> dict[str, float]:
    """Median milliseconds of a commit, by contender."""
    with tempfile.TemporaryDirectory(prefix="commit-cost-") as folder:
        bench = Bench(Path(folder), sessions)
        times: dict[str, list[float]] = {name: [] for name in CONTENDERS}
        names = list(CONTENDERS)
        for turn in range(runs + 1):
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                took = bench.commit(name, turn)
                if turn:
                    times[name].append(took)
        # What was timed was the whole work: the page that the last commit holds is that of its checkpoints.
        bench.call(bench.clones[OURS], str(PROGRAMS / "gitsession"), "handoff", "--check", "--strict")
        times[COLD] = [bench.first(runs + 1 + turn) for turn in range(COLD_RUNS)]
    return {name: median(took) for name, took in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="What a commit costs with the hooks of gitsession.")
    sizes = [10, 1000, 10_000]
    parser.add_argument("--sessions", type=int, nargs="+", default=sizes, help="sessions in the repository")
    parser.add_argument("--runs", type=int, default=15, help="commits of each contender (15)")
    wanted = parser.parse_args()
    added: dict[int, float] = {}
    for sessions in wanted.sessions:
        medians = measure(sessions, wanted.runs)
        scan = medians[SCANNER] - medians[PLAIN]
        print(f"\n{sessions} sessions, medians of {wanted.runs} commits each\n")
        print(f"| {'hook':<22} | ms of a commit | ms added | of what {SCANNER} adds |")
        print(f"| {'---':<22} | ---: | ---: | ---: |")
        for name, took in medians.items():
            extra = took - medians[BASE.get(name, PLAIN)]
            share = f"{extra / scan:.2f}" if name in BASE else ""
            print(f"| {name:<22} | {took:.1f} | {extra:.1f} | {share} |", flush=True)
        added[sessions] = medians[OURS] - medians[PLAIN]
    if len(added) > 1:
        few, many = min(added), max(added)
        print(f"\n{OURS}: {added[many] / added[few]:.2f} times as much at {many} sessions as at {few}")


if __name__ == "__main__":
    main()
