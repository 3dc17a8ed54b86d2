"""Commands: allowed by name, one at a time for each client, bounded, and a fault of one is nobody else's."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import replace

import pytest

from realtime.errors import Conflict, NotFound
from realtime.hub import Command
from realtime.ports import Login
from tests.support.hub_house import QUICK, house
from tests.support.school import School, student


async def who(login: Login, argument: object) -> Mapping[str, object]:
    return {"person": login.person.id, "argument": argument, "studies": sorted(login.person.studies)}


async def refuse(login: Login, argument: object) -> Mapping[str, object]:
    raise Conflict("Not now.", code="not_live")


async def fail(login: Login, argument: object) -> Mapping[str, object]:
    raise ValueError("the secret of s1")


async def answer_nonsense(login: Login, argument: object) -> Mapping[str, object]:
    return {"no": object()}


class Slow:
    """A command that waits until it is let go, and notes who came in which order."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.began: list[object] = []
        self.running = 0
        self.most = 0

    async def __call__(self, login: Login, argument: object) -> Mapping[str, object]:
        self.began.append(argument)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.gate.wait()
        finally:
            self.running -= 1
        return {"argument": argument}


COMMANDS: dict[str, Command] = {"who": who, "refuse": refuse, "fail": fail, "nonsense": answer_nonsense}


async def test_a_command_is_carried_out_for_whom_the_login_belongs_to() -> None:
    async with house(School(student(1, "math")), commands=COMMANDS) as home, home.page("s1") as client:
        answer = await client.call("who", {"userId": "s2"}, "ignored")
        assert answer == {"ok": True, "person": "s1", "argument": {"userId": "s2"}, "studies": ["math"]}
        assert (await client.call("who"))["argument"] is None


async def test_the_login_is_looked_up_before_each_command() -> None:
    school = School(student(1, "math"))
    async with house(school, commands=COMMANDS) as home, home.page("s1") as client:
        school.people["s1"] = student(1, "art")
        assert (await client.call("who"))["studies"] == ["art"]
        school.ended.add("login of s1")
        await client.emit("who", ack=2)
        name, body = await client.event()
        assert (name, body["code"]) == ("error", "auth_expired")
        assert await client.close_code() == 1008


async def test_refusals_and_faults_are_acked() -> None:
    async with house(School(student(1)), commands=COMMANDS) as home, home.page("s1") as client:
        refused = await client.call("refuse")
        assert refused == {"ok": False, "error": {"code": "not_live", "message": "Not now."}}
        for name in ("fail", "nonsense"):
            failed = await client.call(name)
            assert failed["error"] == {"code": "internal", "message": "Something went wrong on our side."}
        assert (await client.call("who"))["ok"] is True


async def test_a_fault_is_logged_for_us_and_not_told_to_the_client(caplog: pytest.LogCaptureFixture) -> None:
    async with house(School(student(1), student(2)), commands=COMMANDS) as home:
        async with home.page("s1") as client, home.page("s2") as other:
            await client.emit("fail", ack=1)
            packet = await client.packet()
            assert "secret" not in packet
            assert "Traceback" not in packet
            assert (await other.call("who"))["ok"] is True
    assert any("ValueError" in str(record.exc_info) for record in caplog.records if record.exc_info)
    assert home.count("commands.internal") == 1


async def test_without_an_ack_a_refusal_is_an_error_event_and_success_is_silent() -> None:
    async with house(School(student(1)), commands=COMMANDS) as home, home.page("s1") as client:
        await client.emit("who")
        await client.emit("refuse")
        assert await client.event() == ["error", {"code": "not_live", "message": "Not now."}]
        await client.emit("nothing")
        assert (await client.event())[1]["code"] == "unknown_command"


