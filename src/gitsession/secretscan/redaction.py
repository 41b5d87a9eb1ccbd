"""The door: all text that is to be kept comes in through `admit`. A machine's is redacted, a person's is refused."""

import re
from collections.abc import Sequence

from gitsession.errors import ScanError, SecretError
from gitsession.model.finding import Finding
from gitsession.secretscan.scanner import find_hits, finding_of

_LINE_END = re.compile(r"(\r\n|\n|\r)")
_ROUNDS = 4  # what is left may look like a secret once its neighbour is gone; after these, whole lines go


def admit(text: str, *, person: str = "") -> str:
    """The text as it may be kept.

    One that a machine made (output, command lines, commit subjects, transcripts, models) is redacted. `person`: these are a person's
    words, and what they are called when SecretError refuses them. Raises ScanError where the text cannot be searched.
    """
    if not person:
        return redact(text)[0]
    found = find_hits(person, text)
    if found:
        raise refusal([finding_of(person, number, hit) for number in sorted(found) for hit in found[number]])
    return text


def admit_error(words: str) -> str:
    """An error's own words, which may quote what it met, as they may be shown and kept. Raises nothing: the scanner may be the fault."""
    try:
        return redact(words)[0]
    except Exception:  # noqa: BLE001
        return "(its words could not be searched for secrets)"


def refusal(findings: Sequence[Finding]) -> SecretError:
    """The error for a person's words, with the places. The path of a finding says which words they are."""
    some = "; ".join(f"{f.kind} ({f.excerpt}) at {f.line}:{f.column} of {f.path}" for f in findings[:3])
    more = f"; and {len(findings) - 3} more" if len(findings) > 3 else ""
    return SecretError(
        f"not recorded: this looks like a secret: {some}{more}",
        "say it without the value; revoke a real key that was pasted here",
    )


def redact(text: str) -> tuple[str, list[Finding]]:
    """The text with `[REDACTED:kind]` for every secret, and what was found. Nothing is found in what comes out: twice is once.

    NUL characters, which could hide one, go. Raises ScanError.
    """
    parts = _LINE_END.split(text.replace("\0", ""))
    lines, findings = _redact(parts[::2])
    ends = [*parts[1::2], ""]
    return "".join(line + end for line, end in zip(lines, ends, strict=True) if line is not None), findings


def redact_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """The same of lines that stay as many as they are; white space in them becomes one space. Raises ScanError."""
    redacted, _ = _redact([" ".join(line.replace("\0", "").split()) for line in lines])
    return tuple("[REDACTED]" if line is None else line for line in redacted)


def _redact(lines: Sequence[str]) -> tuple[list[str | None], list[Finding]]:
    """Each line redacted, None for one that was nothing but a part of a secret above it."""
    kept: list[str | None] = list(lines)
    findings: list[Finding] = []
    for rounds in range(_ROUNDS + 1):
        numbers = [number for number, line in enumerate(kept) if line is not None]
        now = [line for line in kept if line is not None]
        found = find_hits("text", "\n".join(now))
        if not found:
            return kept, findings
        if not rounds:
            findings = [finding_of("text", number, hit) for number in sorted(found) for hit in found[number]]
        # Not on the way of a commit that has no secret in its history.
        from gitsession.secretscan.extent import Span, extent, tail

        gone: dict[int, list[tuple[int, int, str]]] = {}
        for number, hits in found.items():
            for hit in hits:
                whole = [Span(number, 0, len(now[number]))] if rounds == _ROUNDS - 1 else extent(now, number, hit)
                if hit.kind != "Private key":
                    whole += tail(now, whole[0])
                for line, start, end in whole:
                    gone.setdefault(line, []).append((start, end, hit.kind if line == number else ""))
        for line, spans in gone.items():
            kept[numbers[line]] = _without(now[line], spans)
    raise ScanError("a text could not be redacted", "Nothing was kept of it. Please report this.")


def _without(line: str, spans: list[tuple[int, int, str]]) -> str | None:
    """The line with a mark for each span, where they overlap one for all; None where it is all of a secret in another line."""
    spans.sort(key=lambda span: (span[0], -span[1], not span[2]))
    if spans[0][:2] == (0, len(line)) and not spans[0][2]:
        return None
    parts, at = [], 0
    for start, end, kind in spans:
        if start >= at:
            parts += [line[at:start], f"[REDACTED:{kind}]" if kind else ""]
        at = max(at, end)
    return "".join(parts) + line[at:]
