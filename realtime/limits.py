"""How much of everything the hub gives one client, and all of them together.

It exists so that each bound has one place, a unit and a reason. It does not know how a bound is kept.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of the hub; what is over one is refused or cut, never queued without end.

    Units: `_s` seconds, `_bytes` bytes on the wire, the rest are counts.
    """

    ping_interval_s: float = 10
    ping_timeout_s: float = 5

    login_s: float = 5  # from the handshake to CONNECT, and again from CONNECT to the doorkeeper's answer
    probe_s: float = 5  # an upgrade that is not finished by then is given up; polling goes on
    body_s: float = 10  # for the whole body of a polling POST
    command_s: float = 15
    opening_s: float = 15  # for the store to read what a connection is opened with
    refusal_s: float = 1  # a refused client may read why, then the transport goes
    farewell_s: float = 1  # a client that is told to go and does not is thrown out

    commands_per_10_s: int = 20
    excess_commands: int = 5  # answered `too_many`; with the next one the client is cut
    packets_per_10_s: int = 400  # heartbeats and everything else; only a flood comes near
    waiting_commands: int = 20
    frame_bytes: int = 8_192  # over it: a clear error, and when repeated a cut
    hard_frame_bytes: int = 16_384  # over it: a cut at once
    body_bytes: int = 131_072
    packets_per_body: int = 64

    unsent_bytes: int = 512 * 1024
    slow_reader_s: float = 20
    progress_bytes: int = 16 * 1024  # what a reader must take within `slow_reader_s`, unless it takes all
    socket_buffer_bytes: int = 64 * 1024  # asked of the system, which doubles it; what lies there we cannot see
    held_events: int = 5_000
    held_bytes: int = 1024 * 1024

    connections: int = 20_000
    connections_per_person: int = 20  # with one more the oldest is cut
    strangers: int = 2_000  # transports without a login
    strangers_per_address: int = 400  # so that one client alone cannot be all of them; a school has one address
    logins_at_once: int = 32
    connects_per_s: int = 200

    count_interval_s: float = 1.0
    cursor_interval_s: float = 30
    expiry_notice_s: float = 60
    sweep_s: float = 1.0
