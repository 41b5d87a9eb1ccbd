"""The records of Claude Code's transcripts, as little of them parsed as will do: most of the bytes are never asked for."""

from collections.abc import Iterator
from typing import Any

from gitsession.transcripts.source import Source, read_object

_BESIDE = b'"toolUseResult":'
#: Lines that begin like this are not even parsed.
_NOISE_LINES = tuple(
    f'{{"type":"{kind}"'.encode()
    for kind in ("file-history-snapshot", "file-history-delta", "permission-mode", "last-prompt")
)
_PROGRESS = b'"type":"progress","data":{"type":"'
_NOISE_PROGRESS = (b"hook_progress", b"bash_progress", b"mcp_progress")


def records(source: Source) -> Iterator[dict[str, Any]]:
    """The records, each with its `toolUseResult` as bytes where that could be left unparsed: it is most of what a transcript holds."""
    if '"loglines"' in source.beginning()[:2000]:
        export = source.whole()
        lines = export.get("loglines") if isinstance(export, dict) else None
        for record in lines if isinstance(lines, list) else []:
            if isinstance(record, dict):
                yield record
        return
    for number, line in source.lines():
        at = line.find(_BESIDE)
        if at < 0:
            if _is_noise(line):
                continue
        elif line.endswith(b"}") and line.find(b'"sessionId":', at) < 0 and line.find(b'}{"', at) < 0:
            # Quotes within strings are escaped: this is the key, and what follows belongs to this record alone.
            record = read_object(line[:at].rstrip(b" ,") + b"}")
            if record is not None and "message" in record and "uuid" in record:
                record["toolUseResult"] = line[at + len(_BESIDE) : -1]
                yield record
                continue
        for record in source.objects(number, line):
            yield record


def _is_noise(line: bytes) -> bool:
    if line.startswith(_NOISE_LINES):
        return b'}{"' not in line
    at = line.find(_PROGRESS, 0, 1500)
    return at > 0 and line.startswith(_NOISE_PROGRESS, at + len(_PROGRESS)) and b'}{"' not in line
