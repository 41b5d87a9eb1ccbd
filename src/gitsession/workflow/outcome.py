"""How a command ended, in words: the summary that a test runner printed."""

import re

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]|[\x00-\x08\x0b-\x1f\x7f]")
_TESTS = re.compile(
    r"(?:^|[\s/])(?:py\.?test|tox|nox|unittest|jest|vitest|mocha|ava|rspec|minitest|phpunit|ctest|nextest|bats|behave|nose2?)\b"
    r"|\b(?:cargo|go|npm|pnpm|yarn|bun|make|just|mix|dotnet|swift|gradlew?|mvn|rake|composer|manage\.py|bazel|deno|hatch)\b.*\btests?\b"
)
#: Counts as test runners print them: "1 failed, 41 passed in 0.5s", "Tests: 1 failed, 41 passed, 42 total", "41 passing".
_COUNT = re.compile(r"(\d+) (failed|passed|skipped|errors?|xfailed|xpassed|passing|failing|pending|ignored)\b")
_RAN = re.compile(r"^Ran (\d+) tests? in", re.MULTILINE)
_CARGO = re.compile(r"test result: \w+\. (\d+) passed; (\d+) failed")
_GO = re.compile(r"^(ok|FAIL|---)\s+\S", re.MULTILINE)
_FAILED = re.compile(
    r"^(?:FAILED|ERROR) (\S+::\S+|\S+\.py)|^test (\S+) \.\.\. FAILED|^--- FAIL: (\S+)|^(?:FAIL|ERROR): (\S+ \(\S+\))",
    re.MULTILINE,
)
SHOWN = 3  # names of failed tests
_WORDS = {"passing": "passed", "failing": "failed", "error": "errors", "pending": "skipped"}


def is_test(command: str) -> bool:
    """True for a command that runs tests."""
    return _TESTS.search(command) is not None


def describe(code: int, output: bytes, *, tests: bool) -> tuple[str, str]:
    """What to record of a command's end: its result in words ("1 failed, 41 passed"), and which tests failed (three at most).

    `tests`: it runs tests, so counts are looked for.
    """
    text = _ESCAPES.sub("", output.decode("utf-8", "replace").replace("\r\n", "\n"))
    counts: dict[str, int] = {}
    if tests:
        cargo = _CARGO.findall(text)
        if cargo:
            counts = {"failed": sum(int(f) for _, f in cargo), "passed": sum(int(p) for p, _ in cargo)}
        else:
            for line in reversed(text.splitlines()):
                found = _COUNT.findall(line)
                if found:
                    counts = {_WORDS.get(w, w): int(n) for n, w in found}
                    break
        ran = _RAN.findall(text)
        if not counts and ran:
            counts = {"passed" if code == 0 else "run": int(ran[-1])}
    order = ("failed", "errors", "passed", "skipped", "ignored", "xfailed", "xpassed", "run")
    said = ", ".join(f"{counts[w]} {w}" for w in order if counts.get(w))
    agrees = code == 0 or counts.get("failed") or counts.get("errors")
    result = said if said and agrees else "passed" if code == 0 else f"failed (exit {code})"
    if said and not agrees:
        result = f"{result}, {said}"
    failed = list(dict.fromkeys(next(filter(None, groups)) for groups in _FAILED.findall(text))) if code else []
    names = ", ".join(f"`{name}`" for name in failed[:SHOWN] if "`" not in name)
    return result, names + (f" and {len(failed) - SHOWN} more" if len(failed) > SHOWN else "")
