"""What stands in the user's place in Codex' rollouts: the person's words, and what the program puts there."""

import re

#: How texts begin in the user's place that the program writes.
_INJECTED = re.compile(
    r"\s*(?:# AGENTS\.md instructions|<(?:environment_context|user_instructions|permissions|turn_aborted|skill|subagent_notification|user_action"
    r"|collaboration_mode|app-context|apps_instructions|skills_instructions|plugins_instructions|INSTRUCTIONS|recommended_plugins|hook_prompt"
    r"|model_switch|personality_spec|realtime_conversation|multi_agent_mode|goal_context|codex_internal_context|image)\b)"
)
_TAGGED = re.compile(r"\s*<([a-z][\w-]*)[^>]*>.*</\1>\s*\Z", re.DOTALL)
_SHELL = re.compile(r"\s*<user_shell_command>\s*<command>\s*(.*?)\s*</command>", re.DOTALL)
_SUMMARY = "Another language model started to solve this problem"
_REQUEST = re.compile(r"^## My request for Codex:[ \t]*\n?", re.MULTILINE)


def told_apart(text: str) -> tuple[str, str]:
    """(kind, words) of a text in the user's place: kind is "" for what may be the person's own; see `Turn.kind` for the others."""
    if shell := _SHELL.match(text):
        return "command", f"! {shell[1]}"
    if text.lstrip().startswith("<turn_aborted>"):
        return "interrupted", text
    if text.startswith(_SUMMARY):
        return "summary", text
    if _INJECTED.match(text) or _TAGGED.match(text):
        return "injected", text
    return "", text


def without_context(text: str) -> tuple[str, str]:
    """A prompt in two: what an editor puts before it, and the person's words."""
    request = _REQUEST.search(text)
    return (text[: request.start()], text[request.end() :].strip("\n")) if request else ("", text.strip("\n"))
