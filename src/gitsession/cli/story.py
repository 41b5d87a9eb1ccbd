"""The story of the demo: Ada and Bo, two agents, one repository."""

import re
import secrets
import string
from typing import NamedTuple

from gitsession.cli.stage import Stage

_README = "# Feedpost\n\nA daily digest of feeds by e-mail, from one small Python file.\n"
_CODE = '''\
"""A daily digest of feeds."""

from xml.etree import ElementTree


def new_links(feed: str, seen: set[str]) -> list[str]:
    """Links in an RSS feed that are not in `seen`."""
    links = [link.text or "" for link in ElementTree.fromstring(feed).iterfind(".//item/link")]
    return [link for link in links if link not in seen]
'''
_TESTS = """\
import unittest

import feedpost


class NewLinks(unittest.TestCase):
    def test_a_known_link_is_passed_over(self):
        feed = "<rss><item><link>a</link></item><item><link>b</link></item></rss>"
        self.assertEqual(feedpost.new_links(feed, {"a"}), ["b"])
"""
_RETRY = '''

def resume_at(now: float, retry_after: str) -> float:
    """When to ask again a feed that answered 429, by its Retry-After in seconds (a minute without one)."""
    return now + (int(retry_after) if retry_after.isdecimal() else 60)
'''
_RETRY_TESTS = """

class ResumeAt(unittest.TestCase):
    def test_retry_after_is_kept(self):
        self.assertEqual(feedpost.resume_at(100, "30"), 130)
        self.assertEqual(feedpost.resume_at(100, ""), 160)
"""
_TEST = "python -m unittest -q"
_FIGURES = re.compile(r"tokens (\d+); in force (\d+)/(\d+); background (\d+)/(\d+)")


class Figures(NamedTuple):
    """What the closing comment of the last page says of it: facts carried, of all, and its size."""

    tokens: int
    carried: int
    in_force: int
    background_carried: int
    background: int


def tell(stage: Stage) -> Figures:
    """Play the story. Raises DemoError where a step does not end as it must."""
    _ada_begins(stage)
    _bo_goes_on(stage)
    _a_secret_is_refused(stage)
    _ada_merges(stage)
    stage.say("This page is in the commit. It is what the next session reads, and what a colleague sees on GitHub:")
    page = stage.run("cat .sessions/HANDOFF.md")
    found = _FIGURES.search(page)
    stage.expect(found is not None, "the page says how much it carries")
    return Figures(*map(int, found.groups() if found else ()))


def _ada_begins(stage: Stage) -> None:
    stage.enter("Ada Example", "claude-code")
    stage.say("Ada works with Claude Code. Her project begins to keep sessions: some files, and git hooks.")
    stage.write("README.md", _README)
    stage.run("git init -q -b main && git add README.md && git commit -q -m 'Begin'")
    stage.run("gitsession init")
    stage.run("git commit -q -m 'Keep sessions with gitsession'")
    stage.say("A session. What the next one needs to know is recorded while the work goes on, by her or by her agent.")
    stage.run("gitsession start 'Find new entries' --goal 'An entry that was sent once is not sent again.'")
    stage.run("gitsession constraint 'The standard library, nothing else'")
    stage.run("gitsession decide 'An entry is known by its link' --why 'titles change after they are published'")
    stage.run("gitsession decide 'When a feed answers 429, sleep a minute and ask again'")
    stage.run("gitsession todo 'Heed Retry-After on a 429' --est 30m")
    stage.run("gitsession ask 'One mail for each reader, or Bcc?'")
    stage.run(f"gitsession command 'test: {_TEST}'")
    stage.write("feedpost.py", _CODE)
    stage.write("test_feedpost.py", _TESTS)
    stage.run(f"gitsession run -- {_TEST}")
    stage.say("An ordinary commit. The hooks put the handoff into it, and name the session in its message.")
    stage.run("git add feedpost.py test_feedpost.py && git commit -q -m 'Find new entries by their link'")
    shown = stage.run("git show --stat --format=%B HEAD")
    stage.expect("HANDOFF.md" in shown and "Session: 0001-" in shown, "the commit holds the handoff and its session")
    stage.run("gitsession complete --outcome met --commit")


def _bo_goes_on(stage: Stage) -> None:
    stage.enter("Bo Example", "codex")
    stage.say("Bo works with Codex, in his own clone. He takes up the open step, and reads what Ada's session knew.")
    stage.run("git clone -q ada:feedpost . && gitsession init")
    stage.run("git switch -q -c heed-retry-after")
    stage.run("gitsession start 1")
    stage.say("He finds a better way, and says what it replaces. Ada's step is done; her file stays as it is.")
    stage.write("feedpost.py", _CODE + _RETRY)
    stage.write("test_feedpost.py", _TESTS + _RETRY_TESTS)
    why = "--why 'sleeping held up all others'"
    stage.run(f"gitsession decide 'Leave a feed alone until Retry-After' {why} --replaces 'sleep a minute'")
    stage.run("gitsession learn 'urllib raises on a 429: the headers are on the HTTPError'")
    stage.run("gitsession done 'Retry-After' --took 25m")
    stage.run(f"gitsession run -- {_TEST}")
    stage.run("git commit -q -a -m 'Heed Retry-After'")
    shown = stage.run("cat .sessions/0002-*.md")
    stage.expect("](0001-" in shown, "the step of the other session is closed by a line with a link to it")


def _a_secret_is_refused(stage: Stage) -> None:
    token = "gh" + "p_" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(36))
    stage.enter("Bo Example", "codex", TOKEN=token)
    stage.say("He adds a command by hand, in his editor, with a token in it (random characters, made for this run).")
    text = "\\n## Commands\\n- try: `DEPLOY_TOKEN=%s ./try`\\n"
    stage.run(f"printf '{text}' \"$TOKEN\" | tee -a .sessions/0002-*.md >/dev/null")
    refused = stage.run("git commit -q -a -m 'Say how to try it'", code=1)
    stage.expect("refused" in refused and token not in refused, "the hook refuses the commit, and masks the token")
    stage.say("Refused, and shown masked. He takes it out, commits, and his session is over.")
    stage.run('sed -i.bak "s/$TOKEN/.../" .sessions/0002-*.md && rm .sessions/*.bak')
    stage.run("git commit -q -a -m 'Say how to try it'")
    stage.run("gitsession complete --outcome met --commit")
    history = stage.run('git log --all -p | grep -c -F "$TOKEN"', code=1)
    stage.expect(history.strip() == "0", "the token is nowhere in history")


def _ada_merges(stage: Stage) -> None:
    stage.enter("Ada Example", "claude-code")
    stage.say("Ada has committed in the meantime. She merges Bo's branch: a true merge, and no conflict in .sessions/.")
    stage.write("README.md", _README + f"\nTests: `{_TEST}`\n")
    stage.run("git commit -q -a -m 'Say how to run the tests'")
    stage.run("git fetch -q bo:feedpost heed-retry-after:heed-retry-after && git merge -q --no-edit heed-retry-after")
    stage.run("git log --graph --oneline")
    stage.say("Her next session knows what his knew. (Here are the first lines; the whole page follows.)")
    stage.run("gitsession start 'Send the digest' --goal 'Readers get one mail a day.' | head -n 3")
    stage.run(f"gitsession run -- {_TEST}")
    stage.run("gitsession todo 'Send by SMTP over TLS' --est 1h")
    stage.run("gitsession status")
    stage.say("Her session ends, and anyone can verify the page: it follows from the checkpoints and from git.")
    stage.run("gitsession complete --outcome partly --commit")
    stage.run("gitsession handoff --check --strict")
