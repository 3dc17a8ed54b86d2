"""Takes a request for our public name as one over https, when that is how the public reaches us.

It exists because a proxy whose word does not count, or that says nothing, made every request look like plain http,
and then the cookie that signs people in went out without `Secure`. Where the operator said `https://`, that holds for
whatever calls us by that name. This door does not know proxies or cookies.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from server.origins import split_host, split_url

_SECURE = {"http": "https", "ws": "wss"}


class PublicScheme:
    """Says https in place of http where the public origin does; without an https one it changes nothing."""

    def __init__(self, app: ASGIApp, public_origin: str | None) -> None:
        self._app = app
        parts = split_url(public_origin) if public_origin is not None else None
        self._name = parts.hostname if parts is not None and parts.scheme == "https" else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and self._name is not None and self._is_ours(scope):
            scope = {**scope, "scheme": _SECURE.get(scope["scheme"], scope["scheme"])}
        await self._app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        try:
            name, _ = split_host(Headers(scope=scope).get("host", ""))
        except ValueError:
            return False
        return name == self._name
