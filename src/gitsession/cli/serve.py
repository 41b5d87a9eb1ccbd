"""`serve`."""

import errno
import os
import re
import socket

import click

from gitsession.cli.output import say
from gitsession.errors import GitsessionError, UsageError

PORT = 8642
_NEXT = 50  # ports that are tried after it
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,200}")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command()
@click.argument("repos", nargs=-1, metavar="[REPO]...", type=click.Path(exists=True, file_okay=False))
@click.option(
    "--port", type=click.IntRange(0, 65535), help=f"Listen there; without it {PORT}, or the next that is free."
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Listen on this address; beyond this machine only with a token.",
)
@click.option(
    "--token-file",
    type=click.File(),
    help="Let in only who knows the token in this file; without it, one is made where one is needed.",
)
@click.option("--open", "open_", is_flag=True, help="Open it in the browser.")
@click.pass_context
def serve(
    ctx: click.Context, repos: tuple[str, ...], port: int | None, host: str, token_file: object, *, open_: bool
) -> None:
    """Show sessions, handoffs and figures in the browser, and answer programs: the dashboard and the REST API.

    Of this repository, or of each REPO. Pages and answers follow commits and edits at once. ^C ends it.
    """
    try:
        import fastapi  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError:
        raise GitsessionError("the dashboard is not installed", "pip install 'gitsession[web]' adds it") from None
    from gitsession.web.project import open_projects

    token = _token(token_file, needed=host not in _LOOPBACK)
    projects = open_projects(list(repos) or [str(ctx.find_root().obj or ".")])
    listening = _listen(host, port)
    where = f"[{host}]" if ":" in host else host
    address = f"http://{where}:{listening.getsockname()[1]}/"
    say(f"{', '.join(p.name for p in projects)}: {address}{f'?token={token}' if token else ''}", bold=True)
    click.echo("  the API is described at /api/docs; ^C ends it", err=True)
    if open_:
        import webbrowser

        webbrowser.open(address + (f"?token={token}" if token else ""))
    from gitsession.web.app import create_app
    from gitsession.web.server import run

    run(create_app(projects, token=token, host=host), listening)


def _token(file: object, *, needed: bool) -> str:
    if file is None:
        if not needed:
            return ""
        import secrets

        return secrets.token_urlsafe(32)
    token = str(file.read()).strip()  # type: ignore[attr-defined]
    if not _TOKEN.fullmatch(token):
        raise UsageError("the token in the file is none", "20 to 200 letters, digits, - and _")
    return token


def _listen(host: str, port: int | None) -> socket.socket:
    """A socket at the port that was asked for, or the next one that is free. Raises GitsessionError."""
    tried = [port] if port is not None else range(PORT, PORT + _NEXT)
    try:
        family, _, _, _, place = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError:
        raise GitsessionError(f"{host} is no address of this machine", "--host 127.0.0.1, or 0.0.0.0 for all") from None
    for number in tried:
        # Named as TCP, or asyncio leaves Nagle's algorithm on, and every answer waits 40 ms.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name == "posix":  # else a port that was in use a moment ago is not free yet
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((place[0], number, *place[2:]))
            listening.listen(128)
        except OSError as e:
            listening.close()
            if e.errno != errno.EADDRINUSE:
                raise GitsessionError(f"cannot listen on {host}, port {number}: {e.strerror}") from None
            continue
        return listening
    if port is not None:
        raise GitsessionError(f"port {port} is in use", "name another one, or none: the next that is free is taken")
    raise GitsessionError(f"no port from {PORT} to {PORT + _NEXT - 1} is free", "name one: --port 9000")


COMMANDS = {"serve": serve}
