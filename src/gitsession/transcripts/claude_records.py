"""The records of Claude Code's transcripts, as little of them parsed as will do: most of the bytes are never asked for."""

from collections.abc import Iterator
from typing import Any

from gitsession.transcripts.source import Source, read_object

_BESIDE = b'"toolUseResult":'
_SESSION = b'"sessionId":'
#: Lines that begin like this are not even parsed.
_NOISE_LINES = (b'{"type":"file-history-snapshot"', b'{"type":"file-history-delta"')
_PROGRESS = b'"type":"progress","data":{'
_NOISE_PROGRESS = (b'"type":"hook_progress"', b'"type":"bash_progress"', b'"type":"mcp_progress"')


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
        if line.startswith(_NOISE_LINES) and _SESSION not in line:
            continue
        # Quotes within strings are escaped, so these are keys. No other record stands on the line behind them, for each names its session.
        if (at := line.find(_PROGRESS, 0, 1500)) > 0:
            if line.startswith(_NOISE_PROGRESS, at + len(_PROGRESS)) and line.find(_SESSION, at) < 0:
                continue
        elif (at := line.find(_BESIDE)) > 0 and line.endswith(b"}") and line.find(_SESSION, at) < 0:
            record = read_object(line[:at].rstrip(b" ,") + b"}")
            if record is not None and record.get("type") == "user" and "message" in record and "uuid" in record:
                record["toolUseResult"] = line[at + len(_BESIDE) : -1]
                yield record
                continue
        if (record := read_object(line)) is not None:
            yield record
        else:
            yield from source.objects(number, line)
