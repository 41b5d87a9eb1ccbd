"""A conversation as it went: what was asked, what was answered, what the tools did. Bounded, however long the conversation is."""

import re
from collections.abc import Callable
from typing import NamedTuple

from gitsession.model.conversation import Change, Todo, Turn
from gitsession.rules.shell import Command, commands, moved

_SAID_SIZE = 20_000  # characters of one message that are looked at
_OUTPUT_SIZE = 6_000  # characters of a tool's output, from its end
_EARLY, _LATE = 30, 170  # exchanges that are kept from either end
_ANSWERS = 60  # messages of the agent kept in one exchange, the last ones
_FILES = 5_000
_SUMMARY_LEAST = 60  # characters from which on a summary says something
_BEGUN_SIZE = 500  # of what says that a sub-agent was begun

_ON_BRANCH = re.compile(
    r"^(?:On branch |## (?:No commits yet on )?(?=\S+(?: \[[^\]\n]*\])?$)|Switched to (?:a new )?branch ')([^\s'.]+(?:\.[^\s'.]+)*)",
    re.MULTILINE,
)
_ASKS_STATUS = re.compile(
    r"\bgit\b[^|;&\n]{0,200}\b(?:status|switch|checkout|clone|worktree|commit)\b|\bgh pr checkout\b"
)
_COMMITTED = re.compile(r"^\[(\S+?)(?: \(root-commit\))? ([0-9a-f]{7,40})\] (.+)$", re.MULTILINE)
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
#: A command that prints a document.
_SHOWS = re.compile(
    r"\s*(?:cd [^&;|]{1,200}&&\s*)?(?:cat|bat|head|nl|sed -n|less)\b[^|;&\n]{0,80}?(?:[\"']([^\"'\n]{1,300}\.(?:md|txt|mdx|rst))[\"']|(?<=\s)([^\s\"'|;&]{1,300}\.(?:md|txt|mdx|rst)))"
)
#: The subject where it stands in the command: a quiet commit prints none.
_SUBJECT = re.compile(
    r"\bgit(?: -\S+(?: \S+)??)*? commit\b[^|;&\n\"']{0,100}? (?:-\w*m|--message)[ =]?([\"'])([^\"'`$\n]{3,200})"
)
_SAID_COMMIT = re.compile(r"Commit ([0-9a-f]{7,40}) (.+)")  # aider's own
_ASKS_BRANCH = re.compile(r"git (?:branch --show-current|rev-parse --abbrev-ref HEAD|symbolic-ref)")
_BRANCH = re.compile(r"(?![-.])[\w./#@+-]{2,120}(?<![./])")
_OID = re.compile(r"[0-9a-f]{7,40}")
_PUSHED = re.compile(
    r"^\s*(?:[+* ]?\s*(?:[0-9a-f]{7,40}\.{2,3}[0-9a-f]{7,40}|\[new (?:branch|tag)\])\s+\S+\s+->\s+(\S+)|Everything up-to-date)",
    re.MULTILINE,
)
_PULL = re.compile(r"https?://[^\s\"')\]>]+/(?:pull|merge_requests|pullrequest)/(\d+)")
#: Others list pull requests, or print a text that names some.
_ASKS_PULL = re.compile(
    r"\bgh pr (?!list|search)|\bglab mr (?!list)|\baz repos pr (?!list)|\bgit push\b|/(?:pulls?|merge_requests)/\d|\bgh (?:issue|run) view\b"
)
_AHEAD = re.compile(r"(?:ahead (?:of '[^']+' by )?(\d+))")
_MERGED = re.compile(r"\b(?:state:?\s*\"?|\")MERGED\b|✓ (?:Squashed and )?[Mm]erged")


_DOCUMENTS = (".md", ".mdx", ".markdown", ".txt", ".rst", ".adoc", ".mdc")
_MAX_DOCUMENTS = 100
_MAX_RULES = 12
_MAX_ERRORS = 50
_NUMBERED = re.compile(r"\s{0,8}\d{1,6}(?:→|:|\t|\|)[ ]?")  # as agents' tools number the lines that they read
_LISTING = re.compile(r"(?:\s{0,8}\d{1,6}(?:→|\t)[^\n]*\n){3}")
_BOX = re.compile(r"\s*[-*+] \[([ xX])\] (\S.*)")
_SHOUTED = re.compile(r"\b(?:NEVER|MUST NOT|DO NOT|DON'T)\b")
_APPROVED = re.compile(r"\b(?:approved|accepted|aprovad[oa])\b", re.IGNORECASE)


