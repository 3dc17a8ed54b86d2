import hashlib
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.zoom.signature import Verdict, check, sign, signed_headers, validation_reply
from tests.server.zoom.samples import vectors

SECRET = "zoomExampleSecretToken01"
NOW = datetime(2026, 9, 14, 13, 3, 18, tzinfo=UTC)
BODY = b'{"event":"meeting.started"}'
VECTORS = vectors()
CHALLENGE = next(vector for vector in VECTORS if "reply" in vector)


def signed_at(vector: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(vector["timestamp"]), UTC)


def judge(timestamp: str | None, signature: str | None, body: bytes = BODY, now: datetime = NOW) -> Verdict:
    return check([SECRET], timestamp, signature, body, now)


def seconds(at: datetime) -> str:
    return str(int(at.timestamp()))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"][:40])
def test_every_vector_is_good_when_it_is_fresh(vector: dict[str, Any]) -> None:
    verdict = check([vector["secret"]], vector["timestamp"], vector["signature"], vector["raw"], signed_at(vector))
    assert verdict is Verdict.GOOD
    assert sign(vector["secret"], vector["timestamp"], vector["raw"]) == vector["signature"]
    if "sha256_body" in vector:
        assert hashlib.sha256(vector["raw"]).hexdigest() == vector["sha256_body"]


def test_our_own_signature_is_good() -> None:
    headers = signed_headers(SECRET, BODY, NOW)
    assert judge(headers["x-zm-request-timestamp"], headers["x-zm-signature"]) is Verdict.GOOD


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"][:40])
def test_one_byte_more_is_forged(vector: dict[str, Any]) -> None:
    verdict = check([vector["secret"]], vector["timestamp"], vector["signature"], vector["raw"] + b" ", NOW)
    assert verdict is Verdict.FORGED


def test_the_secret_before_the_current_one_still_counts() -> None:
    timestamp = seconds(NOW)
    assert check(["new", SECRET], timestamp, sign(SECRET, timestamp, BODY), BODY, NOW) is Verdict.GOOD
    assert check(["new"], timestamp, sign(SECRET, timestamp, BODY), BODY, NOW) is Verdict.FORGED


@pytest.mark.parametrize("secrets", [[], [""], [" ", "\n"]])
def test_without_a_secret_nothing_is_believed_not_even_what_an_empty_one_signed(secrets: list[str]) -> None:
    timestamp = seconds(NOW)
    for secret in ("", " "):
        assert check(secrets, timestamp, sign(secret, timestamp, BODY), BODY, NOW) is Verdict.UNCONFIGURED


def test_an_empty_secret_beside_a_real_one_opens_nothing() -> None:
    timestamp = seconds(NOW)
    assert check(["", SECRET], timestamp, sign("", timestamp, BODY), BODY, NOW) is Verdict.FORGED


@pytest.mark.parametrize("offset_s", [-300, -299, -1, 0, 1, 299, 300])
def test_five_minutes_either_way_are_fresh(offset_s: int) -> None:
    timestamp = seconds(NOW + timedelta(seconds=offset_s))
    assert judge(timestamp, sign(SECRET, timestamp, BODY)) is Verdict.GOOD


@pytest.mark.parametrize("offset_s", [-172_800, -301, 301, 86_400])
def test_beyond_five_minutes_it_is_stale_if_signed_and_forged_if_not(offset_s: int) -> None:
    timestamp = seconds(NOW + timedelta(seconds=offset_s))
    assert judge(timestamp, sign(SECRET, timestamp, BODY)) is Verdict.STALE
    assert judge(timestamp, sign("other", timestamp, BODY)) is Verdict.FORGED


@pytest.mark.parametrize(
    "timestamp",
    [
        None,
        "",
        " ",
        "abc",
        "-1",
        "1.5",
        "1e9",
        "0x10",
        "1_0",
        "١٧٨٩٣٩٠٨٠٤",
        "9" * 13,
        "9" * 5000,
        "1789390804\n",
        "\x00",
        "²",
    ],
)
def test_a_timestamp_of_another_shape_is_forged_even_when_signed(timestamp: str | None) -> None:
    assert judge(timestamp, sign(SECRET, timestamp or "", BODY)) is Verdict.FORGED


@pytest.mark.parametrize(
    "signature", [None, "", "v0=", "v0=é", "v0=" + "0" * 64, "\x00" * 70, "v0=" + "f" * 10_000, "\ud800"]
)
def test_a_signature_of_another_shape_is_forged(signature: str | None) -> None:
    assert judge(seconds(NOW), signature) is Verdict.FORGED


def test_a_signature_in_capitals_or_without_its_version_is_forged() -> None:
    timestamp = seconds(NOW)
    good = sign(SECRET, timestamp, BODY)
    for other in (good.upper(), good.removeprefix("v0="), good.replace("v0", "v1"), " " + good, good + " ", good[:-1]):
        assert judge(timestamp, other) is Verdict.FORGED


def test_of_twenty_thousand_mutations_none_is_accepted() -> None:
    chance = random.Random(20260914)
    timestamp = seconds(NOW)
    good = sign(SECRET, timestamp, BODY)
    accepted = 0
    for _ in range(20_000):
        parts = [bytearray(timestamp.encode()), bytearray(good.encode()), bytearray(BODY)]
        part = chance.choice(parts)
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(part))
            match chance.randrange(3):
                case 0:
                    part[place] ^= chance.randint(1, 255)
                case 1:
                    del part[place]
                case _:
                    part.insert(place, chance.randrange(256))
        if [bytes(each) for each in parts] == [timestamp.encode(), good.encode(), BODY]:
            continue  # the changes undid each other
        verdict = judge(parts[0].decode("latin-1"), parts[1].decode("latin-1"), bytes(parts[2]))
        accepted += verdict is not Verdict.FORGED
    assert accepted == 0


@given(st.none() | st.text(), st.none() | st.text(), st.binary())
def test_no_headers_and_no_bytes_raise(timestamp: str | None, signature: str | None, body: bytes) -> None:
    assert judge(timestamp, signature, body) is Verdict.FORGED


def test_the_challenge_is_answered_as_zoom_expects() -> None:
    vector = CHALLENGE
    reply = validation_reply(
        [SECRET], vector["timestamp"], vector["signature"], vector["raw"], vector["reply"]["plainToken"]
    )
    assert reply == vector["reply"]


def test_the_challenge_is_answered_with_the_secret_that_signed_it() -> None:
    vector = CHALLENGE
    token = vector["reply"]["plainToken"]
    for secrets in (["new", SECRET], [SECRET, "new"]):
        reply = validation_reply(secrets, vector["timestamp"], vector["signature"], vector["raw"], token)
        assert reply == vector["reply"]


@pytest.mark.parametrize("signature", [None, "", "v0=" + "0" * 64])
def test_an_unsigned_challenge_is_never_answered(signature: str | None) -> None:
    assert validation_reply([SECRET], CHALLENGE["timestamp"], signature, CHALLENGE["raw"], "token") is None
    assert validation_reply([SECRET], None, CHALLENGE["signature"], CHALLENGE["raw"], "token") is None


@pytest.mark.parametrize(
    "token",
    [None, 1, True, ["x"], {"a": 1}, "", "x" * 129, "a b", "tøken", "token\n", 'v0:1789390804:{"event":"x"}', "٣", "ſ"],
)
def test_a_challenge_that_is_no_plain_word_would_make_us_sign_and_is_refused(token: object) -> None:
    timestamp = seconds(NOW)
    assert validation_reply([SECRET], timestamp, sign(SECRET, timestamp, BODY), BODY, token) is None
