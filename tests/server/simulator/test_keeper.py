import asyncio
import json
import logging
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.server.simulator.house import OWNER, PATIENCE_S, zoom

SAVE_AFTER_S = 0.5


async def until_there(file: Path) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:  # a file gives no sign
            if file.exists():
                return
            await asyncio.sleep(0)


async def test_a_change_is_in_the_file_within_a_second_and_without_one_nothing_is_written(state_file: Path) -> None:
    async with zoom(state_file=state_file) as z:
        await z.meeting(topic="Soon on disk")
        await z.time.until_someone_waits(SAVE_AFTER_S)
        await z.time.pass_by(SAVE_AFTER_S - 0.01)
        assert not state_file.exists()
        await z.time.pass_by(0.01)
        await until_there(state_file)
        assert b"Soon on disk" in state_file.read_bytes()
        written_at = state_file.stat().st_mtime_ns
        await z.http.get(f"/v2/users/{OWNER.id}/meetings")
        assert SAVE_AFTER_S not in z.time.waits()
    assert state_file.stat().st_mtime_ns == written_at


async def test_the_file_is_for_its_owner_alone(state_file: Path) -> None:
    async with zoom(state_file=state_file) as z:
        await z.meeting(password="abc123")
    assert stat.S_IMODE(state_file.stat().st_mode) == 0o600
    assert [path.name for path in state_file.parent.iterdir()] == [state_file.name]


async def test_a_start_at_the_end_of_the_calendar_keeps_nothing_from_being_saved(state_file: Path) -> None:
    async with zoom(state_file=state_file) as z:
        made = await z.meeting()
    state_file.write_bytes(state_file.read_bytes().replace(made["start_time"].encode(), b"9999-12-31T23:59:59Z"))
    assert b"9999-12-31" in state_file.read_bytes()
    async with zoom(state_file=state_file) as z:
        await z.meeting(topic="Saved all the same")
        await z.time.until_someone_waits(SAVE_AFTER_S)
        await z.time.pass_by(SAVE_AFTER_S)
    assert b"Saved all the same" in state_file.read_bytes()


def older(file: Path) -> None:
    file.write_text(json.dumps(json.loads(file.read_bytes()) | {"format": 0}))


def another_accounts(file: Path) -> None:
    file.write_text(json.dumps(json.loads(file.read_bytes()) | {"account_id": "another"}))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def without_a_field(file: Path) -> None:
    memory = json.loads(file.read_bytes())
    del memory["meetings"][0]["topic"]
    file.write_text(json.dumps(memory))


def no_text(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00" * 50)


@pytest.mark.parametrize("damage", [older, another_accounts, cut, emptied, without_a_field, no_text])
async def test_a_file_that_cannot_be_used_is_set_aside_with_one_line(
    state_file: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    async with zoom(state_file=state_file) as z:
        await z.meeting(password="abc123")
    damage(state_file)
    damaged = state_file.read_bytes()
    with caplog.at_level(logging.WARNING):
        async with zoom(state_file=state_file) as z:
            assert (await z.http.get(f"/v2/users/{OWNER.id}/meetings")).json()["meetings"] == []
            made = await z.meeting()
    (line,) = caplog.messages
    assert "set aside" in line
    assert "abc123" not in line
    assert state_file.with_name("zoom.json.set-aside").read_bytes() == damaged
    async with zoom(state_file=state_file) as z:
        assert (await z.http.get(f"/v2/meetings/{made['id']}")).status_code == 200


async def test_a_place_where_nothing_can_be_written_is_told_once_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    with caplog.at_level(logging.WARNING):
        async with zoom(state_file=tmp_path / "file" / "zoom.json") as z:
            for _ in range(2):
                await z.meeting()
                await z.time.until_someone_waits(SAVE_AFTER_S)
                await z.time.pass_by(SAVE_AFTER_S)
            assert len((await z.http.get(f"/v2/users/{OWNER.id}/meetings")).json()["meetings"]) == 2
    assert [message for message in caplog.messages if "cannot be written" in message] == caplog.messages[-1:]


WRITES_WITHOUT_END = """
import asyncio, sys
from pathlib import Path
import server.simulator.keeper as keeper
from server.simulator.clock import ScaledClock
from server.simulator.memory import Memory
async def main(file):
    class Hurried(ScaledClock):
        async def wait_on_the_wall(self, seconds):
            await asyncio.sleep(0)
    number = 0
    def remember():
        nonlocal number
        number += 1
        return Memory(account_id="a", writes=[("x" * 50, "day", number)] * 20_000)
    kept = keeper.Keeper(Path(file), Hurried(), remember)
    kept.open()
    print("writing", flush=True)
    while True:
        kept.changed()
        await asyncio.sleep(0)
asyncio.run(main(sys.argv[1]))
"""


async def test_a_process_killed_while_it_writes_leaves_a_whole_file(state_file: Path) -> None:
    beside = state_file.with_name(".zoom.json.new")
    for _ in range(5):
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITES_WITHOUT_END, str(state_file), stdout=asyncio.subprocess.PIPE
        )
        try:
            assert child.stdout is not None
            async with asyncio.timeout(PATIENCE_S):
                assert await child.stdout.readline() == b"writing\n"
            await until_there(state_file)
            # Whoever reads meanwhile finds it whole as well, which a kill alone would seldom show.
            assert {state_file.read_bytes()[-1:] for _ in range(500)} == {b"}"}
            await until_there(beside)
        finally:
            child.send_signal(signal.SIGKILL)
            await child.wait()
        assert len(json.loads(state_file.read_bytes())["writes"]) == 20_000
