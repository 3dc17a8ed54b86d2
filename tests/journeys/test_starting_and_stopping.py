"""The server as a process: what keeps it from starting, and how it ends."""

import asyncio
import socket
from pathlib import Path

import pytest

from tests.support.child import child_house, run
from tests.support.ears import page, transport
from tests.support.whole_house import PEOPLE
from tests.support.zoom_side import ACCOUNT

STOP_WITHIN_S = 10.0
WRONG: dict[str, tuple[dict[str, str], tuple[str, ...], str]] = {
    "half an account": ({"ZOOM_ACCOUNT_ID": ACCOUNT}, (), "ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET: expected beside"),
    "a port that is none": ({"PORT": "http"}, (), "PORT: expected a port from 0 to 65535, but “http” came."),
    "another database": ({"ROLLCALL_DATABASE_URL": "mysql://u:canary@h/d"}, (), "ROLLCALL_DATABASE_URL: expected"),
    "a demo for everybody": ({}, ("--host", "0.0.0.0"), "--host: expected an address of this machine only"),
    "a folder that is a file": ({}, ("--data", "/dev/null/x"), "--data: expected a folder we may write"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_setting_stops_the_start_with_one_sentence(tmp_path: Path, name: str) -> None:
    variables, options, sentence = WRONG[name]
    code, said, complained = await run(tmp_path, variables, "serve", *options)
    assert (code, said) == (1, "")
    assert sentence in complained
    assert len(complained.strip().splitlines()) == 1
    assert "canary" not in complained


async def test_a_port_that_is_taken_is_said_and_ends_the_start(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said, complained = await run(tmp_path, {}, "serve", "--no-demo", "--data", "d", "--port", port)
    assert (code, said) == (1, "")
    assert complained.startswith(f"rollcall: --port: expected a port that is free, but {port} on 127.0.0.1 is in use")
    assert len(complained.strip().splitlines()) == 1
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("content", [b"this is no database", b"SQLite format 3\x00" + b"\xff" * 5_000])
async def test_a_file_that_is_no_database_is_said_and_ends_the_start(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "rollcall.db").write_bytes(content)
    code, said, complained = await run(tmp_path, {}, "serve", "--no-demo", "--data", "d", "--port", "0")
    assert (code, said) == (1, "")
    assert "rollcall.db cannot be opened" in complained
    assert len(complained.strip().splitlines()) == 1
    assert (tmp_path / "d" / "rollcall.db").read_bytes() == content


async def test_a_second_server_on_the_same_folder_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    async with child_house(tmp_path) as house:
        code, _, complained = await run(tmp_path, {}, "serve", "--no-demo", "--data", str(tmp_path), "--port", "0")
        assert code == 1
        assert f"is in use by the server with process id {house.child.process.pid} on {house.url}" in complained
        assert (await house.by("").get("/healthz")).status_code == 200


async def test_told_to_stop_it_sends_everybody_away_and_is_gone_at_once(tmp_path: Path) -> None:
    async with child_house(tmp_path) as house, page(house.url, PEOPLE["sam"].token) as sam:
        took_s = await house.child.stop()
        assert house.child.process.returncode == 0
        assert sam.of("drain")[0].body == {"retryAfter": 0}
        assert took_s < 3.0
        assert not [line for line in house.child.said if "Traceback" in line]


async def test_told_to_stop_it_does_not_wait_for_those_who_hang(tmp_path: Path) -> None:
    async with child_house(tmp_path) as house:
        await house.zoom.go_wrong({"slow_s": 600})
        hung = asyncio.create_task(house.admin.post("/api/zoom/meetings", {"topic": "x"}))
        _reader, writer = await asyncio.open_connection("127.0.0.1", int(house.url.rpartition(":")[2]))
        writer.write(b"POST /api/zoom/webhook HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
        await writer.drain()
        async with page(house.url, PEOPLE["sam"].token), transport(house.url):
            polling = house.by("").http.get("/socket.io/?EIO=4&transport=polling")
            sid = (await polling).text.partition('"sid":"')[2].partition('"')[0]
            poll = asyncio.create_task(
                house.by("").http.get(f"/socket.io/?EIO=4&transport=polling&sid={sid}", timeout=20)
            )
            await asyncio.sleep(0)
            took_s = await house.child.stop()
        assert took_s < STOP_WITHIN_S
        assert house.child.process.returncode == 0
        writer.close()
        told = (await hung).json()["error"]
        assert (told["code"], told["temporary"]) == ("stopping", True)
        await asyncio.gather(poll, return_exceptions=True)
        assert not [line for line in house.child.said if "Traceback" in line]
        await house.come_back()
        assert (await house.by("tess").get("/api/zoom/meetings")).json()["meetings"] == []
