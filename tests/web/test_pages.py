"""The pages as a server sends them: what stands in the work tree now, no secret, and what is not there."""

import random
import shutil
import string

import pytest
from made import ONE, THREE, TWO, checkpoint
from starlette.testclient import TestClient

from gitsession.web.app import create_app
from gitsession.web.project import open_projects
from gitsession.web.rules import rule
from gitsession.web.views.growth import _PARTS

SECRET = "gh" + "p_" + "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=36))
PAGES = ["", "timeline", "growth", "analytics", "knowledge", "search?q=gamma", "rules", "desk", f"sessions/{ONE}", f"sessions/{ONE}/handoff"]


@pytest.mark.parametrize("path", ["/", *(f"/p/feedpost/{page}" for page in PAGES)])
def test_every_page_is_there_once_for_whoever_has_it(path: str, client) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert "Feedpost" in answer.text
    again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["p/nobody/", "p/feedpost/sessions/none", "p/feedpost/timeline/9", "p/feedpost/timeline/x", "p/feedpost/growth/0",
             f"p/feedpost/sessions/{TWO}/handoff", f"p/feedpost/sessions/{ONE}/conversations/none",
             "p/feedpost/sessions/..%2f..%2fHEAD"])  # fmt: skip
def test_what_is_not_there_is_a_page_that_says_so(path: str, client) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert '<main id="main"' in answer.text


def test_a_project_without_its_slash_is_led_to_it(client) -> None:
    assert client.get("/p/feedpost", follow_redirects=False).headers["location"] == "/p/feedpost/"


def test_the_work_tree_shows_as_it_is_edited(client, project) -> None:
    assert "New step" not in client.get("/p/feedpost/").text
    text = checkpoint("2026-11-12T10:00:00+00:00", "# Three", "## Next steps", "- [ ] Gamma", "- [ ] New step <b>bold</b>", branch="main")
    project.write(f".sessions/{THREE}.md", text)
    project.write(".sessions/0004-four-dddd.md", checkpoint("2026-11-14T10:00:00+00:00", "# Four & more", branch="main", status="active"))
    page = client.get("/p/feedpost/").text
    assert "New step &lt;b&gt;bold" in page
    assert "New step" in client.get(f"/p/feedpost/sessions/{THREE}").text
    assert "Four &amp; more" in client.get("/p/feedpost/timeline").text
    assert "None yet." in client.get("/p/feedpost/sessions/0004-four-dddd").text


def test_a_checkpoint_that_cannot_be_read_is_told_and_the_rest_shown(client, project) -> None:
    project.gs("start", "Fourth")
    project.write(project.session, "no front matter\n")
    page = client.get("/p/feedpost/")
    assert page.status_code == 200
    assert f"{project.session}:1: no front matter" in page.text
    assert "Latest sessions" in page.text or "Gamma" in page.text
    assert client.get("/p/feedpost/timeline").status_code == 200


def test_a_secret_in_the_work_tree_is_on_no_page(client, project) -> None:
    text = checkpoint("2026-11-12T10:00:00+00:00", f"# Three {SECRET}", "## Next steps", f"- [ ] Use `{SECRET}`", f"- [ ] See [x](https://u:{SECRET}@host/)",
                      f"- [ ] DB_PASSWORD='a&b<{SECRET[4:20]}'")  # fmt: skip
    project.write(f".sessions/{THREE}.md", text)
    for path in ("", "timeline", "desk", f"sessions/{THREE}"):
        page = client.get(f"/p/feedpost/{path}")
        assert page.status_code == 200, path
        assert SECRET not in page.text, path
        assert SECRET[4:20] not in page.text, path
    assert page.text.count("[REDACTED:") >= 4


@pytest.mark.parametrize("words", ['[a](http://a.example "{}")', '<a title="t" href="http://a.example/{}">a</a>', '<input aria-label="{}">',
                                   '<p lang="{}">p</p>', '<b title="a > b {}">b</b>'])  # fmt: skip
def test_a_secret_in_a_tag_of_knowledge_is_on_no_page(words: str, client, project) -> None:
    project.write(".sessions/knowledge/one-a2b3.md", f"---\nschema: 1\n---\n# One\n\n{words.format(SECRET)}\n")
    page = client.get("/p/feedpost/knowledge").text
    assert SECRET not in page
    assert "[REDACTED:" in page


def test_the_figures_of_sessions_are_those_of_the_commands(client, project) -> None:
    (one, *_) = project.json("stats", "--by", "session")["groups"]
    page = client.get("/p/feedpost/timeline").text
    row = page[page.index(">One<") if ">One<" in page else page.index(" One</a>") :]
    assert f"{one['done']} done, {one['open']} open" in row
    week = project.json("stats", "--by", "week")["groups"][0]
    analytics = client.get("/p/feedpost/analytics").text
    assert f'data-label="{week["name"]}"' in analytics
    assert f'data-value="{week["hours"]}"' in analytics


def test_every_part_of_the_trend_has_its_rule_in_the_docs() -> None:
    for _, name, _, where, _ in _PARTS:
        assert len(rule(*where)) > 20, name


def test_long_lists_come_in_parts_the_newest_first(client, monkeypatch) -> None:
    monkeypatch.setattr("gitsession.web.views.timeline.EACH", 2)
    monkeypatch.setattr("gitsession.web.views.growth.EACH", 2)
    for page in ("timeline", "growth"):
        first, second = client.get(f"/p/feedpost/{page}").text, client.get(f"/p/feedpost/{page}/2").text
        assert f'href="{page}/2"' in first
        assert f'href="../{page}"' in second
        assert (THREE in first, TWO in first, ONE in first) == (True, True, False)
        assert (THREE in second, TWO in second, ONE in second) == (False, False, True)
        assert client.get(f"/p/feedpost/{page}/3").status_code == 404


def test_a_page_is_known_by_its_path_whatever_is_asked_beside(client) -> None:
    for query in ("?page=9", "?stem=none", "?page=9&q=x"):
        assert client.get(f"/p/feedpost/timeline{query}").status_code == 200
    assert client.get("/p/feedpost/timeline").status_code == 200


def test_a_search_marks_what_it_found_and_leads_there(client) -> None:
    page = client.get("/p/feedpost/search", params={"q": "gamm*"}).text
    assert "<mark>Gamma</mark>" in page
    assert f'href="sessions/{THREE}"' in page
    assert 'value="&lt;i&gt;"' in client.get("/p/feedpost/search", params={"q": "<i>"}).text


def test_a_project_that_is_gone_leaves_the_others_on_the_start_page(project, tmp_path) -> None:
    other = shutil.copytree(project.root, tmp_path / "other")
    client = TestClient(create_app(open_projects([str(project.root), str(other)]), names=["testserver"]))
    shutil.rmtree(other)
    page = client.get("/")
    assert page.status_code == 200
    assert (page.text.count('href="p/'), page.text.count('class="fault"')) == (2, 1)


def test_a_project_without_sessions_says_how_the_first_begins(bare_project) -> None:
    client = TestClient(create_app(open_projects([str(bare_project.root)]), names=["testserver"]))
    slug = client.get("/").text.split('href="p/')[1].split("/")[0]
    for page in ("", "timeline", "growth", "analytics", "knowledge", "search", "desk"):
        assert client.get(f"/p/{slug}/{page}").status_code == 200, page
    assert "gitsession start" in client.get(f"/p/{slug}/").text
