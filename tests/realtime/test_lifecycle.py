from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.events import EVENTS, Delivery
from realtime.facts import Cancelled, Deleted, Fact, MeetingFact, Place, Recovered, Which
from realtime.lifecycle import (
    CANCELLED,
    DELETED,
    ENDED,
    STARTED,
    TRANSITIONS,
    WAITING,
    HostRef,
    Instance,
    Meeting,
    Status,
    Step,
    advance,
    follow,
    implied,
    meeting_id_for,
    named,
    showing,
    standing,
    told,
)
from tests.realtime.test_decide_any_order import DAY
from tests.support.builders import BEN_BY_ZOOM, Run, created, minute, updated
from tests.support.memory import Memory

RUN, LATER = Run(), Run(uuid="run2==", begins=120)
WHICH = Which(zoom_id="81")
PLANNED = advance(implied(WHICH), created("81", 0, topic="Algebra", start_time=minute(60))).meeting
CANCEL = Cancelled(at=minute(10), which=WHICH)
DELETE = Deleted(at=minute(11), which=WHICH)
RECOVER = Recovered(at=minute(12), which=WHICH)
HIDE = Deleted(at=minute(11), which=WHICH, by_person=True)


def after(meeting: Meeting, *facts: MeetingFact) -> Step:
    """What these facts make of a meeting, one after the other; runs are remembered by uuid."""
    runs: dict[str, Instance] = {}
    step = Step(meeting)
    for fact in facts:
        step = advance(step.meeting, fact, runs.get(getattr(fact, "uuid", "")))
        if step.instance is not None:
            runs[step.instance.uuid] = step.instance
    return step


def as_table() -> str:
    """The moves, as one reads them."""
    head = f"{'from':<10}" + "".join(f"{to.value:<10}" for to in Status)
    lines = (f"{of.value:<10}" + "".join(f"{_short(of, to):<10}" for to in Status) for of in Status)
    return "\n".join(line.rstrip() for line in (head, *lines))


def _short(of: Status, to: Status) -> str:
    return TRANSITIONS[of].get(to, "-").removeprefix("meeting").removeprefix("Status")


def test_the_table_of_moves_reads_so() -> None:
    assert as_table() == (
        "from      waiting   started   ended     cancelled deleted\n"
        "waiting   -         Started   Ended     Update    Update\n"
        "started   Update    Started   Ended     Update    Update\n"
        "ended     Update    Started   Ended     Update    Update\n"
        "cancelled -         Started   Ended     -         Update\n"
        "deleted   Update    Update    Update    Update    -"
    )


def test_every_move_is_told_by_an_event_that_is_kept() -> None:
    names = {name for moves in TRANSITIONS.values() for name in moves.values()}
    assert all(EVENTS[name].delivery is Delivery.DURABLE for name in names)


@settings(max_examples=400)
@given(st.lists(st.sampled_from(DAY), max_size=20))
def test_no_facts_move_a_meeting_where_the_table_has_no_move(facts: list[Fact]) -> None:
    school = Memory()
    for fact in facts:
        were = {key: m.status for key, m in school.world.meetings.items()}
        school.tell(fact)
        for key, meeting in school.world.meetings.items():
            was = were.get(key, WAITING)
            assert meeting.status is standing(meeting)
            assert meeting.status is was or meeting.status in TRANSITIONS[was], f"{was} -> {meeting.status} by {fact}"


@pytest.mark.parametrize(
    ("facts", "status", "tells"),
    [
        ((), WAITING, ()),
        ((RUN.started(),), STARTED, ("meetingStarted",)),
        ((RUN.started(), RUN.started()), STARTED, ()),
        ((RUN.started(), RUN.ended()), ENDED, ("meetingEnded",)),
        ((RUN.ended(),), ENDED, ("meetingEnded",)),
        ((RUN.ended(), RUN.started()), ENDED, ()),
        ((RUN.started(), RUN.ended(), RUN.ended()), ENDED, ()),
        ((RUN.started(), RUN.ended(), LATER.started()), STARTED, ("meetingStarted",)),
        ((LATER.started(), RUN.started()), STARTED, ()),
        ((LATER.started(), RUN.ended()), STARTED, ()),
        ((RUN.started(), LATER.started()), STARTED, ("meetingStarted",)),
        ((CANCEL,), CANCELLED, ("meetingStatusUpdate",)),
        ((CANCEL, DELETE), CANCELLED, ()),
        ((DELETE,), DELETED, ("meetingStatusUpdate",)),
        ((DELETE, CANCEL), CANCELLED, ("meetingStatusUpdate",)),
        ((DELETE, RECOVER), WAITING, ("meetingStatusUpdate",)),
        ((RECOVER, DELETE), WAITING, ()),
        ((HIDE,), DELETED, ("meetingStatusUpdate",)),
        ((CANCEL, HIDE), DELETED, ("meetingStatusUpdate",)),
        ((CANCEL, RUN.started()), STARTED, ("meetingStarted",)),
        ((RUN.started(), DELETE), DELETED, ("meetingStatusUpdate",)),
        ((DELETE, RUN.started()), DELETED, ()),
        ((RUN.joined(BEN_BY_ZOOM, 61),), STARTED, ("meetingStarted",)),
        ((RUN.left(BEN_BY_ZOOM, 61),), STARTED, ("meetingStarted",)),
        ((RUN.joined(BEN_BY_ZOOM, 59, Place.WAITING_ROOM),), WAITING, ()),
        ((RUN.joined(BEN_BY_ZOOM, 59, Place.WAITING_ROOM), RUN.started()), STARTED, ("meetingStarted",)),
    ],
)
def test_what_happened_says_where_a_meeting_stands_and_what_the_last_of_it_tells(
    facts: tuple[MeetingFact, ...], status: Status, tells: tuple[str, ...]
) -> None:
    step = after(PLANNED, *facts)
    assert (step.meeting.status, step.tells if facts else ()) == (status, tells)


