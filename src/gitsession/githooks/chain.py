"""The hooks that were there before: put aside under a name at which our stub runs them, and put back."""

import os

from gitsession.githooks.managers import manager_of
from gitsession.githooks.stubs import read_bytes

_SUFFIX = ".before-gitsession"


def chained_scripts(path: str) -> list[str]:
    """What runs before our hook at `path`, in order. More than one is there when a tool wrote over our hook later."""
    names = [path + _SUFFIX, *(f"{path}{_SUFFIX}-{n}" for n in range(2, 10))]
    return [name for name in names if os.path.lexists(name)]


def put_aside(script: str, path: str) -> str:
    """Rename `script` (a link stays a link, and its mode stays) so that our hook at `path` runs it; its new path. Raises OSError."""
    older = chained_scripts(path)
    for other in older:
        same = not os.path.islink(script) and read_bytes(other) == read_bytes(script) and os.path.isfile(other)
        # A newer version of a manager's own script replaces the older one, or it would run twice.
        if same or (manager_of(other) and manager_of(other) == manager_of(script)):
            os.replace(script, other)
            return other
    free = f"{path}{_SUFFIX}-{len(older) + 1}" if older else path + _SUFFIX
    os.rename(script, free)
    return free


def put_back(path: str) -> str:
    """Rename the hook put aside last to where it was; empty where there is none. Raises OSError."""
    aside = chained_scripts(path)
    if not aside:
        return ""
    os.replace(aside[-1], path)
    return aside[-1]
