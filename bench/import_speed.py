"""How fast transcripts of Claude Code are imported, beside `json.loads` of each line, in one run; and how much memory that takes.

usage: import_speed.py [TRANSCRIPT.jsonl...] [--size MB...] [--runs N]

Transcripts are repeated as one conversation, with ids of its own each time, until it has the size; without any, one is made up. Each stage does
what those above it do, and more: the reader makes turns of records, the rules draw facts from them, an import also redacts and stores them in a
new repository; and once more, when nothing of it is new. A time is CPU time, git's included, the best of the runs. Memory is the most that the
process held, all of Python included.
"""

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from gitsession.git import Repository
from gitsession.model.conversation import Head
from gitsession.rules import Story, draw
from gitsession.transcripts import open_transcript
from gitsession.workflow.importing import import_transcript

SENTENCE = "the table of users has an index on mail that no query asks for, so the test waits for a lock and then fails"


_ID = re.compile(rb'"uuid":\s*"')


def made_up(seed: int = 7) -> bytes:
    """A conversation of about a megabyte: prompts, thoughts, reads, edits, commands, and the noise between them."""
    random.seed(seed)
    vocabulary = SENTENCE.split()
    lines: list[bytes] = []

    def text(words: int) -> str:
        return " ".join(random.choice(vocabulary) for _ in range(words))

    def add(kind: str, **fields: object) -> None:
        frame = {
            "parentUuid": f"p{len(lines)}", "isSidechain": False, "userType": "external", "cwd": "/home/ada/shop", "sessionId": "s-1",
            "version": "2.1.30", "gitBranch": "main", "type": kind,
        }  # fmt: skip
        record = frame | fields | {"uuid": f"u{len(lines)}", "timestamp": "2026-11-23T09:30:00.000Z"}
        if "toolUseResult" in record:  # it comes last
            record["toolUseResult"] = record.pop("toolUseResult")
        lines.append(json.dumps(record, separators=(",", ":")).encode())

    def call(number: int, tool: str, given: object, output: str, result: object) -> None:
        usage = {"input_tokens": 9, "cache_read_input_tokens": 30_000, "output_tokens": 90}
        block = {"type": "tool_use", "id": f"t{number}", "name": tool, "input": given}
        add("assistant", message={"id": f"m{number}", "role": "assistant", "model": "claude", "content": [block], "usage": usage})
        for _ in range(2):
            add("progress", data={"type": "hook_progress", "hookEvent": "PreToolUse", "command": text(12)}, toolUseID=f"t{number}")
        done = {"type": "tool_result", "tool_use_id": f"t{number}", "content": output}
        add("user", message={"role": "user", "content": [done]}, toolUseResult=result)

    for number in range(0, 300, 3):
        if number % 15 == 0:
            add("user", message={"role": "user", "content": text(30)})
        add("assistant", message={"id": f"x{number}", "role": "assistant", "model": "claude", "content": [{"type": "text", "text": text(60)}]})
        path, whole = f"/home/ada/shop/{random.choice(vocabulary)}.py", "\n".join(text(9) for _ in range(60))
        call(number, "Read", {"file_path": path}, whole, {"type": "text", "file": {"filePath": path, "content": whole}})
        patch = [{"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1, "lines": [f"-{text(9)}", f"+{text(9)}"]}]
        edited = {"filePath": path, "originalFile": whole, "structuredPatch": patch}
        call(number + 1, "Edit", {"file_path": path, "old_string": text(9), "new_string": text(9)}, text(40), edited)
        call(number + 2, "Bash", {"command": f"pytest {path}"}, text(200), {"stdout": text(200), "stderr": ""})
    return b"\n".join(lines) + b"\n"


def repeated(data: bytes, path: str, size: int) -> None:
    """One conversation of that size. Nothing in it is there twice: each time the records have ids of their own."""
    with open(path, "wb") as file:
        number = 0
        while file.tell() < size:
            file.write(_ID.sub(rb"\g<0>%d-" % number, data))
            number += 1


def parse(path: str, _: str) -> int:
    count = 0
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                json.loads(line)
            except ValueError:
                continue
            count += 1
    return count


def read(path: str, _: str) -> int:
    with open(path, "rb") as file:
        return sum(1 for _ in open_transcript(file, path))


def tell(path: str, _: str) -> int:
    story, head, count = Story(), Head(""), 0
    with open(path, "rb") as file:
        for one in open_transcript(file, path):
            if isinstance(one, Head):
                head = one
            else:
                story.feed(count, one)
                count += 1
    return len(draw(story, head))


def take_in(path: str, folder: str) -> int:
    return import_transcript(Repository.open(folder), path).new


STAGES: dict[str, Callable[[str, str], int]] = {
    "json.loads of each line": parse, "our reader": read, "reader and rules": tell, "import": take_in, "the same import again": take_in,
}  # fmt: skip


def run(stage: str, path: str, folder: str) -> None:
    """One stage, in this process: seconds of CPU time, those of git included; the most memory held, in MB; its count."""
    start = cpu()
    count = STAGES[stage](path, folder)
    print(json.dumps([cpu() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, count]))


def cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def new_repository(folder: str) -> None:
    os.mkdir(folder)
    author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for words in (["git", "init", "-q"], ["git", *author, "commit", "-q", "--allow-empty", "-m", "Begin"],
                  [sys.executable, "-m", "gitsession", "init", "--yes"]):  # fmt: skip
        subprocess.run(words, cwd=folder, check=True, capture_output=True)


def measured(path: str, folder: str, runs: int) -> dict[str, list[tuple[float, int, int]]]:
    """Every stage in a process of its own, the stages one after the other in each run, since a machine is not as fast all the time."""
    found: dict[str, list[tuple[float, int, int]]] = {stage: [] for stage in STAGES}
    for number in range(runs):
        place = os.path.join(folder, f"repository-{number}")
        new_repository(place)
        for stage, results in found.items():
            done = subprocess.run(
                [sys.executable, __file__, "--stage", stage, path, place], capture_output=True, text=True, check=True
            )
            results.append(tuple(json.loads(done.stdout)))
    return found


def main() -> None:
    if sys.argv[1:2] == ["--stage"]:
        run(*sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("transcripts", nargs="*")
    parser.add_argument("--size", type=int, nargs="+", default=[100, 1000], help="MB")
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    data = b"".join(Path(name).read_bytes().rstrip(b"\n") + b"\n" for name in args.transcripts) or made_up()
    for size in args.size:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "transcript.jsonl")
            repeated(data, path, size * 1_000_000)
            found = measured(path, folder, args.runs)
            whole = os.path.getsize(path) / 1e6
        counts = [results[0][2] for results in found.values()]
        print(f"\n{whole:.0f} MB, {counts[0]:,} records, {counts[1]:,} turns; {counts[2]} facts drawn, {counts[3]:,} turns new, then {counts[4]}\n")
        print("| | seconds | MB/s | times json.loads | most memory, MB |\n| --- | ---: | ---: | ---: | ---: |")
        base = min(found["json.loads of each line"])[0]
        for stage, results in found.items():
            best = min(results)[0]
            peak = max(memory for _, memory, _ in results)
            print(f"| {stage} | {best:.2f} | {whole / best:.0f} | {best / base:.2f} | {peak} |")


if __name__ == "__main__":
    main()
