"""Ids, uuids and codes with the shapes Zoom gives them.

They are random and carry no meaning. Meeting ids have eleven digits, above 32 bits on purpose; uuids are base64 and
may hold `/`, `+` and a leading `/`, which clients must encode twice in a path.
"""

from __future__ import annotations

import base64
import secrets
import uuid

_PASSCODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"


def new_meeting_id() -> int:
    """Eleven digits, as of a scheduled meeting."""
    return 80_000_000_000 + secrets.randbelow(19_999_999_999)


def new_uuid() -> str:
    """One run of a meeting: sixteen bytes in base64 with its padding."""
    return base64.b64encode(secrets.token_bytes(16)).decode()


def new_participant_uuid() -> str:
    """One stay of one participant: dashed upper-case hex."""
    return str(uuid.uuid4()).upper()


def new_key() -> str:
    """Twenty-two characters safe in a URL: user ids, registrant ids."""
    return secrets.token_urlsafe(16)


def new_passcode() -> str:
    """Six characters a person can read out."""
    return "".join(secrets.choice(_PASSCODE_ALPHABET) for _ in range(6))


def new_digits(count: int) -> str:
    """A dial-in code."""
    return "".join(secrets.choice("123456789") for _ in range(count))


def new_encrypted_passcode() -> str:
    """What stands behind `pwd=` in a join link instead of the passcode itself."""
    return f"{secrets.token_urlsafe(24)}.1"


def new_zak() -> str:
    """A fake access key in a host's start link: three dotted parts, like the real one."""
    return ".".join((secrets.token_urlsafe(12), secrets.token_urlsafe(24), secrets.token_urlsafe(32)))
