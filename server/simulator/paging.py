"""Pages of a list: `page_size`, `next_page_token`, and the counts beside them.

A token says where the next page begins and for which query it was made; it is sealed, so that a forged or another
query's one is refused, and dies after fifteen minutes as Zoom's do.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from server.simulator.errors import bad_page_token, invalid_fields

TOKEN_LIFE = timedelta(minutes=15)


class Pages:
    """Cuts lists into pages and seals the way to the next."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def cut(
        self,
        name: str,
        rows: Sequence[Mapping[str, Any]],
        query: Mapping[str, str],
        subject: str,
        now: datetime,
        most: int = 300,
    ) -> dict[str, Any]:
        """The page `query` asks for, its rows under `name`; `subject` says which list this is.

        Errors: code 300 for a bad size or token.
        """
        size = _page_size(query.get("page_size"), most)
        token = query.get("next_page_token", "")
        begin = self._open(token, subject, now) if token else 0
        if not token and query.get("page_number", "").isdecimal():
            begin = (max(1, int(query["page_number"])) - 1) * size
        page = list(rows[begin : begin + size])
        rest = begin + size < len(rows)
        return {
            "page_count": -(-len(rows) // size),
            "page_size": size,
            "total_records": len(rows),
            "next_page_token": self._seal(begin + size, subject, now) if rest else "",
            name: page,
        }

    def _seal(self, begin: int, subject: str, now: datetime) -> str:
        text = f"{begin}.{int((now + TOKEN_LIFE).timestamp())}"
        return base64.urlsafe_b64encode(f"{text}.{self._mac(text, subject)}".encode()).decode().rstrip("=")

    def _open(self, token: str, subject: str, now: datetime) -> int:
        try:
            text, _, mac = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().rpartition(".")
            begin, ends = (int(part) for part in text.split("."))
        except (binascii.Error, ValueError):
            raise bad_page_token() from None
        if not hmac.compare_digest(mac.encode(), self._mac(text, subject).encode()) or now.timestamp() > ends:
            raise bad_page_token()
        return begin

    def _mac(self, text: str, subject: str) -> str:
        return hmac.new(self._key, f"{subject}|{text}".encode(), hashlib.sha256).hexdigest()[:20]


def _page_size(given: str | None, most: int) -> int:
    if given is None or given == "":
        return 30
    if not given.isdecimal() or not 1 <= int(given) <= most:
        raise invalid_fields([("page_size", f"The maximum page_size is {most}.")])
    return int(given)
