"""`export site`: the pages as files, whose links hold wherever they lie, and which hold no secret."""

import random
import re
import string
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from made import ONE, TWO, checkpoint, make_history, three_sessions

from gitsession.model.conversation import Head, Turn
from gitsession.store.conversations import write_conversation

SECRET = "gh" + "p_" + "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=36))


class Linked(HTMLParser):
    """What a page leads to, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        values = dict(attrs)
        self.ids |= {values["id"]} if "id" in values else set()
        if tag == "a":
            self.links += [values["href"]] if "href" in values else []
        else:
            self.loaded += [values[k] for k in ("src", "href") if values.get(k)]
        assert not any(k.startswith("on") or k == "style" for k in values), values


@pytest.fixture
def site(project, tmp_path: Path) -> Path:
    three_sessions(project)
    project.gs("export", "site", str(tmp_path / "site"))
    return tmp_path / "site"


def test_every_link_leads_to_a_page_that_is_there_and_everything_loaded_is_in_the_folder(site: Path) -> None:
    pages = {str(p.relative_to(site)): Linked(p.read_text()) for p in site.rglob("*.html")}
    assert {"index.html", "timeline.html", f"sessions/{ONE}.html", f"sessions/{ONE}/handoff.html"} <= set(pages)
    for name, page in pages.items():
        for link in page.links + page.loaded:
            parts = urlsplit(link)
            assert not parts.scheme, (name, link)
            assert not parts.netloc, (name, link)
            target = (site / name).parent / unquote(parts.path) if parts.path else site / name
            assert target.resolve().is_relative_to(site.resolve()), (name, link)
            assert target.is_file(), (name, link)
            there = pages[str(target.resolve().relative_to(site.resolve()))].ids if parts.fragment else {""}
            assert unquote(parts.fragment) in there, (name, link)
        assert re.search(r"script-src 'self'; style-src 'self'", (site / name).read_text()), name
    loaded = {link.split("static/")[-1] for page in pages.values() for link in page.loaded}
    shipped = {str(p.relative_to(site / "static")) for p in (site / "static").rglob("*") if p.is_file()}
    assert shipped - loaded == {"vendor/uplot-LICENSE.txt"}  # nothing that only a server needs


def test_a_session_shows_its_checkpoint_commits_and_files_and_its_handoff_what_changed(site: Path, project) -> None:
    page = (site / f"sessions/{ONE}.html").read_text()
    for words in ("Alpha", "Plan", "src/a.py", "Ada Example", "codex", "1 done, 1 open"):
        assert words in page, words
    assert "schema: 1" not in page
    assert "(took: 90m)" in page
    assert "It is the first." in (site / f"sessions/{ONE}/handoff.html").read_text()


def test_what_was_taken_out_is_not_brought_back_from_history(site: Path, project) -> None:
    """A site is read by more people than a history: it shows what is there."""
    index = site / "search-index.js"
    gamma = f'["step", "{ONE}", "One", "2026-11-02", "Gamma"'
    assert gamma in index.read_text()
    assert TWO in index.read_text()
    project.git("rm", "-q", f".sessions/{TWO}.md")
    text = project.read(f".sessions/{ONE}.md").replace("- [ ] Gamma\n", "")
    project.write(f".sessions/{ONE}.md", text)
    project.git("commit", "-qam", "Take it out", "--no-verify")
    project.gs("export", "site", str(site))
    assert not (site / f"sessions/{TWO}.html").exists()
    for page in [index, *site.rglob("*.html")]:
        assert TWO not in page.read_text(), page
    assert gamma not in index.read_text()
    assert "Alpha" in index.read_text()


def test_a_former_export_is_replaced_and_any_other_folder_left_alone(site: Path, project) -> None:
    (site / "old.html").write_text("old")
    project.gs("export", "site", str(site))
    assert (site / "index.html").exists()
    assert not (site / "old.html").exists()
    mine = project.root.parent / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("mine")
    done = project.gs("export", "site", str(mine), check=False)
    assert done.returncode == 2
    assert "is not empty" in done.stderr
    assert [p.name for p in mine.iterdir()] == ["thesis.txt"]
    assert not list(site.parent.glob(".*"))  # nothing half done lies about


def test_a_secret_refuses_it_naming_page_and_session_and_leaves_the_former_one(site: Path, project) -> None:
    before = (site / "index.html").read_bytes()
    make_history(project, ("2026-11-13T10:00:00", f"Third\n\nSession: {TWO}", {
        f".sessions/{TWO}.md": checkpoint("2026-11-10T09:00:00+00:00", "# Two", "## Notes", f"- The token is {SECRET}"),
    }))  # fmt: skip
    done = project.gs("export", "site", str(site), check=False)
    assert done.returncode == 1
    assert f"sessions/{TWO}.html" in done.stderr
    assert f".sessions/{TWO}.md" in done.stderr
    assert SECRET not in done.stderr + done.stdout
    assert (site / "index.html").read_bytes() == before
    assert not list(site.parent.glob(".*"))


def test_what_is_allowed_in_its_checkpoint_is_allowed_on_the_pages(site: Path, project) -> None:
    project.write(f".sessions/{TWO}.md", checkpoint("2026-11-10T09:00:00+00:00", "# Two", "## Notes", f"- The token is {SECRET}"))
    project.gs("scan", "--allow", f".sessions/{TWO}.md:8", "--reason", "made up for the docs")
    project.git("add", ".sessions")
    project.git("commit", "-q", "-m", "Say it")
    project.gs("export", "site", str(site))
    assert SECRET in (site / f"sessions/{TWO}.html").read_text()


def test_conversations_are_left_out_unless_asked_for(site: Path, project) -> None:
    with project.open() as repo:
        write_conversation(repo, ONE, Head("codex", "1", title="Between us"), [Turn("user", "Said in private", id="u1")])
    for options, said in (((), False), (("--conversations",), True)):
        project.gs("export", "site", str(site), *options)
        whole = "".join(p.read_text() for p in [*site.rglob("*.html"), site / "search-index.js"])
        assert ("Between us" in whole, "Said in private" in whole) == (said, said)


def test_a_workflow_that_publishes_it_is_written_once(project) -> None:
    project.gs("export", "site", "--workflow")
    path = ".github/workflows/sessions-site.yml"
    workflow = yaml.safe_load(project.read(path))
    assert workflow[True]["push"]["branches"] == ["main"]
    steps = [step.get("run", step.get("uses", "")) for step in workflow["jobs"]["publish"]["steps"]]
    assert "gitsession export site _site" in steps
    project.write(path, "mine")
    assert project.gs("export", "site", "--workflow", check=False).returncode == 1
    assert project.read(path) == "mine"
    assert project.gs("export", "site", check=False).returncode == 2


def test_without_the_extra_it_says_what_to_install(project, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    (blocked / "nh3").mkdir(parents=True)
    (blocked / "nh3/__init__.py").write_text("raise ModuleNotFoundError('No module named nh3', name='nh3')")
    done = project.gs("export", "site", str(tmp_path / "site"), check=False, PYTHONPATH=str(blocked))
    assert (done.returncode, "gitsession[web]" in done.stderr) == (2, True)
