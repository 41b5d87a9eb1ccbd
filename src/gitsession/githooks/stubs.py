"""The shell stubs: rendered for one interpreter, recognised, written."""

import os
import re
import shlex
import sys
from ast import literal_eval
from importlib.util import find_spec

from gitsession.errors import GitsessionError
from gitsession.resources import read_resource
from gitsession.store.files import write_whole
from gitsession.store.lock import machine_folder

HOOKS = (
    "pre-commit", "pre-merge-commit", "commit-msg", "post-commit",
    "post-merge", "post-rewrite", "post-checkout", "pre-push",
)  # fmt: skip
# Hooks to which git writes on stdin: who runs beside us has to get it, too.
READS_STDIN = frozenset({"pre-push", "post-rewrite"})
_ID = b"# gitsession hook 6f0d9c1e\n"
_INCLUDE = "#include shared.sh\n"
# Python starts without its site module (-S), which takes as long as two git processes; where the packages have moved
# since, with it.
_PROGRAM = """import sys
sys.path += {folders!r}
try:
    from gitsession.hook import main
except ImportError:
    import site
    site.main()
    try:
        from gitsession.hook import main
    except ImportError:
        raise SystemExit(97)
main()"""


def render_stub(hook: str, python: str) -> bytes:
    """The script to install for `hook`, which starts the interpreter at the path `python`."""
    return _render(hook, python, _PROGRAM.format(folders=_package_folders()))


def install_agent_hook(common_dir: str, python: str) -> bool:
    """Write what the hooks of agents start in this clone, for the interpreter at the path `python`. Says whether that is new.

    Raises GitsessionError.
    """
    path = os.path.join(machine_folder(common_dir), "agent-hook")
    if is_current(path, "agent-hook", python):
        return False
    try:
        write_file(path, render_stub("agent-hook", python), 0o755)
    except OSError as e:
        raise GitsessionError(f"{path} cannot be written: {e.strerror}", "is the git directory writable?") from None
    return True


def agent_hook_problem(common_dir: str) -> str:
    """Why the hooks of agents start nothing in this clone, empty where they do."""
    path = os.path.join(common_dir, "gitsession", "agent-hook")
    if not is_ours(path) or not os.access(path, os.X_OK):
        return "this clone is not set up"
    if not os.access(recorded_python(path), os.X_OK):
        return f"its Python is gone: {recorded_python(path)}"
    return "" if is_of_this_version(path, "agent-hook") else "what they start is of another version"


def _render(hook: str, python: str, program: str) -> bytes:
    text = read_resource("hooks", hook).replace(_INCLUDE, read_resource("hooks", "shared.sh"))
    return os.fsencode(text.replace("@python@", shlex.quote(python)).replace("@program@", shlex.quote(program)))


def _package_folders() -> list[str]:
    """The folders in which this interpreter finds us and what hooks import, in its own order."""
    found = set()
    for name in ("gitsession", "detect_secrets", "yaml"):
        spec = find_spec(name)
        if spec is not None and spec.origin:
            found.add(os.path.dirname(os.path.dirname(os.path.abspath(spec.origin))))
    return sorted(found, key=lambda folder: sys.path.index(folder) if folder in sys.path else len(sys.path))


def is_ours(path: str) -> bool:
    """Whether a file is one of our stubs, of this version or another."""
    return _ID in read_bytes(path)[:200]


def recorded_python(path: str) -> str:
    """The interpreter that a stub of ours starts, empty where it names none."""
    return _recorded(read_bytes(path))[0]


def recorded_folders(path: str) -> list[str]:
    """The folders in which a stub of ours finds its packages."""
    return _recorded(read_bytes(path))[1]


def is_of_this_version(path: str, hook: str) -> bool:
    """Whether a stub is what this version writes for the interpreter, and the folders, that the stub itself names."""
    python, folders = _recorded(read_bytes(path))
    return read_bytes(path) == _render(hook, python, _PROGRAM.format(folders=folders))


def _recorded(stub: bytes) -> tuple[str, list[str]]:
    _, found, rest = stub.partition(b"\npython=")
    try:
        words = shlex.split(os.fsdecode(rest[: rest.find(b"\n\n")])) if found else []
    except ValueError:
        return "", []
    if not words:
        return "", []
    listed = re.search(r"^sys\.path \+= (\[.*\])$", "".join(words[1:]), re.MULTILINE)
    try:
        folders = literal_eval(listed[1]) if listed else []
    except (ValueError, SyntaxError):
        folders = []
    return words[0], folders


def is_current(path: str, hook: str, python: str) -> bool:
    """Whether `path` holds exactly the stub for that interpreter, ready to run."""
    return os.access(path, os.X_OK) and read_bytes(path) == render_stub(hook, python)


def read_bytes(path: str) -> bytes:
    """What a file holds; nothing where it is missing, a folder or unreadable."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def write_file(path: str, data: bytes, mode: int) -> None:
    """Write a script at one stroke: whoever runs it sees the old one or the new one. Raises OSError."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    write_whole(path, data, mode)
