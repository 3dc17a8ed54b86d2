"""What stands around every address of this server, whoever answers behind it.

From the outside in: `public_scheme` knows that our public name means https, `headers` puts on what browsers must know,
`access_log` gives the request its id and writes one line, `hosts` refuses names that are not ours, `origins` refuses
other sites' pages, `bodies` reads no more than allowed. All are plain ASGI, so that Socket.IO and the simulator stand
behind them too.
"""

from dataclasses import dataclass
from typing import Self

from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from server.doors.access_log import AccessLog
from server.doors.bodies import Bodies
from server.doors.headers import SecurityHeaders
from server.doors.hosts import Hosts
from server.doors.origins import Origins
from server.doors.public_scheme import PublicScheme
from server.origins import LOOPBACK_NAMES, WILDCARDS, split_url
from server.settings import Options, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Which names are ours, which other sites are welcome, and whose word about clients is taken."""

    hosts: frozenset[str] = LOOPBACK_NAMES
    any_address: bool = False
    public_origin: str | None = None
    allowed_origins: frozenset[str] = frozenset()
    trusted_proxies: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings, options: Options, url: str = "") -> Self:
        """What follows from the settings and from where the server listens; `url` is its address on this machine."""
        hosts = set(LOOPBACK_NAMES)
        if options.host not in WILDCARDS:
            hosts.add(options.host.lower())
        if url:
            hosts.add(split_url(url).hostname or "")
        if settings.public_url is not None:
            hosts.add(split_url(settings.public_url).hostname or "")
        return cls(
            hosts=frozenset(hosts),
            any_address=options.host in WILDCARDS,
            public_origin=settings.public_url,
            allowed_origins=frozenset(settings.allowed_origins),
            trusted_proxies=settings.trusted_proxies,
        )


def guarded(app: ASGIApp, policy: Policy) -> ASGIApp:
    """The app with every door in front of it.

    Shape: the server outside must not read forwarded headers itself; here they count only from listed proxies.
    """
    inside: ASGIApp = Bodies(app)
    inside = Origins(inside, public_origin=policy.public_origin, allowed=policy.allowed_origins)
    inside = Hosts(inside, policy.hosts, any_address=policy.any_address)
    inside = PublicScheme(SecurityHeaders(AccessLog(inside)), policy.public_origin)
    if policy.trusted_proxies:
        # The types of the two projects name the same messages differently.
        inside = ProxyHeadersMiddleware(inside, [*policy.trusted_proxies])  # type: ignore[arg-type, assignment]
    return inside
