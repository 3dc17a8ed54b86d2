"""What every answer tells the browser about how to treat it.

No script and no style may stand inside a page, nobody may frame one, no address of ours is told to other sites, and
what the API says is kept by no cache. An answer that brings one of these headers itself keeps its own: the
simulator's pages have a stricter policy.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.origins import split_host

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
        wanted = headers_for(scope)

        async def with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                message = {**message, "headers": [*message.get("headers", ())]}
                headers = MutableHeaders(raw=message["headers"])
                for name, value in wanted.items():
                    headers.setdefault(name, value)
                del headers["server"]
            await send(message)

        await self._app(scope, receive, with_headers)


def headers_for(scope: Scope) -> dict[str, str]:
    """What the answer to this request shall carry unless it knows better."""
    wanted = {**ALWAYS, "content-security-policy": content_policy(Headers(scope=scope).get("host", ""))}
    if scope["scheme"] in ("https", "wss"):
        wanted |= UNDER_HTTPS
    if scope["path"].startswith(PRIVATE):
        wanted["cache-control"] = "no-store"
    return wanted


def content_policy(host: str) -> str:
    """What a page of ours may load and reach: only us. The sockets are named too, for browsers that ask for it."""
    try:
        split_host(host)
        sockets = f" ws://{host} wss://{host}"
    except ValueError:
        sockets = ""
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
