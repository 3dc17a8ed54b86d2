"""Addresses of web sites and machines, brought to one spelling.

It exists because settings and doors must agree on when two addresses are the same; it knows neither. Pure.
"""

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
WILDCARDS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104  # names of "every address", not a binding
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
LONGEST_HOST = 300  # characters; a name has 253 at most, and then comes a port
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")


def origin(text: str) -> str:
    """The origin a browser would name: scheme, host and a port that is not the scheme's own, in small letters.

    Errors: ValueError for anything that has more parts than an origin, or fewer; `*` and `null` too.
    """
    parts = split_url(text)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("more than scheme, host and port")
    return join_origin(parts.scheme, parts.hostname or "", parts.port)


def join_origin(scheme: str, host: str, port: int | None) -> str:
    """An origin from its parts."""
    bracketed = f"[{host}]" if ":" in host else host
    return f"{scheme}://{bracketed}" if port in (None, DEFAULT_PORTS.get(scheme)) else f"{scheme}://{bracketed}:{port}"


def split_url(text: str) -> SplitResult:
    """An http or https address in its parts. Errors: ValueError, also for one that carries a login."""
    parts = urlsplit(text.strip())
    if parts.scheme not in DEFAULT_PORTS or not is_host(parts.hostname or "") or "@" in parts.netloc:
        raise ValueError("not an http or https address")
    _ = parts.port  # raises when it is no number
    return parts


def split_host(header: str) -> tuple[str, int | None]:
    """Name and port of a Host header. Errors: ValueError."""
    if len(header) > LONGEST_HOST:  # the zone of an IPv6 address may be of any length
        raise ValueError("too long for a host")
    return _split_host(header)


@lru_cache(maxsize=256)  # each request asks three times, and nearly all name the same host
def _split_host(header: str) -> tuple[str, int | None]:
    parts = urlsplit(f"//{header}")
    if parts.netloc != header or "@" in header or not is_host(parts.hostname or ""):
        raise ValueError("not a host")
    return parts.hostname or "", parts.port


def is_host(name: str) -> bool:
    """Whether this could be a machine's name or address; `name` is in small letters and without brackets."""
    return is_address(name) or (len(name) <= 253 and _NAME.fullmatch(name) is not None)


def is_address(name: str) -> bool:
    """Whether this is an IP address. Nobody can point such a name elsewhere, as they can a DNS name of their own."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether this name can only be reached from this machine."""
    if host.lower() in LOOPBACK_NAMES:
        return True
    return is_address(host) and ipaddress.ip_address(host).is_loopback
