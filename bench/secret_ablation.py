# ruff: noqa: SLF001  it takes the gate apart
"""What the gate would catch of kinds that no table knows: each vendor's cases, searched without the rows that only it needs.

usage: secret_ablation.py CASES.jsonl [--few N] [--misses]

The cases are as those of secret_scan.py; a vendor is what stands before the `/` of a kind. Taken out for a vendor: prefixes, shapes,
names of providers and detect-secrets' detectors that find something in its cases and in those of fewer than N others (2). Rows
that name a place (a header, a command, a file's format, an address with `hook` in it) and no vendor stay.
"""

import argparse
from collections import defaultdict

from secret_scan import read

from gitsession.secretscan import nearby, prefixes, providers, scan_bytes, scanner, shapes
from gitsession.secretscan.plugin import compiled

Row = tuple[str, object]
HEADS, NAMES, DETECTORS = prefixes.rules_by_head(), providers._names(), scanner._PROVIDERS
SHAPES = {rule.name: scanner._load(rule) for rule in scanner._OWN if rule.module.endswith("shapes")}
ROWS = {name: list(detector.rows) for name, detector in SHAPES.items()}


def used(text: str) -> set[Row]:
    """The rows that a text could need: more than it does, which makes the figure the lower."""
    words = {word.lower() for word in nearby._PIECE.findall(text)} | set(text.lower().replace("_", " ").split())
    rows: set[Row] = {("name", name) for name in NAMES if len(name) > 4 and name in text.lower()}
    rows |= {("name", name) for name in NAMES & words}
    for begin in prefixes._BEGIN.finditer(text):
        for row in HEADS.get(begin[1], ()):
            if text.startswith(row[1], begin.start()):
                rows.add(("prefix", row))
    for row in ROWS["KnownShapeDetector"]:
        if row.kind != "Webhook" and any(gate in text.lower() for gate in row.gates) and compiled(row.pattern).search(text):
            rows.add(("shape", row))
    for token in shapes._TOKEN.finditer(text):
        for row in ROWS["WholeShapeDetector"]:
            if compiled(row[1]).fullmatch(token[0].rstrip(".:|*=")):
                rows.add(("shape", row))
    for rule in DETECTORS:
        detector = scanner._load(rule)
        if any(list(detector.analyze_string(line)) for line in text.splitlines()):
            rows.add(("detector", rule))
    return rows


def without(rows: set[Row]) -> None:
    """Makes the gate forget these rows, and no others."""
    heads = {head: [row for row in of_head if ("prefix", row) not in rows] for head, of_head in HEADS.items()}
    names = NAMES - {row for kind, row in rows if kind == "name"}
    prefixes.rules_by_head = lambda: heads  # type: ignore[assignment]
    providers._names = lambda: names  # type: ignore[assignment]
    scanner._PROVIDERS = tuple(rule for rule in DETECTORS if ("detector", rule) not in rows)
    for name, detector in SHAPES.items():
        detector.rows = [row for row in ROWS[name] if ("shape", row) not in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases")
    parser.add_argument("--few", type=int, default=2)
    parser.add_argument("--misses", action="store_true")
    args = parser.parse_args()
    vendors = defaultdict(list)
    for case in read(args.cases):
        if case.is_secret:
            vendors[case.kind.partition("/")[0]].append(case)
    needed = {vendor: set().union(*(used(case.text) for case in cases)) for vendor, cases in vendors.items()}
    needing: dict[Row, int] = defaultdict(int)
    for rows in needed.values():
        for row in rows:
            needing[row] += 1
    found = total = 0
    missed: dict[str, int] = defaultdict(int)
    for vendor, cases in vendors.items():
        without({row for row in needed[vendor] if needing[row] <= args.few})
        for case in cases:
            hit = bool(scan_bytes("case.md", case.text.encode()))
            found, total = found + hit, total + 1
            missed[case.kind] += not hit
    print(f"{found} of {total} ({100 * found / total:.2f} %) of {len(vendors)} vendors, each without its own rows")
    for kind, n in sorted(missed.items(), key=lambda item: -item[1]) if args.misses else ():
        if n:
            print(f"  missed {n} of {kind}")


if __name__ == "__main__":
    main()
