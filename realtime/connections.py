"""Everyone who is connected: by transport, by person, by login; and the one way to be rid of somebody.

It exists so that a connection is entered and struck off in one place each, whoever ends it and why. It does not know
what clients say (`reception.py`) or what they are told (`fanout.py`).
"""

import asyncio
from collections import Counter, deque
from collections.abc import Iterator

from realtime.addresses import neighbourhood
from realtime.fanout import Fanout
from realtime.frames import Frame
from realtime.packets import Said
from realtime.ports import Login
from realtime.session import Session

POLICY = 1008  # WebSocket close codes: what was sent is not accepted
TOO_BIG = 1009
FAILED = 1011
RESTART = 1012
TRY_AGAIN = 1013


class Connection:
    """One client on one transport, a stranger until `login` is set.

    Shape: `opened` is set while live events flow; `moved_at` is the first change of its rooms since it was last
           opened; `accepted` holds the times of its last commands.
    """

    __slots__ = (
        "accepted",
        "address",
        "excess",
        "has_asked",
        "is_gone",
        "is_warned",
        "is_working",
        "login",
        "moved_at",
        "opened",
        "outlet",
        "oversized",
        "session",
        "timer",
        "waiting",
    )

    def __init__(self, session: Session) -> None:
        self.session = session
        self.address = address_of(session)
        self.outlet = session.outlet
        self.timer: asyncio.TimerHandle | None = None
        self.has_asked = False
        self.login: Login | None = None
        self.is_gone = False
        self.is_warned = False
        self.opened = asyncio.Event()
        self.moved_at: int | None = None
        self.waiting: deque[Said] = deque()
        self.is_working = False
        self.accepted: deque[float] = deque()
        self.excess = 0
        self.oversized = 0

    def say(self, frame: Frame) -> None:
        """Send what concerns this connection alone."""
        self.outlet.send(frame)

    def stop_timer(self) -> None:
        """Forget the deadline that runs."""
        if self.timer is not None:
            self.timer.cancel()


class Connections:
    """The register. `counts` says what became of all there were, by reason."""

    def __init__(self, fanout: Fanout) -> None:
        self._fanout = fanout
        self._by_sid: dict[str, Connection] = {}
        self._by_person: dict[str, dict[Connection, None]] = {}  # the oldest first
        self._by_login: dict[str, dict[Connection, None]] = {}
        self._strangers_at: Counter[str] = Counter()
        self._logged_in = 0
        self.counts: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Connection]:
        """All of them as of now."""
        return iter(list(self._by_sid.values()))

    def __len__(self) -> int:
        return len(self._by_sid)

    @property
    def logged_in(self) -> int:
        """How many are no strangers."""
        return self._logged_in

    def get(self, sid: str) -> Connection | None:
        """The connection of an Engine.IO session."""
        return self._by_sid.get(sid)

    def of_person(self, person_id: str) -> tuple[Connection, ...]:
        """All connections of one person, the oldest first."""
        return tuple(self._by_person.get(person_id, ()))

    def of_login(self, session_id: str) -> tuple[Connection, ...]:
        """All connections of one login."""
        return tuple(self._by_login.get(session_id, ()))

    def strangers_beside(self, session: Session) -> int:
        """How many strangers are at the address of this one; none at a local socket, which has no address."""
        address = address_of(session)
        return self._strangers_at[address] if address else 0

    def add(self, session: Session) -> Connection:
        """Enter a stranger."""
        connection = self._by_sid[session.sid] = Connection(session)
        self._strangers_at[connection.address] += 1
        return connection

    def _count_off_stranger(self, connection: Connection) -> None:
        """It is no stranger any more, or gone."""
        self._strangers_at[connection.address] -= 1
        if not self._strangers_at[connection.address]:
            del self._strangers_at[connection.address]

    def log_in(self, connection: Connection, login: Login) -> None:
        """Enter whose connection it is, or by which login it goes on."""
        if connection.login is None:
            self._count_off_stranger(connection)
            self._logged_in += 1
            self._by_person.setdefault(login.person.id, {})[connection] = None
        else:
            connection.is_warned = connection.is_warned and login.expires_at == connection.login.expires_at
            _strike(self._by_login, connection.login.session_id, connection)
        self._by_login.setdefault(login.session_id, {})[connection] = None
        connection.login = login

    def cut(
        self,
        connection: Connection,
        reason: str,
        *,
        code: int = POLICY,
        say: Frame | None = None,
        abort: bool = False,
        drop: bool = False,
    ) -> None:
        """Close a connection's transport, now; `say` is its last frame. With `drop` no poll takes what waits before it.

        The session tells the house first of all that it ends, so nothing of any room reaches it any more (`strike`).
        """
        if connection.is_gone:
            return
        if drop:
            connection.outlet.take()
        if say is not None and not abort:
            connection.say(say)
        connection.session.end(reason, code=code, abort=abort)

    def strike(self, sid: str, reason: str) -> None:
        """Strike off a connection whose transport is gone or going."""
        connection = self._by_sid.pop(sid, None)
        if connection is None:
            return
        connection.is_gone = True
        connection.stop_timer()
        self._fanout.leave(connection.outlet)
        self.counts[f"gone.{reason.replace(' ', '_')}"] += 1
        connection.waiting.clear()
        connection.opened.set()  # whoever waits for it sees that it is gone
        if connection.login is None:
            self._count_off_stranger(connection)
        else:
            self._logged_in -= 1
            _strike(self._by_person, connection.login.person.id, connection)
            _strike(self._by_login, connection.login.session_id, connection)


def address_of(session: Session) -> str:
    """Where a client is, as far as counting goes; empty for a local socket."""
    client = session.scope.get("client")
    return neighbourhood(client[0]) if client else ""


def _strike(register: dict[str, dict[Connection, None]], key: str, connection: Connection) -> None:
    entries = register[key]
    entries.pop(connection, None)
    if not entries:
        del register[key]
