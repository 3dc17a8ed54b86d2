"""The official Python client, as somebody's script would use it, in a thread of its own."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
import requests
import socketio

from realtime.ports import Login
from tests.support.hub_house import PATIENCE_S, QUICK, House, house, until
from tests.support.school import School, student


class Script:
    """A client and what it heard."""

    def __init__(self, home: House, transports: list[str]) -> None:
        # A session of our own: the client forgets its own without closing it.
        self.http = requests.Session()
        self.client = socketio.Client(reconnection=False, handle_sigint=False, http_session=self.http)
        self.url = f"http://127.0.0.1:{home.port}"
        self.transports = transports
        self.wire: Any = None
        self.heard: list[tuple[Any, ...]] = []
        self.refused: list[Any] = []
        self.is_gone = threading.Event()
        self.client.on("*", lambda *said: self.heard.append(said))
        self.client.on("connect_error", self.refused.append)
        self.client.on("disconnect", lambda *_: self.is_gone.set())

    async def connect(self, token: str) -> None:
        await asyncio.to_thread(self.client.connect, self.url, auth={"token": token}, transports=self.transports)
        self.wire = self.client.eio.ws

    async def call(self, name: str, argument: object) -> Any:
        return await asyncio.to_thread(self.client.call, name, argument, timeout=PATIENCE_S)

    async def hears(self, is_so: Callable[[list[tuple[Any, ...]]], bool]) -> None:
        await until(lambda: is_so(self.heard))

    async def gone(self) -> bool:
        return await asyncio.to_thread(self.is_gone.wait, PATIENCE_S)


async def echo(login: Login, argument: object) -> Mapping[str, object]:
    return {"argument": argument}


@asynccontextmanager
async def script(home: House, transports: list[str]) -> AsyncIterator[Script]:
    one = Script(home, transports)
    try:
        yield one
    finally:
        await asyncio.to_thread(one.client.disconnect)
        await asyncio.to_thread(one.client.eio.wait)
        one.http.close()
        if one.wire is not None:
            one.wire.shutdown()  # it forgets this one, too, when the server ends it


@pytest.mark.parametrize("transports", [["polling", "websocket"], ["websocket"], ["polling"]])
async def test_a_script_logs_in_hears_asks_and_goes(transports: list[str]) -> None:
    school = School(student(1, "math"))
    async with house(school, limits=QUICK, commands={"echo": echo}) as home:
        async with script(home, transports) as one:
            await one.connect("s1")
            await one.hears(lambda heard: bool(heard) and heard[0][0] == "initialState")
            home.publish(*(school.happen("math", "m1") for _ in range(20)))
            assert await one.call("echo", {"a": [1, "é"]}) == {"ok": True, "argument": {"a": [1, "é"]}}
            await one.hears(lambda heard: len(heard) == 21)
            assert [body["version"] for _, body, _ in one.heard[1:]] == list(range(1, 21))
        await until(lambda: home.count("connections") == 0)


async def test_a_script_without_a_login_is_told_why() -> None:
    async with house(School()) as home, script(home, ["websocket"]) as one:
        with pytest.raises(socketio.exceptions.ConnectionError):
            await one.connect("nobody")
        assert one.refused[0]["data"]["code"] == "auth_required"


async def test_a_script_whose_login_ends_is_gone() -> None:
    async with house(School(student(1))) as home, script(home, ["polling", "websocket"]) as one:
        await one.connect("s1")
        home.hub.end_person("s1", "account_closed")
        assert await one.gone()
