"""Where a request comes from.

There is one rule for it: the peer of the connection, or what a listed proxy says, which was put into the ASGI scope
before anything here runs. `REMOTE_ADDR` is never looked at, as Socket.IO's environ always says 127.0.0.1.
"""

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

UNKNOWN = "unknown"


def client_address(scope: Mapping[str, Any]) -> str:
    """The address of whoever asks, in one spelling; `unknown` for a local socket or a proxy's nonsense."""
    client = scope.get("client")
    return _spelled(client[0]) if client else UNKNOWN


@lru_cache(maxsize=1_024)  # one address asks many times
def _spelled(given: str) -> str:
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(address)
