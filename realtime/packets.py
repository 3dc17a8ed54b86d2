"""What a client says, read strictly: Socket.IO packets within the text of an Engine.IO message.

It exists because everything a stranger sends passes here before anything else looks at it. A client may log in, go,
or give a command; whatever else it sends is refused as a whole. It does not know who the client is.
"""

import json
import re
from dataclasses import dataclass

_LONGEST_NUMBER = 100  # digits; reading a longer one is work a client should not be able to ask for
_LARGEST_ID = 2**53  # what JavaScript counts to
_NAMESPACE = re.compile(r"/(?:,|$)")
_ACK_ID = re.compile(r"[0-9]{0,16}")


class Malformed(Exception):
    """Not something a client of ours may say; `reason` is one of a few words, for the counters."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Connect:
    """A login, by cookie or with what is in `auth`."""

    auth: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Disconnect:
    """The client goes."""


@dataclass(frozen=True, slots=True)
class Said:
    """A command with its first argument; `ack_id` is None when the client does not want an answer."""

    name: str
    argument: object
    ack_id: int | None


def understand(text: str) -> Connect | Disconnect | Said:
    """The packet in a message.

    Errors: Malformed, for everything that is none of the three, binary packets and other namespaces included.
    Source: Socket.IO protocol, revision 5. Characters are compared, as `int("٢")` is 2.
    """
    kind, rest = text[:1], text[1:]
    if kind not in ("0", "1", "2"):
        raise Malformed({"3": "ack", "5": "binary", "6": "binary"}.get(kind, "malformed"))
    if rest.startswith("/"):
        namespace = _NAMESPACE.match(rest)
        if namespace is None:
            raise Malformed("namespace")
        rest = rest[namespace.end() :]
    if kind == "1":
        return Disconnect()
    if kind == "0":
        auth = _json(rest) if rest else None
        if auth is not None and not isinstance(auth, dict):
            raise Malformed("malformed")
        return Connect(auth)
    digits = _ACK_ID.match(rest)
    number = digits.group() if digits is not None else ""
    if number and int(number) > _LARGEST_ID:
        raise Malformed("malformed")
    said = _json(rest[len(number) :])
    if not isinstance(said, list) or not said or not isinstance(said[0], str):
        raise Malformed("malformed")
    return Said(said[0], said[1] if len(said) > 1 else None, int(number) if number else None)


def _json(text: str) -> object:
    try:
        value: object = json.loads(text, parse_int=_number, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:  # RecursionError: brackets a thousand deep
        raise Malformed("malformed") from error
    return value


def _number(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise ValueError("a number this long is not meant")
    return int(digits)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
