"""The fate of facts, from commit to commit, as `sql` tells it."""

from typing import Any

import pytest

HEAD = "---\nstarted: 2026-11-{day}T09:00:00+00:00\n{more}---\n# Session {number}\n\n{body}\n"
ONE, TWO = "0001-one-aaaa", "0002-two-bbbb"
LINK = f"([0001]({ONE}.md))"


def versions(project: Any, *commits: dict[str, str]) -> None:
    """A commit for each: the body of each session's checkpoint by its stem, empty to delete it; named `v1`, `v2`, ..."""
    for count, bodies in enumerate(commits, 1):
        for stem, body in bodies.items():
            path = f".sessions/{stem}.md"
            if body:
                project.write(path, HEAD.format(day=10 + int(stem[3]), more="", number=stem[3], body=body))
                project.git("add", path)
            else:
                project.git("rm", "-q", path)
        project.git("commit", "-q", "--no-verify", "-m", f"v{count}")


def fates(project: Any) -> dict[str, tuple[str, str, str, str]]:
    """text (of the first session that says it) -> kind, subject of the commit that brought it, of the one that closed it, how"""
    rows = project.json("sql", "SELECT text, kind, i.subject AS brought, c.subject AS closed, closed_how FROM facts JOIN commits i "
                        "ON i.id = introduced_commit_id JOIN sessions s ON s.id = session_id "
                        "LEFT JOIN commits c ON c.id = closed_commit_id WHERE kind != 'done' ORDER BY s.stem DESC")  # fmt: skip
    return {r["text"]: (r["kind"], r["brought"], r["closed"] or "", r["closed_how"] or "") for r in rows}


STEP = {ONE: "## Next steps\n- [ ] Do it"}


@pytest.mark.parametrize(
    ("then", "fate"),
    [
        ([], ("", "")),
        ([{ONE: "## Next steps\n- [ ] Do it\n- [ ] More"}], ("", "")),
        ([{ONE: "## Next steps\n- [x] Do it"}], ("v2", "ticked")),
        ([{ONE: "## Accomplished\n- [x] do  IT"}], ("v2", "ticked")),
        ([{ONE: "## Next steps\n- ~~Do it~~"}], ("v2", "dropped")),
        ([{ONE: "## Notes\n- Nothing"}], ("v2", "removed")),
        ([{ONE: ""}], ("v2", "removed")),
        ([{ONE: "## Next steps\n- [x] Do it"}, {ONE: "## Next steps\n- [ ] Do it"}], ("", "")),
        ([{ONE: "## Next steps\n- [x] Do it"}, {ONE: "## Next steps\n- [x] Do it\n- [ ] More"}], ("v2", "ticked")),
        ([{TWO: f"## Accomplished\n- [x] Do it {LINK}"}], ("v2", "ticked")),
        ([{TWO: "## Accomplished\n- [x] Do it"}], ("v2", "ticked")),
        ([{TWO: "## Accomplished\n- Do it"}], ("", "")),
        ([{TWO: "## Next steps\n- [ ] Do it\n- [x] Do it"}], ("", "")),
        ([{TWO: "## Accomplished\n- [x] Do it ([0003](0003-other-cccc.md))"}], ("", "")),
        ([{TWO: f"## Accomplished\n- [x] Do it {LINK}"}, {TWO: "## Notes\n- No"}], ("", "")),
        ([{TWO: f"## Accomplished\n- [x] Do it {LINK}"}, {ONE: "## Next steps\n- [x] Do it"}], ("v2", "ticked")),
    ],
)
def test_a_step_ends_when_somebody_says_so(bare_project, then: list[dict[str, str]], fate: tuple[str, str]) -> None:
    versions(bare_project, STEP, *then)
    assert fates(bare_project)["Do it"] == ("step", "v1", *fate)


def test_what_another_session_says_of_an_earlier_one_alone(bare_project) -> None:
    versions(bare_project, {TWO: "## Next steps\n- [ ] Do it"}, {ONE: "## Accomplished\n- [x] Do it"})
    assert fates(bare_project)["Do it"] == ("step", "v1", "", "")


def test_a_decision_is_replaced_by_its_head_and_a_question_resolved(bare_project) -> None:
    said = "## Decisions\n- Use Redis, because two servers share it.\n- Keep logs.\n\n## Open questions\n- Who pays?\n\n## Errors and fixes\n"
    versions(bare_project, {ONE: said + "- Not solved: it hangs"},
             {TWO: "## Decisions\n- Use Redis, because it is quick. (replaces: Use Redis)\n\n## Notes\n- Bo does (resolved: Who pays?)\n\n"
                   "## Errors and fixes\n- It hangs: fixed by a timeout (resolved: it hangs)"})  # fmt: skip
    found = fates(bare_project)
    assert found["Use Redis, because two servers share it."] == ("decision", "v1", "v2", "replaced")
    assert found["Use Redis, because it is quick."] == ("decision", "v2", "", "")
    assert found["Keep logs."] == ("decision", "v1", "", "")
    assert found["Who pays?"] == ("question", "v1", "v2", "resolved")
    assert found["Not solved: it hangs"] == ("error", "v1", "v2", "resolved")


def test_versions_that_cannot_be_read_are_counted_and_change_nothing(bare_project) -> None:
    versions(bare_project, STEP)
    for text in ("<<<<<<< ours\n", "\xff"):
        bare_project.write(f".sessions/{ONE}.md", text.encode("latin-1"))
        bare_project.git("add", ".")
        bare_project.git("commit", "-q", "-m", "Broken")
    assert fates(bare_project) == {"Do it": ("step", "v1", "", "")}
    assert bare_project.json("index", "--status")["unreadable"] == 2
    revisions = bare_project.json("sql", "SELECT problem, opened, closed FROM session_revisions ORDER BY id")
    assert [(r["opened"], r["closed"], bool(r["problem"])) for r in revisions] == [(1, 0, False), (0, 0, True), (0, 0, True)]
    assert [s["title"] for s in bare_project.json("sql", "SELECT title FROM sessions")] == ["Session 1"]
