"""Handoffs as they were committed, and accounts."""

from typing import Any

from made import checkpoint, make_history

from gitsession.index.kept import accounts, page_before, pages_of
from gitsession.workflow.reindex import open_index
from gitsession.workflow.stored import read_page


def test_a_sessions_handoffs_and_the_one_that_it_was_handed(project: Any) -> None:
    stems = []
    for title in ("One", "Two"):
        project.gs("start", title)
        stems.append(project.session[10:-3])
        for fact in ("first", "second"):
            project.gs("decide", f"{title} {fact}")
            project.commit(f"{title} {fact}", **{f"{title}-{fact}": "x\n"})
        project.gs("complete", "--commit")
    with project.open() as repo:
        db, _ = open_index(repo)
        mine = pages_of(db, stems[1])
        assert [read_page(repo, page).count("- Two ") for page in mine] == [2, 2, 1]
        assert {page.session for page in mine} == {stems[1]}
        assert mine[0].in_force_carried == 4
        before = page_before(db, stems[1])
        assert before
        text = read_page(repo, before)
        assert ("One second" in text, "Two first" in text) == (True, False)
        assert page_before(db, "0009-none-zzzz") is None
        db.close()


def test_accounts_with_what_their_sessions_used(project: Any) -> None:
    def session(number: int, **front: str) -> tuple[str, str, dict[str, str | None]]:
        started = f"2026-11-0{number}T09:00:00+00:00"
        return started[:19], "Work", {f".sessions/000{number}-s-aaaa.md": checkpoint(started, "# S", **front)}

    make_history(
        project,
        session(1, account="work", agent="codex", usage="{input_tokens: 5, cost_usd: 0.5}"),
        session(2, account="own", agent="codex", model="m1"),
        session(3, account="work", agent="gemini", usage="{input_tokens: 7, credits: 2}"),
        session(4, agent="gemini"),
    )
    with project.open() as repo:
        db, _ = open_index(repo)
        work, own = accounts(db)
        db.close()
    assert work == ("work", 2, "2026-11-01T09:00:00+00:00", "2026-11-03T09:00:00+00:00", ("codex", "gemini"), (), 12, None, 0.5, 2)
    assert (own.name, own.models, own.input_tokens) == ("own", ("m1",), None)
