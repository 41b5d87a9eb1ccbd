"""The merge drivers: local git configuration that starts our Python for files in `.sessions/`."""

import os
import re
import shlex

from gitsession.git import Repository

_NAMES = {
    "gitsession": ("checkpoints of gitsession", "merge-checkpoint", "git merge-file %A %O %B"),
    "gitsession-derived": ("pages that gitsession derives", "merge-derived", "exit 0"),
}
# In one line: there are tools (git-filter-repo) that read the output of `git config --list` line by line.
_START = r'exec("try:\n from gitsession.hook import main\nexcept ImportError:\n raise SystemExit(97)\nmain()")'


def set_merge_drivers(repo: Repository, python: str) -> list[str]:
    """Make merges use our drivers, with the interpreter at `python`. Says in a line each what it changed."""
    done = []
    for name, (description, command, otherwise) in _NAMES.items():
        # Git replaces what follows a per cent sign. Without its Python the driver merges as git would, or keeps ours.
        start = f"{shlex.quote(python).replace('%', '%%')} -I -c '{_START}' {command} %O %A %B %P"
        driver = f'{start}; code=$?; case $code in 97|126|127) {otherwise};; *) exit "$code";; esac'
        wanted = {f"merge.{name}.name": description, f"merge.{name}.driver": driver}
        if _local(repo, name) | wanted != _local(repo, name):
            for key, value in wanted.items():
                repo.set_config(key, value)
            done.append(f"merge driver {name}: set")
    return done


def unset_merge_drivers(repo: Repository) -> list[str]:
    """Remove our drivers from the configuration, sections and all. Says in a line each what it changed."""
    done = []
    for name in _NAMES:
        if _local(repo, name):
            repo.git("config", "--local", "--remove-section", f"merge.{name}")
            done.append(f"merge driver {name}: removed")
    return done


def merge_driver_faults(repo: Repository) -> list[str]:
    """What keeps our drivers from running, a line for each; empty when they run."""
    faults = []
    for name in _NAMES:
        driver = _local(repo, name).get(f"merge.{name}.driver", "")
        try:
            python = shlex.split(driver)[0].replace("%%", "%") if driver else ""
        except ValueError:  # somebody's own words
            python = ""
        if not driver:
            faults.append(f"{name} is not set")
        elif not os.access(python, os.X_OK):
            faults.append(f"{name} does not run: its Python is gone: {python}")
    return faults


def _local(repo: Repository, name: str) -> dict[str, str]:
    out = repo.git("config", "--local", "--null", "--get-regexp", rf"^merge\.{re.escape(name)}\.", check=False).out
    records = [record.partition("\n") for record in os.fsdecode(out).split("\0")[:-1]]
    return {key: value for key, _, value in records}
