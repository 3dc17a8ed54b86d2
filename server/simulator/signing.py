"""The headers of one webhook delivery, signature included.

Pure: bytes, secret and instant in, headers out. The request id belongs to the event and survives retries; timestamp
and signature belong to the attempt. `x-zm-trackingid` is deliberately not unique: real ones repeat across events.
Source: Zoom, "Using webhooks"; live captures of July 2026 for the rest.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime


def sign(secret: str, timestamp: str, raw: bytes) -> str:
    """Zoom's `x-zm-signature` over the bytes as sent."""
    message = b"v0:" + timestamp.encode() + b":" + raw
    return "v0=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def encrypted_token(secret: str, plain_token: str) -> str:
    """The answer an endpoint owes to a challenge."""
    return hmac.new(secret.encode(), plain_token.encode(), hashlib.sha256).hexdigest()


def new_request_id() -> str:
    """One per event: 8_4_4_4_12 hex digits."""
    digits = secrets.token_hex(16)
    return "_".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def tracking_id(seed: str) -> str:
    """A tracking id that events with the same seed share."""
    return "v=2.0;clid=us02;rid=WEB_" + hashlib.md5(seed.encode(), usedforsecurity=False).hexdigest()


def delivery_headers(
    *, raw: bytes, secret: str, client_id: str, verification_token: str, request_id: str, tracking: str, now: datetime
) -> dict[str, str]:
    """Everything Zoom sends beside the body of one attempt."""
    timestamp = str(int(now.timestamp()))
    return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Zoom Marketplace/1.0a",
        "authorization": verification_token,
        "clientid": client_id,
        "traceparent": f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-02",
        "zm-trace-upstream": "Meeting_Web_marketplace-consumer",
        "x-zm-trackingid": tracking,
        "x-zm-request-id": request_id,
        "x-zm-request-timestamp": timestamp,
        "x-zm-signature": sign(secret, timestamp, raw),
    }
