"""The pages in a real browser: clicked through, on a phone, in the dark, with a keyboard, and looked over by axe."""

import re
from pathlib import Path
from typing import Any

import pytest
from made import ONE, THREE, checkpoint, three_sessions

from gitsession.model.conversation import Head, Turn
from gitsession.store.conversations import write_conversation

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

#: Every kind of page.
PAGES = ("", "timeline", "growth", "analytics", "knowledge", "search?q=gamma", "rules", f"sessions/{ONE}", f"sessions/{THREE}/handoff")


@pytest.fixture
def told(project: Any) -> Any:
    """Three sessions with a conversation, knowledge and a handoff by the hooks."""
    three_sessions(project)
    project.write(".sessions/project.yml", "schema: 1\nname: Feedpost\ngoal: One mail a day\ndefault_branch: main\n")
    project.git("add", ".sessions")
    with project.open() as repo:
        turns = [Turn("user", f"Question {n} <img src=x onerror=alert(1)>", f"2026-11-02T09:{n % 60:02d}:00Z", f"u{n}") for n in range(60)]
        write_conversation(repo, ONE, Head("codex", "1", started="2026-11-02T09:00:00Z", title="Ask about feeds"), turns)
    project.gs("knowledge", "add", "Retry on 429\nHeed `Retry-After`.", "--tag", "http")
    lines = ("# Three", "## Decisions", *(f"- Decision {n}" for n in range(9)), "## Next steps", "- [ ] Gamma")
    project.write(f".sessions/{THREE}.md", checkpoint("2026-11-12T10:00:00+00:00", *lines, author="Ada Example", branch="main", status="active"))
    project.commit(f"Record it\n\nSession: {THREE}")
    return project


@pytest.fixture
def address(told: Any, serve: Any) -> str:
    return serve(told) + "/p/feedpost/"


def talk_of(project: Any) -> str:
    return str(project.json("conversation", "list")[0]["name"])


def test_from_the_start_page_to_a_decision_and_back(told: Any, serve: Any, visit: Any) -> None:
    page = visit(serve(told) + "/")
    page.get_by_role("link", name="Feedpost").click()
    page.get_by_role("heading", name="Handoff", exact=True).wait_for()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Timeline").click()
    page.get_by_role("link", name=re.compile("One")).first.click()
    page.get_by_role("heading", name="Checkpoint").wait_for()
    page.get_by_text("Alpha").first.wait_for()
    page.get_by_role("link", name="Ask about feeds").click()
    page.get_by_text("Question 0").wait_for()
    page.get_by_role("link", name="Later").first.click()
    page.get_by_text("Question 59").wait_for()
    page.go_back()
    page.go_back()
    page.get_by_role("link", name=re.compile("Its handoff")).click()
    page.get_by_role("heading", name="The page").wait_for()
    page.get_by_role("link", name="After").click()
    page.get_by_role("heading", name="Two", exact=True).first.wait_for()
    page.get_by_alt_text("All projects").click()
    page.get_by_role("heading", name="Projects").wait_for()


def test_the_handoff_is_copied_and_downloaded_as_it_is(address: str, told: Any, visit: Any) -> None:
    page = visit(address, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("status").get_by_text("Copied").wait_for()
    now = told.gs("handoff").stdout
    assert page.evaluate("navigator.clipboard.readText()").strip() == now.strip()
    page.get_by_role("button", name="Copy for a chat").click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('blob/') || text.includes('file://'))")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download").click()
    assert saved.value.suggested_filename == "HANDOFF.md"
    assert Path(saved.value.path()).read_text().strip() == now.strip()


def test_search_answers_as_one_types(address: str, visit: Any) -> None:
    page = visit(address + "search")
    page.get_by_role("searchbox").press_sequentially("retr")
    page.get_by_role("searchbox").press_sequentially("y-after")
    page.locator("mark").first.wait_for()
    assert page.url.endswith("?q=retry-after")
    page.get_by_role("link", name="Retry on 429").click()
    assert re.search(r"knowledge#retry-on-429-\w+$", page.url)


def test_each_part_of_the_trend_has_its_chart_its_table_and_its_rule(address: str, visit: Any) -> None:
    page = visit(address + "growth")
    parts = page.locator(".part")
    assert parts.count() >= 4
    assert page.locator(".part canvas").count() == parts.count()
    assert page.get_by_role("table").get_by_role("row").count() == 4
    page.get_by_text("How it is counted").first.click()
    page.get_by_text("steps that the session opened").first.wait_for()


def test_an_edit_shows_without_loading_and_leaves_focus_and_place(address: str, told: Any, visit: Any) -> None:
    page = visit("about:blank")
    with page.expect_response(lambda answer: answer.url == address and answer.request.resource_type == "fetch"):
        page.goto(address)
    page.evaluate("new Promise((done) => setTimeout(done))")
    assert page.locator("#told").text_content() == ""  # nothing has changed yet
    page.get_by_text("Why").first.click()
    page.evaluate("window.notLoadedAgain = true")
    page.locator("summary", has_text="Markdown source").focus()
    place = page.evaluate("scrollY")
    path = told.session
    told.write(path, told.read(path).replace("## Next steps\n", "## Next steps\n- [ ] Written just now\n"))
    page.get_by_text("Written just now").first.wait_for()
    assert page.evaluate("window.notLoadedAgain")
    assert page.evaluate("document.activeElement.textContent") == "Markdown source"
    assert page.locator("details[open]").count() == 1
    assert page.evaluate("scrollY") == place
    told.git("add", ".sessions")
    told.git("commit", "-q", "-m", "Said in a commit", "--no-verify")
    page.get_by_text(told.git("rev-parse", "--short=8", "HEAD").stdout.strip()).first.wait_for()


