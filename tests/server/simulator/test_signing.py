"""Against vectors that Zoom's own samples accepted, made with another tool than ours."""

from server.simulator.signing import encrypted_token, new_request_id, sign

SECRET = "zoomExampleSecretToken01"


def test_the_signature_is_the_one_openssl_and_zooms_sample_agree_on() -> None:
    payload = b'{"payload":{"plainToken":"exPlainToken0123456789"},'
    raw = payload + b'"event_ts":1788249600680,"event":"endpoint.url_validation"}'
    wanted = "v0=346491cc72a0ac3a7ec2f0753a04e8450b32e3a34889e8610ff391e199df541f"
    assert sign(SECRET, "1788249600", raw) == wanted


def test_the_challenge_has_the_answer_zooms_sample_gives() -> None:
    wanted = "0ec507214a2bc6fd4087b14736d58e7cee1a11ce06fb54a8e958c7869b4253e2"
    assert encrypted_token(SECRET, "exPlainToken0123456789") == wanted


def test_no_two_events_share_a_request_id() -> None:
    assert len({new_request_id() for _ in range(100)}) == 100