@pytest.mark.parametrize("name", ["participantUpdate", "meetingEvent", "initialState", "meetingStarted", "x" * 5_000])
async def test_what_would_let_a_client_state_facts_is_refused(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with house(School(student(1), student(2)), commands=COMMANDS) as home:
        async with home.page("s1") as client, home.page("s2") as other:
            answer = await client.call(name, {"meetingId": "m1", "status": "ended"})
            assert answer["error"]["code"] == "unknown_command"
            assert (await other.call("who"))["ok"] is True
            assert other.waiting == []
    assert "xxxx" not in str([record.__dict__ for record in caplog.records])


async def test_a_client_s_commands_are_carried_out_one_after_the_other() -> None:
    slow = Slow()
    async with house(School(student(1)), commands={"slow": slow}) as home, home.page("s1") as client:
        for number in range(8):
            await client.emit("slow", number, ack=number)
        slow.gate.set()
        answers = [await client.packet() for _ in range(8)]
        assert [packet[:4] for packet in answers] == [f"43{number}[" for number in range(8)]
        assert slow.began == list(range(8))
        assert slow.most == 1


async def test_a_slow_command_does_not_stop_heartbeats_or_news() -> None:
    slow = Slow()
    school = School(student(1, "math"))
    limits = replace(QUICK, ping_interval_s=0.1, ping_timeout_s=0.3)
    async with house(school, limits=limits, commands={"slow": slow}) as home, home.page("s1") as client:
        await client.emit("slow", 1, ack=1)
        while client.pings < 8:  # longer than a heartbeat may take
            home.publish(school.happen("math", "m1"))
            assert (await client.event())[0] == "meetingStatusUpdate"
            await asyncio.sleep(0.02)
        slow.gate.set()
        assert (await client.packet()).startswith("431[")


async def test_a_command_that_never_ends_is_given_up() -> None:
    limits = replace(QUICK, command_s=0.1)
    async with house(School(student(1)), limits=limits, commands={"slow": Slow(), **COMMANDS}) as home:
        async with home.page("s1") as client:
            assert (await client.call("slow"))["error"]["code"] == "timeout"
            assert (await client.call("who"))["ok"] is True


async def test_more_than_20_commands_in_10_s_are_refused_and_more_still_cut() -> None:
    async with house(School(student(1)), commands=COMMANDS) as home, home.page("s1") as client:
        for number in range(20):
            assert (await client.call("who", ack=number))["ok"] is True
        for _ in range(QUICK.excess_commands):
            assert (await client.call("who", ack=99))["error"]["code"] == "too_many"
        await client.emit("who", ack=100)
        assert await client.close_code() == 1008
        assert home.count("gone.too_many_commands") == 1


async def test_an_answer_never_comes_before_the_picture() -> None:
    school = School(student(1))
    gate = asyncio.Event()
    async with house(school, commands=COMMANDS) as home, home.websocket() as client:
        school.before_read = gate.wait
        await client.send('40{"token":"s1"}')
        assert (await client.packet()).startswith("40{")
        await client.emit("who", ack=5)
        await client.emit("nothing", ack=6)
        await asyncio.sleep(0.05)
        gate.set()
        packets = [await client.packet() for _ in range(3)]
        assert json.loads(packets[0][2:])[0] == "initialState"
        assert [packet[:3] for packet in packets[1:]] == ["435", "436"]


async def test_resume_catches_up_on_the_open_connection() -> None:
    school = School(student(1, "math"))
    async with house(school) as home, home.page("s1") as client:
        resume = {"key": client.first["resume"], "cursor": client.first["cursor"]}
        home.publish(school.happen("math", "m1"), school.happen("math", "m1"))
        assert [(await client.event())[1]["version"] for _ in range(2)] == [1, 2]
        await client.emit("resume", resume, ack=3)
        name, first = await client.event()
        assert (name, first["mode"]) == ("initialState", "replay")
        assert [(await client.event())[1]["version"] for _ in range(2)] == [1, 2]
        assert (await client.packet()) == '433[{"ok":true}]'
        home.publish(school.happen("math", "m1"))
        assert (await client.event())[1]["version"] == 3


async def test_a_resume_that_takes_long_is_answered_and_still_catches_up() -> None:
    school = School(student(1, "math"))
    gate = asyncio.Event()
    async with house(school, limits=replace(QUICK, command_s=0.1)) as home, home.page("s1") as client:
        resume = {"key": client.first["resume"], "cursor": client.first["cursor"]}
        school.before_read = gate.wait
        assert (await client.call("resume", resume))["error"]["code"] == "timeout"
        home.publish(school.happen("math", "m1"))
        gate.set()
        assert (await client.event())[1]["mode"] == "replay"
        assert (await client.event())[1]["version"] == 1
        assert (await client.call("nothing"))["error"]["code"] == "unknown_command"


async def test_resume_with_nonsense_is_refused_or_gives_a_picture() -> None:
    async with house(School(student(1))) as home, home.page("s1") as client:
        for argument in (None, "cursor", {}, {"key": "k"}, {"key": 1, "cursor": 2}):
            assert (await client.call("resume", argument))["error"]["code"] == "bad_input"
        await client.emit("resume", {"key": "k", "cursor": "c"}, ack=9)
        assert (await client.event())[1]["mode"] == "snapshot"


async def test_an_unknown_thing_is_an_answer_and_no_fault() -> None:
    async def look(login: Login, argument: object) -> Mapping[str, object]:
        raise NotFound("There is no such meeting.")

    async with house(School(student(1)), commands={"look": look}) as home, home.page("s1") as client:
        assert (await client.call("look", "m9"))["error"]["code"] == "not_found"
