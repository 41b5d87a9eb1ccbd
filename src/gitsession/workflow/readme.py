"""The title and the first paragraph of a README, as plain text."""

import html
import re
from collections.abc import Iterator

MAX_GOAL = 300  # characters of a goal
MAX_NAME = 80
MAX_PROSE = 10 * MAX_GOAL  # characters of a paragraph that are looked at

# Controls, surrogates, what is invisible or turns the direction of text; the joiners that scripts and emoji need stay.
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)
_BLANK = "\n"  # as the end of a block: the next blank line
_RULE = re.compile(r"[-=]+|([-*_])(?:[ \t]*\1){2,}")
_RST_RULE = re.compile(r"([^\w\s])\1{2,}(?:[ \t]+\1+)*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+|$)")
_LIST_ITEM = re.compile(r" {0,3}(?:[-*+]|1[.)])[ \t]")
# What begins no paragraph: indented lines, quotes, tables, lists, definitions, directives, fields.
_NO_PROSE = re.compile(r"[ \t>|]|[-*+][ \t]|\d{1,9}[.)][ \t]|:::|\{%|\[[^\]]+\]:|\.\.(?:\s|$)|:[\w -]+:(?:\s|$)|\+[-=]")
_RAW = re.compile(r" {0,3}<(!--|(?:details|pre|script|style|table|picture)\b)", re.IGNORECASE)
_HTML = re.compile(
    r"<[!?]|</?(?:p|div|h\d|center|t\w+|[uod]l|li|br|hr|img|figure|nav|section|header)\b"
    r"|</?[a-z][\w-]*(?:\s[^<>]*)?$", re.IGNORECASE
)  # fmt: skip
_HOW_TO = re.compile(
    r"\W*(?:(?:table of )?contents|toc|install|get(?:ting)? |quick|usage|us(?:e|ing)\b|licen|contribut|require|prereq"
    r"|change|news|doc|build|develop|test|support|donat|sponsor|status|link|example|communit|author|credit|security|setup"
    r"|feature|demo|screenshot)", re.IGNORECASE
)  # fmt: skip
_ABOUT = re.compile(r"\b(?:about|overview|introduction|description|summary|what|purpose|why)\b", re.IGNORECASE)
_NOTICE = re.compile(r"\W*(?:note|warning|important|caution|attention|notice|tip|read this in)\b\W*:", re.IGNORECASE)
_TARGET = r"\((?:[^()]|\([^()]*\))*\)|\[[^\[\]]*\]"
_LINK = re.compile(
    rf"(?<!!)\[([^\[\]]*)\](?:{_TARGET})|(?<![\w\]!])\[([^\[\]]+)\](?![\w(\[])"
    r"|`([^`<>]+?)\s*<[^<>`]+>`__?|<((?:https?|mailto):[^<>\s]+)>|<a\b[^<>]*>([^<]*)</a>", re.IGNORECASE
)  # fmt: skip
_IMAGE = re.compile(rf"!\[[^\[\]]*\](?:{_TARGET})?")
_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>", re.DOTALL)
_STARS = re.compile(r"(\*{1,3}|~~)(?=\S)([^*~]+)(?<=\S)\1")
_UNDERSCORES = re.compile(r"(?<![^\W_])(_{1,3})(?=[^\W_])((?:[^_]|(?<=\w)_(?=\w))+)\1(?![^\W_])")
_SENTENCE_END = re.compile("(?<!e\\.g)(?<!i\\.e)(?<! vs)(?<! cf)[.!?][\"')\\]]*(?=\\s|$)|[\u3002\uff01\uff1f]")


def read_introduction(text: str, *, rst: bool) -> tuple[str, str]:
    """The title of a README and its first paragraph on what the project is, as plain text; empty where none is."""
    html_title = re.search(r"<h1[^<>]{0,200}>([^<]{1,100})", text, re.IGNORECASE)
    title = one_line(_plain(html_title[1]), MAX_NAME) if html_title else ""
    headings, here = 0, True
    for is_heading, block in _blocks(text, rst=rst):
        if is_heading:
            headings += 1
            how_to = bool(_HOW_TO.match(block))
            here = not how_to and (headings <= 2 or bool(_ABOUT.search(block)))
            if headings == 1 and not how_to:
                title = title or one_line(_plain(block), MAX_NAME)
        elif here:
            if goal := _prose(block):
                return title, goal
            here = not block.endswith(":")  # it leads to code or a list, and no introduction comes after that
    return title, ""


