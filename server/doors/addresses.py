"""Where a request comes from.

There is one rule for it: the peer of the connection, or what a listed proxy says, which was put into the ASGI scope
before anything here runs. `REMOTE_ADDR` is never looked at, as Socket.IO's environ always says 127.0.0.1.
"""

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from server.origins import is_loopback

UNKNOWN = "unknown"


def client_address(scope: Mapping[str, Any]) -> str:
    """The address of whoever asks, in one spelling; `unknown` for a local socket or a proxy's nonsense."""
    client = scope.get("client")
    return _spelled(client[0]) if client else UNKNOWN


def is_from_here(scope: Mapping[str, Any]) -> bool:
    """Whether whoever asks is on this machine: from a loopback address, or from the very address that was asked."""
    asking, asked = client_address(scope), scope.get("server")
    return is_loopback(asking) or (asked is not None and asking != UNKNOWN and asking == _spelled(asked[0]))


@lru_cache(maxsize=1_024)  # one address asks many times
def _spelled(given: str) -> str:
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(address)
