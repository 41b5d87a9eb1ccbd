"""How fast the server answers, 20 asking at a time: what is kept, what is asked for the first time, and while the repository changes.

    python bench/web_speed.py [--sessions 1000] [--seconds 5] [--at-once 20] [--repo DIR]

A repository is made as in export_site.py, or the one at DIR is taken. `wrk` asks over loopback on the same machine, and shares its
processors with the server. Printed are requests a second and milliseconds for each kind of request, and those of a processor that the
server took for one, which a busy machine changes least; the first page after the server began, its files with it; and what the server
and the git processes that it keeps take in memory.
"""

import argparse
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from export_site import PROGRAM, make

SCRIPT = """
local paths, at = {}, 0
function init(args) for line in io.lines(args[1]) do paths[#paths + 1] = line end; at = math.random(#paths) - 1 end
function request() at = at % #paths + 1; return wrk.format("GET", paths[at]) end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %f %f %f %f %d\\n", summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3,
    latency:percentile(95) / 1e3, latency:percentile(99) / 1e3, e.status + e.timeout + e.read + e.write + e.connect))
end
"""
WORDS = ("feed", "retry", "digest", "schema", "cache", "import", "scheduler", "archive", "limits", "server", "parser", "leak", "truncates")


class Server:
    """`gitsession serve` in a process of its own."""

    def __init__(self, repo: Path) -> None:
        begun = time.perf_counter()
        self.process = subprocess.Popen([PROGRAM, "serve", "--port", "0"], cwd=repo, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline() if self.process.stdout else ""
        self.port = int(re.findall(r":(\d+)/", line)[0])
        self.get("/api/v1/health")
        self.start = time.perf_counter() - begun

    def get(self, path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200, (path, answer.status)
        return answer.read()

    def json(self, path: str) -> dict:
        return json.loads(self.get(path))

    def seconds(self) -> float:
        """Of a processor, that the server has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> tuple[float, float]:
        """Of the server now and at most, git's processes included."""
        pids = [self.process.pid, *map(int, Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split())]
        texts = [Path(f"/proc/{pid}/status").read_text() for pid in pids]
        return tuple(sum(int((re.findall(rf"{key}:\s+(\d+)", text) or [0])[0]) for text in texts) / 1e3 for key in ("VmRSS", "VmHWM"))


def measure(server: Server, scratch: Path, paths: list[str], options: argparse.Namespace) -> str:
    script, lines = scratch / "ask.lua", scratch / "paths"
    script.write_text(SCRIPT)
    lines.write_text("\n".join(paths) + "\n")
    asking = ["wrk", "-t1", f"-c{options.at_once}", f"-d{options.seconds}s", "--timeout", "10s"]
    argv = [*asking, "-s", script, f"http://127.0.0.1:{server.port}", "--", lines]
    before = server.seconds()
    done = subprocess.run(argv, check=True, capture_output=True, text=True)
    rate, *latencies, errors = map(float, re.findall(r"RESULT (.*)", done.stdout)[0].split())
    each = (server.seconds() - before) / max(rate * options.seconds, 1) * 1e3
    figures = " ".join(f"{ms:>8.1f}" for ms in (*latencies, each))
    return f"{rate:>8,.0f} {figures}" + (f"   {errors:.0f} errors" if errors else "")


def change(repo: Path, stop: threading.Event) -> None:
    """A commit each second."""
    number = 0
    while not stop.wait(1):
        number += 1
        (repo / "changing.txt").write_text(f"{number}\n")
        subprocess.run(["git", "add", "changing.txt"], cwd=repo, check=True)
        subprocess.run(["git", "-c", "user.name=Ada Example", "-c", "user.email=ada@example.com", "commit", "-q", "-m", f"Change {number}"],
                       cwd=repo, check=True)  # fmt: skip


def run(repo: Path, scratch: Path, options: argparse.Namespace) -> None:
    server = Server(repo)
    try:
        print(f"started in {server.start * 1e3:,.0f} ms; {server.megabytes()[0]:.0f} MB")
        (project,) = (p["slug"] for p in server.json("/api/v1/projects")["items"])
        begun = time.perf_counter()
        page = server.get(f"/p/{project}/").decode()
        for name in dict.fromkeys(re.findall(r'(?:src|href)="(?:\.\./)*(static/[^"]+)"', page)):
            server.get(f"/{name}")
        print(f"first page, with its files: {(time.perf_counter() - begun) * 1e3:,.0f} ms; {server.megabytes()[0]:.0f} MB")
        base = f"/api/v1/projects/{project}"
        stems = [s["stem"] for offset in range(0, options.sessions, 200)
                 for s in server.json(f"{base}/sessions?limit=200&offset={offset}")["items"]]  # fmt: skip
        mix = ["", "/sessions", "/sessions?offset=50", "/facts", "/facts/history", "/handoff", "/handoffs", "/commits", "/files", "/knowledge",
               "/stats?by=agent", "/growth", "/timeline", "/accounts", "/search?q=feed"]  # fmt: skip
        kinds = {
            "one session": [f"{base}/sessions/{stems[0]}"],
            "sessions, a list": [f"{base}/sessions"],
            "handoff": [f"{base}/handoff"],
            "all kinds of reads": [base + path for path in mix],
            "each session in turn": [f"{base}/sessions/{stem}" for stem in stems],
            "commits, other parts": [f"{base}/commits?limit=20&offset={n}" for n in range(0, 3000, 3)],
            "search, other words": [f"{base}/search?q={a}+{b}&limit={n}" for n in range(5, 12) for a in WORDS for b in WORDS],
        }
        print(f"\n{'':<24} {'req/s':>8} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'CPU ms':>8}")
        for path in kinds["all kinds of reads"]:
            server.get(path)
        for name, paths in kinds.items():
            print(f"{name:<24} {measure(server, scratch, paths, options)}", flush=True)
        stop = threading.Event()
        changing = threading.Thread(target=change, args=[repo, stop])
        changing.start()
        print(f"{'while commits are made':<24} {measure(server, scratch, kinds['all kinds of reads'], options)}")
        stop.set()
        changing.join()
        now, most = server.megabytes()
        print(f"\nmemory: {now:.0f} MB now, {most:.0f} MB at most")
    finally:
        server.process.terminate()
        server.process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--at-once", type=int, default=20)
    parser.add_argument("--repo", type=Path, help="take this repository: commits are made in it")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is needed: apt-get install wrk")
    os.environ.update({"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull})
    with tempfile.TemporaryDirectory() as folder:
        repo = options.repo or Path(folder) / "feedpost"
        if not options.repo:
            make(repo, options.sessions)
        subprocess.run([PROGRAM, "index"], cwd=repo, check=True, capture_output=True)
        run(repo, Path(folder), options)


if __name__ == "__main__":
    main()
