"""What is sent, as text and as bytes: Socket.IO packets within Engine.IO packets within WebSocket frames.

It exists because a packet for a whole room is worded once and framed once, and the same bytes go to every member.
It does not know who gets them.
"""

from base64 import b64encode

from realtime.bodies import Instant, encode

_TEXT = 0x81
_BINARY = 0x82


class Frame:
    """One Engine.IO packet, ready for either transport.

    Shape: `wire` is a whole WebSocket frame; `encode` is what the library's polling payload asks of a packet.
    """

    __slots__ = ("_packet", "wire")

    def __init__(self, packet: str | bytes) -> None:
        if isinstance(packet, str):
            try:
                payload = packet.encode()
            except UnicodeEncodeError:  # half of a surrogate pair, from a name that somebody sent to Zoom
                payload = packet.encode(errors="replace")
                packet = payload.decode()
            self.wire = websocket_frame(_TEXT, payload)
        else:
            self.wire = websocket_frame(_BINARY, packet)
        self._packet = packet

    def encode(self, b64: bool = False) -> str | bytes:
        """The packet without its WebSocket frame; `b64` asks for text even where it is bytes."""
        if b64 and isinstance(self._packet, bytes):
            return "b" + b64encode(self._packet).decode()
        return self._packet


def websocket_frame(opcode: int, payload: bytes) -> bytes:
    """A final, unmasked frame, as a server sends them. Source: RFC 6455, section 5.2."""
    length = len(payload)
    if length < 126:
        return bytes((opcode, length)) + payload
    if length < 65_536:
        return bytes((opcode, 126)) + length.to_bytes(2, "big") + payload
    return bytes((opcode, 127)) + length.to_bytes(8, "big") + payload


CLOSE = Frame("1")
PING = Frame("2")
PROBED = Frame("3probe")
NOOP = Frame("6")


def opened(fields: object) -> Frame:
    """Engine.IO's first packet."""
    return Frame(f"0{encode(fields)}")


def connected(sid: str) -> Frame:
    """Socket.IO's answer to a login that was good."""
    return Frame(f"40{encode({'sid': sid})}")


def refused(message: str, data: object) -> Frame:
    """Socket.IO's answer to a login that was not."""
    return Frame(f"44{encode({'message': message, 'data': data})}")


def ack(ack_id: int, answer: object) -> Frame:
    """The answer to a command."""
    return Frame(f"43{ack_id}{encode([answer])}")


def event(name: str, body: str, meta: str | None = None) -> Frame:
    """An event; `body` and `meta` are JSON text already."""
    return Frame(f'42["{name}",{body}]' if meta is None else f'42["{name}",{body},{meta}]')


def control(name: str, body: object) -> Frame:
    """An event about the connection itself."""
    return event(name, encode(body))


def meta(*, id: str, type: str, at: Instant, cursor: str | None = None, replay: bool = False) -> str:
    """Argument 1 of an event, as JSON text."""
    fields: dict[str, object] = {"v": 1, "id": id, "type": type, "at": at}
    if cursor is not None:
        fields["cursor"] = cursor
    if replay:
        fields["replay"] = True
    return encode(fields)
