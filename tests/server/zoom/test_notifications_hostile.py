"""Whatever comes: facts that can be kept, or a problem in words; never an exception."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.facts import Created, InstanceFact, MeetingFact, ParticipantJoined, ParticipantLeft, Updated
from server.zoom.notifications import READERS, Understood, read
from tests.server.zoom.samples import changed, names, sample

SAMPLES = [name for name in names() if name in READERS or name.startswith("observed/")]


def joined_with(**participant: object) -> Understood:
    """A joined in which the participant differs; None takes a field away."""

    def change(message: Any) -> None:
        row = message["payload"]["object"]["participant"]
        row.update(participant)
        for name in [name for name, value in participant.items() if value is None]:
            del row[name]

    return read(changed("meeting.participant_joined", change))


def with_object(name: str, **fields: object) -> Understood:
    """A sample in which the object differs; None takes a field away."""

    def change(message: Any) -> None:
        told = message["payload"]["object"]
        told.update(fields)
        for field in [field for field, value in fields.items() if value is None]:
            del told[field]

    return read(changed(name, change))


def only(understood: Understood) -> Any:
    assert understood.problem == ""
    (fact,) = understood.facts
    return fact


def texts(value: object) -> Iterator[str]:
    """Every text in a fact, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for pair in value.items():
            yield from texts(list(pair))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)
    elif hasattr(value, "__slots__"):
        for name in (name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())):
            yield from texts(getattr(value, name))


def instants(fact: MeetingFact) -> Iterator[datetime]:
    yield fact.at
    if isinstance(fact, InstanceFact) and fact.started_at is not None:
        yield fact.started_at
    if isinstance(fact, Created):
        yield from (occurrence.start_time for occurrence in fact.occurrences)
    if isinstance(fact, Created | Updated) and isinstance(start := fact.details.get("start_time"), datetime):
        yield start


def assert_can_be_kept(understood: Understood) -> None:
    """What is said can be written to any database as it is."""
    assert not (understood.facts and understood.problem)
    for fact in understood.facts:
        assert isinstance(fact, MeetingFact)
        assert fact.which.zoom_id.isdigit()
        for instant in instants(fact):
            assert instant.tzinfo is UTC
            assert 2000 <= instant.year < 2200
        if isinstance(fact, ParticipantJoined | ParticipantLeft):
            assert fact.participant.key
    for text in texts([*understood.facts, understood.business_key, understood.kind, understood.problem]):
        assert "\x00" not in text
        assert len(text) <= 2_000
        text.encode()


# Mutations.

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=2**62)
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["\x00", "\ud800", "x" * 5_000, "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "now"])
    | st.sampled_from(["2026-09-14T13:00:04", "2026-W37-1T00:00Z", "-1", "1e400", "88123456789", 88123456789.5, 1e400])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    steps: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from places(inner, (*path, step))


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """A sample in which one to three values, at any depth, are replaced or taken away."""
    message = json.loads(sample(draw(st.sampled_from(SAMPLES))))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(message))))
        if not path:
            message = draw(VALUES)
            break
        parent = message
        for step in path[:-1]:
            parent = parent[step]
        if isinstance(parent, dict) and draw(st.booleans()):
            del parent[path[-1]]
        else:
            parent[path[-1]] = draw(VALUES)
    return json.dumps(message).encode()


@given(mutants())
def test_a_sample_changed_anywhere_says_what_can_be_kept_or_why_not(raw: bytes) -> None:
    assert_can_be_kept(read(raw))


@given(st.sampled_from(SAMPLES), st.integers(0, 2_000), st.binary(max_size=4), st.integers(0, 4))
def test_a_sample_with_other_bytes_says_what_can_be_kept_or_why_not(
    name: str, place: int, new: bytes, length: int
) -> None:
    raw = sample(name)
    assert_can_be_kept(read(raw[:place] + new + raw[place + length :]))


@given(st.binary())
def test_random_bytes_are_not_understood(raw: bytes) -> None:
    understood = read(raw)
    assert understood.facts == ()
    assert understood.problem


# One by one.


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"{'event':1}", b"NaNaN", b'{"event":' + b"9" * 5_000 + b"}"])
def test_what_is_no_json_is_said_to_be_none(raw: bytes) -> None:
    assert "JSON" in read(raw).problem


