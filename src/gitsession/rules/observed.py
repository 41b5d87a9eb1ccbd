"""What the tools show, whatever anyone said: files, commands, how tests ended, what git holds, what failed."""

import re
from collections import Counter
from collections.abc import Iterator

from gitsession.model.conversation import Head
from gitsession.rules.asked import goes_on
from gitsession.rules.candidate import Candidate, shorten
from gitsession.rules.prose import sentences, units
from gitsession.rules.shell import typed
from gitsession.rules.story import Ran, Story

FILES_CHANGED = "files changed: "  # begins the line that names them
_FILES_SIZE = 900
_TESTS_NAMED = 6
_OFTEN = 2  # times from which on an error of the program will come again
_SUMMARY = re.compile(
    r"^.*?(?:\d+ (?:passed|failed|passing|failing|tests? (?:passed|failed|run))|Tests?:\s+\d+|test result: \w+|(?:ok|FAIL|PASS)\b.*|OK \(\d+|\d+ examples?, |Ran \d+ tests?).*$",
    re.MULTILINE | re.IGNORECASE,
)
_PACKAGE = re.compile(r"ok \S+ (?:\(cached\)|[\d.]+s\b)")  # a line for each, none for the whole
_PLACE = re.compile(
    r"^\s*\S+\.\w+:\d+(?::\d+)?:? (?!\+0x)[^\s\d].*$", re.MULTILINE
)  # what compilers and linters print first
_RAISED = re.compile(r"^\s*(?:[A-Z]\w*\.)*[A-Z]\w*(?:Error|Exception|Panic)\b[:( ].*$|^panic: .*$", re.MULTILINE)
_TAG = re.compile(r"</?\w+>")
_FAILED_TEST = re.compile(
    r"^\s*(?:--- FAIL: (\S+)|FAILED (\S+::\S+)|(?:✗|✕|×|\d+\)) (\S.{3,100}?)(?: \(?\d+ ?ms\)?)?$|FAIL\s+(\S+\.\w+)(?=\s|$))",
    re.MULTILINE,
)
_ERROR_LINE = re.compile(
    r"^.*?(?:error\b|\bERR!|\bfail(?:ed|ure)?\b|\bfatal\b|\bpanic\b|exception|traceback|cannot |can't |not found|undefined|denied|no such|unexpected|invalid|refused|--- FAIL).*$",
    re.IGNORECASE | re.MULTILINE,
)


def shown_path(path: str, head: Head) -> str:
    """A path as the repository has it, `~` for what lies elsewhere in a home."""
    path = path.replace("\\", "/")
    cwd = head.cwd.replace("\\", "/").rstrip("/")
    if cwd and path.startswith(cwd + "/"):
        return path[len(cwd) + 1 :]
    path = re.sub(r"^(?:/home/[^/]+|/Users/[^/]+|/root|[A-Za-z]:/Users/[^/]+)(?=/)", "~", path)
    return path.removeprefix("./")


def files_changed(story: Story, head: Head) -> Candidate | None:
    """One line that names the files, those with the most changes first."""
    named: dict[str, str] = {}
    folder = _common(story, head)
    order = sorted(story.files.items(), key=lambda kv: (-min(kv[1].edits, 5), -kv[1].last))
    for path, file in order:
        if file.vanished:
            continue
        how = "deleted" if file.gone else "new" if file.how == "add" else ""
        named.setdefault(shown_path(path, head).removeprefix(folder), how)
    if not named:
        return None
    parts, size = [], 0
    for path, how in named.items():
        part = f"`{path}`" + (f" ({how})" if how else "")
        if size + len(part) > _FILES_SIZE:
            break
        parts.append(part)
        size += len(part) + 2
    more = len(named) - len(parts)
    text = ", ".join(parts) + (f" and {more} more" if more else "")
    return Candidate("state", f"{FILES_CHANGED}{text}", story.edited_last, sure=True)


def _common(story: Story, head: Head) -> str:
    """The folder in which nearly all files outside a known one lie: that of the repository, where the transcript does not name it."""
    far = [
        path for path in (shown_path(p, head) for p in story.files) if path.startswith(("/", "~/")) or path[1:3] == ":/"
    ]
    folders = Counter(parent for path in far for parent in _parents(path))
    return max(
        (folder for folder, count in folders.items() if count > 1 and count >= 0.7 * len(far)), key=len, default=""
    )


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:n]) + "/" for n in range(3, len(parts))]


