"""What one session of aider comes to: the notes of the program between the user's lines and the agent's answers."""

import re
from collections.abc import Iterator

from gitsession.model.conversation import Change, Head, Turn
from gitsession.transcripts.aider_edits import Edit, find_edits
from gitsession.transcripts.diffs import Edited

_AMOUNT = r"([\d.,]+[kM]?)"
_TOKENS = re.compile(rf"Tokens: {_AMOUNT} sent.*?(?:, {_AMOUNT} received|$)")
_COST = re.compile(r"\$([\d.]*\d) session")
_APPLIED = re.compile(r"Applied edit to (.+)")
_COMMIT = re.compile(r"Commit [0-9a-f]{7,40} .")
_ADDED = re.compile(r"Added (\S.*?) to the chat\.?$")
_VERSION = re.compile(r"Aider v(\S+)")
_MODEL = re.compile(r"(?:Main model|Models?): (\S+?),? with ")
_FOLDER = re.compile(r"Cur working dir: (.+)")
_CONFIRM = re.compile(r"(?P<question>.*\?)(?: \(Y\)es.*?\]:| \[[Yy]/[Nn]\]:?| \[Yes\]:)? (?P<answer>[A-Za-z]{1,8})$")
_ASKED = re.compile(r".*\? (?:\(Y\)es|\[[Yy]/[Nn]\])")
_ERROR = re.compile(
    r"litellm\.|Unexpected error|Traceback \(most|The LLM did not conform|# \d+ SEARCH/REPLACE block|Error|Unable to |Model .* has hit"
)
_STOPPED = ("^C again to exit", "^C KeyboardInterrupt")
_COMMAND = re.compile(r"(?:/(?:run|test|git)\b|!) *(.*)", re.DOTALL)
_NOISE = (
    "Repo-map",
    "Has it been deleted",
    "Initial repo scan",
    "You can use /undo",
    "https://aider.chat",
    "Running ",
    "Cost estimates may",
    "Copied code context",
    "Processing your request",
    "Diff since ",
)
#: Prompts that the program writes: what a check found, and comments in files that ask for something.
_WRITTEN = ("# Fix any errors below", 'Find the "AI" comments below')
_TAG = re.compile(r"<(thinking-content-\w{1,80})>")
_THINKING, _ANSWER = "► **THINKING**", "► **ANSWER**"
#: Commands that hold a prompt of the user's.
_PROMPTS = re.compile(r"/(?:ask|code|architect|help|context|copy-context|chat-mode \w+)\s+\S")
_KNOWN = (
    _TOKENS,
    _APPLIED,
    _COMMIT,
    re.compile(r"\^C |The LLM did not conform|litellm\.|Only \d+ reflections|Retrying in|Add .* to the chat\?"),
)


def is_note(line: str) -> bool:
    """Whether a line is one that follows an answer, which a quotation of the agent's hardly is."""
    return any(known.match(line) for known in _KNOWN)