class Said(NamedTuple):
    """Words of a turn: the turn's number, and what was said."""

    number: int
    text: str


class Ran(NamedTuple):
    """One simple command that was run. `output` is the end of what its whole line printed."""

    number: int
    command: Command
    failed: bool
    output: str
    alone: bool  # the line held no other command that matters


class Refused(NamedTuple):
    """A call that the person rejected, and what they said."""

    number: int
    what: str
    said: str
    action: str


class Exchange:
    """A prompt and all that followed it, up to the next."""

    def __init__(self, prompt: Said | None, index: int) -> None:
        self.prompt = prompt
        self.index = index
        self.answers: list[Said] = []
        self.final = False  # the agent marked its last message as the answer
        self.asked: list[tuple[int, str, str]] = []  # the agent's question by a tool, and the person's answer
        self.refused: list[Refused] = []
        self.edits = 0
        self.interrupted = False
        self.broken = False  # it ended with an error of the agent's program
        self.side = False  # of a sub-agent: the prompt is the agent's, not the person's

    @property
    def answer(self) -> Said | None:
        """The last thing that the agent said in it."""
        return self.answers[-1] if self.answers else None


class File:
    """What became of a file in the conversation."""

    def __init__(self, how: str) -> None:
        self.how = how  # how it began: add | update | delete
        self.gone = False
        self.edits = 0
        self.lines = 0
        self.last = 0  # turn

    @property
    def vanished(self) -> bool:
        """Whether it was made and removed again."""
        return self.gone and self.how == "add"


class Document:
    """A Markdown file that was read or written: what is open in it, the rules that it shouts, and what the agent wrote into it."""

    def __init__(self) -> None:
        self.number = 0
        self.open: dict[str, None] = {}  # unticked boxes
        self.rules: list[str] = []
        self.written = ""


