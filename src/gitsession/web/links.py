"""Addresses of pages: relative, so that they hold below any path of a server, and in a folder of files."""

import re
from collections.abc import Container, Sequence
from urllib.parse import quote

_FILE = re.compile(r"(?:[^/]+/)*([^/]+)\.md")


class Links:
    """Leads from one page to others. A page is named by its path below the project: "", "timeline", "sessions/STEM/handoff"."""

    def __init__(self, here: str, *, static: bool = False, sessions: Container[str] = (), assets: str = "") -> None:
        """`assets`: where shipped files lie, from the project on. `sessions`: the stems that have a page."""
        self.root = "../" * here.count("/")
        self.static = static
        self._sessions = sessions
        self._assets = assets

    def page(self, *parts: str) -> str:
        """The address of a page."""
        path = "/".join(quote(part, safe="") for part in parts)
        if self.static:
            return self.root + (path or "index") + ".html"
        return self.root + path or "./"

    def part(self, base: Sequence[str], number: int) -> str:
        """The address of a part of what is too long for one page; the first goes by the name of the whole."""
        return self.page(*base, *([str(number)] if number > 1 else ()))

    def session(self, stem: str) -> str:
        """The address of a session's page; empty where it has none."""
        return self.page("sessions", stem) if stem in self._sessions else ""

    def asset(self, name: str) -> str:
        """The address of a shipped file."""
        return f"{self.root}{self._assets}static/{name}"

    def file(self, target: str) -> str:
        """Where a link to a file of `.sessions/` leads; empty where nothing here shows that file."""
        path = target.partition("#")[0].partition("?")[0]
        match = _FILE.fullmatch(path)
        if match is None:
            return ""
        if match[1] == "HANDOFF":
            return self.page()
        if "knowledge/" in path:
            return self.page("knowledge") + "#" + quote(match[1])
        return self.session(match[1])