@pytest.mark.parametrize("raw", [b"[]", b"1", b'"x"', b"null", b"{}", b'{"event":7}', b'{"event":""}', b"NaN"])
def test_json_of_another_shape_is_not_understood(raw: bytes) -> None:
    assert read(raw).problem


@pytest.mark.parametrize("payload", ["[]", "7", "null", '"x"', "{}", '{"object":[]}', '{"object":{}}'])
@pytest.mark.parametrize("kind", sorted(READERS.keys() - {"recording.completed"}))
def test_a_kind_for_us_with_an_empty_payload_names_what_is_missing(kind: str, payload: str) -> None:
    understood = read(f'{{"event":"{kind}","event_ts":1789390804612,"payload":{payload}}}'.encode())
    assert understood.kind == kind
    assert understood.facts == ()
    assert "payload" in understood.problem


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, '{"event":"meeting.created","payload":' + "[" * 900]
)
def test_deep_nesting_is_not_understood(text: str) -> None:
    assert read(text.encode()).problem


def test_nesting_that_json_just_bears_is_borne_when_old_and_new_are_compared() -> None:
    for depth in range(sys.getrecursionlimit() - 200, sys.getrecursionlimit(), 20):
        deep = "[" * depth + "]" * depth
        body = f'{{"id":88123456789,"settings":{deep},"topic":"x"}}'
        payload = f'{{"object":{body},"old_object":{body}}}'
        understood = read(f'{{"event":"meeting.updated","event_ts":1789390804612,"payload":{payload}}}'.encode())
        assert_can_be_kept(understood)


@pytest.mark.parametrize("given", ["88123456789", 88123456789, 88123456789.0])
def test_a_meeting_id_may_be_text_or_a_number(given: object) -> None:
    assert only(with_object("meeting.started", id=given)).which.zoom_id == "88123456789"


def test_a_meeting_id_beyond_what_a_float_holds_is_exact() -> None:
    assert only(with_object("meeting.started", id=2**63 - 1)).which.zoom_id == "9223372036854775807"


@pytest.mark.parametrize(
    "given",
    [True, False, None, 0, -5, 1.5, 1e300, float("inf"), float("nan"), 2**63, "", " ", "12a", "١٢٣", "9" * 40, [], {}],
)
def test_what_is_no_meeting_id_is_a_problem(given: object) -> None:
    understood = with_object("meeting.started", id=given)
    assert understood.facts == ()
    assert understood.problem.startswith("payload.object.id")


@pytest.mark.parametrize("given", [None, "", " ", 1.5, True, [], "x" * 201])
@pytest.mark.parametrize("name", ["meeting.started", "meeting.ended", "meeting.participant_left"])
def test_news_of_a_run_without_its_uuid_are_a_problem(name: str, given: object) -> None:
    assert with_object(name, uuid=given).problem.startswith("payload.object.uuid")


def test_half_a_character_in_a_name_becomes_a_replacement_and_two_halves_a_whole() -> None:
    assert only(joined_with(user_name="A\ud800B\x00C")).participant.name == "A\ufffdB C"
    assert only(joined_with(user_name="\ud83d\ude00")).participant.name == "😀"


def test_bytes_that_are_no_utf8_lose_only_themselves() -> None:
    raw = sample("observed/meeting.participant_joined.guest").replace("ö".encode(), b"\xf6")
    assert only(read(raw)).participant.name == "Alva Nystr\ufffdm"


def test_a_long_name_is_cut_and_a_long_id_is_none() -> None:
    assert only(joined_with(user_name="x" * 100_000)).participant.name == "x" * 200
    assert only(joined_with(registrant_id="x" * 201)).participant.registrant_id == ""


def test_a_name_of_several_lines_is_one_line() -> None:
    assert only(joined_with(user_name="  Alva\r\nATTACH:x\t ")).participant.name == "Alva  ATTACH:x"


def test_of_a_doubled_key_the_last_counts() -> None:
    raw = sample("observed/meeting.started").replace(b'"id":"88123456789"', b'"id":"1","id":"88123456789"')
    assert only(read(raw)).which.zoom_id == "88123456789"


def test_a_participant_without_an_id_is_known_by_what_there_is() -> None:
    assert only(joined_with(user_id=16780288)).participant.key == "16780288"
    assert only(joined_with(user_id="")).participant.key == "1B80F3D6-9E27-4C5A-A6F4-62D1B97E0C38"
    assert only(joined_with(user_id=None, participant_uuid=None)).participant.key == "name:Noah Lindqvist"
    assert "participant" in joined_with(user_id=None, participant_uuid=None, user_name="\x00").problem


