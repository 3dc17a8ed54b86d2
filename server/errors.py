"""What a refusal looks like over HTTP: the one table from codes to statuses, and the one shape of the answer.

It also holds the errors that only doors can have. It does not know the routes.

    Refused
    ├── BadRequest          not what HTTP or JSON should look like
    ├── MethodNotAllowed    this address knows other verbs
    ├── TooSlow             the body did not come in time
    ├── TooLarge            more bytes than this address takes
    ├── UnsupportedMedia    not the kind of body this address reads
    └── Misdirected         meant for a machine of another name
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from realtime.errors import BadInput, Forbidden, NotFound, Refused, RollcallError, TooMany, Unavailable

# A code that is not here has the status of the nearest kind of error above it in the tree.
STATUS: Mapping[str, int] = {
    "refused": 400,
    "bad_request": 400,
    "auth_required": 401,
    "auth_expired": 401,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "too_slow": 408,
    "conflict": 409,
    "too_large": 413,
    "unsupported_media": 415,
    "misdirected": 421,
    "bad_input": 422,
    "too_many": 429,
    "internal": 500,
    "zoom_unconfirmed": 502,
    "zoom_not_configured": 502,  # no one can mend it from where they asked
    "unavailable": 503,
}


class BadRequest(Refused):
    """This is not what HTTP or JSON should look like."""

    code = "bad_request"


class MethodNotAllowed(Refused):
    """There is something at this address, but it knows other verbs."""

    code = "method_not_allowed"


class TooSlow(Refused):
    """The body did not come in time."""

    code = "too_slow"


class TooLarge(Refused):
    """The body has more bytes than this address takes."""

    code = "too_large"


class UnsupportedMedia(Refused):
    """The body is not of the kind this address reads."""

    code = "unsupported_media"


class Misdirected(Refused):
    """The request was meant for a machine of another name."""

    code = "misdirected"


def status_of(error: RollcallError) -> int:
    """The HTTP status that goes with an error."""
    codes = (error.code, *(getattr(kind, "code", "") for kind in type(error).__mro__))
    return next(STATUS[code] for code in codes if code in STATUS)


def body_of(error: RollcallError) -> dict[str, Any]:
    """The error as clients read it."""
    told: dict[str, Any] = {"code": error.code, "message": error.message, "temporary": error.temporary}
    if isinstance(error, BadInput) and error.fields:
        told["fields"] = error.fields
    if isinstance(error, Forbidden) and error.opens_at is not None:
        told["opens_at"] = error.opens_at
    if isinstance(error, TooMany | Unavailable):
        told["retry_after"] = error.retry_after_s
    return {"success": False, "error": told}


def answer(error: RollcallError) -> Response:
    """The whole answer: status, body, and when to come back."""
    headers = {}
    status = status_of(error)
    if isinstance(error, TooMany | Unavailable):
        headers["retry-after"] = str(error.retry_after_s)
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(body_of(error), status, headers)


async def refuse(error: RollcallError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answers a request or a WebSocket handshake that has not been answered yet."""
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})  # before an accept this is a plain 403
    else:
        await answer(error)(scope, receive, send)


def bad_input(wrong: ValidationError) -> BadInput:
    """What a person can mend about a body, field by field; what they sent is not repeated."""
    fields = {
        ".".join(str(part) for part in each["loc"]) or "body": each["msg"].removeprefix("Value error, ")
        for each in wrong.errors(include_url=False, include_context=False, include_input=False)
    }
    return BadInput("Some fields are not as they should be.", fields=fields)


def internal(connection: HTTPConnection) -> RollcallError:
    """What is told of a fault nobody foresaw: only the id under which the log has it."""
    return RollcallError(f"Something went wrong here. The server's log has it under {request_id(connection.scope)}.")


def request_id(scope: Scope) -> str:
    """The id the door gave to this request; it stands in every log line about it."""
    found: str = scope.get("state", {}).get("request_id", "no id")
    return found


Page = Callable[[Request], Awaitable[Response | None]]
Handler = Callable[[Request, Exception], Awaitable[Response]]


def exception_handlers(page_not_found: Page | None = None) -> dict[type[Exception], Handler]:
    """How Starlette answers every error. `page_not_found` may have a page for a browser that lost its way.

    What nobody foresaw is only answered here: the door outside logs it, where WebSockets pass too.
    """

    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, RollcallError)  # noqa: S101  # Starlette looks handlers up by class
        return answer(error)

    async def input_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, ValidationError)  # noqa: S101
        return answer(bad_input(error))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        if error.status_code == 404 and page_not_found is not None:
            page = await page_not_found(request)
            if page is not None:
                return page
        told = answer(_of_http(error.status_code))
        told.headers.update(error.headers or {})
        return told

    async def unforeseen(request: Request, error: Exception) -> Response:
        return answer(internal(request))

    return {RollcallError: ours, ValidationError: input_error, HTTPException: http, Exception: unforeseen}


def _of_http(status: int) -> RollcallError:
    match status:
        case 404:
            return NotFound("There is nothing at this address.")
        case 405:
            return MethodNotAllowed("This address does not take requests of this kind.")
        case _:
            return BadRequest("This request cannot be read.")
