from collections.abc import Sequence
from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from realtime.facts import Cancelled, Created, Deleted, Fact, Participant, Place, Recovered, Updated, Which
from realtime.lifecycle import Audience, HostRef
from realtime.presence import heads
from realtime.world import World
from tests.support.builders import (
    ANA_BY_MAIL,
    ANA_BY_NAME,
    BEN_BY_ZOOM,
    DAN_BY_NAME,
    HANA_BY_ZOOM,
    HOST,
    NINTH,
    OTHER_TEACHER,
    STRANGER,
    TENTH,
    Run,
    created,
    host,
    minute,
    occurrence,
    scheduled,
    updated,
    with_only,
)
from tests.support.memory import Memory, truth


def of_one_run(run: Run, begins: float) -> list[Fact]:
    """The news of a run: devices, rejoins, a waiting room, breakout rooms, news that lack who it is, lost leaves."""
    again = replace(ANA_BY_NAME, key="22")
    return [
        run.started(),
        run.joined(BEN_BY_ZOOM, begins - 1, Place.WAITING_ROOM),
        run.left(BEN_BY_ZOOM, begins + 1, Place.WAITING_ROOM),
        run.joined(HANA_BY_ZOOM, begins),
        run.joined(BEN_BY_ZOOM, begins + 1),
        run.joined(ANA_BY_MAIL, begins + 2),
        run.joined(ANA_BY_NAME, begins + 3),
        run.joined(DAN_BY_NAME, begins + 3),
        run.joined(with_only(DAN_BY_NAME, email="dan@pupil.example"), begins + 3),
        run.joined(STRANGER, begins + 4),
        run.left(with_only(ANA_BY_MAIL), begins + 5),
        run.left(ANA_BY_NAME, begins + 6),
        run.joined(again, begins + 7),
        run.left(with_only(BEN_BY_ZOOM, name="ben"), begins + 8),
        run.joined(Participant(key="23", name="Ben Cruz"), begins + 8, Place.BREAKOUT),
        run.left(Participant(key="23", name="Ben Cruz"), begins + 9, Place.BREAKOUT),
        run.left(with_only(STRANGER, name="iPad", registrant_id="R1"), begins + 9),
        run.joined(with_only(STRANGER, name="iPad of Eve", registrant_id="R2"), begins + 10),
        run.joined(STRANGER, begins + 11),
        run.ended(begins + 28, from_zoom=False),
        run.ended(begins + 30),
        run.left(DAN_BY_NAME, begins + 30),
    ]