def test_somebody_named_like_an_id_is_not_taken_for_it() -> None:
    assert only(joined_with(user_id=None, participant_uuid=None, user_name="16780288")).participant.key != "16780288"


def test_the_old_id_field_stands_in_for_the_new() -> None:
    assert only(joined_with(id="old", participant_user_id="")).participant.zoom_user_id == "old"
    assert only(joined_with(id="old", participant_user_id="new")).participant.zoom_user_id == "new"


def test_an_instant_as_in_the_examples_of_the_reference_is_taken() -> None:
    fact = only(joined_with(join_time=None, date_time="2026-09-14T13:03:20Z"))
    assert fact.at == datetime(2026, 9, 14, 13, 3, 20, tzinfo=UTC)


@pytest.mark.parametrize("given", [None, "", "soon", 7, True, "2026-09-14T13:03:20", "0001-01-01T00:00:00+23:59"])
def test_a_join_without_an_instant_happened_when_it_was_sent_and_has_no_key(given: object) -> None:
    understood = joined_with(join_time=given)
    assert only(understood).at == datetime(2026, 9, 14, 13, 3, 17, tzinfo=UTC)  # 505 ms later it was sent
    assert understood.business_key == ""


@pytest.mark.parametrize("given", ["2026-09-14T15:03:20+02:00", "2026-09-14T13:03:20.999Z", "20260914T130320Z"])
def test_an_instant_is_utc_and_whole_seconds(given: str) -> None:
    fact = only(joined_with(join_time=given))
    assert fact.at == datetime(2026, 9, 14, 13, 3, 20, tzinfo=UTC)
    assert fact.at.tzinfo is UTC


@pytest.mark.parametrize("given", [None, True, "1789390804612", 1.5, -1, 0, 1789390804, 10**30, float("inf")])
def test_without_any_instant_there_is_no_fact(given: object) -> None:
    def timeless(message: Any) -> None:
        message["event_ts"] = given
        message["payload"]["object"].pop("start_time", None)

    for name in ("meeting.started", "meeting.created", "meeting.deleted"):
        understood = read(changed(name, timeless))
        assert understood.facts == ()
        assert "when" in understood.problem


@pytest.mark.parametrize("given", ["soon", 7, None, [], "x" * 100])
def test_wrong_details_are_not_known_rather_than_a_problem(given: object) -> None:
    fields = dict.fromkeys(("duration", "timezone", "start_time", "settings", "host_id", "join_url", "agenda"), given)
    fact = only(with_object("meeting.created", **fields))
    assert fact.details["topic"] == "Matematik 7B – grupp 2"
    assert fact.details.keys() <= {"topic", "host", "duration_min", "timezone", "agenda"}
    assert fact.secrets == {"passcode": "4k7Tq2"}


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://a\nb", "data:x", "//x", "https://" + "x" * 2_000])
def test_what_is_no_link_is_no_secret_either(link: str) -> None:
    assert "join_url" not in only(with_object("meeting.created", join_url=link)).secrets


def test_only_settings_we_know_with_values_they_can_have_come_through() -> None:
    settings = {
        "waiting_room": True,
        "host_video": "yes",
        "mute_upon_entry": 1,
        "auto_recording": "moon",
        "jbh_time": True,
        "approval_type": [],
        "audio": "both",
        "alternative_hosts": "a@b.example",
        "meeting_invitees": [{"email": "noah@pupil.example"}],
    }
    fact = only(with_object("meeting.created", settings=settings))
    assert fact.details["settings"] == {"waiting_room": True, "audio": "both"}


def test_a_problem_quotes_nobody() -> None:
    def broken(message: Any) -> None:
        message["payload"]["object"]["id"] = "Noah Lindqvist"
        message["payload"]["object"]["uuid"] = ["noah.lindqvist@pupil.example"]

    problem = read(changed("meeting.participant_joined", broken)).problem
    assert problem
    assert "oah" not in problem


def test_a_hundred_thousand_dates_are_bounded() -> None:
    dates = [{"occurrence_id": str(n), "start_time": "2026-09-14T13:00:00Z"} for n in range(20_000)]
    assert len(only(with_object("meeting.created", occurrences=dates)).occurrences) == 60
