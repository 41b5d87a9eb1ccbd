"""Laws of reading: a part of a transcript gives a part of its turns, and nothing in one makes a reader fail."""

import copy
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_transcripts import Claude, Codex, Record, lines, use

from gitsession.model.conversation import Turn
from gitsession.transcripts import FORMATS, Transcript, open_transcript
from gitsession.transcripts.source import Source

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


def claude_records() -> list[Record]:
    claude = Claude()
    edited = {"originalFile": "a", "structuredPatch": [{"lines": ["-a", "+b"]}]}
    return [
        {"type": "summary", "summary": "The cart", "leafUuid": "u1"}, claude.user("Füge einen Korb hinzu 🎉"),
        claude.says({"type": "thinking", "thinking": "hm"}, answer="m1", tokens=(9, 1)), claude.says("I will look.", answer="m1", tokens=(9, 7)),
        claude.says(use("a", "Bash", {"command": "pytest"}), use("b", "Read", {"file_path": "/a.py"}), tokens=(20, 3)),
        claude.done("b", "text", {"file": {"content": "text"}}), claude.done("a", "Exit code 1\n1 failed", "Error: ...", failed=True),
        *claude.call("Edit", {"file_path": "/a.py"}, "The file /a.py has been updated.", edited),
        claude.record("queue-operation", operation="enqueue", content="and a till"), claude.record("queue-operation", operation="remove"),
        *claude.call("TaskCreate", {"subject": "Till"}, "Task #1 created successfully: Till"),
        *claude.call("AskUserQuestion", {"questions": [{"question": "Which?"}]}, "answered", {"answers": {"Which?": "this"}}),
        *claude.call("TodoWrite", {"todos": [{"content": "a", "status": "pending"}]}, "ok"),
        claude.record("progress", data={"type": "hook_progress"}), claude.record("system", subtype="api_error", error={"status": 529}),
        claude.user([{"type": "text", "text": "[Request interrupted by user]"}]), claude.record("new-kind", x=[1]),
        claude.record("pr-link", prUrl="https://example.org/pull/1"), claude.user("<command-name>/exit</command-name>"),
    ]  # fmt: skip


def codex_records() -> list[Record]:
    codex = Codex()
    patch = "*** Begin Patch\n*** Update File: a.py\n-a\n+b\n*** End Patch"
    return [
        codex.meta(), codex.record("turn_context", model="gpt-5"), codex.message("user", "# AGENTS.md instructions for /x", "<environment_context/>"),
        *codex.prompt("Füge einen Korb hinzu 🎉"), codex.item("reasoning", summary=[{"type": "summary_text", "text": "hm"}], id="r"),
        *codex.says("Working.", phase="commentary"),
        *codex.call("exec_command", {"cmd": "pytest"}, "Wall time: 1 seconds\nProcess running with session ID 7\nOutput:\n"),
        *codex.call("write_stdin", {"session_id": 7}, "Wall time: 1 seconds\nProcess exited with code 1\nOutput:\nbad"),
        *codex.custom("apply_patch", patch, "Success.", codex.event("patch_apply_end", success=True, changes={"a.py": {"type": "update"}})),
        *codex.custom("exec", 'tools.exec_command({cmd: "ls"})', [{"type": "input_text", "text": "Script completed\nWall time 1 s\nOutput:\n"}]),
        *codex.call("update_plan", {"plan": [{"step": "a", "status": "pending"}]}, "Plan updated"), codex.record("compacted", message="so far"),
        codex.event("token_count", info={"total_token_usage": {"input_tokens": 5, "output_tokens": 1}}), *codex.prompt("and a till"),
        codex.event("exited_review_mode", review_output={"findings": [{"title": "t", "body": "b"}]}), codex.event("new_kind", x=[1]),
        *codex.says("Done.", phase="final_answer"), codex.event("turn_aborted", reason="interrupted"),
    ]  # fmt: skip


RECORDS = {"claude-code": claude_records, "codex": codex_records}


def read(name: str, data: bytes) -> list[Turn]:
    (format_,) = (f for f in FORMATS if f.name == name)
    return [one for one in Transcript(format_, Source(io.BytesIO(data))) if isinstance(one, Turn)]


@cache
def whole(name: str) -> tuple[bytes, list[Turn]]:
    data = lines(*RECORDS[name]())
    return data, read(name, data)


@pytest.mark.parametrize("name", RECORDS)
@settings(max_examples=300)
@given(data=st.data())
def test_a_transcript_cut_at_any_byte_gives_a_prefix_of_its_turns(name: str, data: st.DataObject) -> None:
    full, turns = whole(name)
    cut = data.draw(st.integers(0, len(full)))
    found = read(name, full[:cut])
    assert len(found) <= len(turns)
    for part, all_of_it in zip(found, turns, strict=False):
        # A call may have no result yet, and the last result may have lost what stands beside it.
        unfinished = part.who == "tool" and (not part.text or part is found[-1])
        if unfinished:
            assert (part.id, part.tool, part.when, part.input) == (all_of_it.id, all_of_it.tool, all_of_it.when, all_of_it.input)
        else:
            assert part == all_of_it


ODD = [None, 0, -1, 2**70, 1.5, "", "x", "7", "\ud800", "<system-reminder>", True, [], {}, [[]], [None, 7, "x", {}], {"type": "text"}, {"": {}}]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))]


@pytest.mark.parametrize("name", RECORDS)
@settings(max_examples=400)
@given(data=st.data())
def test_no_value_anywhere_makes_a_reader_fail(name: str, data: st.DataObject) -> None:
    records: Any = copy.deepcopy(RECORDS[name]())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places(records)[1:]))
        target = records
        for key in place[:-1]:
            target = target[key]
        if data.draw(st.booleans()):
            target[place[-1]] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
        else:
            del target[place[-1]]
    turns = read(name, b"\n".join(json.dumps(record).encode() for record in records))
    for turn in turns:
        json.dumps(turn, ensure_ascii=False).encode()
        assert isinstance(turn.text, str)
        assert isinstance(turn.input, str)


@pytest.mark.parametrize("name", RECORDS)
@settings(max_examples=200)
@given(at=st.integers(0, 10_000), garbage=st.binary(max_size=60))
def test_garbage_anywhere_costs_its_own_lines_only(name: str, at: int, garbage: bytes) -> None:
    full, turns = whole(name)
    rows = full.splitlines(keepends=True)
    at %= len(rows) + 1
    found = read(name, b"".join([*rows[:at], b"\x01" + garbage.replace(b"{", b"") + b"\n", *rows[at:]]))
    assert found == turns


@pytest.mark.skipif(not CORPUS.exists(), reason="no transcripts of others beside this checkout")
@pytest.mark.parametrize("path", sorted(CORPUS.glob("claude-code/*")) + sorted(CORPUS.glob("codex/*")), ids=lambda p: p.name[:40])
def test_real_transcripts_are_read_whole(path: Path) -> None:
    with path.open("rb") as file:
        transcript = open_transcript(file, path.name)
        turns = [one for one in transcript if isinstance(one, Turn)]
    assert transcript.format == path.parent.name
    assert transcript.source.skipped == (3 if "edge_cases" in path.name else 0)
    assert sum(transcript.unknown.values()) == (1 if "edge_cases" in path.name else 0)
    ids = [turn.id for turn in turns if turn.id]
    assert len(ids) == len(set(ids))
    assert [t for t in turns if t.who == "user" and not t.kind and not t.side] or all(t.side or t.kind for t in turns if t.who == "user")
