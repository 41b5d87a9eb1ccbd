"""The master prompt: the handoff for a chat that has no tool, and the clipboard."""

import os
import re
import sys

from gitsession.errors import GitsessionError
from gitsession.git import Repository
from gitsession.model.handoff import Handoff
from gitsession.process import ProcessError, run
from gitsession.resources import read_resource

_DEFINITION = re.compile(r"^(\[[^\]]+\]: )(?:\.\./)?([^\s/]+)$", re.MULTILINE)
_WEB = re.compile(r"(?:https?://(?:[^@/]+@)?|git@|ssh://(?:git@)?)([\w.-]+)(?::\d+)?[:/](.+?)(?:\.git)?/?$")
_CLIPBOARDS = (
    ("darwin", ["pbcopy"]),
    ("win32", ["clip.exe"]),
    ("WAYLAND_DISPLAY", ["wl-copy"]),
    ("DISPLAY", ["xclip", "-selection", "clipboard"]),
    ("DISPLAY", ["xsel", "--clipboard", "--input"]),
    ("WSL_DISTRO_NAME", ["clip.exe"]),
    ("TERMUX_VERSION", ["termux-clipboard-set"]),
)


def master_prompt(repo: Repository, page: Handoff, rev: str = "") -> str:
    """The page with absolute links, below a paragraph on how to use it."""
    base = _base(repo, rev)
    text = _DEFINITION.sub(lambda m: f"{m[1]}{base}.sessions/{m[2]}", page.text)
    return read_resource("templates", "prompt.md").strip() + "\n\n" + text


def copy_text(text: str) -> None:
    """Put a text on the clipboard. Raises GitsessionError where there is none."""
    for where, command in _CLIPBOARDS:
        if sys.platform == where or os.environ.get(where):
            try:
                if run(command, stdin=text.encode("utf-8"), timeout=10).code == 0:
                    return
            except ProcessError:
                continue
    raise GitsessionError(
        "no clipboard is to be found here", "`gitsession handoff` prints the page; copy it from there"
    )


def _base(repo: Repository, rev: str) -> str:
    match = _WEB.match(repo.text("config", "--get", "remote.origin.url", check=False))
    if match and "." in match[1]:
        return f"https://{match[1]}/{match[2]}/blob/{rev or repo.branch() or 'HEAD'}/"
    return "file://" + repo.root.replace(os.sep, "/") + "/"
