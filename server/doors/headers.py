"""What every answer tells the browser about how to treat it.

No script and no style may stand inside a page, nobody may frame one, no address of ours is told to other sites, and
what the API says is kept by no cache. An answer that brings one of these headers itself keeps its own: the
simulator's pages have a stricter policy.
"""

from collections.abc import Iterable
from functools import lru_cache

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.origins import split_host

RawHeaders = tuple[tuple[bytes, bytes], ...]

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
UNDER_HTTPS = {"strict-transport-security": "max-age=31536000"}
PRIVATE = ("/api", "/socket.io", "/join", "/start", "/metrics", "/setup")


class SecurityHeaders:
    """Puts on what is missing, and takes off what tells which software this is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                message = {**message, "headers": dressed(message.get("headers", ()), headers_for(scope))}
            await send(message)

        await self._app(scope, receive, with_headers)


def dressed(given: Iterable[tuple[bytes, bytes]], wanted: RawHeaders) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with those that are missing."""
    kept = [(name, value) for name, value in given if name.lower() != b"server"]
    own = {name.lower() for name, _ in kept}
    return kept + [header for header in wanted if header[0] not in own]


def headers_for(scope: Scope) -> RawHeaders:
    """What the answer to this request shall carry unless it knows better."""
    host = Headers(scope=scope).get("host", "")
    return _headers(
        host if _is_host(host) else "", scope["scheme"] in ("https", "wss"), scope["path"].startswith(PRIVATE)
    )


def _is_host(header: str) -> bool:
    try:
        split_host(header)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=256)  # a server has a name or two; what is no name, or too long for one, never comes here
def _headers(host: str, is_https: bool, is_private: bool) -> RawHeaders:
    wanted = {**ALWAYS, "content-security-policy": content_policy(host)}
    if is_https:
        wanted |= UNDER_HTTPS
    if is_private:
        wanted["cache-control"] = "no-store"
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in wanted.items())


def content_policy(host: str) -> str:
    """What a page of ours may load and reach: only us. The sockets are named too, for browsers that ask for it."""
    sockets = f" ws://{host} wss://{host}" if _is_host(host) else ""
    return "; ".join(
        (
            "default-src 'self'",
            f"connect-src 'self'{sockets}",
            "img-src 'self' data:",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )
