"""What can happen to a meeting, told in short scenes: what was so before, and the action the scene is about.

The great test plays each before every reader, and the dashboards' tests replay what those readers heard.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from realtime.facts import Cancelled, Deleted, Fact, Participant, Place, Recovered, RosterChanged, Which
from realtime.lifecycle import Audience, HostRef
from tests.support.builders import (
    ANA,
    ANA_BY_MAIL,
    ANA_BY_NAME,
    BEN,
    BEN_BY_ZOOM,
    CARA,
    CARA_BY_MAIL,
    DAN_BY_NAME,
    HANA_BY_ZOOM,
    NINTH,
    OTHER_TEACHER,
    STRANGER,
    TEACHER,
    TENTH,
    Run,
    clicked,
    created,
    edited,
    host,
    id_of,
    minute,
    occurrence,
    scheduled,
    updated,
    with_only,
)

NOW = minute(70)


@dataclass(frozen=True, slots=True)
class Scene:
    """An action, and what was so before it."""

    before: tuple[Fact, ...]
    action: tuple[Fact, ...]


def roster(at: float, class_id: str = "c9", **people: str) -> RosterChanged:
    """Rights of one person given or taken."""
    return RosterChanged(at=minute(at), class_id=class_id, **{kind: frozenset({who}) for kind, who in people.items()})


RUN, AGAIN = Run(), Run(uuid="run2==", begins=120)
MINE = replace(scheduled(), secrets={"join_url": "https://zoom.example/j/81?pwd=x", "passcode": "first-passcode"})
ZOOMS = created(
    "81", 0.002, topic="Algebra", start_time=minute(60), duration_min=40, host=HostRef(zoom_user_id="Zhana")
)
CANCEL = Cancelled(at=minute(20), which=Which(meeting_id=id_of("81")))
ZOOM_DELETED = Deleted(at=minute(20.01), which=Which(zoom_id="81"))
WAITING = (MINE, ZOOMS)
LIVE = (*WAITING, RUN.started())
IN_ROOM = (
    RUN.joined(HANA_BY_ZOOM, 60),
    RUN.joined(ANA_BY_MAIL, 61),
    RUN.joined(BEN_BY_ZOOM, 62),
    RUN.joined(STRANGER, 63),
)
BUSY = (*LIVE, *IN_ROOM)
OPEN_TO_ALL = edited("81", 30, audience=Audience.EVERYONE)
DATES = (occurrence("o1", 300), occurrence("o2", 1740))
SERIES = created("83", 0, *DATES, topic="Choir", class_=NINTH, audience=Audience.CLASS, host=host(TEACHER))
OF_SERIES = Run("83", "run6==", 301, topic="Choir", zoom_host_id="Ztess")

SCENES: Mapping[str, Scene] = {
    "scheduled here": Scene((), (MINE, ZOOMS)),
    "scheduled here, and Zoom is heard first": Scene((), (replace(ZOOMS, at=minute(-0.01)), MINE)),
    "scheduled in Zoom": Scene((), (ZOOMS,)),
    "edited": Scene(
        WAITING,
        (updated("81", 10, topic="Algebra II", agenda="Page 7"), edited("81", 11, settings={"host_video": True})),
    ),
    "moved": Scene(WAITING, (updated("81", 10, start_time=minute(75), duration_min=30),)),
    "cancelled, and Zoom says deleted": Scene(WAITING, (CANCEL, ZOOM_DELETED)),
    "Zoom says deleted, and it was cancelled": Scene(WAITING, (ZOOM_DELETED, CANCEL)),
    "deleted here": Scene(WAITING, (replace(ZOOM_DELETED, by_person=True),)),
    "recovered": Scene((*WAITING, ZOOM_DELETED), (Recovered(at=minute(25), which=Which(zoom_id="81")),)),
    "deleted and recovered while people are in the room": Scene(
        BUSY, (ZOOM_DELETED, Recovered(at=minute(25), which=Which(zoom_id="81")))
    ),
    "started": Scene(WAITING, (RUN.started(),)),
    "started before anybody heard of it": Scene((), (RUN.started(), RUN.joined(ANA_BY_MAIL, 61), ZOOMS)),
    "people come": Scene(LIVE, (*IN_ROOM, RUN.joined(ANA_BY_NAME, 64))),
    "people come before the start is heard": Scene(WAITING, (*IN_ROOM, RUN.started())),
    "through the waiting room": Scene(
        LIVE,
        (
            RUN.joined(BEN_BY_ZOOM, 61, Place.WAITING_ROOM),
            RUN.left(BEN_BY_ZOOM, 62, Place.WAITING_ROOM),
            RUN.joined(BEN_BY_ZOOM, 62),
        ),
    ),
    "people leave and one comes back": Scene(
        BUSY,
        (
            RUN.left(with_only(ANA_BY_MAIL), 65),
            RUN.left(BEN_BY_ZOOM, 66),
            RUN.joined(replace(BEN_BY_ZOOM, key="33"), 67),
            RUN.left(STRANGER, 68),
        ),
    ),
    "breakout rooms": Scene(
        BUSY,
        (
            RUN.left(BEN_BY_ZOOM, 65),
            RUN.joined(replace(BEN_BY_ZOOM, key="34"), 65, Place.BREAKOUT),
            RUN.left(replace(BEN_BY_ZOOM, key="34"), 69, Place.BREAKOUT),
        ),
    ),
    "who it is turns out later": Scene(
        (*LIVE, RUN.joined(DAN_BY_NAME, 61), RUN.joined(ANA_BY_NAME, 61)),
        (
            RUN.joined(with_only(DAN_BY_NAME, email="dan@pupil.example"), 61),
            RUN.left(with_only(ANA_BY_NAME, email="ben@pupil.example"), 65),
        ),
    ),
    "a click": Scene(WAITING, (clicked("81", ANA, 55), clicked("81", ANA, 55.05), clicked("81", BEN, 56))),
    "ended here, and then by Zoom": Scene(BUSY, (RUN.ended(69, from_zoom=False), RUN.ended(69.02))),
    "a leave that comes after the end": Scene((*BUSY, RUN.ended(69)), (RUN.left(BEN_BY_ZOOM, 69),)),
    "ended before the start is heard": Scene(WAITING, (RUN.ended(69), RUN.started(), RUN.joined(ANA_BY_MAIL, 61))),
    "the host comes back": Scene(
        (*BUSY, RUN.ended(69)), (AGAIN.started(), AGAIN.joined(ANA_BY_MAIL, 121), RUN.left(STRANGER, 69))
    ),
    "a second run before the first is over": Scene(BUSY, (AGAIN.joined(ANA_BY_MAIL, 121), RUN.ended(100))),
    "open to everyone": Scene(BUSY, (OPEN_TO_ALL,)),
    "open to everyone no more": Scene(
        (*BUSY, OPEN_TO_ALL), (edited("81", 31, audience=Audience.PERSONAL, topic="Ours"),)
    ),
    "opened to everyone while people are in": Scene(
        (*BUSY, edited("81", 30, audience=Audience.PERSONAL)), (edited("81", 31, audience=Audience.EVERYONE),)
    ),
    "for the staff only": Scene((*WAITING, OPEN_TO_ALL), (edited("81", 31, audience=Audience.STAFF),)),
    "for all students": Scene((*BUSY, OPEN_TO_ALL), (edited("81", 31, audience=Audience.STUDENTS),)),
    "another class": Scene((*BUSY, RUN.joined(CARA_BY_MAIL, 64)), (edited("81", 31, class_=TENTH),)),
    "the class becomes known while people are in": Scene(
        (ZOOMS, RUN.started(), RUN.joined(ANA_BY_NAME, 61), RUN.joined(Participant(key="18", name="ben cruz"), 61)),
        (MINE,),
    ),
    "another host": Scene((*BUSY, OPEN_TO_ALL), (edited("81", 31, host=host(OTHER_TEACHER)),)),
    "the host becomes known": Scene(
        (created("81", 0, topic="Algebra", start_time=minute(60)), Run(zoom_host_id="").joined(ANA_BY_MAIL, 61)),
        (Run(host_email="HANA@school.example").joined(STRANGER, 62),),
    ),
    "enrolled while in the room": Scene((*BUSY, RUN.joined(CARA_BY_MAIL, 64)), (roster(65, enrolled=CARA.id),)),
    "withdrawn while in the room": Scene(BUSY, (roster(65, withdrawn=ANA.id),)),
    "a teacher is assigned": Scene(BUSY, (roster(65, assigned=OTHER_TEACHER.id),)),
    "a teacher is unassigned": Scene((*BUSY, OPEN_TO_ALL), (roster(65, unassigned=TEACHER.id),)),
    "a series is scheduled": Scene((), (SERIES, replace(SERIES, at=minute(0.01)))),
    "dates of a series are moved, added and dropped": Scene(
        (SERIES,),
        (
            updated("83", 10, "o1", start_time=minute(310)),
            updated("83", 11, "o3", start_time=minute(3180), duration_min=40),
            Deleted(at=minute(12), which=Which(zoom_id="83", occurrence_id="o2")),
            updated("83", 13, topic="Choir and band"),
        ),
    ),
    "a date of a series begins": Scene(
        (SERIES,), (OF_SERIES.started(), OF_SERIES.joined(ANA_BY_MAIL, 302), OF_SERIES.ended(330))
    ),
    "a run is heard of before its series": Scene(
        (OF_SERIES.started(), OF_SERIES.joined(ANA_BY_NAME, 302)), (SERIES, OF_SERIES.joined(BEN_BY_ZOOM, 303))
    ),
}
