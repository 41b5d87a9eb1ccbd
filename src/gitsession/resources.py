"""Finds hooks/ and templates/, in an installed wheel and in a checkout."""

import os

_HERE = os.path.dirname(os.path.abspath(__file__))


def resource_path(*parts: str) -> str:
    """Path of a shipped file, such as `resource_path("hooks", "pre-commit")`. Raises FileNotFoundError where it is missing."""
    for root in (os.path.join(_HERE, "_data"), os.path.dirname(os.path.dirname(_HERE))):
        path = os.path.join(root, *parts)
        if os.path.exists(path):
            return path
    raise FileNotFoundError(f"gitsession is incompletely installed: {'/'.join(parts)} is missing")


def read_resource(*parts: str) -> str:
    """Text of a shipped file."""
    with open(resource_path(*parts), encoding="utf-8") as file:
        return file.read()
