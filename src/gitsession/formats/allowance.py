"""`.sessions/allowed/<id>.yml` to an allowance, and back."""

import re

from gitsession.errors import FormatError
from gitsession.formats.yamltext import parse_fields, quote_scalar
from gitsession.model.allowance import Allowance

SCHEMA = 1
_SALT = re.compile(r"[0-9a-f]{32,128}")
_HASH = re.compile(r"[0-9a-f]{64}")


def parse_allowance(data: bytes, id_: str, path: str) -> Allowance:
    """An allowance from its file's bytes. Raises FormatError with the line. A reason may be missing: whoever lists them tells."""
    fields = parse_fields(data, path, SCHEMA)
    keys = ("path", "glob", "kind", "reason", "author", "date", "salt", "hash")
    found = Allowance(id_, *(fields.text(key) for key in keys))
    if not found.kind or bool(found.path) == bool(found.glob):
        raise FormatError(path, 1, "needs a kind, and a path or a glob")
    if not _SALT.fullmatch(found.salt) or not _HASH.fullmatch(found.hash):
        raise FormatError(path, 1, "needs a salt and a hash, as `gitsession scan --allow` writes them")
    return found


def render_allowance(allowance: Allowance) -> str:
    """The text of its file."""
    lines = ["# A finding of the secret gate that is let stand. Written by `gitsession scan --allow`; remove the file to take it back.",
             f"schema: {SCHEMA}"]  # fmt: skip
    where = ("path", allowance.path) if allowance.path else ("glob", allowance.glob)
    pairs = (where, ("kind", allowance.kind), ("reason", allowance.reason), ("author", allowance.author),
             ("date", allowance.date), ("salt", allowance.salt), ("hash", allowance.hash))  # fmt: skip
    lines += [f"{key}: {quote_scalar(value)}" for key, value in pairs if value]
    return "\n".join(lines) + "\n"
