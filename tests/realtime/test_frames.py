import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Frame as Received
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from realtime import frames
from realtime.frames import Frame


def received(data: bytes) -> list[Received]:
    """What a client of another make reads."""
    client = ClientProtocol(parse_uri("ws://x"), state=OPEN, max_size=None)
    client.receive_data(data)
    return [event for event in client.events_received() if isinstance(event, Received)]


@pytest.mark.parametrize("size", [0, 1, 124, 125, 126, 65_534, 65_535, 65_536, 200_000])
def test_a_frame_of_any_size_is_read_as_it_was_written(size: int) -> None:
    (text,) = received(Frame("x" * size).wire)
    assert (text.opcode, text.fin, bytes(text.data)) == (0x1, True, b"x" * size)


def test_frames_one_after_the_other_are_read_one_after_the_other() -> None:
    data = b"".join(frame.wire for frame in (frames.PING, Frame(b"\x00\x01"), frames.NOOP))
    assert [(frame.opcode, bytes(frame.data)) for frame in received(data)] == [(1, b"2"), (2, b"\x00\x01"), (1, b"6")]


@given(st.text(st.characters()))
def test_any_text_can_be_sent_on_both_transports(text: str) -> None:
    """Half a surrogate pair in a name must not stop what is told to a whole room."""
    frame = Frame(text)
    (wire,) = received(frame.wire)
    packet = frame.encode(b64=True)
    assert isinstance(packet, str)
    assert bytes(wire.data).decode() == packet
    if text.isascii():
        assert packet == text


def test_bytes_are_text_where_only_text_can_go() -> None:
    assert (Frame(b"\x01\x02").encode(), Frame(b"\x01\x02").encode(b64=True)) == (b"\x01\x02", "bAQI=")


def test_packets_read_as_the_protocol_wants_them() -> None:
    assert frames.connected("s").encode() == '40{"sid":"s"}'
    assert frames.refused("No.", {"code": "forbidden"}).encode() == '44{"message":"No.","data":{"code":"forbidden"}}'
    assert frames.ack(12, {"ok": True}).encode() == '4312[{"ok":true}]'
    assert frames.event("a", '{"b":1}').encode() == '42["a",{"b":1}]'
    assert frames.control("cursor", {"c": "é"}).encode() == '42["cursor",{"c":"é"}]'
    assert frames.event("a", "{}", frames.meta(id="e1", type="a", at="now")).encode() == (
        '42["a",{},{"v":1,"id":"e1","type":"a","at":"now"}]'
    )


def test_meta_says_what_it_knows() -> None:
    meta = json.loads(frames.meta(id="e1", type="a", at="now", cursor="c", replay=True))
    assert meta == {"v": 1, "id": "e1", "type": "a", "at": "now", "cursor": "c", "replay": True}
