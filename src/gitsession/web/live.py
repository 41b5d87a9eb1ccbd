"""What changes in a repository, told as it happens: server-sent events. Nobody looks while nobody listens."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterable

import anyio.to_thread

from gitsession.web.project import Project
from gitsession.web.watching import State

MOST = 100  # that listen to one project at a time
_EVERY = 0.5  # seconds between looks
_STILL = 0.2  # between those after a change: git writes one file after the other
_LATEST = 0.8  # seconds after which a change is told though more may come
_BEAT = 15.0  # seconds of silence after which a line shows that the connection stands


class Live:
    """The changes of one project. Used by one event loop."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._state: State | None = None
        self._changed = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self._closed = False
        self.listeners = 0

    async def follow(self, known: str) -> AsyncIterator[str]:
        """The events, from the state on that was `known`, as it was written in the last one's id; without one, from now on."""
        self.listeners += 1
        try:
            if self._watch is None:
                self._watch = asyncio.create_task(self._look_out())
            self._is(await self._look())
            if not known:
                known = str(self._state)
                yield _event("ready", known, {"project": self._project.slug})
            while not self._closed:
                if self._state and str(self._state) != known:
                    changed, known = self._state.changes(known), str(self._state)
                    yield _event("change", known, {"project": self._project.slug, "changed": changed})
                    continue
                try:
                    await asyncio.wait_for(self._changed.wait(), _BEAT)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self.listeners -= 1
            if not self.listeners and self._watch is not None:
                self._watch.cancel()
                self._watch = None

    def close(self) -> None:
        """Let all go who listen."""
        self._closed = True
        self._tell()

    async def _look_out(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            state = await self._look()
            if state == self._state:
                continue
            for _ in range(round(_LATEST / _STILL)):
                await asyncio.sleep(_STILL)
                before, state = state, await self._look()
                if state == before:
                    break
            self._is(state)

    def _is(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self._tell()

    def _tell(self) -> None:
        told, self._changed = self._changed, asyncio.Event()
        told.set()

    async def _look(self) -> State:
        return await anyio.to_thread.run_sync(lambda: self._project.state(closely=True))


class Lives:
    """Those of all projects."""

    def __init__(self, projects: Iterable[Project]) -> None:
        self._projects = {project.slug: project for project in projects}
        self._of: dict[str, Live] = {}

    def of(self, project: Project) -> Live:
        """The one of a project."""
        return self._of.setdefault(project.slug, Live(project))

    def close(self) -> None:
        """Let all go who listen, when the server ends."""
        for live in self._of.values():
            with contextlib.suppress(RuntimeError):
                live.close()


def _event(name: str, id_: str, data: dict[str, object]) -> str:
    return f"event: {name}\nid: {id_}\nretry: 1000\ndata: {json.dumps(data)}\n\n"
