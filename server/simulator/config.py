"""What a simulator is told before it starts.

Everything here is given by whoever builds the simulator; nothing is read from the environment, so that many of them
can live in one process with different accounts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request

AuthorizeControl = Callable[[Request], Awaitable[bool]]

# What a Server-to-Server app with every box ticked that this simulator answers for.
ALL_SCOPES = (
    "meeting:write:meeting:admin",
    "meeting:read:meeting:admin",
    "meeting:read:list_meetings:admin",
    "meeting:update:meeting:admin",
    "meeting:delete:meeting:admin",
    "meeting:update:status:admin",
    "meeting:read:list_registrants:admin",
    "meeting:write:registrant:admin",
    "meeting:write:batch_registrants:admin",
    "meeting:update:registrant_status:admin",
    "meeting:delete:registrant:admin",
    "meeting:read:past_meeting:admin",
    "meeting:read:list_past_instances:admin",
    "meeting:read:list_past_participants:admin",
    "report:read:meeting:admin",
    "report:read:list_meeting_participants:admin",
    "user:read:list_users:admin",
    "user:read:user:admin",
    "user:read:token:admin",
)

BASIC = 1
LICENSED = 2


@dataclass(frozen=True, slots=True)
class HostUser:
    """One user of the Zoom account: somebody who may host."""

    id: str
    email: str
    first_name: str
    last_name: str
    type: int = LICENSED
    timezone: str = "UTC"

    @property
    def display_name(self) -> str:
        """The name as Zoom shows it in a room."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorConfig:
    """The account, the app and the subscription this simulator plays.

    Shape:  the first of `users` owns the account; API calls are made in that user's name.
            `webhook_url` and `public_url` may be set later on the `Simulator`, once a port is known.
            `state_file` is where the account is remembered over restarts; without one it is forgotten with the process.
    Units:  `clock_factor` is how many times faster than the wall Zoom's own waits pass (retries, idle rooms, scripts);
            instants, token lives and network deadlines are always the wall's.
    """

    account_id: str
    client_id: str
    client_secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    webhook_url: str | None = None
    public_url: str = "http://127.0.0.1:5001"
    clock_factor: float = 1.0
    users: Sequence[HostUser] = (HostUser("simHostUser0000000000A", "host@school.example", "Hanna", "Host"),)
    authorize_control: AuthorizeControl | None = None
    api_prefix: str = "/v2"
    oauth_path: str = "/oauth/token"
    scopes: Sequence[str] = ALL_SCOPES
    token_life_s: int = 3600
    meeting_writes_per_day: int = 100
    webhook_timeout_s: float = 3.0
    idle_room_s: float = 120.0
    heartbeat_timeout_s: float = 90.0  # browsers let a hidden tab speak once a minute
    outbox_limit: int = 10_000
    webhook_log_limit: int = 1_000
    state_file: Path | None = None
