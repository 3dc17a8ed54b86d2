"""Everything that can go wrong here, as one tree.

It exists so that a client can tell what to do next from `code` and `temporary` alone. It does not know HTTP
(`server/errors.py` has the one table) or Socket.IO acks (`desk.py`).

    RollcallError
    ├── Refused            a person's or a client's doing; asking again changes nothing
    │   ├── BadInput         a field is missing or wrong
    │   ├── AuthRequired     nobody is signed in
    │   ├── AuthExpired      the login was good once
    │   ├── Forbidden        signed in, but may not
    │   ├── NotFound         is not there, or is not shown to this person
    │   ├── Conflict         true at another time, not now
    │   └── TooMany          slow down
    └── Unavailable        our doing or Zoom's; the same request may work in a moment
        └── Overloaded       full; comes with the time to wait
"""

from collections.abc import Mapping


class RollcallError(Exception):
    """The root of our errors: a stable `code`, a sentence fit for a stranger, and whether trying again may help."""

    code = "internal"
    temporary = False

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class Refused(RollcallError):
    """What was asked will not be done, however often it is asked."""

    code = "refused"


class BadInput(Refused):
    """A field is missing or wrong; `fields` says which, in words for the person who typed."""

    code = "bad_input"

    def __init__(self, message: str, *, code: str | None = None, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message, code=code)
        self.fields = dict(fields or {})


class AuthRequired(Refused):
    """Nobody is signed in."""

    code = "auth_required"


class AuthExpired(Refused):
    """There was a login, and it is over."""

    code = "auth_expired"


class Forbidden(Refused):
    """Signed in, but this is not theirs to do."""

    code = "forbidden"

    def __init__(self, message: str, *, code: str | None = None, opens_at: str | None = None) -> None:
        super().__init__(message, code=code)
        self.opens_at = opens_at


class NotFound(Refused):
    """It is not there, or it is not shown to this person: the answer is the same for both."""

    code = "not_found"


class Conflict(Refused):
    """It could be done at another time or in another state, not in this one."""

    code = "conflict"


class TooMany(Refused):
    """Too much in too short a time; `retry_after_s` says when to come back."""

    code = "too_many"

    def __init__(self, message: str, *, code: str | None = None, retry_after_s: int = 1) -> None:
        super().__init__(message, code=code)
        self.retry_after_s = retry_after_s


class Unavailable(RollcallError):
    """A fault of ours or of Zoom's that should pass; nothing was half done."""

    code = "unavailable"
    temporary = True

    def __init__(self, message: str, *, code: str | None = None, retry_after_s: int = 1) -> None:
        super().__init__(message, code=code)
        self.retry_after_s = retry_after_s


class Overloaded(Unavailable):
    """There is no room for one more just now."""

    code = "overloaded"
