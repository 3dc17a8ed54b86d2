from datetime import UTC, datetime
from typing import Any

import pytest

from realtime.facts import (
    Created,
    Deleted,
    Ended,
    Fact,
    Occurrence,
    Participant,
    ParticipantJoined,
    ParticipantLeft,
    Place,
    Recovered,
    Started,
    Updated,
    Which,
)
from realtime.lifecycle import EDITABLE, HostRef
from server.zoom.notifications import NOT_FOR_US, READERS, read
from tests.server.zoom.samples import changed, names, sample

UUID = "mXq7Rk2bTzGd0aJ4vN1c+w=="
HOST = "uH4nPzQ0SyWm1cJxT8oKLA"
TOPIC = "Matematik 7B – grupp 2"
MEETING = Which(zoom_id="88123456789")
BEGAN = datetime(2026, 9, 14, 13, 0, 4, tzinfo=UTC)
RUN: dict[str, Any] = {
    "which": MEETING,
    "uuid": UUID,
    "started_at": BEGAN,
    "topic": TOPIC,
    "duration_min": 60,
    "timezone": "Europe/Stockholm",
    "zoom_host_id": HOST,
}
HOSTED = {**RUN, "host_email": "t.berglund@school.example"}

NOAH = Participant(
    key="16780288",
    name="Noah Lindqvist",
    email="noah.lindqvist@pupil.example",
    registrant_id="r7Yq2ZsKQb6mXvT0cLdE1w",
    participant_uuid="1B80F3D6-9E27-4C5A-A6F4-62D1B97E0C38",
)
ALVA = Participant(key="16778240", name="Alva Nyström", participant_uuid="7C1E94B2-5D0A-4F63-8B21-3A9E0C47D815")
TOVE = Participant(
    key="16779264",
    name="Tove Berglund",
    email="t.berglund@school.example",
    zoom_user_id=HOST,
    participant_uuid="9A4D1C07-33B8-4E52-91F6-0D7B58E2C4A9",
)
NOAH_IN_BREAKOUT = Participant(
    key="16787456",
    name=NOAH.name,
    email=NOAH.email,
    registrant_id=NOAH.registrant_id,
    participant_uuid=NOAH.participant_uuid,
)


def at(hour: int, minute: int, second: int = 0, milli: int = 0, *, day: int = 14) -> datetime:
    return datetime(2026, 9, day, hour, minute, second, milli * 1000, tzinfo=UTC)


def joined(who: Participant, when: datetime, place: Place = Place.ROOM) -> ParticipantJoined:
    return ParticipantJoined(at=when, participant=who, place=place, **RUN)


def left(who: Participant, when: datetime, place: Place = Place.ROOM) -> ParticipantLeft:
    return ParticipantLeft(at=when, participant=who, place=place, **RUN)


ENDED = Ended(at=at(13, 58, 31), **HOSTED)
STARTED = Started(at=BEGAN, **HOSTED)

# What every sample that is for us says. All others say nothing to us.
EXPECTED: dict[str, tuple[Fact, ...]] = {
    "meeting.created": (
        Created(
            which=MEETING,
            at=at(8, 15, 22, 417, day=1),
            details={
                "topic": TOPIC,
                "start_time": at(13, 0),
                "duration_min": 60,
                "timezone": "Europe/Stockholm",
                "settings": {"use_pmi": False, "join_before_host": False, "jbh_time": 0},
                "host": HostRef(zoom_user_id=HOST),
            },
            secrets={"join_url": "https://zoom.example/j/88123456789?pwd=examplePwd.1", "passcode": "4k7Tq2"},
        ),
    ),
    "meeting.updated": (
        Updated(
            which=MEETING,
            at=at(9, 41, 10, 201, day=2),
            details={
                "topic": TOPIC,
                "start_time": at(13, 0),
                "duration_min": 60,
                "settings": {"waiting_room": True, "mute_upon_entry": True},
            },
        ),
    ),
    "meeting.deleted": (Deleted(which=MEETING, at=at(10, 0, 1, 88, day=3)),),
    "meeting.permanently_deleted": (Deleted(which=MEETING, at=at(3, 2, 9, 88, day=11)),),
    "meeting.recovered": (Recovered(which=MEETING, at=at(10, 20, 44, 88, day=3)),),
    "meeting.started": (STARTED,),
    "meeting.ended": (ENDED,),
    "meeting.participant_joined": (joined(NOAH, at(13, 3, 17)),),
    "meeting.participant_left": (left(NOAH, at(13, 55, 47)),),
    "meeting.participant_joined_waiting_room": (joined(ALVA, at(13, 2, 40), Place.WAITING_ROOM),),
    "meeting.participant_left_waiting_room": (left(ALVA, at(13, 4, 55), Place.WAITING_ROOM),),
    "meeting.participant_admitted": (left(ALVA, at(13, 3, 15), Place.WAITING_ROOM),),
    "meeting.participant_put_in_waiting_room": (
        left(ALVA, at(13, 20, 2)),
        joined(ALVA, at(13, 20, 2), Place.WAITING_ROOM),
    ),
    "meeting.participant_joined_breakout_room": (joined(NOAH_IN_BREAKOUT, at(13, 25), Place.BREAKOUT),),
    "meeting.participant_left_breakout_room": (left(NOAH_IN_BREAKOUT, at(13, 40, 11), Place.BREAKOUT),),
    "observed/meeting.started": (STARTED,),
    "observed/meeting.ended": (ENDED,),
    "observed/meeting.participant_joined.guest": (joined(ALVA, at(13, 3, 17)),),
    "observed/meeting.participant_joined.signed_in_host": (joined(TOVE, BEGAN),),
    "observed/meeting.participant_left.guest": (left(ALVA, at(13, 55, 47)),),
}


