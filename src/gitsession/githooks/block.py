"""Our lines in a hook that the project keeps in git.

They name no path of one machine, and pass by in a clone where gitsession is not set up.
"""

import re

from gitsession.githooks.stubs import READS_STDIN

_BEGIN = "# >>> gitsession >>>"
_END = "# <<< gitsession <<<\n"
# What to take away with our lines, for the script to be as it was.
_ENDED = " (after a last line without end)"
_MADE = " (in a file made for them)"
_SHEBANG = b"#!/bin/sh\n"
_FIND = 'gitsession_hook="$(git rev-parse --git-common-dir)/gitsession/hooks/{hook}"\n'
# What ran before stays decisive: a hook ends with the code of its last command.
_LAST = """gitsession_code=$?
{stop}if [ -x "$gitsession_hook" ]; then "$gitsession_hook" "$@" || exit $?; fi
{end}"""
_STOP = '[ "$gitsession_code" = 0 ] || exit "$gitsession_code"\n'
_FIRST = """if [ -x "$gitsession_hook" ]; then
  gitsession_input=$(cat)
  if [ -n "$gitsession_input" ]; then
    printf '%s\\n' "$gitsession_input" | "$gitsession_hook" "$@" || exit $?
    exec <<GITSESSION_INPUT
$gitsession_input
GITSESSION_INPUT
  else
    "$gitsession_hook" "$@" || exit $?
  fi
fi
"""
_BLOCK = re.compile(rb"# >>> gitsession >>>([^\n]*)\n.*?# <<< gitsession <<<\n", re.DOTALL)
_SHELL = re.compile(rb"#![^\n]*[/ ](?:ba|da|z|k|mk)?sh(?:[ \t][^\n]*)?\r?(?:\n|$)")


def has_block(script: bytes) -> bool:
    """Whether our lines are in a script."""
    return _BLOCK.search(script) is not None


def is_shell(script: bytes) -> bool:
    """Whether a script is one for a shell (git runs one without `#!` by sh, too)."""
    return b"\0" not in script and (not script.startswith(b"#!") or _SHELL.match(script) is not None)


def add_block(script: bytes | None, hook: str) -> bytes:
    """A script with our lines in it, as they are now; None for no script yet. Adding twice changes nothing.

    They come last, so that formatters among the hooks have done their work; first where git writes to stdin, which a
    command before could have read, and which those below get again.
    """
    if script is None:
        return _SHEBANG + _render(hook, _MADE)
    found = _BLOCK.search(script)
    if found:
        return script[: found.start()] + _render(hook, found[1].decode("utf-8", "replace")) + script[found.end() :]
    if hook in READS_STDIN:
        lines = script.splitlines(keepends=True)
        # husky 8 starts the script anew from its second line.
        head = next((n for n, line in enumerate(lines[:5], 1) if b"_/husky.sh" in line), int(script.startswith(b"#!")))
        above, below = b"".join(lines[:head]), b"".join(lines[head:])
        if above and not above.endswith(b"\n"):
            return above + b"\n" + _render(hook, _ENDED) + below
        return above + _render(hook, "") + below
    if script and not script.endswith(b"\n"):
        return script + b"\n" + _render(hook, _ENDED)
    return script + _render(hook, "")


def remove_block(script: bytes) -> bytes | None:
    """A script as it was without our lines, to the byte; None where they were all of it."""
    found = _BLOCK.search(script)
    if not found:
        return script
    above, below, note = script[: found.start()], script[found.end() :], found[1].decode("utf-8", "replace")
    if note == _MADE and above == _SHEBANG and not below:
        return None
    return (above.removesuffix(b"\n") if note == _ENDED else above) + below


def _render(hook: str, note: str) -> bytes:
    find = _FIND.format(hook=hook)
    if hook in READS_STDIN:
        lines = find + _FIRST
    else:
        stops = not hook.startswith("post-")
        lines = _LAST.format(stop=(_STOP if stops else "") + find, end="" if stops else 'exit "$gitsession_code"\n')
    return f"{_BEGIN}{note}\n{lines}{_END}".encode()
