"""What the hub stands on in uvicorn, websockets, python-engineio and python-socketio, none of which is promised.

When one of these fails after a raise, the library has changed where we hold on to it; the message says where to look.
That it all works together is tested in tests/realtime.
"""

import asyncio
import inspect
import logging
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import engineio
import pytest
import socketio
from engineio.async_drivers import asgi as driver
from engineio.async_socket import AsyncSocket
from engineio.payload import Payload
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.server import ServerProtocol

from realtime.engine import Engine
from realtime.frames import Frame
from realtime.limits import Limits
from realtime.session import Session
from realtime.sioserver import Bare, BareServer, GuardedServer
from realtime.wsprotocol import WebSocketProtocol


def parameters(function: Callable[..., object]) -> list[str]:
    return list(inspect.signature(function).parameters)


def source(thing: Any) -> str:
    return inspect.getsource(thing)


@pytest.mark.parametrize(
    ("package", "tried"),
    [("python-socketio", "5.18"), ("python-engineio", "4.15"), ("uvicorn", "0.5"), ("websockets", "17.")],
)
def test_the_versions_are_those_that_were_tried(package: str, tried: str) -> None:
    assert version(package).startswith(tried)


OVERRIDDEN = [
    (WebSocketProtocol, WebSocketsSansIOProtocol),
    (Session, AsyncSocket),
    (Engine, engineio.AsyncServer),
    (GuardedServer, socketio.AsyncServer),
    (BareServer, socketio.AsyncServer),
]
OURS = {
    "__init__",
    "cut",
    "abort",
    "_end",
    "_abort_later",
    "end",
    "_forget",
    "_is_full",
    "_ping",
    "_miss_pong",
    "spawn",
}
OURS |= {"_start_timer", "_stop_timer", "_hear", "_is_flood", "_wait_for_news", "_is_upgraded_by", "_is_slow"}
OURS |= {"_tell_library", "_full", "_translate"}


@pytest.mark.parametrize(("ours", "theirs"), OVERRIDDEN)
def test_what_we_override_is_there_to_be_overridden(ours: type, theirs: type) -> None:
    functions = {name for name, value in vars(ours).items() if inspect.isfunction(value)}
    assert [name for name in sorted(functions - OURS) if not hasattr(theirs, name)] == []


def test_uvicorn_calls_the_protocol_where_we_hold_on() -> None:
    text = source(WebSocketsSansIOProtocol)
    for call in ("self.handle_connect(", "self.handle_cont(", "self.handle_close(", "self.handle_parser_exception("):
        assert call in text, call
    assert "self.scope: WebSocketScope = {" in source(WebSocketsSansIOProtocol.handle_connect)
    assert "run_asgi" in source(
        WebSocketsSansIOProtocol.handle_connect
    )  # as a task: we add to the scope before it runs
    assert "create_task" in source(WebSocketsSansIOProtocol.handle_connect)
    for http in (H11Protocol, HttpToolsProtocol):
        upgrade = source(http.handle_websocket_upgrade)
        for call in ("config=self.config", "server_state=self.server_state", "app_state=self.app_state"):
            assert call in upgrade


async def test_uvicorn_s_protocol_has_the_state_we_read() -> None:
    config = Config(lambda: None, ws=WebSocketProtocol, ws_per_message_deflate=False, lifespan="off")
    config.load()
    assert config.ws_protocol_class is WebSocketProtocol
    protocol = WebSocketProtocol(config=config, server_state=ServerState(), app_state={})
    assert (protocol.close_sent, protocol.read_paused, protocol.frames, protocol.close_timer) == (
        False,
        False,
        [],
        None,
    )
    assert isinstance(protocol.conn, ServerProtocol)
    assert isinstance(protocol.queue, asyncio.Queue)
    assert protocol.conn.extensions == []
    for name in ("send_close", "data_to_send", "debug", "logger"):
        assert hasattr(protocol.conn, name), name


def test_the_driver_and_the_engine_meet_where_we_stand_between() -> None:
    assert set(driver._async) >= {"translate_request", "make_response", "websocket"}
    assert parameters(driver.translate_request) == ["scope", "receive", "send"]
    for key in ("asgi.receive", "asgi.send", "asgi.scope", "wsgi.input"):
        assert f"'{key}'" in source(driver.translate_request)
    assert "self.server._async['websocket'](" in source(AsyncSocket._upgrade_websocket)
    assert "return await ws(environ)" in source(AsyncSocket._upgrade_websocket)
    assert "self.server.create_queue()" in source(AsyncSocket.__mro__[1].__init__)


def test_the_engine_answers_requests_as_we_rely_on() -> None:
    text = source(engineio.AsyncServer.handle_request)
    for line in (
        "self._async['translate_request']",
        "await self._handle_connect(environ, transport,",
        "await socket.handle_get_request(",
        "await socket.handle_post_request(environ)",
        "except exceptions.EngineIOError:",
        "if not socket.connected:",
        "elif socket.upgraded:",
        "r = self._method_not_found()",
    ):
        assert line in text, line
    assert parameters(engineio.AsyncServer._handle_connect)[1:3] == ["environ", "transport"]
    assert parameters(engineio.AsyncServer._log_error_once) == ["self", "message", "message_key"]
    assert parameters(engineio.AsyncServer._trigger_event) == ["self", "event", "args", "kwargs"]


def test_a_payload_asks_a_packet_only_to_encode_itself() -> None:
    assert Payload(packets=[Frame("4a"), Frame(b"\x01")]).encode() == "4a\x1ebAQ=="


def test_the_socket_io_server_hands_over_what_we_take() -> None:
    text = source(socketio.AsyncServer.__mro__[1].__init__)
    assert "self._engineio_server_class()(**engineio_options)" in text
    for event, handler in (("connect", "connect"), ("message", "message"), ("disconnect", "disconnect")):
        assert f"self.eio.on('{event}', self._handle_eio_{handler})" in text
    assert parameters(socketio.AsyncServer._handle_eio_connect) == ["self", "eio_sid", "environ"]
    assert parameters(socketio.AsyncServer._handle_eio_message) == ["self", "eio_sid", "data"]
    assert parameters(socketio.AsyncServer._handle_eio_disconnect) == ["self", "eio_sid", "reason"]
    assert parameters(socketio.AsyncServer._handle_connect) == ["self", "eio_sid", "namespace", "data"]


async def test_building_a_server_adds_no_handler_to_the_root_of_the_log() -> None:
    BareServer(Limits(), Bare())
    for name in ("engineio.server", "socketio.server", "rollcall.engine", "rollcall.socketio"):
        assert logging.getLogger(name).handlers == []
