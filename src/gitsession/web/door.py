"""The last door: no answer that is made from the work tree, which nobody has searched yet, holds a secret."""

import json
from collections.abc import Iterator
from typing import Any

from gitsession.errors import ScanError
from gitsession.index.cleaning import clean
from gitsession.secretscan.redaction import redact
from gitsession.secretscan.scanner import find_hits


def clean_json(body: bytes) -> bytes:
    """JSON with every secret in its texts redacted; the same bytes where there is none."""
    value = json.loads(body)
    if not _holds_secret("\n".join(dict.fromkeys(_texts(value)))):
        return body
    return json.dumps(_cleaned(value), ensure_ascii=False, separators=(",", ":")).encode()


def clean_text(text: str) -> str:
    """A text with every secret redacted."""
    return redact(text)[0]


def _holds_secret(text: str) -> bool:
    try:
        return bool(find_hits("answer", text))
    except ScanError:
        return True


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean([[value]])[0][0]
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return {key: _cleaned(item) for key, item in value.items()} if isinstance(value, dict) else value
