"""How long the history of one file takes, beside `git-history` (which must be installed: pip install git-history).

    python bench/git_history.py [--commits 1000] [--runs 3] [--program PATH]

The repository is that of `bench/index.py`. `git-history` reads the versions of one file, the handoff, which every commit changes, into
SQLite, a row for each list item; `gitsession index --rebuild` reads all of history, that file included. Then come both for one commit
more. Printed are medians in seconds.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from index import PROGRAM, Bench

CONVERT = 'return [{"item": line} for line in content.decode().splitlines() if line.startswith("- ")]'
FILE = ".sessions/HANDOFF.md"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--commits", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--program", default=shutil.which("git-history"), help="where git-history is, if not on PATH")
    options = parser.parse_args()
    if not options.program:
        sys.exit("git-history is not installed: pip install git-history")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), options.commits, options.runs)
        database = Path(folder, ".git", "git-history.db")

        def theirs() -> None:
            bench.call(options.program, "file", str(database), FILE, "--branch", "main", "--convert", CONVERT, "--silent")

        def ours(*arguments: str) -> None:
            bench.call(PROGRAM, "index", *arguments)

        whole = bench.time(theirs, lambda: database.unlink(missing_ok=True)), bench.time(lambda: ours("--rebuild"))
        more = bench.time(theirs, bench.commit), bench.time(ours, bench.commit)
    print(f"{'':24} {'git-history':>12} {'gitsession':>11} {'times':>6}")
    for what, (they, we) in ((f"{options.commits:,} commits", whole), ("one commit more", more)):
        print(f"{what:24} {they / 1000:12.2f} {we / 1000:11.2f} {they / we:6.1f}")


if __name__ == "__main__":
    main()