def test_there_is_a_sample_of_every_kind() -> None:
    kinds = {name for name in names() if not name.startswith("observed/")}
    assert len(kinds) == 51
    # No sample of a telephone that is bound to a person exists.
    assert kinds | {"meeting.participant_bind"} == READERS.keys() | NOT_FOR_US
    assert not READERS.keys() & NOT_FOR_US


@pytest.mark.parametrize("name", names())
def test_every_sample_says_what_it_should(name: str) -> None:
    understood = read(sample(name))
    assert understood.facts == EXPECTED.get(name, ())
    assert understood.problem == ""
    assert understood.is_known
    assert understood.kind == name.removeprefix("observed/").removesuffix(".guest").removesuffix(".signed_in_host")
    assert understood.event_at is not None


def test_an_unknown_kind_is_noted_without_a_fault() -> None:
    understood = read(b'{"event":"meeting.teleported","event_ts":1789390804612,"payload":[]}')
    assert (understood.kind, understood.facts, understood.problem) == ("meeting.teleported", (), "")
    assert not understood.is_known


def test_the_token_of_the_validation_comes_out_as_it_is() -> None:
    assert read(sample("endpoint.url_validation")).plain_token == "exPlainToken0123456789"
    assert read(b'{"event":"endpoint.url_validation","payload":{"plainToken":[1]}}').plain_token == [1]
    assert read(b'{"event":"endpoint.url_validation","payload":7}').plain_token is None


@pytest.mark.parametrize("name", [*EXPECTED, "recording.completed"])
def test_what_happens_once_has_a_key_and_what_may_happen_again_has_none(name: str) -> None:
    key = read(sample(name)).business_key
    if name in ("meeting.created", "meeting.updated", "meeting.recovered") or "deleted" in name:
        assert key == ""
    else:
        assert UUID in key


def test_the_same_thing_in_other_bytes_has_the_same_key() -> None:
    def other_bytes(message: Any) -> None:
        message["event_ts"] += 9_000
        message["payload"]["object"]["topic"] = "renamed"
        message["download_token"] = "another"
        for file in message["payload"]["object"].get("recording_files", []):
            file["download_url"] += "?other"
        message["payload"]["object"].get("recording_files", []).reverse()

    for name in ("meeting.started", "meeting.ended", "meeting.participant_joined", "recording.completed"):
        assert read(changed(name, other_bytes)).business_key == read(sample(name)).business_key


def test_another_run_person_or_moment_has_another_key() -> None:
    def keys(name: str, *changes: Any) -> set[str]:
        return {read(sample(name)).business_key, *(read(changed(name, change)).business_key for change in changes)}

    def of(message: Any) -> Any:
        return message["payload"]["object"]

    def another_run(message: Any) -> None:
        of(message)["uuid"] = "other=="

    def another_person(message: Any) -> None:
        of(message)["participant"]["user_id"] = "1"

    def another_moment(message: Any) -> None:
        of(message)["participant"]["join_time"] = "2026-09-14T13:03:18Z"

    def another_file(message: Any) -> None:
        of(message)["recording_files"][0]["id"] = "other"

    assert len(keys("meeting.started", another_run)) == 2
    assert len(keys("meeting.participant_joined", another_run, another_person, another_moment)) == 4
    assert len(keys("recording.completed", another_run, another_file)) == 3


def test_details_are_fields_a_meeting_has() -> None:
    for name in ("meeting.created", "meeting.updated"):
        for fact in read(sample(name)).facts:
            assert isinstance(fact, Created | Updated)
            assert fact.details.keys() <= EDITABLE


def test_secrets_are_in_no_printed_fact() -> None:
    understood = read(sample("meeting.created"))
    assert "4k7Tq2" not in repr(understood)
    assert "pwd=" not in repr(understood)


# A series.

SERIES = [
    {"occurrence_id": "1789390800000", "start_time": "2026-09-14T13:00:00Z", "duration": 60, "status": "available"},
    {"occurrence_id": "1789995600000", "start_time": "2026-09-21T13:00:00Z", "duration": 45, "status": "available"},
    {"occurrence_id": "1790600400000", "start_time": "2026-09-28T13:00:00Z", "duration": 60, "status": "deleted"},
]
FIRST = Which(zoom_id="88123456789", occurrence_id="1789390800000")
SECOND = Which(zoom_id="88123456789", occurrence_id="1789995600000")