class Notes:
    """One session: takes what each said in its order, and yields turns. The head goes before the first, and again at the end."""

    def __init__(self, started: str, line: int = 1) -> None:
        self.head = Head("aider", id=f"aider {started}" if started else "", started=started)
        self.line = line
        self.silent = True  # nothing was said yet; what the program says before that is about itself
        self.waits = False  # the agent has not answered the last prompt
        self.answer: Turn | None = None  # kept until its tokens are known
        self.edits: dict[str, Edit] = {}
        self.created: set[str] = set()
        self.running: Turn | None = None  # a command whose output comes
        self.rest: list[str] = []  # lines that are about nothing that we know
        self.wrong = False  # ... and belong to an error
        self.began = 0  # ... from this line on

    def headed(self, ones: Iterator[Turn | Head]) -> Iterator[Turn | Head]:
        """The same, with the head before the first turn of the session."""
        for one in ones:
            if self.silent:
                self.silent = False
                yield self.head
            yield one

    def user(self, line: int, said: str) -> Iterator[Turn | Head]:
        """What stands in the user's place."""
        asked = _ASKED.match(said)  # an answer to a question of the program's; the line above it says what it is about
        if asked and not self.wrong:
            self.rest.clear()
        yield from self._flush()
        if not said:
            return
        if asked or said.startswith(_WRITTEN):
            yield self._turn(line, Turn("user", said, kind="injected"))
            return
        prompt = not said.startswith(("/", "!")) or bool(_PROMPTS.match(said))
        self.edits, self.created = {}, set()
        self.waits = prompt
        yield self._turn(line, Turn("user", said, kind="" if prompt else "command"))
        if (command := _COMMAND.match(said)) and command[1]:
            run = command[1] if not said.startswith("/git") else f"git {command[1]}"
            self.running = self._turn(line, Turn("tool", tool="run", action="run", input=run))

    def agent(self, line: int, said: str) -> Iterator[Turn | Head]:
        """An answer of the agent's."""
        yield from self._flush()
        thought, said = _apart(said)
        if thought:
            yield self._turn(line, Turn("assistant", thought, kind="thinking", model=self.head.model))
        self.answer = self._turn(line, Turn("assistant", said, model=self.head.model)) if said else None
        self.edits, self.created = find_edits(said), set()

    def tool(self, line: int, said: str) -> Iterator[Turn | Head]:
        """A message of the program."""
        if tokens := _TOKENS.match(said):
            self.waits = False
            if self.answer:
                self.answer = self.answer._replace(tokens=(_amount(tokens[1]), _amount(tokens[2])))
            if cost := _COST.search(said):
                self.head = self.head._replace(cost=max(self.head.cost, float(cost[1])))
        elif applied := _APPLIED.match(said):
            yield from self._flush()
            yield self._applied(line, applied[1].strip())
        elif _COMMIT.match(said):
            yield from self._flush()
            yield self._turn(line, Turn("tool", said, tool="git", action="run", input="git commit"))
        elif said.startswith(_STOPPED):
            yield from self._flush()
            if self.waits:
                yield self._turn(line, Turn("user", said, kind="interrupted"))
            self.waits = False
        elif (confirm := _CONFIRM.match(said)) and "\n" not in said:
            yield from self._confirmed(line, confirm["question"], confirm["answer"].lower()[0] in "ya")
        elif (added := _ADDED.match(said)) and not self.silent:
            yield from self._flush()
            yield self._turn(line, Turn("tool", tool="add", action="read", input=added[1]))
        elif not self._about(said):
            yield from self._other(line, said)

    def close(self) -> Iterator[Turn | Head]:
        """What is left at the end of the session."""
        yield from self.headed(self._flush())
        if not self.silent:
            yield self.head

    def _about(self, said: str) -> bool:
        """Whether the program speaks of itself."""
        if version := _VERSION.match(said):
            self.head = self.head._replace(version=self.head.version or version[1])
        elif model := _MODEL.match(said):
            self.head = self.head._replace(model=model[1])
        elif folder := _FOLDER.match(said):
            self.head = self.head._replace(cwd=folder[1].strip())
        else:
            return said.startswith(_NOISE)
        return True

    def _other(self, line: int, said: str) -> Iterator[Turn | Head]:
        if self.running:
            self.running = self.running._replace(text=f"{self.running.text}\n{said}".lstrip("\n"))
            return
        if _ERROR.match(said) and not self.wrong:
            yield from self._flush()
            self.wrong = True
        if said:
            self.began = self.began if self.rest else line
            self.rest.append(said)

    def _confirmed(self, line: int, question: str, yes: bool) -> Iterator[Turn | Head]:  # noqa: FBT001 - the answer
        """A question of the program's. What it is about stands in the message above it."""
        about = self.rest.pop() if self.rest else ""
        yield from self._flush()
        if question.startswith("Run shell command"):
            run = self._turn(line, Turn("tool", tool="run", action="run", input=about, refused=not yes))
            yield run
        elif question.startswith(("Create new file", "Allow edits to file", "Allow creation of")):
            if not yes:
                yield self._turn(line, Turn("tool", tool="edit", action="edit", input=about, refused=True))
            elif "dits" not in question:
                self.created.add(about)

    def _applied(self, line: int, path: str) -> Turn:
        edit = next((e for p, e in self.edits.items() if _same(p, path)), None)
        new = any(_same(p, path) for p in self.created)
        change = Change(path, "add" if new else "update")
        if edit and (new or edit.removed >= 0):
            change = change._replace(added=len(edit.added), removed=max(edit.removed, 0))
        edited = Edited((change,), edit.added if edit else ())
        turn = Turn(
            "tool",
            f"Applied edit to {path}",
            tool="edit",
            action="edit",
            input=path,
            changes=(change,),
            written=edited.written,
        )
        return self._turn(line, turn)

    def _flush(self) -> Iterator[Turn | Head]:
        if self.answer:
            yield self.answer
        if self.running:
            yield self.running
        if self.rest and (self.wrong or not self.silent):
            yield self._turn(self.began, Turn("system", "\n".join(self.rest), kind="error" if self.wrong else ""))
        self.answer = self.running = None
        self.rest, self.wrong = [], False

    def _turn(self, line: int, turn: Turn) -> Turn:
        """The file only grows: a place in its session names a turn for good."""
        return turn._replace(id=f"{self.head.id} +{line - self.line} {turn.kind or turn.who}")


def _apart(said: str) -> tuple[str, str]:
    """What the agent thought before it answered, and the answer."""
    begin, mark, end = said.find(_THINKING), _THINKING, _ANSWER
    if begin < 0 and (tag := _TAG.search(said)):
        begin, mark, end = tag.start(), tag[0], f"</{tag[1]}>"
    if begin < 0 or (stop := said.find(end, begin)) < 0:
        return "", said
    before, after = said[:begin].rstrip("-\n"), said[stop + len(end) :]
    return said[begin + len(mark) : stop].strip("-\n "), f"{before}\n{after}".strip()


def _same(path: str, other: str) -> bool:
    """Whether two paths mean one file: the agent may leave out folders, or write them with another slash."""
    a, b = "/" + path.replace("\\", "/"), "/" + other.replace("\\", "/")
    return a.endswith(b) or b.endswith(a)


def _amount(words: str | None) -> int:
    """`3.2k` -> 3200."""
    if not words:
        return 0
    factor = {"k": 1000, "M": 1_000_000}.get(words[-1], 1)
    try:
        return int(float(words.rstrip("kM").replace(",", "")) * factor)
    except (ValueError, OverflowError):
        return 0