class Story:
    """Turns are fed in their order. Numbers of turns are those that the feeder gives."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = [Exchange(None, 0)]
        self.left_out = 0  # exchanges in the middle
        self.files: dict[str, File] = {}
        self.read: dict[str, int] = {}
        self.ran: list[Ran] = []
        self.todos: tuple[Todo, ...] = ()
        self.todos_at = 0
        self.plan: Said | None = None
        self.summary: Said | None = None  # the newest, of a compaction
        self.plan_approved = False
        self.documents: dict[str, Document] = {}
        self.branch = ""
        self.commits: list[tuple[int, str, str]] = []  # turn, id, subject
        self.undone: list[tuple[int, str, str]] = []
        self.errors: dict[str, list[int]] = {}  # what the agent's program reported: the first line, the turns
        self.unapplied: list[tuple[int, str, str]] = []
        self.pushed: list[tuple[int, str]] = []
        self.pull_requests: dict[str, int] = {}  # number: turn
        self.opened: dict[str, int] = {}
        self.merged = 0
        self.edited_last = 0
        self.committed_last = 0  # the last turn that committed or pushed
        self.last = 0
        self._count = 0
        self._main = self.exchanges[0]
        self._side: Exchange | None = None

    def feed(self, number: int, turn: Turn) -> None:
        """Take in the next turn."""
        self.last = number
        if turn.who == "tool":
            self._tool(number, turn)
        elif turn.who == "user":
            self._user(number, turn)
        elif turn.who == "assistant" and not turn.kind and turn.text.strip():
            if _LISTING.match(turn.text):
                return  # a file that a tool showed, where a transcript in another one hid whose it is
            now = self._now(turn)
            now.answers.append(Said(number, turn.text[:_SAID_SIZE]))
            now.final = turn.phase == "final" or now.final
            now.broken = False
            if len(now.answers) > _ANSWERS:
                del now.answers[1]
        elif turn.kind == "interrupted":
            self._now(turn).interrupted = True
        elif turn.kind == "summary" and not turn.side and len(turn.text) > _SUMMARY_LEAST:
            self.summary = Said(number, turn.text[: 2 * _SAID_SIZE])
        elif turn.kind == "error" and turn.text.strip():
            self._error(number, turn)

    def _error(self, number: int, turn: Turn) -> None:
        self._now(turn).broken = True
        if len(self.errors) < _MAX_ERRORS:
            self.errors.setdefault(" ".join(turn.text.split())[:300], []).append(number)

    def _now(self, turn: Turn) -> Exchange:
        return self._side if turn.side and self._side else self._main

    def _user(self, number: int, turn: Turn) -> None:
        if turn.kind == "interrupted":
            self._now(turn).interrupted = True
        said = turn.text.strip()
        if turn.kind == "command" and said.split()[0] == "/undo" and self.commits:
            self.undone.append((number, *self.commits.pop()[1:]))
        asked = turn.kind in ("", "command") or (turn.side and turn.kind == "injected" and not said.startswith("<"))
        if not asked or not said:
            return
        self._count += 1
        exchange = Exchange(Said(number, turn.text[:_SAID_SIZE]), self._count)
        exchange.side = turn.side
        self.exchanges.append(exchange)
        self._side = exchange if turn.side else None
        if not turn.side:
            self._main = exchange
        if len(self.exchanges) > _EARLY + _LATE:
            del self.exchanges[_EARLY]
            self.left_out += 1

    def _tool(self, number: int, turn: Turn) -> None:
        now = self._now(turn)
        if turn.refused:
            now.refused.append(
                Refused(number, f"{turn.tool or turn.action} {turn.input}".strip()[:300], turn.text[:2000], turn.action)
            )
            return
        for change in turn.changes:
            self._change(number, change)
            now.edits += 1
        if turn.action == "edit" and turn.failed and turn.text.strip():
            self.unapplied.append((number, turn.input.split("\n", 1)[0][:200], " ".join(turn.text.split())[:300]))
            del self.unapplied[:-20]
        if turn.written and turn.changes:
            self._document(number, turn.changes[0].path, turn.written, written=True)
        elif turn.action == "read" and turn.input.lower().endswith(_DOCUMENTS) and not turn.failed:
            self._document(number, turn.input, turn.text, written=False)
        if turn.action == "run" and turn.input:
            self._run(number, turn)
        elif turn.action == "read" and turn.input and len(self.read) < _FILES:
            self.read[turn.input] = self.read.get(turn.input, 0) + 1
        elif turn.action == "todo" and turn.todos:
            self.todos, self.todos_at = turn.todos, number
        elif turn.action == "ask":
            now.asked.append((number, turn.input[:1500], turn.text[:1500]))
        elif turn.action == "agent" and turn.text.strip() and not turn.failed:
            self._report(number, turn.text)
        elif turn.action == "plan":
            self.plan = Said(number, (turn.input or turn.text)[:_SAID_SIZE])
            self.plan_approved = not turn.refused and _APPROVED.search(turn.text) is not None

    def _report(self, number: int, text: str) -> None:
        """What a sub-agent's call gave back: its last answer, where its own turns stand in another file; or only that it was begun."""
        if len(text) < _BEGUN_SIZE and text.lstrip().startswith("{") and text.rstrip().endswith("}"):
            return
        aside = Exchange(None, self._main.index)
        aside.side = aside.final = True
        aside.answers.append(Said(number, text[:_SAID_SIZE]))
        self.exchanges.append(aside)

    def add_file(self, path: str, change: Change) -> None:
        """A file that git says has changed. What the turns told of it counts more."""
        if path not in self.files and len(self.files) < _FILES:
            self.files[path] = file = File(change.how)
            file.gone = change.how == "delete"
            file.last = self.last

    def name_files(self, name: Callable[[str], str]) -> None:
        """Give files other names; two that get the same become one."""
        files, self.files = self.files, {}
        for path, file in files.items():
            known = self.files.setdefault(name(path), file)
            if known is not file:
                known.edits += file.edits
                known.lines += file.lines
                known.gone, known.last = file.gone, max(known.last, file.last)

    def _document(self, number: int, path: str, text: str, *, written: bool) -> None:
        if path not in self.documents and len(self.documents) >= _MAX_DOCUMENTS:
            return
        document = self.documents.setdefault(path, Document())
        document.number = number
        if written:
            document.written = (document.written + "\n" + text)[-_SAID_SIZE:]
        else:
            document.open.clear()
        for numbered in text[: 10 * _SAID_SIZE].split("\n"):
            line = _NUMBERED.sub("", numbered, count=1)
            box = _BOX.match(line)
            if box and box[1] == " ":
                document.open[" ".join(box[2].split())] = None
            elif box:
                document.open.pop(" ".join(box[2].split()), None)
            elif not written and _SHOUTED.search(line) and len(document.rules) < _MAX_RULES:
                document.rules.append(line.strip().lstrip("-*#> ").strip())

    def _change(self, number: int, change: Change) -> None:
        if change.old and change.old in self.files:
            self.files[change.old].gone = True
        if change.path not in self.files and len(self.files) >= _FILES:
            return
        file = self.files.setdefault(change.path, File(change.how))
        file.gone = change.how == "delete"
        file.edits += 1
        file.lines += max(0, change.added) + max(0, change.removed)
        file.last = self.edited_last = number

    def _move(self, number: int, path: str, to: str, *, sure: bool) -> None:
        """A file that a command removed, or moved `to`; `sure`: it is git's. Others are files of the work only where the turns told of them."""
        end = "/" + path.removeprefix("./")
        known = next((p for p in (*self.files, *self.read) if f"/{p}".endswith(end)), path if sure else "")
        if not known:
            return
        new = known in self.files and self.files[known].how == "add"
        self._change(number, Change(known, "delete"))
        if to:
            self._change(number, Change(to, "add" if new else "rename"))

    def _run(self, number: int, turn: Turn) -> None:
        output = _ANSI.sub("", turn.text[-_OUTPUT_SIZE:])
        shown = _SHOWS.match(turn.input)
        if shown and not turn.failed:
            self._document(number, shown[1] or shown[2], turn.text, written=False)
        parts = [c for c in commands(turn.input) if c.purpose != "read"]
        self.ran += [Ran(number, c, turn.failed, output, len(parts) == 1) for c in parts]
        if not turn.failed and any(c.purpose in ("commit", "push") for c in parts):
            self.committed_last = number
        if len(self.ran) > 4000:
            del self.ran[:1000]
        for command in parts if not turn.failed else ():
            for path, to in moved(command):
                self._move(number, path, to, sure=command.text.startswith("git "))
        if "git" in turn.input or "gh " in turn.input:
            self._git(number, turn, output, {c.purpose for c in parts})

    def _git(self, number: int, turn: Turn, output: str, purposes: set[str]) -> None:
        """What a command of git's, or of a host's, printed."""
        for match in _ON_BRANCH.finditer(output) if _ASKS_STATUS.search(turn.input) else ():
            self.branch = match[1].split("...", 1)[0].strip("'\"")
        if turn.tool == "git" and (said := _SAID_COMMIT.match(output)):
            self.commits.append((number, said[1], said[2]))
        if _ASKS_BRANCH.search(turn.input):
            self.branch = _branch_told(turn.input, output) or self.branch
        for match in _COMMITTED.finditer(output):
            self.commits.append((number, match[2], match[3].strip()))
            self.branch = match[1] if match[1] != "detached" else self.branch
        if "commit" in purposes and not turn.failed and not output.strip() and (quiet := _SUBJECT.search(turn.input)):
            self.commits.append((number, "", quiet[2].strip()))
        if "push" in purposes and not turn.failed:
            for match in _PUSHED.finditer(output):
                self.pushed.append((number, match[1] or ""))
        for match in _PULL.finditer(output) if _ASKS_PULL.search(turn.input) else ():
            self.pull_requests[match[1]] = number
            if "pr create" in turn.input:
                self.opened[match[1]] = number
        if "merge" in turn.input or "pr view" in turn.input:
            self.merged = number if _MERGED.search(output) else self.merged


def _branch_told(line: str, output: str) -> str:
    """The branch in the output of a command line that asks git for it; empty where it cannot be told from what else was printed."""
    names = [word for word in output.split("\n") if _BRANCH.fullmatch(word) and not _OID.fullmatch(word)]
    asking = [_ASKS_BRANCH.search(c.text) is not None for c in commands(line) if not c.text.startswith("cd ")]
    if len(names) == 1 or (names and asking[:1] == [True]):
        return names[0]
    if names and asking[-1:] == [True]:
        return names[-1]
    parted = [name for name in names if "/" in name and "." not in name]  # not what `ls` printed beside it
    return parted[0] if len(parted) == 1 else ""
