"""Loads detect-secrets' plugins without the two thirds of it that a scan never needs.

`import detect_secrets` takes some 150 ms, most of it `requests` (for verification over the network, which the gate
never does) and the process pool of its own scanner. Only the plugin modules are imported here, beside stand-ins, and
out of `sys.modules` again afterwards: whoever imports `requests` or `detect_secrets` later gets the real one.
"""

import importlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

_OURS: dict[str, ModuleType] = {}  # detect-secrets as loaded here, kept apart from anyone else's
_LOCK = threading.RLock()
# Imported by the plugins, and used only to verify over the network and to collect what `analyze_line` found.
_NOT_NEEDED = (
    "requests",
    "detect_secrets.core.potential_secret",
    "detect_secrets.settings",
    "detect_secrets.util.code_snippet",
    "detect_secrets.util.inject",
)


class _StandIn(ModuleType):
    """Answers to any name, since plugins mention `requests.Response` and the like in annotations."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return object


def _is_swapped(name: str) -> bool:
    return name.partition(".")[0] in {"requests", "detect_secrets"}


@contextmanager
def plugin_imports() -> Iterator[None]:
    """While open, `detect_secrets.plugins.*` can be imported cheaply. Raises ImportError where it is not installed."""
    with _LOCK:
        if not _OURS:
            spec = PathFinder.find_spec("detect_secrets")
            if spec is None or not spec.submodule_search_locations:
                raise ImportError("detect_secrets is not installed")
            package = ModuleType("detect_secrets")
            package.__path__ = list(spec.submodule_search_locations)
            package.__spec__ = spec
            _OURS["detect_secrets"] = package
            _OURS.update({name: _StandIn(name) for name in _NOT_NEEDED})
        others = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_swapped(name)}
        sys.modules.update(_OURS)
        try:
            yield
        finally:
            for name in [name for name in sys.modules if _is_swapped(name)]:
                _OURS[name] = sys.modules.pop(name)
            sys.modules.update(others)


def load(module: str, class_name: str) -> Any:
    """An instance of the plugin `class_name` of `module`. Raises ImportError or AttributeError where it is absent."""
    with plugin_imports():
        return getattr(importlib.import_module(module), class_name)()
