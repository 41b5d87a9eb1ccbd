"""A history whose figures can be counted by hand, made by git fast-import in one process."""

from datetime import datetime
from typing import Any

ONE, TWO, THREE = "0001-one-aaaa", "0002-two-bbbb", "0003-three-cccc"
FIRST = {"src/a.py": "first = 1\nsecond = 2\nthird = 3\n}\n"}


def checkpoint(started: str, *lines: str, **front: str) -> str:
    """A checkpoint's text, with further keys of its front matter."""
    head = "".join(f"{key}: {value}\n" for key, value in {"schema": "1", "status": "completed", "started": started, **front}.items())
    return f"---\n{head}---\n" + "\n".join(lines) + "\n"


def make_history(project: Any, *commits: tuple[str, str, dict[str, str | None]], branch: str = "main") -> None:
    """Commits on a branch: when (ISO 8601, UTC), message, files (None: gone). The first one's author is Ada, as all others'."""
    parts = []
    for at, (when, message, files) in enumerate(commits):
        seconds = int(datetime.fromisoformat(when + "+00:00").timestamp())
        parts.append(f"commit refs/heads/{branch}\ncommitter Ada Example <ada@example.com> {seconds} +0000\n")
        parts.append(f"data {len(message.encode())}\n{message}\n" + (f"from refs/heads/{branch}^0\n" if not at else ""))
        for path, text in files.items():
            parts.append(f"D {path}\n" if text is None else f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n")
    project.run("git", "fast-import", "--quiet", "--force", stdin="".join(parts))
    project.git("reset", "-q", "--hard", branch)


def three_sessions(project: Any) -> None:
    """Three sessions of two people and two agents in two weeks, with steps that are done, dropped and carried over."""
    one = ("2026-11-02T09:00:00+00:00", "# One", "## Next steps")
    front = {"author": "Ada Example", "agent": "codex", "model": "m1", "account": "work", "branch": "main"}
    usage = "{input_tokens: 900, output_tokens: 100, credits: 3}"
    page = "# Page\n\n<!-- gitsession: schema 1; session {}; in force 4/5; preservation 0.8 -->\n"
    make_history(
        project,
        ("2026-11-02T10:00:00", f"Plan\n\nSession: {ONE}", {
            f".sessions/{ONE}.md": checkpoint(*one, "- [ ] Alpha (est: 1h)", "- [ ] Beta (est: 30m)", "- [ ] Gamma", "- [ ] Delta", **front),
            **FIRST,
        }),
        # The night is a pause.
        ("2026-11-03T10:00:00", f"Do\n\nSession: {ONE}", {"src/b.py": "x = 1\n"}),
        ("2026-11-03T11:30:00", f"End\n\nSession: {ONE}", {
            f".sessions/{ONE}.md": checkpoint(*one, "- [x] Alpha (est: 1h) (took: 90m)", "- [ ] Beta (est: 30m)", "- [ ] Gamma", "- ~~Delta~~",
                                              outcome="partly", usage=usage, **front),
            ".sessions/HANDOFF.md": page.format(ONE),
        }),
        ("2026-11-10T10:00:00", f"Second\n\nSession: {TWO}", {
            f".sessions/{TWO}.md": checkpoint("2026-11-10T09:00:00+00:00", "# Two", "## Accomplished", f"- [x] Beta ([0001]({ONE}.md)) (took: 1h)",
                                              author="Bo Example", agent="claude-code", ended="2026-11-10T10:30:00+00:00", branch="topic"),
            # One line is changed, one goes, one is moved, and a bracket counts nowhere.
            "src/a.py": "first = 10\nthird = 3\n",
        }),
        ("2026-11-11T10:00:00", "By nobody's session", {"src/c.py": "y = 1\ny = 2\n"}),
        ("2026-11-12T10:00:00", f"Third\n\nSession: {THREE}", {
            f".sessions/{THREE}.md": checkpoint("2026-11-12T10:00:00+00:00", "# Three", "## Next steps", "- [ ] Gamma",
                                                author="Ada Example", branch="topic"),
            "src/b.py": None, "src/d.py": "x = 1\n",
        }),
    )  # fmt: skip
