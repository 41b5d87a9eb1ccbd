"""The server: uvicorn, which ends at once when it is told to."""

import asyncio
import socket
import sys
from types import FrameType

import uvicorn

from gitsession.web.live import Lives
from gitsession.web.security import Guard

_SWITCH = 0.001  # seconds that a thread which makes an answer may keep the one that sends others waiting
_PATIENCE = 3  # seconds for answers that are being given when it ends


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, lives: Lives) -> None:
        super().__init__(config)
        self._lives = lives
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Let those go who listen for changes, and would go on to."""
        super().handle_exit(sig, frame)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._lives.close)


def run(app: Guard, listening: socket.socket) -> None:
    """Serve until ^C. Raises KeyboardInterrupt then."""
    sys.setswitchinterval(_SWITCH)
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, server_header=False, timeout_graceful_shutdown=_PATIENCE, proxy_headers=False,
        ws="none", timeout_keep_alive=30,
    )  # fmt: skip
    _Server(config, app.app.state.lives).run(sockets=[listening])
