"""What a reader could take from a page, and a page without the secrets in it."""

import html
import re

from markupsafe import escape

from gitsession.errors import ScanError
from gitsession.secretscan import scan_bytes
from gitsession.secretscan.allowlist import values_in

_SAID_IN_TAGS = re.compile(
    r'\s(?:href|title|aria-label|lang|start|align|datetime|value|data-name|data-label)="([^"]*)"'
)
_INLINE = re.compile(r"</?(?:a|abbr|b|code|del|em|i|ins|kbd|mark|s|small|span|strong|sub|sup|time|u)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_ROUNDS = 3  # what is left may look like a secret once its neighbour is gone


def visible_text(page: str) -> bytes:
    """What a page says, in lines, and then what its links and titles say."""
    in_tags = "\n".join(dict.fromkeys(_SAID_IN_TAGS.findall(page)))
    return html.unescape(_TAG.sub("\n", _INLINE.sub("", page)) + "\n" + in_tags).encode("utf-8", "replace")


def clean_page(page: str) -> str:
    """A page with every secret taken out: what stands in the work tree nobody has searched yet. Raises ScanError where that cannot be done."""
    for _ in range(_ROUNDS):
        said = visible_text(page)
        if not scan_bytes("page", said):
            return page
        for finding, value in values_in("page", said):
            for line in filter(None, map(str.strip, value.split("\n"))):
                for form in (
                    line,
                    html.escape(line, quote=False),
                    str(escape(line)),
                ):  # as it stands in code, in text, in what we fill in
                    page = page.replace(form, f"[REDACTED:{finding.kind}]")
    raise ScanError("this page holds what looks like a secret", "`gitsession scan .sessions` says where")
