"""The merge drivers, through real merges."""

import pytest

from gitsession.githooks import set_merge_drivers, unset_merge_drivers


@pytest.fixture
def diverged(clone):
    """A checkpoint and a derived page that two branches change in different lines' neighbourhood."""
    (clone.root / ".gitattributes").write_text("*.md merge=gitsession\nHANDOFF.md merge=gitsession-derived\n")
    for branch in ("main", "side"):
        clone.git("checkout", "-q", "-B", branch, *(["main~1"] if branch == "side" else []))
        if branch == "main":
            (clone.root / "it's 1.md").write_text("base\n")
            (clone.root / "HANDOFF.md").write_text("base\n")
            clone.git("add", ".")
            clone.git("commit", "-qm", "Base")
        (clone.root / "it's 1.md").write_text(f"{branch}\n")
        (clone.root / "HANDOFF.md").write_text(f"{branch}\n")
        clone.git("commit", "-qam", branch)
    clone.git("checkout", "-q", "main")
    return clone


def test_setting_is_idempotent_and_unsetting_leaves_the_file_as_it_was(clone) -> None:
    config = clone.root / ".git" / "config"
    before = config.read_bytes()
    assert len(set_merge_drivers(clone.open(), str(clone.python))) == 2
    written = config.read_bytes()
    assert set_merge_drivers(clone.open(), str(clone.python)) == []
    assert config.read_bytes() == written
    assert len(set_merge_drivers(clone.open(), "/other")) == 2
    assert len(unset_merge_drivers(clone.open())) == 2
    assert unset_merge_drivers(clone.open()) == []
    assert config.read_bytes() == before


def test_driver_gets_its_files(diverged) -> None:
    python = diverged.python.rename(diverged.python.with_name("100%A python"))
    set_merge_drivers(diverged.open(), str(python))
    diverged.when("merge-checkpoint", "set -- $*; cat $1 $3 $2 >merged; mv merged $2; exit 0")
    diverged.when("merge-derived", "exit 0")
    diverged.git("merge", "-q", "--no-edit", "side")
    assert (diverged.root / "it's 1.md").read_text() == "base\nside\nmain\n"
    assert (diverged.root / "HANDOFF.md").read_text() == "main\n"
    calls = sorted(diverged.calls())
    assert calls[0].endswith(" it's 1.md|")
    assert calls[1].startswith("merge-derived|")
    assert calls[1].endswith(" HANDOFF.md|")


def test_a_conflict_of_the_driver_is_one(diverged) -> None:
    set_merge_drivers(diverged.open(), str(diverged.python))
    diverged.when("merge-checkpoint", "exit 1")
    assert diverged.git("merge", "-q", "side", check=False).returncode == 1
    assert diverged.git("diff", "--name-only", "--diff-filter=U", "-z").stdout == "it's 1.md\0"


@pytest.mark.parametrize("kind", ["gone", "empty"])
def test_without_python_git_merges(diverged, kind) -> None:
    set_merge_drivers(diverged.open(), str(diverged.python))
    if kind == "gone":
        diverged.python.unlink()
    else:
        diverged.python.write_text("#!/bin/sh\nexit 97\n")
    assert diverged.git("merge", "-q", "side", check=False).returncode == 1
    assert "<<<<<<<" in (diverged.root / "it's 1.md").read_text()
    assert (diverged.root / "HANDOFF.md").read_text() == "main\n"
    assert diverged.git("diff", "--name-only", "--diff-filter=U", "-z").stdout == "it's 1.md\0"


def test_the_configuration_is_of_single_lines(diverged):
    """Programs read `git config --list` line by line: git-filter-repo fails where a line is no setting."""
    assert [line for line in diverged.git("config", "--local", "--list").stdout.splitlines() if "=" not in line] == []
