"""Our entries in an agent's settings: merged into what is there, and taken out again to the byte.

What a container looks like tells whether it was there before: one that was, and was empty, holds ours between two blanks.
"""

import json
from collections.abc import Mapping
from typing import Any

from gitsession.agents.jsonc import Node, parse_jsonc, put, take, was_empty
from gitsession.errors import FormatError

#: What every command of ours holds, of this version or another.
MARK = "gitsession/agent-hook"
_BOM = "\ufeff"


def entries_of(text: str, path: str) -> dict[str, list[Any]]:
    """Our entries by the agent's name of the event. Raises FormatError."""
    hooks = _hooks(parse_jsonc(text.removeprefix(_BOM), path), text, path)
    found: dict[str, list[Any]] = {}
    for event in hooks.items if hooks else ():
        ours = [item.node.plain for item in event.node.items if _holds_ours(item.node)]
        if ours:
            found[str(event.key)] = ours
    return found


def add_entries(text: str | None, path: str, wanted: Mapping[str, Any], *, version: bool) -> str:
    """The settings with an entry for each event, None for a file that is to be made; the same text where they stand there.

    `version`: a file of hooks alone, which says `"version": 1`. Raises FormatError.
    """
    if text is not None:
        found = entries_of(text, path)
        if found == {event: [entry] for event, entry in wanted.items()}:
            return text
        if found:
            text = remove_entries(text, path)
    if text is None:
        # The version below: above, it was there before.
        made = {"hooks": {event: [entry] for event, entry in wanted.items()}, **({"version": 1} if version else {})}
        return json.dumps(made, ensure_ascii=False, indent=2) + "\n"
    bom = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    for event, entry in wanted.items():
        root = parse_jsonc(text, path)
        hooks = _hooks(root, text, path)
        events = hooks.get(event) if hooks else None
        if hooks is None:
            text = put(text, root, {event: [entry]}, "hooks")
        elif events is None:
            text = put(text, hooks, [entry], event)
        else:
            text = put(text, events, entry)
    return bom + text


def remove_entries(text: str, path: str) -> str | None:
    """The settings without our entries; None where they were all of a file that we made. Raises FormatError."""
    bom = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    while True:
        root = parse_jsonc(text, path)
        way = _last_of_ours(root, text, path)
        if not way:
            return bom + text
        level = len(way) - 1
        while level > 0 and len(way[level][0].items) == 1 and not was_empty(text, way[level][0]):
            level -= 1
        container, index = way[level]
        if level == 0 and index == 0 and {i.key for i in root.items[1:]} <= {"version"} and not was_empty(text, root):
            return None
        text = take(text, container, index)


def _hooks(root: Node, text: str, path: str) -> Node | None:
    def check(node: Node, kind: str, what: str) -> None:
        if node.kind != kind:
            line = text.count("\n", 0, node.start) + 1
            raise FormatError(path, line, f"{what} is no {kind}", "mend the file, then try again; nothing was changed")

    check(root, "object", "this")
    hooks = root.get("hooks")
    if hooks is not None:
        check(hooks, "object", '"hooks"')
        for event in hooks.items:
            if event.key not in ("enabled", "disabled"):  # settings of their own, in older versions of agents
                check(event.node, "list", f'"{event.key}"')
    return hooks


def _last_of_ours(root: Node, text: str, path: str) -> list[tuple[Node, int]]:
    """The way to our last entry: each container, and the item in it. Empty where there is none."""
    hooks = _hooks(root, text, path)
    if hooks is None:
        return []
    at = max(index for index, item in enumerate(root.items) if item.node is hooks)
    for number, event in reversed(list(enumerate(hooks.items))):
        for place, group in reversed(list(enumerate(event.node.items))):
            if not _holds_ours(group.node):
                continue
            way = [(root, at), (hooks, number), (event.node, place)]
            inner = group.node.get("hooks")
            some = [i for i, one in enumerate(inner.items) if _holds_ours(one.node)] if inner else []
            if inner and some and len(some) < len(inner.items):  # somebody put a hook of theirs beside ours
                where = next(i for i, item in enumerate(group.node.items) if item.node is inner)
                way += [(group.node, where), (inner, some[-1])]
            return way
    return []


def _holds_ours(node: Node) -> bool:
    if node.kind == "other":
        return isinstance(node.value, str) and MARK in node.value
    return any(_holds_ours(item.node) for item in node.items)
