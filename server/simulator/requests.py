"""Reading what control calls and pages send: bounded, same-origin, plain JSON objects.

These doors know no password, so another site's page must not be able to knock: a request whose `Origin` is not the
host it was sent to is refused.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request

from server.simulator.errors import ControlRefusal

MOST_BODY_BYTES = 262_144


def check_origin(request: Request) -> None:
    """Let requests without an Origin and same-origin ones pass.

    Errors: 403 for any other.
    """
    origin = request.headers.get("origin")
    if origin is None:
        return
    if urlsplit(origin).netloc.casefold() != request.headers.get("host", "").casefold():
        raise ControlRefusal(403, "requests from other sites are refused")


async def read_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object; an empty body is an empty object.

    Errors: 413 over the bound, 400 when it is anything else.
    """
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MOST_BODY_BYTES:
            raise ControlRefusal(413, f"the body must not exceed {MOST_BODY_BYTES} bytes")
    body = json_object(raw)
    if body is None:
        raise ControlRefusal(400, "the body must be a JSON object")
    return body


def json_object(raw: bytes) -> dict[str, Any] | None:
    """The object in `raw`, an empty one when there is nothing, None when it is something else.

    Shape:  halves of surrogate pairs, which JSON may hold and UTF-8 may not, become question marks.
    """
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw)
        if b"\\ud" in raw.lower():
            body = json.loads(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def text_of(body: dict[str, Any], name: str, *, longest: int = 128, default: str | None = "") -> str:
    """A text field, trimmed; without a default it must be there.

    Errors: 400 naming the field.
    """
    value = body.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or len(value) > longest or (default is None and not value.strip()):
        raise ControlRefusal(400, f"'{name}' must be text of at most {longest} characters")
    return value.strip()
