"""`/events`: what changes, as it happens."""

from typing import Annotated

from fastapi import APIRouter, Header, Request
from starlette.responses import StreamingResponse

from gitsession.web.api.asking import ProjectOf, problems
from gitsession.web.live import MOST, Live
from gitsession.web.problems import ProblemError

router = APIRouter(tags=["events"])
_SAID = {
    "description": "`ready` at first; `change` with the parts that changed: commits, staged, sessions. Sent again with the last one's id as "
    "`Last-Event-ID`, nothing is missed.",
    "content": {"text/event-stream": {"schema": {"type": "string"}, "example":
                'event: change\nid: 1f-2e-3d\nretry: 1000\ndata: {"project": "feedpost", "changed": ["commits"]}\n\n'}},
}  # fmt: skip


@router.get("/projects/{project}/events", summary="What changes, as it happens", response_class=StreamingResponse,
            responses={**problems(), 200: _SAID})  # fmt: skip
async def events(
    project: ProjectOf, request: Request, last_event_id: Annotated[str, Header(max_length=200)] = ""
) -> StreamingResponse:
    """Server-sent events: a commit or an edit in `.sessions/` is told within two seconds."""
    live: Live = request.app.state.lives.of(project)
    if live.listeners >= MOST:
        raise ProblemError("busy", f"{MOST} listen already")
    return StreamingResponse(
        live.follow(last_event_id), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )
