"""What `init` finds that was there before, and the first handoff that it offers to draw from it."""

import json
import os
import pty
import re
import subprocess
import time

import pytest
from tests.conftest import SCRIPTS


def talk(cwd, prompt="Add a login page", id_="c1"):
    """A conversation as Claude Code keeps it."""
    common = {"parentUuid": None, "isSidechain": False, "userType": "external", "cwd": str(cwd), "sessionId": id_,
              "version": "2.1.37", "gitBranch": "main", "timestamp": "2026-11-23T09:00:00.000Z"}  # fmt: skip
    records = [
        {**common, "type": "user", "uuid": "u1", "message": {"role": "user", "content": prompt}},
        {**common, "type": "assistant", "uuid": "u2", "parentUuid": "u1", "message": {
            "id": "m1", "model": "m", "type": "message", "role": "assistant",
            "content": [{"type": "text", "text": "The login page is there, with argon2id for the passwords."}]}},
    ]  # fmt: skip
    return "".join(json.dumps(r, separators=(",", ":")) + "\n" for r in records)


@pytest.fixture
def said(bare_project, tmp_path):
    """Puts a conversation into the home: two hours old, unless its age in seconds is given."""

    def put(name="c1.jsonl", age=7200, **more):
        folder = tmp_path / "home/.claude/projects" / re.sub(r"[^A-Za-z0-9]", "-", str(bare_project.root))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(talk(bare_project.root, id_=name, **more))
        when = time.time() - age
        os.utime(folder / name, (when, when))
        return folder / name

    return put


def at_a_terminal(project, *args, answers):
    """Run a command whose stdin and stderr are a terminal at which these answers are typed; returns what was said."""
    ours, theirs = pty.openpty()
    os.write(ours, answers.encode())
    done = subprocess.run([SCRIPTS / "gitsession", *args], cwd=project.root, stdin=theirs, stdout=subprocess.PIPE,
                          stderr=theirs, encoding="utf-8", check=True, timeout=60)  # fmt: skip
    os.close(theirs)
    os.close(ours)
    return done.stdout


def test_without_a_terminal_one_line_says_how(bare_project, said):
    said()
    said("c2.jsonl", age=9000, prompt="Something older")
    bare_project.write("HANDOFF.md", "## Next steps\n- Mail it\n- Sort it\n## Decisions\n- Use YAML\n")
    out = bare_project.gs("init").stdout
    assert "\nFound on this machine: 2 conversations with Claude Code; the last ended 2 hours ago: Add a login page\n" in out
    assert "\n  gitsession import --latest " in out
    assert "\nFound in this repository: HANDOFF.md (2 steps, 1 decision)\n  gitsession import HANDOFF.md " in out
    assert bare_project.checkpoints() == []


def test_nothing_found_nothing_said(bare_project):
    bare_project.write("AGENTS.md", "Use uv.\n")
    out = bare_project.gs("init", "--yes").stdout
    assert "Found" not in out
    assert bare_project.checkpoints() == []


def test_the_first_handoff_before_anything_is_committed(bare_project, said, checked):
    said()
    bare_project.write("TODO.md", "- [x] Sort it\n- [ ] Mail it\n")
    bare_project.write("CLAUDE.md", "Use uv.\n")
    out = bare_project.gs("init", "--yes").stdout
    assert "\n  step: Mail it\n  done: Sort it\n" in out  # shown first, what is open before what is done
    page = out[out.index("# Feedpost: handoff") :]
    for words in ("Add a login page", "1. [ ] Mail it", "`CLAUDE.md`"):
        assert words in page
    (name,) = bare_project.checkpoints()
    assert all(line.startswith(("A  .sessions/", "??")) for line in bare_project.status().splitlines())
    bare_project.git("commit", "-q", "-m", "Keep sessions")
    assert "1. [ ] Mail it" in bare_project.page
    assert checked(bare_project) == {".sessions/HANDOFF.md": "current"}
    assert "Found" not in bare_project.gs("init", "--yes").stdout  # it has a session now
    assert bare_project.checkpoints() == [name]


@pytest.mark.parametrize(
    ("answers", "talked", "noted"), [("\n\n", True, True), ("n\ny\n", False, True), ("y\nn\n", True, False), ("n\nn\n", False, False)]
)
def test_a_person_is_asked_for_each(bare_project, said, answers, talked, noted):
    said()
    bare_project.write("TODO.md", "- [ ] Mail it\n")
    out = at_a_terminal(bare_project, "init", answers=answers)
    assert "  step: Mail it\n" in out
    texts = "".join(bare_project.read(f".sessions/{name}") for name in bare_project.checkpoints())
    assert ("Add a login page" in texts, "Mail it" in texts) == (talked, noted)
    assert ("# Feedpost: handoff" in out) == (talked or noted)


def test_what_cannot_be_taken_over_does_not_stop_init(bare_project, said):
    """As where sessions begin by hand only."""
    said()
    bare_project.write("TODO.md", "- [ ] Mail it\n")
    bare_project.write(".sessions/project.yml", "sessions: manual\n")
    done = bare_project.gs("init", "--yes")
    assert done.stderr.count("no session is in progress") == 2
    assert "\nAll of it is staged. Next:\n" in done.stdout
    assert bare_project.checkpoints() == []


def test_secrets_in_what_is_found_stay_out(bare_project, said, secret):
    said(prompt=f"Log in with {secret}")
    bare_project.write("TODO.md", f"- [ ] Rotate {secret}\n")
    for args in ((), ("--yes",)):
        done = bare_project.gs("init", *args)
        assert secret not in done.stdout + done.stderr
    bare_project.git("commit", "-q", "-m", "Keep sessions")
    assert bare_project.git("grep", "-c", secret, "HEAD", check=False).returncode == 1


def test_opencode_has_to_export(bare_project, tmp_path):
    folder = tmp_path / "home/.local/share/opencode/storage/session/p"
    folder.mkdir(parents=True)
    now = time.time() * 1000 - 60_000
    info = {"id": "ses_1", "directory": str(bare_project.root), "title": "Sort it", "time": {"created": now, "updated": now}}
    (folder / "ses_1.json").write_text(json.dumps(info))
    out = bare_project.gs("init").stdout
    assert "1 conversation with opencode, which has to export them; the last ended 1 minute ago: Sort it\n" in out
    assert "\n  opencode export ses_1 | gitsession import -\n" in out