THIRD = Run("81", "run3==", 200)
ONE_MEETING: list[Fact] = [
    created("81", 0, topic="Algebra", start_time=minute(60), duration_min=50, host=HostRef(zoom_user_id="Zhana")),
    replace(
        scheduled("81", 0.001, settings={"waiting_room": True, "mute_upon_entry": True}),
        secrets={"join_url": "https://zoom.example/j/81", "passcode": "first"},
    ),
    updated("81", 10, topic="Algebra II", settings={"mute_upon_entry": False}),
    Updated(at=minute(10), which=Which(zoom_id="81"), details={"topic": "Algebra 2"}, secrets={"passcode": "second"}),
    updated("81", 11, settings={"waiting_room": False}, agenda="Page 7"),
    updated("81", 12, class_=TENTH),
    updated("81", 13, class_=None, audience=Audience.EVERYONE),
    updated("81", 14, host=host(OTHER_TEACHER)),
    updated("81", 15, start_time=minute(65)),
    updated("81", 16, host=HostRef(zoom_user_id="Zelse")),
    Cancelled(at=minute(20), which=Which(zoom_id="81")),
    Deleted(at=minute(21), which=Which(zoom_id="81")),
    Recovered(at=minute(22), which=Which(zoom_id="81")),
    Deleted(at=minute(23), which=Which(zoom_id="81"), by_person=True),
    *of_one_run(Run("81", "run1==", 60, host_email="hana@school.example"), 60),
    *of_one_run(Run("81", "run2==", 120), 120),
    THIRD.joined(BEN_BY_ZOOM, 200, Place.WAITING_ROOM),
    THIRD.left(BEN_BY_ZOOM, 204, Place.WAITING_ROOM),
]
# Never scheduled as far as we hear; its runs do not even agree on what it is called.
UNHEARD_OF: list[Fact] = [
    *of_one_run(Run("82", "run4==", 60, topic="Physics", zoom_host_id="Zelse", duration_min=30), 60),
    *of_one_run(Run("82", "run5==", 120, topic="Fysik", zoom_host_id="Zelse", timezone="Asia/Manila"), 120),
    updated("82", 50, timezone="Europe/Oslo"),
    updated("82", 51, class_=NINTH, audience=Audience.CLASS),
]
DATES = (occurrence("o1", 300), occurrence("o2", 1740))
SERIES: list[Fact] = [
    created("83", 0, *DATES, topic="Choir", host=HostRef(zoom_user_id="Zhana"), settings={"a": 1}),
    created("83", 0.001, *DATES, topic="Choir", class_=NINTH, audience=Audience.CLASS, host=host(HOST)),
    updated("83", 10, topic="Choir!", start_time=minute(300)),
    updated("83", 11, "o3", start_time=minute(3180), duration_min=40),
    Created(
        at=minute(11.5),
        which=Which(zoom_id="83", occurrence_id="o4"),
        details={"topic": "Concert"},
        occurrences=(occurrence("o4", 4620),),
    ),
    updated("83", 12, "o1", start_time=minute(310)),
    updated("83", 13, "o1", topic="Choir, hall B"),
    Deleted(at=minute(14), which=Which(zoom_id="83", occurrence_id="o2")),
    Deleted(at=minute(15), which=Which(zoom_id="83")),
    Recovered(at=minute(16), which=Which(zoom_id="83")),
    *of_one_run(Run("83", "run6==", 301, topic="Choir"), 301),
    *of_one_run(Run("83", "run7==", 1741, topic="Choir", timezone="Asia/Manila"), 1741),
]
DAY = [*ONE_MEETING, *UNHEARD_OF, *SERIES]

# A few facts of one meeting, where most of what may collide does; or many of the whole day.
DAYS = st.one_of(
    *(st.lists(st.sampled_from(facts), max_size=9) for facts in (ONE_MEETING, UNHEARD_OF, SERIES)),
    st.lists(st.sampled_from(DAY), max_size=24),
)


def as_it_happened(facts: Sequence[Fact]) -> list[Fact]:
    """Each fact once, in the order of time."""
    return [fact for i, fact in sorted(enumerate(DAY), key=lambda pair: (pair[1].at, pair[0])) if fact in facts]


def assert_counts_are_those_of_the_visits(world: World) -> None:
    for run in world.instances.values():
        meeting = world.meetings[run.meeting_id]
        each = [heads(world, meeting, run, attendee) for attendee in world.attendees_of(run.uuid)]
        counted = tuple(sum(column) for column in zip((0, 0, 0), *each, strict=True))
        assert (run.present, run.here, run.seen) == counted
        if meeting.uuid == run.uuid:
            shown = (run.present, run.here) if run.ended_at is None else (0, 0)
            assert (meeting.participant_count, meeting.here_count) == shown


@settings(max_examples=2_000)
@given(DAYS)
@example(DAY)
@example(DAY[::-1])
@example([fact for fact in reversed(DAY) for _ in range(2)])
def test_any_order_and_any_repetition_of_a_day_end_alike(heard: list[Fact]) -> None:
    clean, shuffled = Memory(), Memory()
    clean.tell(*as_it_happened(heard))
    shuffled.tell(*heard)
    assert truth(shuffled.world) == truth(clean.world)
    assert_counts_are_those_of_the_visits(shuffled.world)


@settings(max_examples=300)
@given(DAYS)
def test_what_is_told_again_changes_nothing_and_is_not_told_again(heard: list[Fact]) -> None:
    school = Memory()
    school.tell(*heard)
    told, known = len(school.events), truth(school.world)
    school.tell(*heard)
    assert school.names()[told:] == []
    assert truth(school.world) == known


@settings(max_examples=300)
@given(DAYS)
def test_revisions_only_grow(heard: list[Fact]) -> None:
    school = Memory()
    for fact in heard:
        before = dict(school.world.meetings)
        school.tell(fact)
        for key, meeting in before.items():
            after = school.world.meetings[key]
            assert after.revision >= meeting.revision
            assert after.learner_revision >= meeting.learner_revision
            assert after.revision >= after.learner_revision
