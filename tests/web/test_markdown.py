"""Markdown from checkpoints and transcripts: shown as on GitHub, and harmless whatever it says."""

import re
from html.parser import HTMLParser

import pytest

from gitsession.web.markdown import MOST, render_inline, render_markdown

#: What may hold no script, no style, no frame and nothing that loads, however it is written.
VECTORS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\x0b>alert(1)</script\t>",
    "<img src=x onerror=alert(1)>",
    "<img src='javascript:alert(1)'>",
    "<IMG \"\"\"><SCRIPT>alert(1)</SCRIPT>\">",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=//evil.example/x.swf>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css'; body { background: url(//evil.example) }</style>",
    "<p style='background:url(//evil.example/x)'>x</p>",
    "<div style=\"behavior:url(x)\" class=top id=main>x</div>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<form action=//evil.example><input name=q><button formaction=javascript:alert(1)>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<input type=image src=//evil.example/x>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=//evil.example/x autoplay>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='jAvAsCrIpT:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='//evil.example' target=_top onclick=alert(1) ping=//evil.example>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](&#x6A;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](//evil.example/x)",
    "[x](file:///etc/passwd)",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/seen.png)",
    "![x\" onerror=\"alert(1)](x)",
    "[x](https://a.example/\"onmouseover=alert(1)//)",
    "<javascript:alert(1)>",
    "https://a.example/\"><script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "```\"><script>alert(1)</script>\nx\n```",
    "    <script>alert(1)</script>",
    "- [x] <img src=x onerror=alert(1)>",
    "| a |\n|-|\n| <img src=x onerror=alert(1)> |",
    "# <iframe src=//evil.example>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?php <img src=x onerror=alert(1)> ?>",
    "<template><img src=x onerror=alert(1)></template>",
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\"></xmp>",
    "<plaintext><script>alert(1)",
    "<title><img title=\"</title><img src=x onerror=alert(1)>\">",
    "<a name=told id=told>x</a>",
    "<div data-copy=main data-api=//evil.example>x</div>",
    "\x00<scr\x00ipt>alert(1)</script>",
]  # fmt: skip
TAGS = {"a", "blockquote", "br", "code", "del", "details", "div", "em", "h1", "h2", "h3", "input", "li", "p", "pre", "s", "strong", "summary",
        "table", "tbody", "td", "th", "thead", "tr", "ul", "ol", "span"}  # fmt: skip
ATTRIBUTES = {"href", "rel", "title", "type", "disabled", "checked", "aria-label", "tabindex", "align", "open"}


class Seen(HTMLParser):
    """All tags of a text, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_of_it_runs_loads_or_poses_as_ours(vector: str) -> None:
    for text in (vector, f"> {vector}", f"- {vector}\n\n  {vector}"):
        for tag, attributes in Seen(render_markdown(text)).tags:
            assert tag in TAGS, (tag, text)
            assert set(attributes) <= ATTRIBUTES, (attributes, text)
            assert re.match(r"(https?|mailto):", attributes.get("href") or "https:"), (attributes, text)


@pytest.mark.parametrize("vector", VECTORS)
def test_nor_in_a_line_of_ours(vector: str) -> None:
    for tag, attributes in Seen(render_inline(vector)).tags:
        assert tag in {"a", "code", "em", "s", "strong", "del"}, tag
        assert set(attributes) <= {"href", "rel", "title"}, attributes
        assert re.match(r"(https?|mailto):", attributes.get("href") or "https:"), attributes


def test_it_looks_as_on_github() -> None:
    shown = render_markdown(
        "# One\n\n- [x] done\n- [ ] open\n\n| a | b |\n|--:|---|\n| 1 | ~~2~~ |\n\nSee https://example.com/a_(b). `https://code.example`\n\n"
        "<kbd>^C</kbd> <!-- gitsession: closing -->\n\n```py\nif a < b:\n```\n", lower=1)  # fmt: skip
    for part in ("<h2>One</h2>", 'aria-label="done"', 'aria-label="open"', 'align="right"', "<s>2</s>", "<kbd>^C</kbd>", "if a &lt; b:",
                 ">https://example.com/a_(b)</a>.", "<code>https://code.example</code>"):  # fmt: skip
        assert part in shown, part
    assert "closing" not in shown


def test_links_to_files_lead_where_the_page_says_or_nowhere() -> None:
    text = "[a](0001-x.md#goal) [b](../src/y.py) ![c](pic%20ture.png) <a href='0001-x.md'>d</a>"
    shown = render_markdown(text, lambda target: f"to/{target}" if ".md" in target else "")
    assert [values.get("href") for tag, values in Seen(shown).tags if tag == "a"] == ["to/0001-x.md#goal", None, None]
    assert "[picture: c]" in shown
    assert "evil" not in str(Seen(render_markdown("[x](//evil.example/a.md) [y](/\\\\evil.example)", str)).tags)


@pytest.mark.parametrize(("text", "address"), [
    ("see http://a.example/x).", "http://a.example/x"), ("(http://a.example/x_(y)).", "http://a.example/x_(y)"),
    ("http://a.example/(x);).,)", "http://a.example/(x)"), ("http://a.example/x" + ")" * 200_000, "http://a.example/x"),
])  # fmt: skip
def test_an_address_ends_before_what_ends_the_sentence(text: str, address: str) -> None:
    assert f'href="{address}"' in render_inline(text)


def test_what_is_too_long_or_too_deep_is_cut() -> None:
    assert len(render_markdown("x " * MOST)) < 2 * MOST
    assert render_markdown(">" * 5000 + " deep\n" + "- " * 2000 + "[" * 3000)
