"""What the gate before a push costs, beside `git log --raw` over the same commits.

    python bench/push_cost.py [--commits 30000] [--runs 5]

One synthetic repository with that many commits, none of which the remote has. Each changes a checkpoint, the handoff and
a source file, so that the gate has two blobs of every commit to read and to scan. Timed are the installed `pre-push`
hook, as git starts it, and `git log --raw`, in turns; the first round is not counted. Printed are medians in seconds and
their ratio.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from commit_cost import BEGUN, PROGRAMS, WORDS, environment

LOG, OURS = "git log --raw", "pre-push of gitsession"
PER_SESSION = 10
VERBS = ("add", "cache", "check", "fix", "guard", "merge", "parse", "retry", "split", "test")


def history(commits: int) -> Iterator[bytes]:
    """A stream for git fast-import: sessions of ten commits, each of which records one more step and the page of it."""
    chosen = random.Random(7)

    def words(count: int) -> str:
        return " ".join([chosen.choice(VERBS), *(chosen.choice(WORDS) for _ in range(count))])

    def put(path: str, text: str) -> bytes:
        data = text.encode()
        return b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data)

    done: list[str] = []
    title = stem = decision = ""
    for number in range(commits):
        session, turn = divmod(number, PER_SESSION)
        when = BEGUN + number * 600
        if turn == 0:
            title, decision, done = words(2), f"Use {words(3)}, because {words(5)}.", []
            stem = f"{session + 1:04d}-{title.replace(' ', '-')}-{chosen.randrange(36**4):04d}"
        done.append(f"{words(6).capitalize()}, {chosen.randrange(90)} times")
        started = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(BEGUN + session * PER_SESSION * 600))
        facts = "\n".join([
            "## Decisions", f"- {decision}", "",
            "## Accomplished", *(f"- [x] {step}" for step in done), "",
            "## Next steps", f"- [ ] Measure the {WORDS[number % len(WORDS)]} of turn {turn} (est: 30m)", "",
        ])  # fmt: skip
        head = f"---\nschema: 1\nstatus: active\nstarted: {started}\nbranch: main\nauthor: Ada Example\n---\n"
        subject = f"{done[-1]}\n\nSession: {stem}\n".encode()
        yield f"commit refs/heads/main\ncommitter Ada Example <ada@example.com> {when} +0000\n".encode()
        yield b"data %d\n%s\n" % (len(subject), subject)
        yield put(f".sessions/{stem}.md", f"{head}# {title.capitalize()}\n\n{facts}")
        yield put(".sessions/HANDOFF.md", f"# Bench: handoff\n\n## Now\n**[{session + 1:04d}] {title}**\n\n{facts}")
        yield put(f"src/module_{number % 300}.py", f"VALUE = {number}\n")


class Bench:
    """The repository, and a remote that has nothing of it."""

    def __init__(self, folder: Path, commits: int) -> None:
        self.env = environment(folder)
        self.root = folder / "project"
        self.server = folder / "server.git"
        self.root.mkdir()
        self.call("git", "init", "-q", "-b", "main")
        self.call("git", "init", "-q", "--bare", str(self.server))
        self.call("git", "fast-import", "--quiet", stdin=b"".join(history(commits)))
        self.call("git", "reset", "-q", "--hard")
        self.call("git", "remote", "add", "origin", str(self.server))
        self.call(str(PROGRAMS / "gitsession"), "init")

    def call(self, *argv: str, stdin: bytes = b"", refused: bool = False) -> bytes:
        done = subprocess.run(argv, cwd=self.root, env=self.env, input=stdin, capture_output=True, check=False)
        if bool(done.returncode) != refused:
            sys.exit(f"{' '.join(argv)}: exit code {done.returncode}\n{done.stderr.decode(errors='replace')}")
        return done.stdout

    def run(self, name: str, *, refused: bool = False) -> float:
        """Seconds that one run takes."""
        oid = self.call("git", "rev-parse", "HEAD").decode().strip()
        argv = ["git", "log", "--raw"]
        if name == OURS:
            argv = [str(self.root / ".git/hooks/pre-push"), "origin", str(self.server)]
        begun = time.perf_counter()
        self.call(*argv, stdin=f"refs/heads/main {oid} refs/heads/main {'0' * 40}\n".encode(), refused=refused)
        return time.perf_counter() - begun

    def plant(self) -> None:
        """A commit that the gate must refuse."""
        (self.root / ".sessions/slip.md").write_text("token gh" + "p_" + "a1B2c3D4e5F6" * 3 + "\n")
        self.call("git", "add", ".sessions/slip.md")
        self.call("git", "commit", "-q", "--no-verify", "-m", "Past the gate")


def main() -> None:
    parser = argparse.ArgumentParser(description="What the gate before a push costs.")
    parser.add_argument("--commits", type=int, default=30_000, help="commits that are pushed (30000)")
    parser.add_argument("--runs", type=int, default=5, help="runs of each contender (5)")
    wanted = parser.parse_args()
    times: dict[str, list[float]] = {LOG: [], OURS: []}
    with tempfile.TemporaryDirectory(prefix="push-cost-") as folder:
        bench = Bench(Path(folder), wanted.commits)
        for turn in range(wanted.runs + 1):
            for name in times if turn % 2 else reversed(times):
                took = bench.run(name)
                if turn:
                    times[name].append(took)
        bench.plant()
        bench.run(OURS, refused=True)  # what was timed was a gate that closes
    medians = {name: median(took) for name, took in times.items()}
    print(f"\n{wanted.commits} commits, medians of {wanted.runs} runs each\n")
    print(f"| {'':<22} | s | times {LOG} |")
    print("| --- | ---: | ---: |")
    for name, took in medians.items():
        print(f"| {name:<22} | {took:.2f} | {took / medians[LOG]:.2f} |")


if __name__ == "__main__":
    main()
