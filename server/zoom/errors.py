"""How asking Zoom can fail, in sentences that somebody at a school can act on.

    Unavailable
    └── ZoomUnavailable        Zoom does not answer, or not sensibly; it should pass
        ├── ZoomRateLimited    Zoom says: later; and when
        └── ZoomUnconfirmed    it may have been done; look before asking again
    Refused
    └── ZoomRefused            Zoom says no
        ├── ZoomBadInput       and which field is wrong
        ├── ZoomNotFound       for it knows no such meeting or person (any more)
        └── ZoomNotConfigured  for the Zoom app is not set up for this

No message quotes a token, a link or a passcode.
"""

from realtime.errors import BadInput, NotFound, Refused, Unavailable


class ZoomUnavailable(Unavailable):
    """Zoom does not answer, or not sensibly.

    Shape: `may_be_done` says that Zoom may have done what was asked all the same; `wait_s` is how long Zoom wants to
           be left alone, None when it does not say or asking again soon is no use.
    """

    code = "zoom_unavailable"

    def __init__(
        self,
        message: str,
        *,
        retry_after_s: int = 5,
        may_be_done: bool = False,
        wait_s: float | None = None,
        is_worth_repeating: bool = True,
    ) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.may_be_done = may_be_done
        self.wait_s = wait_s
        self.is_worth_repeating = is_worth_repeating


class ZoomRateLimited(ZoomUnavailable):
    """Zoom was asked too often; nothing was done."""

    code = "zoom_busy"


class ZoomUnconfirmed(ZoomUnavailable):
    """It may have been done and cannot be seen yet; asking again might do it twice."""

    code = "zoom_unconfirmed"
    temporary = False


class ZoomRefused(Refused):
    """Zoom says no, and will again."""

    code = "zoom_refused"


class ZoomBadInput(ZoomRefused, BadInput):
    """Zoom does not take a field as it is."""


class ZoomNotFound(ZoomRefused, NotFound):
    """Zoom knows no such meeting or person."""

    code = "zoom_not_found"


class ZoomNotConfigured(ZoomRefused):
    """The Zoom app lacks a right, or its credentials are wrong: somebody must mend that in Zoom or in the settings."""

    code = "zoom_not_configured"
