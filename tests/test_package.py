"""What the package holds, and what its ways in import."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from gitsession import __version__
from gitsession.resources import resource_path

ROOT = Path(__file__).parents[1]


def loaded(statement: str) -> set[str]:
    """Names of all modules after a statement in a fresh Python."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


HEAVY = {"requests", "urllib3", "detect_secrets", "yaml", "jinja2", "sqlite3", "asyncio", "email", "http.client"}


def test_the_command_line_loads_a_command_when_it_is_called() -> None:
    modules = loaded("import gitsession.cli.app")
    assert "click" in modules
    assert not modules & HEAVY
    assert {m for m in modules if m.startswith("gitsession.")} == {"gitsession.cli", "gitsession.cli.app"}


def test_help_needs_no_command() -> None:
    modules = loaded("from gitsession.cli.app import app\ntry: app(['-h'])\nexcept SystemExit: pass")
    assert not modules & HEAVY
    assert "gitsession.git" not in modules


def test_a_hook_starts_with_next_to_nothing() -> None:
    assert loaded("import gitsession.hook") - loaded("pass") == {"gc", "gitsession", "gitsession.hook"}


@pytest.mark.parametrize("module", ["commit", "message", "transfer", "merging"])
def test_what_hooks_do_needs_neither_click_nor_network(module: str) -> None:
    modules = loaded(f"import gitsession.hook, gitsession.workflow.{module}")
    assert not modules & {"click", "requests", "urllib3", "jinja2", "sqlite3", "email", "http.client", "pytest"}


def test_only_the_server_loads_what_serves() -> None:
    modules = loaded("from gitsession.cli.app import app, COMMANDS\nfor name in COMMANDS: app.get_command(None, name)")
    assert not modules & {"fastapi", "starlette", "uvicorn", "pydantic", "jinja2", "nh3", "markdown_it"}


def test_a_scan_never_loads_requests() -> None:
    token = "b't: gh' + b'p_' + b'a1B2c3D4e5F6' * 3"
    modules = loaded(f"from gitsession.secretscan import scan_bytes\nassert scan_bytes('a.md', {token})")
    assert not {m for m in modules if m.split(".")[0] in ("requests", "urllib3", "charset_normalizer")}


def test_hooks_and_templates_are_found() -> None:
    for path in (("hooks", "pre-commit"), ("hooks", "shared.sh"), ("templates", "sessions-readme.md")):
        assert Path(resource_path(*path)).is_file()
    with pytest.raises(FileNotFoundError, match="incompletely installed"):
        resource_path("templates", "absent.md")


def test_the_wheel_is_told_to_hold_what_is_not_python() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    for path in (*wheel["force-include"], *wheel["shared-data"]):
        assert (ROOT / path).exists(), path
    assert set(project["project"]["scripts"]) == {"gitsession", "git-session", "gitsession-hook"}


def test_python_m_gitsession_is_the_command(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "gitsession", "--version"]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout == f"gitsession {__version__}\n"


def test_the_changelog_speaks_of_this_version() -> None:
    assert re.search(rf"^## \[?{re.escape(__version__)}\b", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
