import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.packets import Connect, Disconnect, Malformed, Said, understand

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "packet"),
    [
        ("0", Connect(None)),
        ("0{}", Connect({})),
        ('0{"token":"t"}', Connect({"token": "t"})),
        ('0/,{"token":"t"}', Connect({"token": "t"})),
        ("0null", Connect(None)),
        ("1", Disconnect()),
        ("1/,", Disconnect()),
        ('2["a"]', Said("a", None, None)),
        ('2["a",1,2]', Said("a", 1, None)),
        ('27["a",{}]', Said("a", {}, 7)),
        ('2/,7["a"]', Said("a", None, 7)),
        ('20["a"]', Said("a", None, 0)),
    ],
)
def test_what_a_client_may_say(text: str, packet: object) -> None:
    assert understand(text) == packet


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "malformed"),
        ("3[]", "ack"),
        ("4{}", "malformed"),
        ('51-["a"]', "binary"),
        ('61-["a"]', "binary"),
        ("7", "malformed"),
        ("٢[]", "malformed"),
        ("²[]", "malformed"),
        ("0/admin,", "namespace"),
        ("0/admin", "namespace"),
        ("0//", "namespace"),
        ("2/?a=1,[]", "namespace"),
        ("0[]", "malformed"),
        ("0 1", "malformed"),
        ("2", "malformed"),
        ("2{}", "malformed"),
        ("2[]", "malformed"),
        ("2[1]", "malformed"),
        ('2"a"', "malformed"),
        ('2-1["a"]', "malformed"),
        ('299999999999999999["a"]', "malformed"),
        ('29007199254740993["a"]', "malformed"),
        ('2["a",NaN]', "malformed"),
        ('2["a",-Infinity]', "malformed"),
        ('2["a",' + "1" * 101 + "]", "malformed"),
        ("2" + "[" * 100_000, "malformed"),
        ('2["a"]]', "malformed"),
    ],
)
def test_what_a_client_may_not_say(text: str, reason: str) -> None:
    with pytest.raises(Malformed) as refusal:
        understand(text)
    assert refusal.value.reason == reason


@given(st.text())
def test_any_text_is_understood_or_refused_and_nothing_else(text: str) -> None:
    with contextlib.suppress(Malformed):
        assert isinstance(understand(text), Connect | Disconnect | Said)


@given(st.text(), JSON, st.none() | st.integers(0, 2**53))
def test_a_command_arrives_as_it_was_given(name: str, argument: object, ack_id: int | None) -> None:
    text = f"2{'' if ack_id is None else ack_id}{json.dumps([name, argument])}"
    assert understand(text) == Said(name, argument, ack_id)
