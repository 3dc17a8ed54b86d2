"""The calls of Zoom's API that we make: method, path, rate label, and whether making one twice is harmless.

It exists so that the log, the limits and the rule about repeating read from one table. Pure.

Source: Zoom API, Meetings and Users; labels from Rate limits.
"""

from dataclasses import dataclass
from urllib.parse import quote

from server.zoom.errors import ZoomNotFound

LIGHT, MEDIUM = "light", "medium"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One kind of call. `path` has `{}` where ids stand."""

    method: str
    path: str
    label: str
    is_repeatable: bool = True


CREATE_MEETING = Endpoint("POST", "/users/{}/meetings", LIGHT, is_repeatable=False)
LIST_MEETINGS = Endpoint("GET", "/users/{}/meetings", MEDIUM)
GET_MEETING = Endpoint("GET", "/meetings/{}", LIGHT)
UPDATE_MEETING = Endpoint("PATCH", "/meetings/{}", LIGHT)
DELETE_MEETING = Endpoint("DELETE", "/meetings/{}", LIGHT)
SET_STATUS = Endpoint("PUT", "/meetings/{}/status", LIGHT)
LIST_USERS = Endpoint("GET", "/users", MEDIUM)
GET_USER = Endpoint("GET", "/users/{}", LIGHT)


def filled(path: str, *ids: str) -> str:
    """The path with its ids. Errors: ZoomNotFound for what cannot be an id and would lead to another path."""
    for id_ in ids:
        if id_ in ("", ".", "..") or len(id_) > 300:
            raise ZoomNotFound("Zoom does not know this id.")
    return path.format(*(segment(id_) for id_ in ids))


def segment(id_: str) -> str:
    """An id as part of a path: encoded once, or twice if it begins with a slash or has two in a row.

    Source: Zoom API, "Meeting ID and UUID": Zoom decodes such a uuid once before it splits the path.
    """
    once = quote(id_, safe="", errors="replace")
    return quote(once, safe="") if id_.startswith("/") or "//" in id_ else once
