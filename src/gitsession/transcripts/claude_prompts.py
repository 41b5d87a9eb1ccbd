"""What stands in the user's place in Claude Code's transcripts: the person's words, and what the program puts there."""

import re

#: Tags in which the program wraps what it adds to a prompt; outside them, in the same text, the person may speak.
_ADDED = (
    "system-reminder|ide_opened_file|ide_selection|ide_diagnostics|new-diagnostics|post-tool-use-hook|user-prompt-submit-hook"
    "|session-start-hook|task-notification|local-command-caveat|local-command-stdout|local-command-stderr|bash-stdout|bash-stderr"
    "|teammate-message|cross-session-message|agent-notification|mcp-resource|fork-boilerplate|persisted-output|command-contents"
    "|background-task-input|background-task-output"
)
_WRAPPED = re.compile(rf"<({_ADDED})\b[^>]*>.*?(?:</\1>|\Z)", re.DOTALL)
_BEGINS_WRAPPED = re.compile(rf"\s*<(?:{_ADDED})\b")
_COMMAND = re.compile(r"<command-name>\s*(.*?)\s*</command-name>", re.DOTALL)
_ARGS = re.compile(r"<command-args>\s*(.*?)\s*</command-args>", re.DOTALL)
_SHELL = re.compile(r"<bash-input>\s*(.*?)\s*</bash-input>", re.DOTALL)
_MEMORY = re.compile(r"<user-memory-input>\s*(.*?)\s*</user-memory-input>", re.DOTALL)
_INTERRUPTED = re.compile(r"\s*\[Request interrupted by user[^\]\n]*\]\s*")
#: How texts begin that only the program writes.
_PROGRAMS = (
    "Caveat: The messages below were generated",
    "Base directory for this skill:",
    "Stop hook feedback:",
    "[SYSTEM NOTIFICATION",
)
_REMINDER = "<system-reminder>"
_SUMMARY = "This session is being continued from a previous conversation"


def told_apart(text: str) -> list[tuple[str, str]]:
    """(kind, words) for each thing that a text in the user's place is: "" is the person's own; see `Turn.kind` for the others."""
    if found := _INTERRUPTED.match(text):
        rest = text[found.end() :]
        return [("interrupted", text[: found.end()].strip()), *(told_apart(rest) if rest.strip() else [])]
    if text.startswith(_SUMMARY):
        return [("summary", text)]
    if text.startswith(_PROGRAMS):
        return [("injected", text)]
    if text.lstrip().startswith(("<command-", "<bash-input>", "<user-memory-input>")):
        return _commands(text)
    return _without_added(text)


def _commands(text: str) -> list[tuple[str, str]]:
    if name := _COMMAND.search(text):
        args = _ARGS.search(text)
        command = name[1] if name[1].startswith("/") else f"/{name[1]}"
        return [("command", f"{command} {args[1]}" if args and args[1] else command)]
    if shell := _SHELL.search(text):
        return [("command", f"! {shell[1]}")]
    if memory := _MEMORY.search(text):
        return [("", memory[1])]
    return _without_added(text)


def _without_added(text: str) -> list[tuple[str, str]]:
    if "</" not in text and not _BEGINS_WRAPPED.match(text):
        return [("", text)]
    own = _WRAPPED.sub("", text)
    if own == text:
        return [("", text)]
    added = "\n".join(m[0] for m in _WRAPPED.finditer(text))
    return [("injected", added), ("", own.strip())] if own.strip() else [("injected", text)]


def without_reminders(text: str) -> str:
    """A tool's output without the reminders that the program appends to it."""
    at = text.find(_REMINDER)
    if at < 0:
        return text
    kept, done = [], 0
    while at >= 0 and (end := text.find("</system-reminder>", at)) >= 0:
        kept.append(text[done:at].rstrip())
        done = end + len("</system-reminder>")
        at = text.find(_REMINDER, done)
    return "".join([*kept, text[done:]])