def state(story: Story, head: Head) -> Iterator[Candidate]:
    """Branch, pull request, what is committed and pushed, and how the last tests ended."""
    branch = story.branch or head.branch
    if branch and branch != "HEAD":
        yield Candidate("state", f"branch: `{branch}`", story.last, sure=True)
    yield from _committed(story)
    pulls = story.opened or story.pull_requests
    if pulls or head.pull_request:
        number = (
            max(pulls, key=lambda n: pulls[n])
            if pulls
            else head.pull_request.rstrip("/").rsplit("/", 1)[-1].lstrip("#")
        )
        text = (
            f"pull request: #{number}"
            + (", opened in it" if number in story.opened else "")
            + (", merged" if story.merged else "")
        )
        yield Candidate("state", text, pulls.get(number, story.last), sure=True)
    if story.plan and story.plan_approved:
        yield Candidate("state", "plan: approved by the user", story.plan.number, sure=True)
    test = next((r for r in reversed(story.ran) if r.command.purpose == "test" and typed(r.command)), None)
    if test:
        yield Candidate("state", f"tests: {_outcome(test)}, `{test.command.text}`", test.number, sure=True)


def _committed(story: Story) -> Iterator[Candidate]:
    subjects = story.commits[-4:]
    if subjects:
        listed = "; ".join(
            f"{f'`{oid[:8]}` ' if oid else ''}{shorten(subject, 70)}" for _, oid, subject in reversed(subjects)
        )
        more = f" and {len(story.commits) - len(subjects)} before" if len(story.commits) > len(subjects) else ""
        number = subjects[-1][0]
        yield Candidate("state", f"commits: {listed}{more}", number, sure=True)
    last = subjects[-1][0] if subjects else 0
    after = [path for path, file in story.files.items() if file.last > last and not file.vanished]
    if after:
        files = f"{len(after)} file{'s' if len(after) > 1 else ''} edited"
        text = f"work: not committed: {files} since" if subjects else f"work: not committed, {files}"
        yield Candidate("state", text, story.edited_last, sure=True)
    elif subjects:
        pushed = [n for n, _ in story.pushed if n >= last]
        yield Candidate("state", "work: committed" + (" and pushed" if pushed else ", not pushed"), last, sure=True)


def _outcome(ran: Ran) -> str:
    lines = [" ".join(m[0].split()) for m in _SUMMARY.finditer(ran.output)]
    if not ran.failed and lines and all(_PACKAGE.match(line) for line in lines):
        return "passed" + (f", {len(lines)} packages" if len(lines) > 1 else "")
    telling = [line for line in lines if re.search(r"\d", line)] or lines
    if telling and ran.alone:
        return shorten(telling[-1].strip("=- "), 80)
    return "failed" if ran.failed else "passed"


def commands_run(story: Story) -> Iterator[Candidate]:
    """The commands to remember: for each purpose those that were run most and last, then others that did something."""
    count: Counter[str] = Counter()
    last: dict[str, Ran] = {}
    for ran in story.ran:
        if typed(ran.command):
            count[ran.command.text] += 1
            last[ran.command.text] = ran
    by_purpose: dict[str, list[str]] = {}
    for text, ran in last.items():
        by_purpose.setdefault(ran.command.purpose, []).append(text)
    for purpose, room in (("test", 3), ("lint", 2), ("format", 2), ("build", 2)):
        texts = sorted(by_purpose.get(purpose, ()), key=lambda t: (-(count[t] + (not last[t].failed)), -last[t].number))
        if texts:
            listed = ", ".join(f"`{text}`" for text in texts[:room])
            yield Candidate("command", f"{purpose}: {listed}", last[texts[0]].number, sure=True)
    for purpose in ("run", "git", "review", "install", "files", "push", "commit"):
        for text in by_purpose.get(purpose, ()):
            worth = {"run": 0.9, "git": 0.5, "review": 0.9, "install": 0.4}.get(purpose, 0.25)
            yield Candidate("command", f"`{text}`", last[text].number, worth=worth * (0.6 if last[text].failed else 1))


