"""What a compaction kept of the turns before it: often all that is left of them, and it may be older than what came after."""

import re
from collections.abc import Iterator
from textwrap import dedent

from gitsession.rules.candidate import Candidate, shorten
from gitsession.rules.prose import units
from gitsession.rules.story import Said, Story

_SIZE = 260  # characters of one fact
_STEP = 400
_LEAST = 12  # that say something
_UNITS = 60  # of one section that are looked at

_HEADING = re.compile(
    r"(?:#{1,4}\s+(?P<hash>\S.{0,80}?)|\s*<(?P<tag>[a-z][\w-]{2,40})>|(?:\d{1,2}[.)]\s+)?\*{0,2}(?P<line>[A-ZÀ-Þ][^:.!?\n]{2,60}?)\*{0,2}:\*{0,2})\s*$"
)
_CLOSED = re.compile(r"\s*</[a-z][\w-]{2,40}>\s*$")
_DONE = re.compile(r"\W*(?:\[?(?:DONE|COMPLETED|x)\]|✅|✓)", re.IGNORECASE)
_MARK = re.compile(r"\W*\[(?:TODO|IN PROGRESS|PENDING| )\]\s*", re.IGNORECASE)
#: What comes before the summary proper: the model's own way to it.
_BEFORE = re.compile(r"\A.*^\W{0,4}(?:summary\b\W{0,4}|<summary>)$", re.IGNORECASE | re.MULTILINE | re.DOTALL)
#: What a later turn may have ended.
_PASSING = re.compile(
    r"\b(?:still|currently|remain(?:s|ing)?|not yet|in progress|about to|pending|next(?: steps?)?:|noch|aktuell|ainda|atualmente|encore|todavía)(?!\w)",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"\b(?:next(?: steps?)?|nächste\w*|próxim\w+|prochain\w*|siguiente\w*): (?P<step>.{12,400})", re.IGNORECASE
)
#: What a section holds, by the words of its heading; the first that fits.
_SECTIONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b(?:{words})", re.IGNORECASE))
    for kind, words in (
        ("asked", r"(?:all )?user (?:messages?|requests?|prompts?)"),
        (
            "step",
            r"pending|next|to-?do|remaining|open|optional|current.plan|in.progress|not done|offen|nächste|próxim|pend|restant",
        ),
        ("error", r"errors?|problems?(?! solving)|issues?|bugs?|blockers?|fehler|erros?"),
        ("goal", r"(?:primary|overall)|goals?|requests?|intent|objectiv|task\b|overview|ziel|objetiv"),
        ("decision", r"decisions?|constraints?|instructions?|preferences?|conventions?|rules?|entscheid|decis"),
        ("passing", r"current|recent|state|status|progress"),
        ("file", r"(?:important.|relevant.)?files?|code|file.system"),
    )
)
_WORTH = {
    "asked": 0.9,
    "step": 1.6,
    "error": 1.2,
    "goal": 1.4,
    "decision": 1.3,
    "passing": 1.0,
    "file": 0.6,
    "note": 0.9,
}
_KIND = {"asked": "goal", "passing": "note", "file": "note"}


def summarised(story: Story) -> Iterator[Candidate]:
    """Candidates from the newest summary. What it says was going on, and was next, holds only while nothing was said after it."""
    summary = story.summary
    if summary is None:
        return
    own = [e for e in story.exchanges if not e.side]
    told = any(e.prompt and e.prompt.number < summary.number for e in own)  # the turns themselves are here
    over = any(e.answer and e.answer.number > summary.number for e in own)
    sections = list(_sections(_BEFORE.sub("", summary.text, count=1)))
    for heading, body in (
        sections[1:] if len(sections) > 2 else sections
    ):  # what stands above the first one says what this is
        section = next((kind for kind, pattern in _SECTIONS if pattern.search(heading)), "note")
        if (over and section in ("step", "passing")) or (told and section in ("asked", "goal")):
            continue
        found = _facts(summary, section, body, share=0.7 if told else 1.2)
        yield from (c for c in found if not (over and _PASSING.search(c.text)))
    ahead = None if over else _NEXT.search(" ".join(summary.text.split()))
    if ahead:
        yield Candidate("step", shorten(ahead["step"], _STEP), summary.number, worth=1.6, box=" ")


def _facts(summary: Said, section: str, body: str, *, share: float) -> Iterator[Candidate]:
    kind, box = _KIND.get(section, section), " " if section == "step" else ""
    for unit in units(body)[:_UNITS]:
        if (
            unit.kind in ("code", "title")
            or unit.text[:1] == "("
            or len(unit.text) < _LEAST
            or (box and _DONE.match(unit.text))
        ):
            continue
        text = _MARK.sub("", unit.text) if box else unit.text
        if unit.parts:
            text = f"{text.rstrip(':')}: {'; '.join(unit.parts)}"
        yield Candidate(
            kind, shorten(text, _STEP if box else _SIZE), summary.number, worth=_WORTH[section] * share, box=box
        )


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """The text's sections, by headings of Markdown, of XML, or lines that end in a colon: (heading, body) each."""
    heading, body = "", [""]
    for line in text.split("\n"):
        found = _HEADING.match(line[:200])
        if found:
            yield heading, dedent("\n".join(body))
            heading, body = (found["hash"] or found["tag"] or found["line"]).replace("_", " "), []
        elif not _CLOSED.match(line):
            body.append(line)
    yield heading, dedent("\n".join(body))
