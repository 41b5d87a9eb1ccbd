"""Notes that people kept by hand before: `gitsession import HANDOFF.md`."""

import pytest

HANDOFF = """\
# Handoff: feedpost

## Done
- Parsed Atom feeds

## Next steps
1. Heed Retry-After on a 429
2. Ask for the server

## Decisions
- An entry is known by its link, because titles change
"""


def test_a_handoff_kept_by_hand_becomes_the_page(project):
    project.commit("Notes", **{"HANDOFF.md": HANDOFF, "CLAUDE.md": "Use uv.\n"})
    done = project.gs("import", "HANDOFF.md")
    assert "taken over: 5 facts from HANDOFF.md" in done.stdout
    text = project.read(project.session)
    assert "# Go on from HANDOFF.md\n" in text
    assert "- [ ] Heed Retry-After on a 429 (turn: HANDOFF.md#L7)\n" in text
    assert "Instructions for agents are in `CLAUDE.md`" in text
    project.git("commit", "-q", "-m", "Take over the notes")
    page = project.page
    for words in ("Heed Retry-After on a 429", "Ask for the server", "An entry is known by its link", "Parsed Atom feeds"):
        assert words in page
    assert "(turn:" not in page
    assert project.status() == ""


def test_a_second_time_only_what_is_new(project):
    project.write("notes/HANDOFF.md", HANDOFF)
    project.gs("import", "notes/HANDOFF.md")
    project.gs("done", "Ask for the server")
    project.write("notes/HANDOFF.md", HANDOFF + "- Keep a month of entries\n")
    assert "taken over: 1 fact from" in project.gs("import", "HANDOFF.md", cwd=project.root / "notes").stdout
    assert len(project.checkpoints()) == 1
    assert project.json("import", "notes/HANDOFF.md")[0]["facts"] == 0


def test_a_long_list_is_told_to_go_on_where_it_is(project):
    project.write("TODO.md", "".join(f"- [ ] Do {n}\n" for n in range(70)))
    assert "TODO.md holds 10 more" in project.gs("import", "TODO.md").stderr


def test_into_the_session_in_progress_or_a_named_one(project):
    project.gs("start", "One")
    project.gs("start", "Two")
    project.write(".beads/issues.jsonl", '{"id": "bd-1", "title": "Sort it", "status": "open"}\n')
    project.gs("import", ".beads/issues.jsonl")
    assert "- [ ] Sort it (bd-1) (turn: .beads/issues.jsonl#bd-1)" in project.read(project.session)
    project.write("TODO", "- Mail it\n")
    project.gs("import", "TODO", "--session", "1")
    assert "- [ ] Mail it" in project.read(".sessions/" + project.checkpoints()[0])


def test_secrets_in_notes_stay_out(project, secret):
    project.write("TODO.md", f"- [ ] Rotate {secret}\n")
    project.gs("import", "TODO.md")
    assert secret not in project.read(project.session)
    project.git("commit", "-q", "-m", "Take over")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("notes.md", "# A project\n\nAbout it.\n", "notes.md:1: no transcript that we know, and nothing in it for a handoff"),
        ("notes.txt", b"\xff", "notes.txt:1: not UTF-8"),
        ("notes.jsonl", "{}\n", "no agent's transcript"),
        ("absent.md", None, "cannot be read"),
    ],
)
def test_what_holds_nothing_is_refused(project, name, text, says):
    if text is not None:
        project.write(name, text)
    done = project.gs("import", name, check=False)
    assert done.returncode == 1
    assert says in done.stderr
    assert project.checkpoints() == []