def failures(story: Story) -> Iterator[Candidate]:
    """Command lines that failed, with the line that says why, and whether their last command passed later."""
    passed = {ran.command.text: ran.number for ran in story.ran if not ran.failed}
    seen: set[str] = set()
    failed: dict[int, list[Ran]] = {}
    for ran in story.ran:
        if ran.failed and typed(ran.command):
            failed.setdefault(ran.number, []).append(ran)
    for number in reversed(failed):
        whole = " && ".join(ran.command.text for ran in failed[number][:3])
        last = failed[number][-1]
        if whole in seen:
            continue
        seen.add(whole)
        lines = [m[0].strip() for pattern in (_PLACE, _RAISED, _ERROR_LINE) for m in pattern.finditer(last.output)]
        line = next((line for line in lines if 8 < len(line) < 400), "")
        if not line:
            continue
        later = passed.get(last.command.text, 0) > number
        text = f"`{shorten(whole, 120)}`: {shorten(line, 160)}" + (" (passed later)" if later else "")
        yield Candidate("error", text, number, worth=0.7 if later else 0.9)


def tests_failed(story: Story) -> Iterator[Candidate]:
    """The tests that failed on the way, and whether the tests passed at the end."""
    named: dict[str, int] = {}
    for ran in story.ran:
        if ran.command.purpose == "test":
            for match in _FAILED_TEST.finditer(ran.output):
                name = next(part for part in match.groups() if part).strip()
                named[name.split("/", 1)[0] if name.startswith("Test") else name] = ran.number
    if named:
        last = next(r for r in reversed(story.ran) if r.command.purpose == "test")
        names = list(named)[-_TESTS_NAMED:]
        text = "failed on the way: " + ", ".join(f"`{name.replace('`', '')}`" for name in names)
        yield Candidate(
            "error", f"{text}{'' if last.failed else ' (the last tests passed)'}", named[names[-1]], worth=1.0
        )


def reported(story: Story, head: Head) -> Iterator[Candidate]:
    """What the agent's own program reported, and what was taken back."""
    errors: dict[str, tuple[str, list[int]]] = {}
    for text, turns in story.errors.items():  # one error has another id, or another place, each time
        whole = text.partition("{")[0].rstrip(" :") or text
        errors.setdefault(next(sentences(whole), whole), (whole, []))[1].extend(turns)
    for whole, turns in list(errors.values())[-6:]:
        often = f" ({len(turns)} times)" if len(turns) > 1 else ""
        yield Candidate("error", shorten(whole, 160) + often, turns[-1], worth=0.9 if len(turns) > _OFTEN else 0.7)
    for number, path, said in [edit for edit in story.unapplied if edit[1]][-3:]:
        yield Candidate(
            "error",
            f"an edit of `{shown_path(path, head)}` did not apply: {shorten(_TAG.sub('', said), 120)}",
            number,
            worth=0.6,
        )
    for number, oid, subject in story.undone[-3:]:
        yield Candidate(
            "note", f"Undone (`/undo`): {f'`{oid[:8]}` ' if oid else ''}{shorten(subject, 80)}", number, worth=1.2
        )


def todos(story: Story) -> Iterator[Candidate]:
    """The agent's own to-do list as it stood at the end."""
    asked = [e.prompt.number for e in story.exchanges if e.prompt and not e.side and not goes_on(e.prompt)]
    stale = bool(asked) and story.todos_at < asked[-1]  # the person has asked for something else since
    for todo in story.todos:
        if todo.status in ("open", "doing"):
            yield Candidate(
                "step", shorten(todo.text, 200), story.todos_at, worth=0.5 if stale else 1.6, sure=not stale, box=" "
            )
        elif todo.status == "done":
            yield Candidate("done", shorten(todo.text, 200), story.todos_at, worth=0.8, box="x")


def documents(story: Story) -> Iterator[Candidate]:
    """What is open in the lists that the person named or the agent ticked in, the rules that these shout, and what the agent wrote down."""
    asked = "\n".join(e.prompt.text for e in story.exchanges if e.prompt)
    for path, document in story.documents.items():
        name = path.replace("\\", "/").rsplit("/", 1)[-1]
        if name not in asked and not document.written:
            continue
        ticked = path in story.files
        for text in list(document.open)[:8]:
            if name in asked or ticked:
                yield Candidate("step", shorten(text, 220), document.number, worth=1.3, box=" ")
        for rule in document.rules:
            if name in asked:
                yield Candidate("constraint", f"`{name}`: {shorten(rule, 200)}", document.number, worth=1.4)
        for unit in units(document.written)[:200]:
            if unit.kind not in ("code", "title") and len(unit.text) > 20 and not unit.box:
                text = f"{unit.under[-1]}: {unit.text}" if unit.under and len(unit.text) < 80 else unit.text
                yield Candidate("note", shorten(text, 220), document.number, worth=0.6)
