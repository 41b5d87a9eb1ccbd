"""Where things lie: paths relative to the repository, with forward slashes as git has them."""

import re

FOLDER = ".sessions"
MASTER = ".sessions/HANDOFF.md"
BRANCH_PAGES = ".sessions/handoffs/"
SETTINGS = ".sessions/project.yml"
README = ".sessions/README.md"
ATTRIBUTES = ".sessions/.gitattributes"
ALLOWED = ".sessions/allowed/"
KNOWLEDGE = ".sessions/knowledge/"
CONVERSATIONS = "gitsession/conversations"  # an orphan branch: transcripts, never in the work tree
_CHECKPOINT = re.compile(r"\.sessions/(\d{4,}(?:-[A-Za-z0-9-]+)?)\.md\Z")
_ALLOWANCE = re.compile(r"\.sessions/allowed/([A-Za-z0-9-]+)\.yml\Z")
_KNOWLEDGE = re.compile(r"\.sessions/knowledge/([A-Za-z0-9][A-Za-z0-9-]*)\.md\Z")
_BRANCH_PAGE = re.compile(r"\.sessions/handoffs/(\d{4,}(?:-[A-Za-z0-9-]+)?)\.md\Z")


def checkpoint_path(stem: str) -> str:
    """Path of a session's checkpoint."""
    return f"{FOLDER}/{stem}.md"


def branch_page_path(stem: str) -> str:
    """Path of a branch handoff."""
    return f"{BRANCH_PAGES}{stem}.md"


def checkpoint_stem(path: str) -> str:
    """The stem of a checkpoint's path, empty for any other path."""
    match = _CHECKPOINT.match(path)
    return match[1] if match else ""


def branch_page_stem(path: str) -> str:
    """The stem of a branch handoff's path, empty for any other path."""
    match = _BRANCH_PAGE.match(path)
    return match[1] if match else ""


def allowance_path(id_: str) -> str:
    """Path of an allowance."""
    return f"{ALLOWED}{id_}.yml"


def allowance_id(path: str) -> str:
    """The id of an allowance's path, empty for any other path."""
    match = _ALLOWANCE.match(path)
    return match[1] if match else ""


def knowledge_path(name: str) -> str:
    """Path of a piece of knowledge."""
    return f"{KNOWLEDGE}{name}.md"


def knowledge_name(path: str) -> str:
    """The name of a piece of knowledge, empty for any other path."""
    match = _KNOWLEDGE.match(path)
    return match[1] if match else ""


def derived(path: str) -> bool:
    """True for files that we derive: nobody edits them."""
    return path == MASTER or bool(branch_page_stem(path))
