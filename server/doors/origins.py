"""Which web sites' pages may use this server: its own, and those listed by name.

A browser sends our cookie along with what other sites' pages ask, and says in `Origin` which site that was. So a write
that is authenticated by the cookie must say it comes from us or from a listed site; whoever says another is refused
whatever they bring; a program with a token says nothing and passes. Listed sites may read our answers; what is told
them is our own list, never an echo. This door does not know who is signed in.
"""

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from realtime.errors import Forbidden
from server.auth import bearer_of, cookie_of
from server.errors import refuse
from server.origins import join_origin, origin, split_host

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SOCKETS = "/socket.io"
_PREFLIGHT = {
    "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": "authorization, content-type, idempotency-key",
    "access-control-max-age": "600",
}
_READABLE = "retry-after, x-request-id"
_OURS_TO_SAY = (b"access-control-allow-origin", b"access-control-allow-credentials")


class Origins:
    """Refuses other sites, and lets listed ones read."""

    def __init__(self, app: ASGIApp, *, public_origin: str | None = None, allowed: Iterable[str] = ()) -> None:
        self._app = app
        self._public = public_origin
        self._allowed = frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.getlist("origin")
        listed = self._listed(given)
        sending = self._telling(listed, send)
        if not (listed or self._is_own(given, scope, headers)) and self._is_refused(given, scope, headers):
            refused = Forbidden("Requests from this web site are not accepted.", code="origin_refused")
            await refuse(refused, scope, receive, sending)
        elif listed and is_preflight(scope, headers):
            await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, sending)
        else:
            await self._app(scope, receive, sending)

    def _listed(self, given: list[str]) -> str | None:
        """The listed site this is, in our spelling."""
        return next((each for each in self._allowed if [each] == _spelled(given)), None)

    def _is_own(self, given: list[str], scope: Scope, headers: Headers) -> bool:
        spelled = _spelled(given)
        if len(spelled) != 1:
            return False
        return spelled[0] in (self._public, own_origin(scope, headers))

    def _is_refused(self, given: list[str], scope: Scope, headers: Headers) -> bool:
        """Whether a request that named no site we know must not pass."""
        is_socket = scope["path"].startswith(SOCKETS)
        is_write = scope["type"] == "http" and scope["method"] not in SAFE
        if given:
            return is_write or is_socket or is_preflight(scope, headers)
        if not cookie_of(headers) or bearer_of(headers):
            return False
        # Same-site pages poll with GETs that say no origin; newer browsers say at least that it is another site.
        is_elsewhere = headers.get("sec-fetch-site", "same-origin") in ("cross-site", "same-site")
        return is_write or scope["type"] == "websocket" or (is_socket and is_elsewhere)

    def _telling(self, listed: str | None, send: Send) -> Send:
        async def telling(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                # What a library behind us thinks of origins does not count.
                kept = [each for each in message.get("headers", ()) if each[0].lower() not in _OURS_TO_SAY]
                message = {**message, "headers": kept}
                if self._allowed:
                    self._tell(MutableHeaders(raw=kept), listed)
            await send(message)

        return telling

    def _tell(self, headers: MutableHeaders, listed: str | None) -> None:
        headers.add_vary_header("Origin")
        if listed is not None:
            headers["access-control-allow-origin"] = listed
            headers["access-control-allow-credentials"] = "true"
            headers["access-control-expose-headers"] = _READABLE


def own_origin(scope: Scope, headers: Headers) -> str | None:
    """The origin of a page that this request's own server gave out."""
    scheme = str(scope["scheme"]).replace("ws", "http")
    try:
        return join_origin(scheme, *split_host(headers.get("host", "")))
    except ValueError:
        return None


def is_preflight(scope: Scope, headers: Headers) -> bool:
    """Whether a browser asks if a page may ask."""
    return scope.get("method") == "OPTIONS" and "access-control-request-method" in headers


def _spelled(given: list[str]) -> list[str]:
    try:
        return [origin(each) for each in given]
    except ValueError:
        return []  # `null`, or nonsense: nobody we know
