import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from realtime import audience
from realtime.decide import decide
from realtime.facts import Cancelled, Deleted, Fact, Participant, Place, Which
from realtime.lifecycle import CANCELLED, DELETED, STARTED, Audience, HostRef
from realtime.log import heard
from realtime.wanting import wanted, wanted_visits
from realtime.world import World
from tests.support.builders import (
    ADMIN,
    ANA,
    ANA_BY_MAIL,
    ANA_BY_NAME,
    BEN,
    BEN_BY_ZOOM,
    DAN_BY_NAME,
    HANA_BY_ZOOM,
    HOST,
    NINTH,
    OTHER_TEACHER,
    STRANGER,
    TEACHER,
    Run,
    clicked,
    created,
    edited,
    host,
    id_of,
    minute,
    scheduled,
    updated,
    with_only,
)
from tests.support.memory import Memory
from tests.support.scenarios import SERIES, roster

RUN = Run()
M = id_of("81")
ZOOMS = created("81", -0.01, topic="Algebra", start_time=minute(60), host=HostRef(zoom_user_id="Zhana"))


def told_to(school: Memory, person: Any) -> list[tuple[str, dict[str, Any]]]:
    rooms = audience.rooms_of(person)
    found = [(e.type, heard(e, rooms)) for e in school.events]
    return [(name, json.loads(body)) for name, body in found if body is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard(Fact):
    """Nothing anybody decides about."""


def test_a_fact_nobody_decides_about_is_a_fault_of_ours() -> None:
    with pytest.raises(TypeError, match="Unheard"):
        decide(World(), Unheard(at=minute(0)))


@pytest.mark.parametrize("facts", [(ZOOMS, scheduled()), (scheduled(), replace(ZOOMS, at=minute(0.01)))])
def test_whoever_tells_first_a_student_hears_exactly_once_that_it_is_created(facts: tuple[Fact, ...]) -> None:
    school = Memory()
    school.tell(*facts)
    assert [name for name, _ in told_to(school, ANA)].count("meetingCreated") == 1
    name, last = told_to(school, ADMIN)[-1]
    assert (last["class"]["id"], last["host"]["id"], last["audience"]) == ("c9", HOST.id, "class"), name


def test_zooms_word_about_the_host_never_undoes_ours() -> None:
    school = Memory()
    school.tell(scheduled(host=host(TEACHER)), updated("81", 10, host=HostRef(zoom_user_id="Zfallback")))
    school.tell(Run(zoom_host_id="Zfallback", host_email="office@school.example").started())
    assert school.world.meetings[M].host == HostRef(TEACHER.id, TEACHER.name, TEACHER.email, "Zfallback")
    school.tell(edited("81", 20, host=HostRef(HOST.id, HOST.name, HOST.email, "Zfallback")))
    assert school.world.meetings[M].host.id == HOST.id


def test_a_student_whom_zoom_names_as_host_stays_a_learner_here() -> None:
    school = Memory()
    school.tell(scheduled(host=HostRef(zoom_user_id="Zben")), Run(zoom_host_id="Zben", host_email=BEN.email).started())
    school.tell(Run(zoom_host_id="Zben").joined(ANA_BY_MAIL, 61), Run(zoom_host_id="Zben").joined(BEN_BY_ZOOM, 62))
    assert school.world.meetings[M].host.id == ""
    heard_by_ben = told_to(school, BEN)
    assert [body["own"]["state"] for name, body in heard_by_ben if name == "attendanceUpdated"] == ["here"]
    assert ANA.id not in json.dumps(heard_by_ben)


def test_a_host_whom_zoom_names_is_one_of_ours_as_soon_as_that_can_be_told() -> None:
    school = Memory()
    school.tell(created("81", 0, topic="Algebra", host=HostRef(zoom_user_id="Zother")))
    assert school.world.meetings[M].host.id == ""
    school.tell(Run(zoom_host_id="Zother", host_email="Hana@School.example").started())
    assert school.world.meetings[M].host == HostRef(HOST.id, HOST.name, HOST.email, "Zother")
    assert [name for name, _ in told_to(school, HOST)] == ["meetingCreated", "meetingStarted"]


def test_one_person_on_two_devices_is_one() -> None:
    school = Memory()
    school.tell(scheduled(), RUN.started(), RUN.joined(ANA_BY_MAIL, 61), RUN.joined(ANA_BY_NAME, 62))
    run = school.world.instances[RUN.uuid]
    assert (run.present, run.here, run.seen) == (1, 1, 1)
    school.tell(RUN.left(ANA_BY_MAIL, 63))
    assert school.world.meetings[M].participant_count == 1
    school.tell(RUN.left(ANA_BY_NAME, 64))
    assert school.world.meetings[M].participant_count == 0
    names = [name for name, _ in told_to(school, TEACHER)]
    assert names[-4:] == ["participantJoined", "participantJoined", "participantStatusUpdate", "participantLeft"]


def test_a_learner_hears_of_themselves_and_of_nobody_else() -> None:
    school = Memory()
    school.tell(scheduled(), RUN.started(), RUN.joined(ANA_BY_MAIL, 61), RUN.joined(BEN_BY_ZOOM, 62))
    mine = [(name, body) for name, body in told_to(school, ANA) if not name.startswith("meeting")]
    assert mine == [("attendanceUpdated", {"meetingId": M, "revision": 1, "own": {"state": "here"}})]


def test_a_learner_does_not_hear_of_themselves_in_a_meeting_that_is_not_theirs_to_see() -> None:
    school = Memory()
    school.tell(scheduled(audience=Audience.PERSONAL), RUN.started(), RUN.joined(ANA_BY_MAIL, 61))
    assert told_to(school, ANA) == []


def test_a_learner_who_is_in_the_room_hears_so_when_the_meeting_becomes_theirs_to_see() -> None:
    school = Memory()
    school.tell(scheduled(audience=Audience.PERSONAL), RUN.started(), RUN.joined(ANA_BY_MAIL, 61))
    school.tell(edited("81", 62, audience=Audience.EVERYONE))
    assert [name for name, _ in told_to(school, ANA)] == ["meetingCreated", "meetingStatusUpdate", "attendanceUpdated"]


def test_when_it_turns_out_later_who_somebody_is_the_strangers_row_goes() -> None:
    school = Memory()
    school.tell(scheduled(), RUN.started(), RUN.joined(DAN_BY_NAME, 61))
    school.events.clear()
    school.tell(RUN.left(with_only(DAN_BY_NAME, email="dan@pupil.example"), 65))
    (name, row), (gone_name, gone) = told_to(school, TEACHER)
    assert (name, row["participant"]["name"], row["participant"]["state"]) == ("participantLeft", "Dan Lim", "away")
    assert (gone_name, gone["participant"]["state"]) == ("participantStatusUpdate", "over")
    assert gone["participant"]["id"] == f"{RUN.uuid}/z:PU-14"
    assert gone["participant"]["revision"] > 1
    assert school.world.instances[RUN.uuid].seen == 1


def test_who_turns_out_to_be_another_person_is_told_that_they_were_not_seen() -> None:
    school = Memory()
    school.tell(scheduled(), RUN.started(), RUN.joined(ANA_BY_NAME, 61))
    school.events.clear()
    school.tell(RUN.left(with_only(ANA_BY_NAME, email="ben@pupil.example"), 65))
    assert [body["own"]["state"] for _, body in told_to(school, ANA)] == ["not_seen"]
    assert [body["own"]["state"] for _, body in told_to(school, BEN)] == ["away"]


def test_a_new_run_leaves_nobody_of_the_one_before() -> None:
    school = Memory()
    school.tell(scheduled(), RUN.started(), RUN.joined(ANA_BY_MAIL, 61), RUN.joined(STRANGER, 62))
    school.events.clear()
    school.tell(Run(uuid="run2==", begins=120).started())
    assert [body["participant"]["state"] for n, body in told_to(school, TEACHER) if n.startswith("part")] == [
        "over"
    ] * 2
    assert [body["own"]["state"] for n, body in told_to(school, ANA) if n == "attendanceUpdated"] == ["not_seen"]
    assert school.world.meetings[M].participant_count == 0


def test_the_waiting_room_counts_nobody() -> None:
    school = Memory()
    school.tell(scheduled(), RUN.joined(BEN_BY_ZOOM, 59, Place.WAITING_ROOM))
    meeting, run = school.world.meetings[M], school.world.instances[RUN.uuid]
    assert (meeting.status.value, meeting.participant_count, run.seen) == ("waiting", 0, 0)
    assert told_to(school, BEN)[-1][1]["own"] == {"state": "waiting_room"}
    school.tell(RUN.left(BEN_BY_ZOOM, 61, Place.WAITING_ROOM), RUN.joined(BEN_BY_ZOOM, 61))
    assert (school.world.meetings[M].status, school.world.instances[RUN.uuid].present) == (STARTED, 1)


def test_counts_go_to_learners_as_newest_values_and_to_nobody_where_none_are_invited() -> None:
    school = Memory()
    school.tell(scheduled(), RUN.started(), RUN.joined(HANA_BY_ZOOM, 60), RUN.joined(ANA_BY_MAIL, 61))
    assert [json.loads(v.hearing.body)["participantCount"] for v in school.latest] == [1, 2]
    assert {v.key for v in school.latest} == {f"count:{M}"}
    other = Memory()
    other.tell(scheduled(audience=Audience.PERSONAL), RUN.started(), RUN.joined(ANA_BY_MAIL, 61))
    assert other.latest == []


def test_a_press_of_join_within_ten_seconds_of_another_is_the_same() -> None:
    school = Memory()
    school.tell(scheduled())
    ids = [school.tell(clicked("81", ANA, at)).click_id for at in (55, 55.1, 55.2, 54.9)]
    assert ids == ["click-pupil-ana-55", "click-pupil-ana-55", "click-pupil-ana-55.2", "click-pupil-ana-55"]
    assert school.world.meetings[M].click_count == 2
    school.tell(clicked("81", BEN, 55), clicked("81", ANA, 59, "click-pupil-ana-55"))
    assert school.world.meetings[M].click_count == 3
    assert school.tell(clicked("99", ANA, 55)).click_id == ""  # of a meeting nobody has


def test_staff_hear_a_press_of_join_and_learners_do_not() -> None:
    school = Memory()
    school.tell(scheduled())
    school.events.clear()
    school.tell(clicked("81", ANA, 55))
    (name, body), *_ = told_to(school, TEACHER)
    assert (name, body["click"]["name"], body["clickCount"]) == ("linkClicked", "Ana Reyes", 1)
    assert told_to(school, ANA) == told_to(school, BEN) == []


def test_a_series_is_one_meeting_for_each_date_and_none_for_itself() -> None:
    school = Memory()
    verdict = school.tell(SERIES)
    assert verdict.meeting is not None
    assert (verdict.meeting.occurrence_id, verdict.meeting.series) == ("o1", id_of("83"))
    shown = [m for m in school.world.meetings.values() if m.status is not DELETED]
    assert [(m.occurrence_id, m.start_time) for m in shown] == [("o1", minute(300)), ("o2", minute(1740))]
    assert [body["series"] for _, body in told_to(school, ANA)] == [id_of("83")] * 2
    assert school.names() == ["meetingCreated"] * 2


def test_a_date_added_to_a_series_is_like_the_others_and_told_as_created() -> None:
    school = Memory()
    school.tell(SERIES)
    school.events.clear()
    school.tell(updated("83", 11, "o3", start_time=minute(3180), duration_min=40))
    (name, body), *_ = told_to(school, ANA)
    assert (name, body["topic"], body["class"]["id"], body["start_time"]) == (
        "meetingCreated",
        "Choir",
        NINTH.id,
        "2026-09-16T13:00:00Z",
    )


def test_what_is_said_of_a_series_is_said_of_each_date_but_not_its_time() -> None:
    school = Memory()
    school.tell(SERIES, updated("83", 10, topic="Band", start_time=minute(999)))
    dates = [m for m in school.world.meetings.values() if m.occurrence_id]
    assert [(m.topic, m.start_time) for m in dates] == [("Band", minute(300)), ("Band", minute(1740))]
    school.tell(Deleted(at=minute(20), which=Which(zoom_id="83", occurrence_id="o1")))
    assert [school.world.meetings[id_of("83", o)].status.value for o in ("o1", "o2")] == ["deleted", "waiting"]
    school.tell(Cancelled(at=minute(21), which=Which(meeting_id=id_of("83", "o2"))))
    assert school.world.meetings[id_of("83", "o2")].status is CANCELLED


def test_a_run_heard_of_before_its_series_moves_to_its_date_with_its_people() -> None:
    run = Run("83", "run6==", 1741, topic="Choir", zoom_host_id="Ztess")
    school = Memory()
    school.tell(run.started(), run.joined(ANA_BY_NAME, 1742))
    assert school.world.instances[run.uuid].here == 0
    school.tell(SERIES)
    date = school.world.meetings[id_of("83", "o2")]
    assert (date.status, date.participant_count, date.here_count) == (STARTED, 1, 1)
    assert school.world.meetings[id_of("83")].status is DELETED
    assert school.world.attendees_of(run.uuid) == [f"{run.uuid}/p:{ANA.id}"]


def test_news_that_name_a_meeting_we_do_not_have_by_an_id_of_ours_make_none() -> None:
    school = Memory()
    nowhere = Which(meeting_id="m-nowhere")
    school.tell(Cancelled(at=minute(1), which=nowhere), replace(RUN.ended(), which=nowhere))
    school.tell(replace(RUN.joined(ANA_BY_MAIL, 61), which=nowhere))
    assert (school.world.meetings, school.names()) == ({}, [])


def test_what_is_wanted_is_named_by_the_facts() -> None:
    facts = [scheduled(), RUN.joined(ANA_BY_MAIL, 61), clicked("81", ANA, 55), roster(65, enrolled=BEN.id)]
    found = wanted(facts)
    assert set(found.meetings) == {Which(zoom_id="81"), Which(meeting_id=M)}
    assert set(found.plans) == {Which(zoom_id="81")}
    assert set(found.emails) == {"ana@pupil.example", HOST.email}
    assert set(found.zoom_user_ids) == {"Zhana"}
    assert (set(found.uuids), set(found.classes), set(found.rosters)) == ({RUN.uuid}, {"c9"}, {"c9"})
    assert (set(found.clickers), set(found.members)) == ({ANA.id}, {BEN.id})
    assert (found.clicks_since, set(found.clicks)) == (minute(55 - 1 / 6), {"click-pupil-ana-55"})


def test_news_of_people_want_their_rows_and_not_the_whole_run() -> None:
    school = Memory()
    school.tell(scheduled(), RUN.started(), RUN.joined(BEN_BY_ZOOM, 61))
    found = wanted_visits(school.world, [RUN.joined(ANA_BY_MAIL, 61)])
    assert found.attendees == {f"{RUN.uuid}/p:{ANA.id}"}
    assert not found.uuids
    assert wanted_visits(school.world, [edited("81", 70, class_=None)]).uuids == {RUN.uuid}
    assert wanted_visits(school.world, [edited("81", 70, topic="x")]).uuids == frozenset()
    assert wanted_visits(school.world, [roster(70, enrolled=BEN.id)]).uuids == {RUN.uuid}
    other = Run(uuid="run2==", begins=120)
    assert wanted_visits(school.world, [other.started()]).uuids == {RUN.uuid, other.uuid}


def test_facts_of_a_teacher_of_another_class_reach_nobody_of_that_class() -> None:
    school = Memory()
    school.tell(scheduled(), RUN.started(), RUN.joined(Participant(key="1", email=OTHER_TEACHER.email), 61))
    assert told_to(school, OTHER_TEACHER) == []
