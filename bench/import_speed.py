"""How fast transcripts of Claude Code are read, beside `json.loads` of each line, in one run; and how much memory that takes.

usage: import_speed.py [TRANSCRIPT.jsonl] [--size MB] [--runs N]

A transcript is repeated, with ids of its own each time, until it has the size; without one, a transcript is made up. The time is CPU time of
this process, the best of the runs. Memory is the most that a process of its own held which only reads.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

from gitsession.transcripts import open_transcript

SENTENCE = "the table of users has an index on mail that no query asks for, so the test waits for a lock and then fails"


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
    with open(path, "wb") as file:
        number = 0
        while file.tell() < size:
            file.write(data.replace(b'"uuid":"', b'"uuid":"%d-' % number))
            number += 1


def parse(path: str) -> int:
    count = 0
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                json.loads(line)
            except ValueError:
                continue
            count += 1
    return count


def read(path: str) -> int:
    with open(path, "rb") as file:
        return sum(1 for _ in open_transcript(file, path))


def measured(work: Callable[[str], int], path: str, runs: int) -> tuple[float, int]:
    times, count = [], 0
    for _ in range(runs):
        start = time.process_time()
        count = work(path)
        times.append(time.process_time() - start)
    return min(times), count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("transcript", nargs="?")
    parser.add_argument("--size", type=int, default=200, help="MB")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--memory", help=argparse.SUPPRESS)  # read this file, print the peak
    args = parser.parse_args()
    if args.memory:
        read(args.memory)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    if args.transcript:
        with open(args.transcript, "rb") as file:
            data = file.read().rstrip(b"\n") + b"\n"
    else:
        data = made_up()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "transcript.jsonl")
        repeated(data, path, args.size * 1_000_000)
        size = os.path.getsize(path) / 1e6
        base, lines = measured(parse, path, args.runs)
        ours, turns = measured(read, path, args.runs)
        peak = subprocess.run([sys.executable, __file__, "--memory", path], capture_output=True, text=True, check=True).stdout.strip()
    print(f"{args.transcript or 'a made-up transcript'}: {size:.0f} MB, {lines:,} records, {turns:,} turns\n")
    print("| | seconds | MB/s | times json.loads |\n| --- | ---: | ---: | ---: |")
    print(f"| json.loads of each line | {base:.2f} | {size / base:.0f} | 1.00 |")
    print(f"| our reader | {ours:.2f} | {size / ours:.0f} | {ours / base:.2f} |")
    print(f"\nThe reader held {peak} MB at most, all of Python included.")


if __name__ == "__main__":
    main()
