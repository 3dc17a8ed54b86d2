"""What is written down so that the database alone does not tell it, and the keys for that.

Every purpose has a key of its own, drawn from the one secret key, so that what was made for one purpose opens
nothing of another. The secret key itself lives outside the database. This file does not know what is sealed.
"""

import base64
import logging
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

log = logging.getLogger("rollcall.vault")

KEY_BYTES = 32


class Unreadable(Exception):
    """What was sealed does not open with any of our keys."""


def derived(secret: bytes, purpose: str) -> bytes:
    """The key for one purpose, 32 bytes. Source: HKDF with SHA-256 (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"rollcall {purpose}".encode()).derive(secret)


class Vault:
    """Seals bytes and opens them again.

    Shape: the first of `secrets` seals, all of them open, so that a key can be changed while old rows are still there.
    """

    def __init__(self, secrets: Sequence[bytes]) -> None:
        self._fernets = MultiFernet([Fernet(base64.urlsafe_b64encode(derived(each, "vault"))) for each in secrets])
        self._has_told = False

    def seal(self, plain: bytes) -> bytes:
        """What may be written down."""
        return self._fernets.encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        """What was sealed. Errors: Unreadable."""
        try:
            return self._fernets.decrypt(sealed)
        except InvalidToken as wrong:
            raise Unreadable("This was sealed with another secret key; see ROLLCALL_SECRET_KEY.") from wrong

    def open_if_ours(self, sealed: bytes) -> bytes | None:
        """What was sealed, or None when none of our keys opens it, which is logged the first time."""
        try:
            return self.open(sealed)
        except Unreadable as wrong:
            if not self._has_told:
                log.error("sealed data does not open and counts as absent: %s", wrong)
                self._has_told = True
            return None
