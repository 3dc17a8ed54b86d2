"""Everything one simulator is made of, held together for the doors.

A plain bundle: the API, the pages, the control calls and the scripts each get the same one. It decides nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from server.simulator.account import Account, Meeting
from server.simulator.clock import SimulatorClock
from server.simulator.config import HostUser, SimulatorConfig
from server.simulator.faults import Faults
from server.simulator.identifiers import new_zak
from server.simulator.notifications import Body
from server.simulator.oauth import Tokens
from server.simulator.outbox import Outbox
from server.simulator.paging import Pages
from server.simulator.rooms import Rooms

MOST_ZAKS = 5_000


@dataclass(slots=True)
class Addresses:
    """Where the simulator is reached and where it sends: known late, when ports are bound."""

    public_url: str
    webhook_url: str | None


@dataclass(slots=True)
class World:
    """One simulated Zoom."""

    config: SimulatorConfig
    addresses: Addresses
    clock: SimulatorClock
    account: Account
    tokens: Tokens
    outbox: Outbox
    rooms: Rooms
    faults: Faults
    changed: Callable[[], None]
    """To be called after anything that should outlive the process has changed."""
    pages: Pages = field(default_factory=Pages)
    zaks: OrderedDict[str, str] = field(default_factory=OrderedDict)
    writes: dict[tuple[str, str], int] = field(default_factory=dict)

    def tell(self, body: Body, meeting: Meeting) -> None:
        """Send a webhook about `meeting`."""
        self.outbox.put(body, str(meeting.id))

    def zak_for(self, user: HostUser) -> str:
        """A new start key of this host; the oldest go when there are too many."""
        zak = new_zak()
        self.zaks[zak] = user.id
        while len(self.zaks) > MOST_ZAKS:
            self.zaks.popitem(last=False)
        return zak

    def holds_zak(self, zak: str, user: HostUser) -> bool:
        """Whether `zak` opens this host's meetings."""
        return self.zaks.get(zak) == user.id
