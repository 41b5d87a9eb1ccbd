"""The server: uvicorn, which ends at once when it is told to."""

import socket
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

_PATIENCE = 3  # seconds for answers that are being given when it ends


class _Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Let those go who listen for changes, and would go on to."""
        super().handle_exit(sig, frame)


def run(app: ASGIApp, listening: socket.socket) -> None:
    """Serve until ^C. Raises KeyboardInterrupt then."""
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=_PATIENCE, proxy_headers=False,
        ws="none", timeout_keep_alive=30,
    )  # fmt: skip
    _Server(config).run(sockets=[listening])
