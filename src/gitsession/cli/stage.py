"""The stage of the demo: people with clones of their own, and commands that are shown and really run."""

import os
import shlex
import stat
import sys
import textwrap

import click

from gitsession.errors import GitsessionError
from gitsession.process import run

#: All that a person keeps of our environment: no HOME, no identity, no repository around us, no agent's signs.
_KEPT = ("PATH", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME",
         "PYTHONPATH")  # fmt: skip
_WIDTH = 100
_ABOVE = "what it printed is above"


class DemoError(GitsessionError):
    """A step of the demo did not end as it must."""


class Stage:
    """Runs shell commands as the person who acts, and prints them with their output."""

    def __init__(self, scratch: str, **clones: str) -> None:
        """`scratch`: for what is of no interest afterwards. `clones`: whose -> path; git knows it as `ada:feedpost`."""
        self.commands = 0
        self._clones = clones
        self._programs = os.path.join(scratch, "bin")
        self._home = os.path.join(scratch, "home")
        self._environment: dict[str, str] = {}
        self._folder = ""
        for folder in (self._programs, self._home, *clones.values()):
            os.makedirs(folder, exist_ok=True)
        python = shlex.quote(sys.executable)
        self._program("python", f'exec {python} "$@"')
        self._program("gitsession", f'exec {python} -P -m gitsession "$@"')
        with open(os.path.join(self._home, ".gitconfig"), "w", encoding="utf-8") as file:
            for whose, path in clones.items():
                print(f'[url {_quoted(path)}]\n\tinsteadOf = "{whose}:feedpost"', file=file)

    def _program(self, name: str, line: str) -> None:
        path = os.path.join(self._programs, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{line}\n")
        os.chmod(path, stat.S_IRWXU)

    def enter(self, name: str, agent: str, **secrets: str) -> None:
        """`name` acts from here on, in their clone, at work with `agent`, and with `secrets` in the environment."""
        first = name.split(maxsplit=1)[0].lower()
        self._folder = self._clones[first]
        kept = {key: os.environ[key] for key in _KEPT if key in os.environ}
        self._environment = kept | secrets | {
            "PATH": self._programs + os.pathsep + kept.get("PATH", os.defpath),
            "HOME": self._home,
            "LC_ALL": "C.UTF-8",
            "PYTHONUTF8": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": name,
            "GIT_AUTHOR_EMAIL": f"{first}@example.com",
            "GIT_COMMITTER_NAME": name,
            "GIT_COMMITTER_EMAIL": f"{first}@example.com",
            "GITSESSION_AGENT": agent,
        }  # fmt: skip

    def expect(self, held: object, what: str) -> None:
        """Raise DemoError where something is not as the words say."""
        if not held:
            raise DemoError(f"the demo failed; it is not so that {what}", _ABOVE)

    def say(self, text: str) -> None:
        """Words between the commands."""
        click.echo()
        for line in textwrap.wrap(" ".join(text.split()), _WIDTH):
            click.echo(click.style(line, fg="cyan"))

    def write(self, path: str, text: str) -> None:
        """Write a file of the project, as a person or an agent does."""
        with open(os.path.join(self._folder, path), "w", encoding="utf-8") as file:
            file.write(text)
        click.echo(click.style(f"  (writes {path}, {text.count(chr(10))} lines)", dim=True))

    def run(self, command: str, *, code: int = 0) -> str:
        """Show and run a shell command; returns what it printed. Raises DemoError where its exit code is not `code`."""
        click.echo(click.style("$ ", fg="green", bold=True) + click.style(command, bold=True))
        done = run(["sh", "-c", f"exec 2>&1\n{command}"], cwd=self._folder, env=self._environment, timeout=60)
        self.commands += 1
        printed = done.out.decode("utf-8", "replace")
        click.echo(printed, nl=bool(printed) and not printed.endswith("\n"))
        if done.code != code:
            raise DemoError(f"the demo failed: `{command}` ended with exit code {done.code}, not {code}", _ABOVE)
        return printed


def _quoted(path: str) -> str:
    """A path as a subsection of a git configuration file."""
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
