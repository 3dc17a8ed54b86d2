"""How Zoom says no.

The API answers `{code, message}` and, for fields, `errors[]`; the token endpoint has another shape of its own. The
codes and sentences are Zoom's documented ones, so that a client which reads them is tested against the real words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.responses import JSONResponse


class ZoomRefusal(Exception):
    """An API call Zoom refuses; becomes the answer's status and body."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        fields: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.fields = tuple(fields)
        self.headers = dict(headers or {})

    def answer(self) -> JSONResponse:
        """The refusal as Zoom sends it."""
        body: dict[str, object] = {"code": self.code, "message": self.message}
        if self.fields:
            body["errors"] = [{"field": name, "message": message} for name, message in self.fields]
        return JSONResponse(body, self.status, headers=self.headers)


class ControlRefusal(Exception):
    """A control call or page request that cannot be done; becomes a plain JSON answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def answer(self) -> JSONResponse:
        """The refusal in one sentence."""
        return JSONResponse({"error": self.message}, self.status)


def invalid_fields(fields: Sequence[tuple[str, str]]) -> ZoomRefusal:
    """Validation failed, with each field and why."""
    return ZoomRefusal(400, 300, "Validation Failed.", fields=fields)


def bad_body() -> ZoomRefusal:
    """The body is no JSON object."""
    return ZoomRefusal(400, 300, "Request Body should be a valid JSON object.")


def no_meeting(meeting_id: str) -> ZoomRefusal:
    """There is no such meeting, or there is none any more."""
    return ZoomRefusal(404, 3001, f"Meeting does not exist: {meeting_id}.")


def no_user(user_id: str) -> ZoomRefusal:
    """There is no such user in this account."""
    return ZoomRefusal(404, 1001, f"User does not exist: {user_id}.")


def no_endpoint() -> ZoomRefusal:
    """Nothing answers at this path and method."""
    return ZoomRefusal(404, 2300, "This API endpoint is not recognized.")


def bad_page_token() -> ZoomRefusal:
    """The page token is another query's, tampered with, or older than fifteen minutes."""
    return ZoomRefusal(400, 300, "The next page token is invalid or expired.")
