import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
from benches import figures, machine, notifications
from benches.frames import PING, Client
from benches.webhooks import verify

from server.zoom.signature import Verdict, check

SECRET = "a-secret"


@pytest.mark.parametrize(
    ("values", "share", "wanted"), [([3, 1, 2], 0.5, 2), ([1, 2, 3, 4], 0.5, 2), ([5], 0.99, 5), ([], 0.5, 0)]
)
def test_a_percentile_is_a_measured_value(values: list[float], share: float, wanted: float) -> None:
    assert figures.percentile(values, share) == wanted


def test_ninety_nine_of_a_hundred_do_not_exceed_the_p99() -> None:
    assert figures.percentile(range(1, 101), 0.99) == 99


def test_processor_time_of_this_process_grows_with_work() -> None:
    before = machine.Moment.now()
    while machine.Moment.now().ours_s - before.ours_s < 0.05:
        sum(range(10_000))
    assert machine.Moment.now().at_s > before.at_s


def test_notifications_are_signed_as_the_server_wants_them() -> None:
    (one,) = islice(notifications.stream(1), 1)
    head, _, body = notifications.request(one, 5000, SECRET).partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    assert body == one.raw
    assert int(headers["content-length"]) == len(body)
    signed = headers["x-zm-request-timestamp"], headers["x-zm-signature"]
    assert check([SECRET], *signed, body, datetime.now(UTC)) is Verdict.GOOD
    assert check(["another"], *signed, body, datetime.now(UTC)) is Verdict.FORGED


def test_a_meeting_tells_a_whole_story_and_no_two_notifications_are_alike() -> None:
    people, meetings = notifications.PEOPLE_PER_RUN, 3
    told = list(islice(notifications.stream(meetings), meetings * (2 + 2 * people)))
    kinds = [one.kind.removeprefix("meeting.") for one in told[::meetings]]
    assert (kinds[0], kinds[-1]) == ("started", "ended")
    assert kinds.count("participant_joined") == kinds.count("participant_left") == people
    assert len({one.raw for one in told}) == len({one.request_id for one in told}) == len(told)
    here = set[str]()
    for one in told[::meetings]:
        if one.kind.endswith("joined"):
            here.add(one.participant_uuid)
        elif one.kind.endswith("left"):
            here.remove(one.participant_uuid)
    assert here == set()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Two notifications kept: somebody came, and went."""
    path = tmp_path / "rollcall.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE deliveries (request_id, outcome)")
        connection.execute('CREATE TABLE visits (participant_uuid, joined, "left")')
        connection.execute("CREATE TABLE events (seq)")
        connection.executemany("INSERT INTO deliveries VALUES (?, 'applied')", [("r1",), ("r2",)])
        connection.execute("INSERT INTO visits VALUES ('P', '[1]', '[2]')")
        connection.executemany("INSERT INTO events VALUES (?)", [(7,), (8,)])
    return path


@pytest.fixture
def acknowledged(tmp_path: Path) -> Path:
    path = tmp_path / "acknowledged"
    path.write_text("r1 meeting.participant_joined P\nr2 meeting.participant_left P\n")
    return path


def test_what_is_all_there_is_not_complained_of(
    database: Path, acknowledged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verify(database, acknowledged)
    assert "2; not kept exactly once: 0" in capsys.readouterr().out


@pytest.mark.parametrize(
    "loss",
    [
        "DELETE FROM deliveries WHERE request_id = 'r1'",
        "INSERT INTO deliveries VALUES ('r1', 'applied')",
        "UPDATE deliveries SET outcome = 'parked' WHERE request_id = 'r2'",
        "DELETE FROM visits",
        "UPDATE visits SET joined = '[1, 3]'",
        "UPDATE visits SET \"left\" = '[]'",
        "UPDATE events SET seq = 9 WHERE seq = 8",
    ],
)
def test_what_is_lost_or_there_twice_is_found(database: Path, acknowledged: Path, loss: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(loss)
    with pytest.raises(SystemExit, match="not all there"):
        verify(database, acknowledged)


class Wire(asyncio.Transport):
    """What a client wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)


def frame(payload: bytes, opcode: int = 1) -> bytes:
    size = bytes((len(payload),)) if len(payload) < 126 else b"\x7e" + len(payload).to_bytes(2, "big")
    return bytes((0x80 | opcode,)) + size + payload


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 50, 10_000])
async def test_a_listener_reads_whole_packets_however_they_are_cut(piece: int) -> None:
    heard: list[bytes] = []
    client, wire = Client(5000, "t", heard.append), Wire()
    client.connection_made(wire)
    long = b'42["x","' + b"y" * 300 + b'"]'
    said = [b"0{}", b'40{"sid":"s"}', b'42["a",1]', b"2", long]
    data = b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + b"".join(map(frame, said)) + frame(b"?", PING)
    for at in range(0, len(data), piece):
        client.data_received(data[at : at + piece])
    assert heard == [b'42["a",1]', long]
    assert client.is_in.done()
    assert wire.written.count(b"40" + json.dumps({"token": "t"}).encode()) == 1
    assert wire.written.endswith(b"\x8a\x81\0\0\0\0?")
    assert b"\x81\x81\0\0\0\x003" in wire.written