def one_line(value: object, limit: int) -> str:
    """`value` on one line without what cannot be seen; empty where it is no text or longer than `limit` characters."""
    if not isinstance(value, str):
        return ""
    text = " ".join(UNSEEN.sub("", re.sub(r"\s+", " ", value)).split())
    return text if len(text) <= limit else ""


def _blocks(text: str, *, rst: bool) -> Iterator[tuple[bool, str]]:
    """(is it a heading, text) of each heading and each paragraph of prose in Markdown or reStructuredText."""
    lines = [line[:MAX_PROSE].rstrip() for line in text.splitlines()]
    if lines and lines[0] == "---" and "---" in lines[1:]:
        del lines[: lines.index("---", 1) + 1]  # front matter
    paragraph: list[str] = []
    until = ""  # inside what is passed over: where that ends
    for line in [*lines, ""]:
        if until:
            until = "" if (not line if until == _BLANK else until in line.lower()) else until
            continue
        rule = (_RST_RULE if rst else _RULE).fullmatch(line)
        heading = None if rst else _HEADING.match(line)
        end = None if rule or heading else _passed_over(line, in_paragraph=bool(paragraph))
        if paragraph and (rule or heading or end is not None or not line):
            underlined = bool(rule) and (rst or line[0] in "=-")
            yield underlined, "\n".join(paragraph)[:MAX_PROSE]
            paragraph = []
        if heading:
            yield True, line.strip("# \t")
        elif end is not None:
            until = end
        elif line and not rule:
            paragraph.append(line)


def _passed_over(line: str, *, in_paragraph: bool) -> str | None:
    """What ends the block of no prose that `line` begins: empty for the line itself; None where it begins none."""
    if fence := _FENCE.match(line):
        return fence[1]
    if raw := _RAW.match(line):
        end = "-->" if raw[1] == "!--" else f"</{raw[1].lower()}>"
        return "" if end in line.lower() else end
    if in_paragraph:
        return _BLANK if _LIST_ITEM.match(line) else None
    bare_html = _HTML.match(line) or (line.startswith("<") and not _TAG.sub("", line).strip())
    return _BLANK if bare_html or _NO_PROSE.match(line) else None


def _prose(block: str) -> str:
    """The paragraph as plain text; empty where it is badges, a menu, a notice, or only leads to what follows."""
    block = _IMAGE.sub("", block)
    linked = sum(map(str.isalpha, "".join(part or "" for link in _LINK.finditer(block) for part in link.groups())))
    outside = sum(map(str.isalpha, _plain(_LINK.sub("", block))))
    menu = linked and re.search(r"\s[|\xb7\u2022]\s", block)
    text = one_line(_plain(block), MAX_PROSE)
    if text.endswith(":"):
        whole = text[: max((end.end() for end in _SENTENCE_END.finditer(text)), default=0)]
        text = whole or (text[:-1] + "." if re.search(r"\b(?:is|are) an?\b|\bis the\b", text) else "")
    enough = len(text.split()) >= 3 or len(text) >= 20 or (len(text) >= 6 and not text.isascii())
    return text if enough and outside >= linked and not menu and not _NOTICE.match(text) else ""


def _plain(text: str) -> str:
    """Inline Markdown or reStructuredText as plain text; code keeps its backticks."""
    text = _LINK.sub(lambda link: next(filter(None, link.groups()), ""), _IMAGE.sub("", text))
    parts = re.split(r"(`+[^`]+`+)", text)
    for i in range(0, len(parts), 2):
        part = _TAG.sub("", html.unescape(parts[i]))
        for _ in range(2):  # emphasis inside emphasis
            part = _UNDERSCORES.sub(r"\2", _STARS.sub(r"\2", part))
        part = re.sub(r"(?<![\w:]):[a-z][a-z0-9_+-]*:(?![\w:`])", "", part)  # emoji by name
        parts[i] = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", part)
    return re.sub(r"(?::[a-z:]+:)?`+([^`]+)`+_{0,2}", r"`\1`", "".join(parts))


def cut_to_sentence(text: str) -> str:
    """`text` to the last sentence that ends within MAX_GOAL characters, else to a word."""
    if len(text) <= MAX_GOAL:
        return text
    end = max((end.end() for end in _SENTENCE_END.finditer(text) if end.end() <= MAX_GOAL), default=0)
    short = text[:end] if end >= MAX_GOAL // 8 else text[: MAX_GOAL - 1]
    if end < MAX_GOAL // 8:
        short = (short.rpartition(" ")[0] or short).rstrip(" ,;:-") + "…"
    return short.replace("`", "") if short.count("`") % 2 else short
