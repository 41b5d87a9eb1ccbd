"""What the index costs on a real repository of Markdown files with front matter: its files are taken for checkpoints.

    python bench/real_history.py PATH/TO/REPOSITORY [--suffix .md .mdx] [--runs 3]

A new repository borrows the objects of that one, which is not touched. Its history is the line of first parents there; each file that ends so is
the checkpoint of a session of its own, all others keep their place. Few of them are what a checkpoint should be: what cannot be read is
counted. Printed are seconds (medians): git's own plumbing and counting of lines, a rebuild, its ratio to both, and the most memory it took itself.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from index import Bench

_ZEROS = re.compile(rb"0+\Z")
# As the system's own count, since getrusage's begins with what whoever started us held.
_MEASURED = """
from gitsession.cli import main
try:
    main()
finally:
    print(int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) // 1024)
"""


class RealBench(Bench):
    """A repository made from the history of another."""

    def __init__(self, folder: Path, source: Path, suffixes: tuple[bytes, ...], runs: int) -> None:
        self.folder, self.runs, self.source, self.suffixes = folder, runs, source, suffixes
        self.env = self.sealed(folder)
        self.stems: dict[bytes, bytes] = {}
        self.git("init", "-q", "-b", "main")
        where = ["git", "-C", source, "rev-parse", "--path-format=absolute", "--git-path", "objects"]
        (folder / ".git/objects/info/alternates").write_bytes(subprocess.run(where, capture_output=True, check=True).stdout)
        with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=folder, env=self.env, stdin=subprocess.PIPE) as process:
            assert process.stdin
            process.stdin.writelines(self.commits())
        if process.returncode:
            raise SystemExit("git fast-import failed")
        self.git("symbolic-ref", "HEAD", "refs/heads/main")

    def commits(self) -> Iterator[bytes]:
        """A stream for git fast-import."""
        log = subprocess.run(["git", "-C", self.source, "log", "--reverse", "--first-parent", "-m", "--root", "--raw", "-z", "--no-abbrev",
                              "--no-renames", "--format=%x01%at%x00%s%x00", "HEAD"], capture_output=True, check=True).stdout  # fmt: skip
        wanted = b"\n".join(set(re.findall(rb":\d+ (?:100644|100755|120000) [0-9a-f]+ ([0-9a-f]+) [A-Z]", log))) + b"\n"
        there = {line.split()[0] for line in self.git("cat-file", "--batch-check", stdin=wanted).splitlines() if b" blob " in line}
        fields = iter(log.split(b"\0"))
        for field in fields:
            bare = field.lstrip(b"\n")
            if bare.startswith(b"\x01"):
                subject = next(fields)
                yield b"commit refs/heads/main\ncommitter Ada Example <ada@example.com> %s +0000\n" % bare[1:]
                yield b"data %d\n%s\n" % (len(subject), subject)
            elif bare.startswith(b":"):
                mode, oid, path = bare.split(b" ")[1], bare.split(b" ")[3], self.place(next(fields))
                if oid in there:
                    yield b"M %s %s %s\n" % (mode, oid, path)
                elif _ZEROS.match(oid):
                    yield b"D %s\n" % path

    def place(self, path: bytes) -> bytes:
        """Where a file lies in the new repository."""
        if path.endswith(self.suffixes):
            slug = re.sub(rb"[^a-z0-9]+", b"-", path.lower().rpartition(b".")[0].rpartition(b"/")[2]).strip(b"-") or b"file"
            path = self.stems.setdefault(path, b".sessions/%04d-%s.md" % (len(self.stems) + 1, slug))
        return b'"%s"' % path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")

    def rebuild(self) -> int:
        """Megabytes that it took."""
        return int(self.call(sys.executable, "-c", _MEASURED, "index", "--rebuild", "--json").split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("repository", type=Path)
    parser.add_argument("--suffix", nargs="+", default=[".md", ".mdx"])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        bench = RealBench(Path(folder), options.repository, tuple(s.encode() for s in options.suffix), options.runs)
        print(f"made in {time.perf_counter() - begun:.1f} s")
        memory: list[int] = []
        floor = bench.time(bench.plumbing)
        lines = bench.time(lambda: bench.git("log", "--numstat", "-z", "--format=%H"))
        rebuilt = bench.time(lambda: memory.append(bench.rebuild()))
        print(bench.call(sys.executable, "-m", "gitsession", "index", "--status").decode().strip())
    print(f"plumbing {floor / 1000:.2f} s, numstat {lines / 1000:.2f} s, rebuild {rebuilt / 1000:.2f} s: "
          f"{rebuilt / (floor + lines):.2f} times both; {max(memory)} MB")  # fmt: skip


if __name__ == "__main__":
    main()