def test_a_window_that_nobody_sees_holds_no_connection_and_is_up_to_date_when_it_is_seen(address: str, told: Any, visit: Any) -> None:
    page = visit("about:blank")
    page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => Boolean(window.away) });"
                         "window.see = (seen) => { window.away = !seen; document.dispatchEvent(new Event('visibilitychange')); }")  # fmt: skip
    with page.expect_response(lambda answer: answer.url.endswith("/events")):
        page.goto(address)
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/events")):
        page.evaluate("see(false)")
    told.write(told.session, told.read(told.session).replace("## Next steps\n", "## Next steps\n- [ ] Written meanwhile\n"))
    page.evaluate("see(true)")
    page.get_by_text("Written meanwhile").first.wait_for()


def test_the_desk_asks_for_the_chosen_sessions_and_sends_a_token_with_that_request_alone(address: str, browser: Any) -> None:
    page = browser.new_page()
    asked = []
    figures = {"tokens": 812, "in_force": 3, "in_force_carried": 3}
    session = {"session": ONE, "summary": "2 facts added", "confidence": 0.8, "reasons": ["80 % of the conversation read"]}
    helped = {"id": "some/model", "sent": "1 KB to host", "parts": 1, "unread": 0, "problem": "", "hint": "", "sessions": [session]}
    question = {"type": "urn:gitsession:problem:agreement-needed", "detail": "this would send 1 KB to host"}

    def answer(route: Any) -> None:
        asked.append((route.request.post_data_json, route.request.headers))
        if len(asked) > 1:
            route.fulfill(json={"text": "# Made\n<b>", "figures": figures, "model": helped})
        else:
            route.fulfill(status=428, content_type="application/problem+json", json=question)

    page.route("**/api/v1/projects/feedpost/handoffs", answer)
    questions: list[str] = []

    def say_yes(dialog: Any) -> None:
        questions.append(dialog.message)
        dialog.accept()

    page.goto(address + "desk")
    page.get_by_role("button", name="None").click()
    assert page.get_by_role("button", name="Make the handoff").is_disabled()
    page.get_by_label("Narrow the list").fill("one")
    page.get_by_role("checkbox").first.check()
    page.get_by_label("Budget").fill("900")
    page.get_by_label("Model, none").fill("some/model")
    page.get_by_label("Its token").fill("t0ken")
    page.once("dialog", say_yes)
    page.get_by_role("button", name="Make the handoff").click()
    page.get_by_text("# Made").wait_for()
    page.get_by_text(f"{ONE}: 2 facts added. Confidence 0.8: 80 % of the conversation read.").wait_for()
    assert questions == ["This would send 1 KB to host.\n\nSend it?"]
    order = {"sessions": [ONE], "budget": 900, "model": {"id": "some/model"}}
    assert [said for said, _ in asked] == [order, order | {"agree": True}]
    assert [headers["x-model-token"] for _, headers in asked] == ["t0ken", "t0ken"]
    assert page.evaluate("document.cookie") == ""
    page.reload()
    expect(page.get_by_label("Its token")).to_have_value("t0ken")
    page.get_by_role("button", name="Forget it").click()
    assert page.evaluate("localStorage.length") == 0
    page.close()


def test_the_desk_makes_a_handoff_of_the_chosen_sessions(address: str, told: Any, visit: Any) -> None:
    told.write(".sessions/project.yml", told.read(".sessions/project.yml") + "model:\n  allowed: never\n")
    page = visit(address + "desk")
    page.get_by_role("button", name="None").click()
    page.get_by_role("checkbox", name=re.compile("One")).check()
    assert page.get_by_role("group", name="A model").count() == 0
    page.get_by_role("button", name="Make the handoff").click()
    page.get_by_text("tokens;").wait_for()
    assert "1 chosen session" in page.locator("#made").inner_text()


def test_a_refusal_at_the_desk_is_told(address: str, visit: Any, browser: Any) -> None:
    page = browser.new_page()
    problem = {"title": "Refused", "detail": "no room", "hint": "give more"}
    page.route("**/api/v1/**", lambda route: route.fulfill(status=422, content_type="application/problem+json", json=problem))
    page.goto(address + "desk")
    page.get_by_role("button", name="Make the handoff").click()
    page.get_by_role("alert").get_by_text("no room. give more").wait_for()
    page.close()


def test_a_keyboard_reaches_everything_and_the_content_at_once(address: str, visit: Any) -> None:
    page = visit(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim().slice(0, 20)"))
        shown = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert shown != "none" or page.evaluate("document.activeElement === document.body")
    assert {"Copy", "Download", "Why", "Markdown source"} <= reached


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280)])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_window(scheme: str, width: int, address: str, told: Any, visit: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = visit(address, color_scheme=scheme, width=width, reduced_motion="reduce")
    talk = f"sessions/{ONE}/conversations/{talk_of(told)}"
    for path in ("../../", *PAGES, talk, "desk"):
        assert page.goto(address + path).ok, path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found = axe.Axe().run(page).response["violations"]
        assert not [(v["id"], v["impact"], [n["html"] for n in v["nodes"]][:3]) for v in found if v["impact"] != "minor"], path


def test_a_site_of_files_works_from_the_disk(told: Any, tmp_path: Path, visit: Any) -> None:
    told.gs("export", "site", str(tmp_path / "a b#c"), "--conversations")
    page = visit((tmp_path / "a b#c" / "index.html").as_uri())
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").press_sequentially("gamma")
    page.locator("mark").first.wait_for()
    page.locator(".hit a").first.click()
    page.get_by_role("heading", name="Checkpoint").wait_for()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Growth").click()
    page.locator("canvas").first.wait_for()
    assert page.get_by_role("link", name="Handoff desk").count() == 0
