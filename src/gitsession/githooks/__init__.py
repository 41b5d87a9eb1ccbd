"""Installs, chains, removes and reports our git hooks, whatever manager is there."""

from gitsession.githooks.drivers import merge_driver_faults, set_merge_drivers, unset_merge_drivers
from gitsession.githooks.install import install, uninstall
from gitsession.githooks.status import HookStatus, status
from gitsession.githooks.stubs import HOOKS, agent_hook_problem, install_agent_hook

__all__ = [
    "HOOKS",
    "HookStatus",
    "agent_hook_problem",
    "install",
    "install_agent_hook",
    "merge_driver_faults",
    "set_merge_drivers",
    "status",
    "uninstall",
    "unset_merge_drivers",
]
