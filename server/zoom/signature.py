"""Is this notification from Zoom, and is it fresh; and the reply Zoom wants when it validates our address.

It exists because anybody can post to a public address, and because the same secret that signs notifications also
answers the validation: whoever could make us answer freely could make us sign. Pure: bytes and a clock's word in, a
verdict out. It does not know HTTP statuses or what a notification says.
"""

import hmac
import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

LARGEST_SKEW_S = 300  # Zoom signs every retry anew, so only a replay or a wrong clock is older than this

_PLAIN_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)


class Verdict(StrEnum):
    """What to think of a notification."""

    GOOD = "good"
    FORGED = "forged"
    """Not signed, or not by Zoom."""
    STALE = "stale"
    """Signed by Zoom, but long ago or in the future: more often our clock's fault than an attack, so it should come
    again (Zoom repeats what was answered with 5xx, signed anew, and nothing else)."""
    UNCONFIGURED = "unconfigured"
    """We have no secret to check with."""


def check(secrets: Iterable[str], timestamp: str | None, signature: str | None, body: bytes, now: datetime) -> Verdict:
    """Whether `body`, as it came over the wire, was signed with one of the secrets a short time ago.

    Shape:  `timestamp` and `signature` are the headers `x-zm-request-timestamp` and `x-zm-signature`, None when
            missing. `secrets` are the current one and, while it is being changed, the one before.
    Units:  the timestamp is in seconds since 1970, `now` is aware.
    Errors: none; a header of any shape is forged rather than an exception.
    Source: Zoom, "Using webhooks".
    """
    usable = [secret for secret in secrets if secret.strip()]
    if not usable:
        return Verdict.UNCONFIGURED
    if timestamp is None or _signer(usable, timestamp, signature, body) is None:
        return Verdict.FORGED
    return Verdict.GOOD if abs(now.timestamp() - int(timestamp)) <= LARGEST_SKEW_S else Verdict.STALE


def validation_reply(
    secrets: Iterable[str], timestamp: str | None, signature: str | None, body: bytes, plain_token: object
) -> dict[str, str] | None:
    """The reply to Zoom's URL validation, or None when it must not be given.

    Shape:  the reply is made with the secret that signed the challenge, so it is right while the secret is changed.
            `body` is the challenge as it came; one that is not signed gets no reply, whoever calls.
    Errors: none; a token that is no plain word is refused, as a signature over `v0:...` could be had that way.
    Source: Zoom, "Using webhooks": Validate your webhook endpoint.
    """
    if not isinstance(plain_token, str) or not _PLAIN_TOKEN.fullmatch(plain_token):
        return None
    usable = [secret for secret in secrets if secret.strip()]
    secret = None if timestamp is None else _signer(usable, timestamp, signature, body)
    if secret is None:
        return None
    return {"plainToken": plain_token, "encryptedToken": _digest(secret, plain_token.encode())}


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The value of `x-zm-signature` that Zoom would send, for captured notifications that we post again."""
    return "v0=" + _digest(secret, b"v0:" + timestamp.encode() + b":" + body)


def signed_headers(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """The two headers that make `body` a notification signed at `now`."""
    timestamp = str(int(now.timestamp()))
    return {"x-zm-request-timestamp": timestamp, "x-zm-signature": sign(secret, timestamp, body)}


def _signer(secrets: Iterable[str], timestamp: str, signature: str | None, body: bytes) -> str | None:
    """The secret that made this signature. All are tried, so that the time taken does not tell which one fits."""
    if signature is None or not _TIMESTAMP.fullmatch(timestamp):
        return None
    # A header may hold any byte; what is not ASCII becomes `?`, which no signature contains.
    offered = signature.encode("ascii", "replace")
    fitting = [s for s in secrets if hmac.compare_digest(sign(s, timestamp, body).encode(), offered)]
    return fitting[0] if fitting else None


def _digest(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, "sha256").hexdigest()
