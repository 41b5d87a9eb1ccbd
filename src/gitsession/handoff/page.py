"""The closing comment of a page, and what a stored page is worth beside one derived anew."""

import hashlib
import re
from typing import Literal

from gitsession.model.handoff import BYTES_PER_TOKEN, RENDERER, Figures, Handoff, PageMeta

SCHEMA = 1
DIGITS = 16  # of a digest, hexadecimal
COMMITS = "- Commits: "
BEFORE_COMMITS = ": commits "
WHERE_TO_LOOK = "Where to look"
WATCH_OUT = "Watch out"
KNOWLEDGE = "- Knowledge: "

Status = Literal["wrong", "behind", "current", "unknown"]

_COMMENT = re.compile(
    r"^<!-- gitsession: schema (?P<schema>\d{1,9}); session (?P<session>[^;\s]+); renderer (?P<renderer>\d{1,9}); "
    r"tokens \d+; "
    r"(?P<figures>in force [^;]*; background [^;]*; preservation [^;]*; confidence [^;]*); "
    r"checkpoints sha256:(?P<checkpoints>[0-9a-f]*); body sha256:(?P<body>[0-9a-f]*) -->\s*\Z",
    re.MULTILINE,
)
_NO_SESSION = "none"
_DEFINITION = re.compile(r"\[[^\]]+\]: \S+$")  # a link that history may be the only one to use
_KNOWN = re.compile(re.escape(KNOWLEDGE) + r"\[.*\]\((?:\.\./)?knowledge/[A-Za-z0-9-]+\.md\)$")
_OBSERVED = re.compile(r", (?:same source|before these changes)(?=[. ])")


def body_digest(body: str) -> str:
    """Of all that stands before the closing comment."""
    return hashlib.sha256(body.encode()).hexdigest()[:DIGITS]


def closing_comment(body: str, figures: Figures, session: str, checkpoints: str) -> tuple[str, int]:
    """The comment for a body, and the tokens of the whole page, which it names and is counted in."""
    preservation = "null" if figures.preservation is None else str(figures.preservation)
    head = f"<!-- gitsession: schema {SCHEMA}; session {_word(session) or _NO_SESSION}; renderer {RENDERER}; tokens "
    tail = (
        f"; in force {figures.in_force_carried}/{figures.in_force}"
        f"; background {figures.background_carried}/{figures.background}"
        f"; preservation {preservation}; confidence {figures.confidence}"
        f"; checkpoints sha256:{_hex(checkpoints)}; body sha256:{body_digest(body)} -->\n"
    )
    rest = len(body.encode()) + len(head) + len(tail)
    tokens = 0
    while (counted := -(-(rest + len(str(tokens))) // BYTES_PER_TOKEN)) != tokens:
        tokens = counted
    return f"{head}{tokens}{tail}", tokens


def parse_page(text: str) -> tuple[str, PageMeta] | None:
    """Body and closing comment of a stored page; None when it does not end in such a comment."""
    text = text.replace("\r\n", "\n")  # a checkout may have changed them
    comment = _COMMENT.search(text, max(text.rfind("\n<!-- gitsession:") + 1, 0))
    if comment is None:
        return None
    session = comment["session"]
    meta = PageMeta(
        schema=int(comment["schema"]),
        session="" if session == _NO_SESSION else session,
        renderer=int(comment["renderer"]),
        checkpoints=comment["checkpoints"],
        body=comment["body"],
        figures=comment["figures"],
    )
    return text[: comment.start()], meta


def is_intact(text: str) -> bool:
    """True for a page of which nobody changed a byte since it was derived."""
    page = parse_page(text)
    return page is not None and body_digest(page[0]) == page[1].body


def compare(stored: str, derived: Handoff) -> tuple[Status, str]:
    """What a stored page is, beside the one derived from the same commit, and why, in one line.

    `wrong`: not what its own digest says, or other than its checkpoints give. `behind`: something came later, as after
    a merge. `current`: the same. `unknown`: written by another version of the renderer, which this one cannot judge.
    """
    page = parse_page(stored)
    if page is None:
        return "wrong", "it does not end in gitsession's closing comment"
    body, meta = page
    if meta.schema != SCHEMA or meta.renderer != RENDERER:
        theirs, ours = f"{meta.renderer} (schema {meta.schema})", f"{RENDERER} (schema {SCHEMA})"
        return "unknown", f"cannot be verified: written by renderer {theirs}, this one is {ours}"
    if body_digest(body) != meta.body:
        return "wrong", "it was changed after it was derived: the body is not that of its digest"
    if stored.replace("\r\n", "\n") == derived.text:
        return "current", "it is what its checkpoints and history give"
    now = parse_page(derived.text)
    if now is None or now[1].checkpoints != meta.checkpoints:
        return "behind", "checkpoints, settings or knowledge changed after it was derived"
    if now[1].session != meta.session:
        return (
            "behind",
            f"it was derived for session {meta.session or _NO_SESSION}, now it is {now[1].session or _NO_SESSION}",
        )
    if now[1].figures != meta.figures or _without_history(now[0]) != _without_history(body):
        return "wrong", "its checkpoints and settings give another page"
    return "behind", "files or commits changed after it was derived"


def _without_history(body: str) -> list[str]:
    """The lines that depend on checkpoints and settings alone."""
    lines = []
    heading = ""
    for line in body.split("\n"):
        if line.startswith("#"):
            heading = line.lstrip("# ")
        if (
            heading == WHERE_TO_LOOK
            or not line
            or _DEFINITION.match(line)
            or (heading == "Now" and line.startswith(COMMITS))
            or (heading == WATCH_OUT and (line == f"## {WATCH_OUT}" or _KNOWN.match(line)))
        ):
            continue
        if heading == "Now":
            lines.append(_OBSERVED.sub("", line))
        elif heading == "Before":
            lines.append(line.partition(BEFORE_COMMITS)[0].removesuffix("."))
        else:
            lines.append(line)
    return lines


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", text)


def _hex(digest: str) -> str:
    return re.sub(r"[^0-9a-f]", "", digest.removeprefix("sha256:").lower())[:DIGITS]
