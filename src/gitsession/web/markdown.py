"""Markdown as GitHub shows it, to HTML that is safe to show: whatever it says, and whoever wrote it.

Two doors, one behind the other: what the renderer makes is cleaned by nh3 (ammonia), which keeps the tags and attributes
that are listed here and nothing else. Nothing is loaded from elsewhere: pictures become links to them.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from html import escape
from urllib.parse import unquote, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

#: What a link's target becomes: another target, or nothing, and then its words stay.
Rewrite = Callable[[str], str]

#: Of one text; what is longer is cut, since no page needs more of it.
MOST = 400_000
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "i", "input", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "summary", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
}  # fmt: skip
_INLINE_TAGS = {"a", "b", "code", "del", "em", "i", "kbd", "mark", "s", "strong", "sub", "sup"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}, "input": {"checked", "disabled", "aria-label"},
               "details": {"open"}}  # fmt: skip
_SET = {"input": {"type": "checkbox", "disabled": ""}}
_VALUES = {"pre": {"tabindex": {"0"}}, "table": {"tabindex": {"0"}}}
_SILENT = {"script", "style", "title", "textarea", "template", "svg", "math"}  # what stands in them is no text
_SCHEMES = {"http", "https", "mailto"}
_WEB = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
_BOX = re.compile(r"\[([ xX])\][ \t]+")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\^{}\[\]]+", re.IGNORECASE)
_ALIGN = re.compile(r"text-align:(left|right|center)")
_DEEPEST = 6


def render_markdown(text: str, rewrite: Rewrite = lambda _: "", *, lower: int = 0) -> str:
    """HTML of a Markdown text. `rewrite` is asked for links that lead to no web address; headings go `lower` levels down."""
    if len(text) > MOST:
        text = text[:MOST] + "\n\n(cut here)\n"
    return _clean(lambda asked: _parser().render(text, {"rewrite": asked, "lower": lower}), rewrite, _TAGS)


def _clean(render: Callable[[Rewrite], str], rewrite: Rewrite, tags: set[str]) -> str:
    ours: set[str] = set()

    def lead(target: str) -> str:
        ours.add(to := rewrite(target))
        return to

    def keep(tag: str, attribute: str, value: str) -> str | None:
        """Of the links that lead to this place itself, those that we made."""
        return value if (tag, attribute) != ("a", "href") or _WEB.match(value) or value in ours else None

    return nh3.clean(render(lead), tags=tags, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer nofollow",
                     tag_attribute_values=_VALUES, set_tag_attribute_values=_SET, attribute_filter=keep, clean_content_tags=_SILENT)  # fmt: skip


def render_inline(text: str, rewrite: Rewrite = lambda _: "") -> str:
    """The same of a text that is one line of a page: its code, links and emphasis, and nothing that begins a block."""
    return _clean(lambda asked: _parser().renderInline(text[:MOST], {"rewrite": asked}), rewrite, _INLINE_TAGS)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 20}).enable(["table", "strikethrough"])
    parser.core.ruler.push("as_github", _as_github)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("code_block", _fence)
    return parser


def _fence(self: RendererHTML, tokens: Sequence[Token], at: int, options: object, env: object) -> str:
    """Code, whatever its language, in a box that the keyboard can scroll."""
    del self, options, env
    return f'<pre tabindex="0"><code>{escape(tokens[at].content, quote=False)}</code></pre>\n'


def _as_github(state: StateCore) -> None:
    """What GitHub adds to CommonMark, and what becomes of links, pictures and headings."""
    lower = int(state.env.get("lower", 0))
    rewrite: Rewrite = state.env.get("rewrite", lambda _: "")
    for at, token in enumerate(state.tokens):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + lower, _DEEPEST)}"
        elif token.type == "table_open":
            token.attrs["tabindex"] = "0"  # it scrolls where there is no room
        elif token.type in ("td_open", "th_open") and (match := _ALIGN.search(str(token.attrs.pop("style", "")))):
            token.attrs["align"] = match[1]
        elif token.type == "inline":
            if at > 1 and state.tokens[at - 2].type == "list_item_open":
                _tick(token)
            token.children = list(_links(token.children or [], rewrite))


def _tick(token: Token) -> None:
    """A task's box, at the beginning of a list item."""
    first = next(iter(token.children or []), None)
    match = _BOX.match(first.content) if first is not None and first.type == "text" else None
    if first is None or match is None:
        return
    ticked = match[1] != " "
    first.content = first.content[match.end() :]
    checked = ' checked=""' if ticked else ""
    label = "done" if ticked else "open"
    box = Token("html_inline", "", 0, content=f'<input type="checkbox" disabled="" aria-label="{label}"{checked}> ')
    token.children = [box, *(token.children or [])]


def _links(tokens: Iterable[Token], rewrite: Rewrite) -> Iterable[Token]:
    inside = 0
    for token in tokens:
        if token.type == "link_open":
            inside += 1
            token.attrs["href"] = _target(str(token.attrs.get("href", "")), rewrite)
            if not token.attrs["href"]:
                del token.attrs["href"]
        elif token.type == "link_close":
            inside -= 1
        elif token.type == "image":
            yield from _picture(token, rewrite, inside=bool(inside))
            continue
        elif token.type == "text" and not inside and "://" in token.content:
            yield from _addresses(token.content)
            continue
        yield token


def _target(href: str, rewrite: Rewrite) -> str:
    """Where a link may lead: to the web, or where `rewrite` says."""
    try:
        scheme = urlsplit(href.strip()).scheme.lower()
    except ValueError:
        return ""
    if scheme:
        return href if scheme in _SCHEMES else ""
    return "" if href[:1] in ("/", "\\") else rewrite(unquote(href))  # what begins so may lead to another host


def _picture(token: Token, rewrite: Rewrite, *, inside: bool) -> Iterable[Token]:
    """A link to a picture: a page that loaded it would tell others that it is read."""
    words = Token("text", "", 0, content=f"[picture: {token.content or 'without a name'}]")
    target = "" if inside else _target(str(token.attrs.get("src", "")), rewrite)
    yield from _link(target, words) if target else [words]


def _addresses(text: str) -> Iterable[Token]:
    """Addresses in a text, as links."""
    end = 0
    for match in _ADDRESS.finditer(text):
        address = _without_end(match[0])
        yield Token("text", "", 0, content=text[end : match.start()])
        yield from _link(address, Token("text", "", 0, content=address))
        end = match.start() + len(address)
    yield Token("text", "", 0, content=text[end:])


def _without_end(address: str) -> str:
    """An address without what ends the sentence, or closes a bracket that it did not open."""
    closing = address.count(")") - address.count("(")
    end = len(address)
    while address[end - 1] in "?!.,:*_~;" or (closing > 0 and address[end - 1] == ")"):
        closing -= address[end - 1] == ")"
        end -= 1
    return address[:end]


def _link(target: str, words: Token) -> list[Token]:
    return [Token("link_open", "a", 1, attrs={"href": target}), words, Token("link_close", "a", -1)]
