"""The records of Claude Code's transcripts, as little of them parsed as will do: most of the bytes are never asked for."""

from collections.abc import Iterator
from typing import Any

from gitsession.transcripts.source import Source, first_records, read_object

#: Records that say nothing of the conversation.
NOISE = frozenset((
    "file-history-snapshot", "file-history-delta", "permission-mode", "mode", "last-prompt", "agent-name", "agent-color", "agent-setting",
    "bridge-session", "tag", "worktree-state", "content-replacement", "attribution-snapshot", "speculation-accept", "task-summary", "last-cost",
))  # fmt: skip
NOISE_SYSTEM = frozenset((
    "compact_boundary", "microcompact_boundary", "stop_hook_summary", "turn_duration", "bridge_status", "memory_saved",
    "api_metrics", "scheduled_task_fire", "agents_killed",
))  # fmt: skip
#: What the program adds to a prompt for the model; other attachments are unknown.
NOISE_ATTACHED = frozenset((
    "hook_success", "hook_additional_context", "hook_system_message", "hook_cancelled", "hook_non_blocking_error", "hook_error_during_execution",
    "hook_stopped_continuation", "hook_permission_decision", "async_hook_response", "deferred_tools_delta", "agent_listing_delta",
    "mcp_instructions_delta", "skill_listing", "skill_discovery", "dynamic_skill", "invoked_skills", "task_reminder", "todo_reminder", "todo",
    "task_status", "plan_mode", "plan_mode_reentry", "plan_mode_exit", "plan_file_reference", "auto_mode", "auto_mode_exit", "edited_text_file",
    "edited_image_file", "selected_lines_in_ide", "opened_file_in_ide", "diagnostics", "command_permissions", "file", "directory",
    "compact_file_reference", "already_read_file", "pdf_reference", "nested_memory", "relevant_memories", "ultramemory", "current_session_memory",
    "output_style", "critical_system_reminder", "mcp_resource", "agent_mention", "token_usage", "budget_usd", "output_token_usage",
    "structured_output", "date_change", "verify_plan_reminder", "compaction_reminder", "ultrathink_effort", "context_efficiency",
))  # fmt: skip
#: Records that say something of it.
KINDS = frozenset((
    "user", "assistant", "progress", "attachment", "system", "queue-operation", "summary", "pr-link", "custom-title", "ai-title",
))  # fmt: skip
_BESIDE = b'"toolUseResult":'
_SESSION = b'"sessionId":'
#: Lines that begin like this are not even parsed.
_NOISE_LINES = (b'{"type":"file-history-snapshot"', b'{"type":"file-history-delta"')
_PROGRESS = b'"type":"progress","data":{'
_NOISE_PROGRESS = (b'"type":"hook_progress"', b'"type":"bash_progress"', b'"type":"mcp_progress"')


def fits(text: str, _name: str) -> bool:
    """Whether a text begins like a transcript of Claude Code."""
    if text.lstrip()[:1] == "{" and '"loglines"' in text[:2000]:
        return True
    for record in first_records(text):
        kind = record.get("type")
        if kind in ("user", "assistant") and "message" in record:
            return True
        if (
            isinstance(kind, str)
            and ("sessionId" in record or "leafUuid" in record)
            and (kind in NOISE or kind in KINDS)
        ):
            return True
        if kind == "file-history-snapshot" and "messageId" in record:
            return True
    # The first line may be longer than the beginning.
    return (
        text.startswith('{"') and '"sessionId":"' in text and ('"parentUuid":' in text or '"message":{"role":"' in text)
    )


def records(source: Source) -> Iterator[dict[str, Any]]:
    """The records, each with its `toolUseResult` as bytes where that could be left unparsed: it is most of what a transcript holds."""
    if '"loglines"' in source.beginning()[:2000]:
        export = source.whole()
        lines = export.get("loglines") if isinstance(export, dict) else None
        for record in lines if isinstance(lines, list) else []:
            if isinstance(record, dict):
                yield record
        return
    for number, line in source.lines():
        if line.startswith(_NOISE_LINES) and _SESSION not in line:
            continue
        # Quotes within strings are escaped, so these are keys. No other record stands on the line behind them, for each names its session.
        if (at := line.find(_PROGRESS, 0, 1500)) > 0:
            if line.startswith(_NOISE_PROGRESS, at + len(_PROGRESS)) and line.find(_SESSION, at) < 0:
                continue
        elif (at := line.find(_BESIDE)) > 0 and line.endswith(b"}") and line.find(_SESSION, at) < 0:
            record = read_object(line[:at].rstrip(b" ,") + b"}")
            if record is not None and record.get("type") == "user" and "message" in record and "uuid" in record:
                record["toolUseResult"] = line[at + len(_BESIDE) : -1]
                yield record
                continue
        if (record := read_object(line)) is not None:
            yield record
        else:
            yield from source.objects(number, line)
