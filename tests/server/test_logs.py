import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog

from server import logs


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    yield
    root.handlers[:], root.level = handlers, level
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


def written(form: logs.Format = "json") -> io.StringIO:
    stream = io.StringIO()
    logs.configure(form, stream)
    return stream


def test_our_lines_and_those_of_libraries_look_alike() -> None:
    stream = written()
    structlog.stdlib.get_logger("ours").info("kept", delivery="abc", ms=1.5)
    logging.getLogger("theirs").warning("said %s", "this", extra={"session": "s1"})
    ours, theirs = (json.loads(line) for line in stream.getvalue().splitlines())
    assert datetime.fromisoformat(ours.pop("timestamp")).tzinfo == UTC
    assert ours == {"event": "kept", "delivery": "abc", "ms": 1.5, "level": "info", "logger": "ours"}
    assert (theirs["event"], theirs["level"], theirs["logger"], theirs["session"]) == (
        "said this",
        "warning",
        "theirs",
        "s1",
    )


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_secret_is_written_wherever_it_stands(form: logs.Format) -> None:
    stream = written(form)
    log = structlog.stdlib.get_logger("ours")
    log.info("a", token="canary", password="canary", authorization="canary", start_url="canary", join_url="canary")
    log.info("b", nested={"deep": [{"access_token": "canary"}], "cookie": "canary"})
    log.info("GET https://zoom.us/s/1?zak=canary&x=1", url="/socket.io/?EIO=4&sid=canary&access_token=canary")
    log.info("c", header="Bearer canary-canary", cookies="theme=dark; rollcall_session=canary; a=b")
    logging.getLogger("theirs").warning("sent %s", "Authorization: Basic canarycanary==")
    try:
        raise ValueError("bad answer for https://zoom.us/j/1?pwd=canary")
    except ValueError:
        local = "canary in a variable"
        log.exception("d", length=len(local))
    assert "canary" not in stream.getvalue().replace('local = "canary in a variable"', "")
    assert "x=1" in stream.getvalue()


@pytest.mark.parametrize("form", ["json", "text"])
def test_nothing_that_is_logged_begins_a_line_of_its_own(form: logs.Format) -> None:
    stream = written(form)
    log = structlog.stdlib.get_logger("ours")
    log.info("topic\n2026-01-01 [info] forged", topic="x\r\nforged\x1b[2J\u2028forged")
    log.info("object", thing=ValueError("x\nforged"))
    try:
        raise ValueError("x\nforged")
    except ValueError:
        log.exception("fault")
    assert not any(line.startswith(("forged", "2026-01-01 [info] forged")) for line in stream.getvalue().splitlines())
    assert "\x1b[2J" not in stream.getvalue()
    assert "\u2028" not in stream.getvalue()


def test_a_traceback_tells_where_but_not_what_variables_held() -> None:
    stream = written("text")
    held = "".join(["can", "ary"])
    try:
        len(held) / 0
    except ZeroDivisionError:
        structlog.stdlib.get_logger("ours").exception("fault")
    assert "ZeroDivisionError" in stream.getvalue()
    assert "test_logs.py" in stream.getvalue()
    assert "canary" not in stream.getvalue()


def test_libraries_that_write_each_request_are_quiet_until_something_is_wrong() -> None:
    stream = written()
    for name in ("httpx", "uvicorn.error", "engineio"):
        logging.getLogger(name).info("canary")
        logging.getLogger(name).warning("trouble")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["trouble"] * 3


def test_a_line_carries_the_id_of_its_request() -> None:
    stream = written()
    with structlog.contextvars.bound_contextvars(request="r1"):
        structlog.stdlib.get_logger("ours").info("kept")
    assert json.loads(stream.getvalue())["request"] == "r1"