def test_a_meeting_is_told_as_created_once_and_as_it_now_is() -> None:
    first = advance(implied(WHICH), created("81", 0, topic="Algebra"))
    again = advance(first.meeting, created("81", 1, topic="Algebra II"))
    assert (first.tells, first.meeting.revision) == (("meetingCreated",), 1)
    assert (again.tells, again.meeting.topic, again.meeting.revision) == (("meetingStatusUpdate",), "Algebra II", 2)


def test_a_meeting_nobody_knew_of_is_told_whatever_was_said_of_it() -> None:
    step = advance(implied(WHICH), updated("81", 5, host=HostRef(zoom_user_id="Znobody")))
    assert (step.tells, step.meeting.revision) == (("meetingStatusUpdate",), 1)
    assert advance(implied(WHICH), DELETE).tells == ()


def test_what_is_told_a_second_time_raises_no_revision() -> None:
    fact = updated("81", 5, topic="Geometry", settings={"waiting_room": True})
    once = advance(PLANNED, fact)
    assert advance(once.meeting, fact) == Step(once.meeting)


def test_our_own_end_is_replaced_by_zooms_and_never_the_other_way_round() -> None:
    ours, zooms = RUN.ended(99, from_zoom=False), RUN.ended(100)
    for facts in ((ours, zooms), (zooms, ours), (ours, zooms, ours)):
        assert after(PLANNED, RUN.started(), *facts).meeting.ended_at == minute(100)


def test_the_newest_started_run_is_shown_and_one_where_people_only_wait_yields_to_it() -> None:
    waiting = after(PLANNED, RUN.started(), LATER.joined(BEN_BY_ZOOM, 120, Place.WAITING_ROOM)).meeting
    assert waiting.uuid == RUN.uuid
    assert after(PLANNED, LATER.joined(BEN_BY_ZOOM, 120, Place.WAITING_ROOM), RUN.started()).meeting.uuid == RUN.uuid
    assert after(PLANNED, RUN.started(), LATER.started()).meeting.uuid == LATER.uuid


def test_following_runs_one_by_one_shows_what_all_of_them_together_show() -> None:
    runs = [
        Instance(uuid="a", meeting_id=PLANNED.id, opened_at=minute(60), started_at=minute(60), present=3, here=2),
        Instance(uuid="b", meeting_id=PLANNED.id, opened_at=minute(90)),
        Instance(uuid="c", meeting_id=PLANNED.id, opened_at=minute(80), started_at=minute(80), present=4, here=1),
    ]
    for order in (runs, runs[::-1]):
        shown = PLANNED
        for run in order:
            shown = follow(shown, run)
        assert shown == showing(PLANNED, order)
        assert (shown.uuid, shown.participant_count, shown.here_count) == ("c", 4, 1)
    assert showing(follow(PLANNED, runs[0]), []) == PLANNED


def test_the_counts_of_a_run_that_is_over_are_not_shown() -> None:
    over = Instance(uuid="a", meeting_id="m", opened_at=minute(60), ended_at=minute(90), present=3)
    assert follow(PLANNED, over).participant_count == 0


def test_ids_are_the_same_whoever_hears_of_a_meeting_first_and_differ_by_date() -> None:
    assert meeting_id_for("81") == implied(WHICH).id != meeting_id_for("81", "o1") != meeting_id_for("82")
    assert meeting_id_for("81") != "81"


def test_news_name_the_date_of_a_series_that_is_nearest_in_time() -> None:
    dates = [replace(PLANNED, id=f"m{at}", occurrence_id=f"{at}", start_time=minute(at)) for at in (0, 100, 300)]
    assert [getattr(named(dates, WHICH, minute(at)), "id", None) for at in (-99, 49, 50, 51, 250)] == [
        "m0",
        "m0",
        "m0",  # as near to both: the earlier one
        "m100",
        "m300",
    ]
    assert named(dates, Which(zoom_id="81", occurrence_id="100"), minute(0)) == dates[1]
    assert named(dates, Which(zoom_id="81", meeting_id="m300"), minute(0)) == dates[2]
    assert named(dates, Which(zoom_id="82"), minute(0)) is None
    assert named([replace(dates[0], series="m0")], WHICH, minute(0)) is None  # a series is no date


def test_a_series_itself_is_out_of_sight_whatever_is_told_of_it() -> None:
    series = told(PLANNED, replace(PLANNED, series=PLANNED.id)).meeting
    assert series.status is DELETED
    assert advance(series, updated("81", 5, topic="x")).tells == ()
