"""The settings of a project: `.sessions/project.yml`."""

from typing import NamedTuple

DEFAULT_BUDGET = 2000  # tokens of 4 bytes of UTF-8


class ModelSettings(NamedTuple):
    """Which model may be asked, and whether: what a project says of it."""

    id: str = ""
    endpoint: str = ""
    allowed: str = "ask"  # ask | never | always


class Settings(NamedTuple):
    """Every key is optional; `commands` maps what for to the command."""

    name: str = ""
    goal: str = ""
    constraints: tuple[str, ...] = ()
    commands: tuple[tuple[str, str], ...] = ()
    default_branch: str = ""
    sessions: str = "auto"  # auto | manual
    master: str = "commit"  # commit | ci
    budget: int = DEFAULT_BUDGET
    model: ModelSettings = ModelSettings()
    unknown: tuple[str, ...] = ()
