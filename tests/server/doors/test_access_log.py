import structlog
from starlette.types import Receive, Scope, Send

from server.doors import Policy, guarded
from server.doors.access_log import AccessLog
from tests.support.asgi import client, echo, handshake


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    raise ZeroDivisionError("canary in the fault")


async def test_each_request_is_one_line_with_how_it_ended() -> None:
    with structlog.testing.capture_logs() as lines:
        async with client(AccessLog(echo), address="10.0.0.7") as browser:
            answer = await browser.get("/login")
    (line,) = lines
    assert {name: line[name] for name in ("event", "method", "path", "status", "client")} == {
        "event": "request",
        "method": "GET",
        "path": "/login",
        "status": 200,
        "client": "10.0.0.7",
    }
    assert answer.headers["x-request-id"]


async def test_no_line_holds_a_token_of_the_query_or_of_a_path() -> None:
    with structlog.testing.capture_logs() as lines:
        async with client(AccessLog(echo)) as browser:
            await browser.get("/socket.io/?EIO=4&sid=canary1&token=canary2")
            await browser.get("/calendar/canary3.ics")
            await browser.get(
                "/api/auth/me", headers={"authorization": "Bearer canary4", "cookie": "rollcall_session=canary5"}
            )
    assert len(lines) == 3
    assert "canary" not in str(lines)


async def test_a_path_cannot_write_lines_of_its_own_or_grow() -> None:
    with structlog.testing.capture_logs() as lines:
        async with client(AccessLog(echo)) as browser:
            await browser.get("/a%0d%0afake%20line%1b[31m/" + "x" * 5000)
    assert lines[0]["path"].startswith("/a%0D%0Afake%20line%1B")
    assert len(lines[0]["path"]) <= 200


async def test_what_programs_ask_every_few_seconds_is_quiet_until_it_fails() -> None:
    async with client(AccessLog(echo)) as browser:
        with structlog.testing.capture_logs() as lines:
            await browser.get("/healthz")
            await browser.get("/login")
    assert [line["log_level"] for line in lines] == ["debug", "info"]


async def test_an_unforeseen_fault_is_answered_and_logged_under_one_id() -> None:
    with structlog.testing.capture_logs() as lines:
        async with client(guarded(broken, Policy())) as browser:
            answer = await browser.get("/")
    assert answer.status_code == 500
    assert "canary" not in answer.text
    assert answer.headers["x-request-id"] in answer.json()["error"]["message"]
    assert answer.headers["content-security-policy"]
    assert [line["event"] for line in lines] == ["unforeseen fault", "request"]
    assert lines[1]["status"] == 500


async def test_a_fault_after_the_answer_began_is_logged_and_does_not_answer_twice() -> None:
    async def half(scope: Scope, receive: Receive, send: Send) -> None:
        await echo(scope, receive, send)
        raise ZeroDivisionError

    with structlog.testing.capture_logs() as lines:
        async with client(AccessLog(half)) as browser:
            assert (await browser.get("/")).status_code == 200
    assert [line["event"] for line in lines] == ["unforeseen fault", "request"]


async def test_a_websocket_that_breaks_at_the_door_is_refused() -> None:
    with structlog.testing.capture_logs() as lines:
        assert await handshake(AccessLog(broken)) == [{"type": "websocket.close", "code": 1008}]
        assert await handshake(AccessLog(echo)) == [{"type": "websocket.accept"}]
    assert [line["status"] for line in lines if line["event"] == "request"] == [403, 101]
