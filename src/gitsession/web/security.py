"""Who may ask, from where, and how much. Everything that is asked comes through here before anything looks at it."""

import hmac
import ipaddress
from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from gitsession.web.problems import bug, problem

MOST_BODY = 1_000_000  # bytes
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_READING = ("GET", "HEAD")
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """Stands before the app. With a `token`, nobody gets in without it; `names` are the hosts that it answers for."""

    def __init__(
        self, app: FastAPI, *, token: str = "", names: Iterable[str] = LOOPBACK, any_address: bool = False
    ) -> None:
        self.app = app
        self._token = token.encode()
        self._names = frozenset(name.lower() for name in names)
        self._any_address = any_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":  # the beginning and the end of the server; there are no web sockets
            await self.app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}  # whoever sends leaves the body out
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            answer = self._refusal(scope)
            if answer is None:
                await self.app(scope, _bounded(receive), sending)
                return
        except Exception as e:  # noqa: BLE001  (nothing of it may reach whoever asked)
            if begun:
                return
            answer = bug(e)
        await answer(scope, receive, sending)

    def _refusal(self, scope: Scope) -> Response | None:
        """The answer to a request that goes no further; None for one that may."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(host):
            # A page of somebody else's may have its name lead to this machine.
            return problem("forbidden", "this server does not go by that name", "ask it by the address that it printed")
        if scope["method"] not in _READING and (refused := _cross_site(scope, headers, host)):
            return problem("forbidden", refused, "write from the pages of this server, or from a program")
        if self._token and (welcome := self._welcome(scope)):
            return welcome
        if self._token and not self._knows_token(scope, headers):
            return problem(
                "unauthorized", "say the token that the server printed", "Authorization: Bearer TOKEN, or open the address with ?token=",
                headers={"WWW-Authenticate": 'Bearer realm="gitsession"'},
            )  # fmt: skip
        return _wrong_body(headers)

    def _is_ours(self, host: str) -> bool:
        name = _host_name(host)
        if name in self._names:
            return True
        if not self._any_address:
            return False
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True  # an address cannot be made to lead elsewhere

    def _knows_token(self, scope: Scope, headers: Headers) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._is_token(given.strip()):
            return True
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(_cookie(scope))
        except CookieError:
            return False
        return cookie is not None and self._is_token(cookie.value)

    def _welcome(self, scope: Scope) -> Response | None:
        """Who comes with the token in the address gets it as a cookie, and the address without it."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if scope["method"] not in _READING or not any(key == "token" and self._is_token(value) for key, value in query):
            return None
        rest = urlencode([(key, value) for key, value in query if key != "token"])
        path = scope.get("raw_path") or quote(scope["path"]).encode()
        place = "/" + path.decode("latin-1").lstrip("/\\") + (f"?{rest}" if rest else "")
        value = f"{_cookie(scope)}={self._token.decode()}; Path=/; HttpOnly; SameSite=Strict"
        return Response(status_code=303, headers={"Location": place, "Set-Cookie": value})

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), self._token)


def _cookie(scope: Scope) -> str:
    """Browsers send the cookies of a host to all its ports."""
    server = scope.get("server") or ("", 0)
    return f"gitsession-{server[1]}"


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".") if host and not set(host) & set("/?#@\\") else ""
    except ValueError:
        return ""


def _cross_site(scope: Scope, headers: Headers, host: str) -> str:
    """Why a request that writes is not from here; empty where it is, or from a program."""
    if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return "another site asked for this"
    origin = headers.get("origin")
    if origin is not None and origin.lower() != f"{scope.get('scheme', 'http')}://{host}".lower():
        return "another site asked for this"
    return ""


def _wrong_body(headers: Mapping[str, str]) -> Response | None:
    """The answer where there is no use in reading what comes with a request."""
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit():
        return problem("wrong-use", "Content-Length is no number")
    if int(length) > MOST_BODY:
        return problem("too-large", f"at most {MOST_BODY:,} bytes")
    has_body = length != "0" or "transfer-encoding" in headers
    if has_body and headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        # What another site's form can send is no JSON.
        return problem("media-type", "send it as Content-Type: application/json")
    return None


def _bounded(receive: Receive) -> Receive:
    """The body as it comes in, as long as it is not too large."""
    left = MOST_BODY

    async def receiving() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)
        return message

    return receiving
