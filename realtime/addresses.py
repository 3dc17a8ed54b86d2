"""Whose address is whose, as far as counting goes.

It exists because whoever has one IPv6 address has 2^64 of them: counted one by one, no bound for each of them bounds
anybody. It does not know what is counted, or where an address comes from.
"""

import ipaddress
from functools import lru_cache


@lru_cache(maxsize=1_024)  # one address comes many times
def neighbourhood(address: str) -> str:
    """What is counted as one: an IPv4 address, the /64 of an IPv6 address, or the text as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed), 64), strict=False))
