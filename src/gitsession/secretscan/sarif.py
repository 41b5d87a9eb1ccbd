"""Findings as SARIF 2.1.0, which code scanning reads: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from gitsession import __version__
from gitsession.model.finding import Finding
from gitsession.secretscan.scanner import RULES_VERSION

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render_sarif(findings: Sequence[Finding], allowed: Sequence[tuple[Finding, str]] = ()) -> dict[str, Any]:
    """One run with a rule for each kind. Relative paths are as they are found; nothing in it tells more of a value than the excerpt.

    What is `allowed`, with the reason, is told as suppressed: code scanning shows it as closed.
    """
    everything = [*((f, None) for f in findings), *allowed]
    kinds = sorted({f.kind for f, _ in everything})
    seen: Counter[tuple[str, str]] = Counter()
    results = []
    for f, reason in everything:
        seen[f.path, f.kind] += 1
        results.append({
            "ruleId": _rule_id(f.kind),
            "ruleIndex": kinds.index(f.kind),
            "level": "error",
            "message": {"text": f"This looks like a secret: {f.kind}: {f.excerpt}"},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": _uri(f.path)},
                "region": {"startLine": f.line, "startColumn": f.column},
            }}],
            # By place among its like: a line's own text would be a fingerprint of the value.
            "partialFingerprints": {"gitsession/v1": _fingerprint(f.path, f.kind, seen[f.path, f.kind])},
            "suppressions": [] if reason is None else [{"kind": "external", "justification": reason}],
        })  # fmt: skip
    rules = [{"id": _rule_id(kind), "name": kind, "shortDescription": {"text": f"{kind} in a text"},
              "help": {"text": "Take it out, and revoke a real one: what was pushed was published."}} for kind in kinds]  # fmt: skip
    driver = {
        "name": "gitsession",
        "version": __version__,
        "rules": rules,
        "properties": {"rules_version": RULES_VERSION},
    }
    return {"$schema": _SCHEMA, "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}]}  # fmt: skip


def _rule_id(kind: str) -> str:
    return "secret/" + re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-")


def _uri(path: str) -> str:
    return ("file://" if path.startswith("/") else "") + quote(path, errors="surrogateescape")


def _fingerprint(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "surrogateescape")).hexdigest()[:32]