def test_a_series_is_created_with_the_dates_that_stand() -> None:
    def series(message: Any) -> None:
        message["payload"]["object"].update(type=8, occurrences=SERIES)

    (fact,) = read(changed("meeting.created", series)).facts
    assert isinstance(fact, Created)
    assert fact.which == MEETING
    assert fact.occurrences == (
        Occurrence("1789390800000", at(13, 0), 60),
        Occurrence("1789995600000", at(13, 0, day=21), 45),
    )


@pytest.mark.parametrize("name", ["meeting.deleted", "meeting.permanently_deleted", "meeting.recovered"])
@pytest.mark.parametrize("operation", ["single", "range"])
def test_of_a_series_only_the_dates_named_go_and_come_back(name: str, operation: str) -> None:
    def dates(message: Any) -> None:
        message["payload"]["operation"] = operation
        message["payload"]["object"].update(type=8, occurrences=[{"occurrence_id": "1789995600000"}])

    whiches = [fact.which for fact in read(changed(name, dates)).facts if isinstance(fact, Deleted | Recovered)]
    assert whiches == [SECOND]


def test_a_date_that_is_deleted_but_not_named_deletes_nothing() -> None:
    def nameless(message: Any) -> None:
        message["payload"]["operation"] = "single"

    understood = read(changed("meeting.deleted", nameless))
    assert understood.facts == ()
    assert "occurrences" in understood.problem


def test_a_moved_date_is_an_update_of_that_date() -> None:
    def moved(message: Any) -> None:
        message["payload"].update(scope="single")
        message["payload"]["object"] = {"id": 88123456789, "occurrences": [{**SERIES[1], "duration": 30}]}
        message["payload"]["old_object"] = {"id": 88123456789, "occurrences": [SERIES[1]]}

    (fact,) = read(changed("meeting.updated", moved)).facts
    assert isinstance(fact, Updated)
    assert fact.which == SECOND
    assert fact.details == {"start_time": at(13, 0, day=21), "duration_min": 30}


def test_a_change_of_a_whole_series_tells_the_rest_once_and_each_changed_date() -> None:
    def renamed(message: Any) -> None:
        old = [{**SERIES[0]}, {**SERIES[1], "duration": 60}, {**SERIES[2], "status": "available"}]
        start = {"start_time": "2026-09-14T13:00:00Z"}
        message["payload"]["object"] = {"id": 88123456789, "topic": "Matte", "occurrences": SERIES, **start}
        message["payload"]["old_object"] = {"id": 88123456789, "topic": "Matematik", "occurrences": old}

    topic, second, third = read(changed("meeting.updated", renamed)).facts
    assert isinstance(topic, Updated)
    assert (topic.which, topic.details) == (MEETING, {"topic": "Matte"})
    assert isinstance(second, Updated)
    assert (second.which, second.details["duration_min"]) == (SECOND, 45)
    assert isinstance(third, Deleted)
    assert third.which.occurrence_id == "1790600400000"


# Changes of a plain meeting.


def update(new: dict[str, object], old: dict[str, object]) -> tuple[Fact, ...]:
    def replaced(message: Any) -> None:
        message["payload"]["object"] = {"id": 88123456789, **new}
        message["payload"]["old_object"] = {"id": 88123456789, **old}

    return read(changed("meeting.updated", replaced)).facts


def test_fields_told_but_not_changed_are_left_out() -> None:
    (fact,) = update(
        {"topic": "New", "duration": 60, "host_id": HOST, "settings": {"waiting_room": True, "host_video": True}},
        {"topic": "Old", "duration": 60, "host_id": HOST, "settings": {"waiting_room": False, "host_video": True}},
    )
    assert isinstance(fact, Updated)
    assert fact.details == {"topic": "New", "settings": {"waiting_room": True}}


def test_a_new_passcode_and_link_are_secrets() -> None:
    (fact,) = update({"password": "new", "join_url": "https://zoom.example/j/1?pwd=new"}, {"password": "old"})
    assert isinstance(fact, Updated)
    assert fact.details == {}
    assert fact.secrets == {"passcode": "new", "join_url": "https://zoom.example/j/1?pwd=new"}
    assert "new" not in repr(fact)


def test_an_agenda_may_be_emptied_but_a_topic_may_not() -> None:
    (fact,) = update({"topic": "", "agenda": ""}, {"topic": "Old", "agenda": "Old"})
    assert isinstance(fact, Updated)
    assert fact.details == {"agenda": ""}


def test_a_change_of_nothing_we_know_says_nothing() -> None:
    assert update({"settings": {"meeting_invitees": [{"email": "a@b.example"}]}}, {"settings": {}}) == ()


def test_an_update_without_its_own_time_happened_when_it_was_sent() -> None:
    def timeless(message: Any) -> None:
        del message["payload"]["time_stamp"]

    assert read(changed("meeting.updated", timeless)).facts[0].at == at(9, 41, 10, 233, day=2)
