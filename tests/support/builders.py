"""A small school and the news of its day, in few words.

Every test that needs people, a class or a fact takes them from here, so that only what the test is about stands in it.
Moments are minutes after eight; `soon` is a moment in the middle of the day's first class.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from realtime.attendance import Candidate, name_key
from realtime.audience import Person, Role
from realtime.facts import (
    Clicked,
    Created,
    Ended,
    Occurrence,
    Participant,
    ParticipantJoined,
    ParticipantLeft,
    Place,
    Started,
    Updated,
    Which,
)
from realtime.lifecycle import Audience, ClassRef, HostRef, meeting_id_for

MORNING = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)


def minute(minutes: float) -> datetime:
    """So many minutes after eight, in whole milliseconds."""
    return MORNING + timedelta(milliseconds=round(minutes * 60_000))


NINTH, TENTH = ClassRef("c9", "Grade 9"), ClassRef("c10", "Grade 10")

ADMIN = Person(id="ad", name="Ada Admin", email="ada@school.example", role=Role.ADMIN)
OBSERVER = Person(id="ob", name="Otto Observer", email="otto@school.example", role=Role.OBSERVER)
TEACHER = Person(
    id="t1", name="Tess Teacher", email="tess@school.example", role=Role.TEACHER, teaches=frozenset({"c9"})
)
OTHER_TEACHER = Person(
    id="t2", name="Theo Teacher", email="theo@school.example", role=Role.TEACHER, teaches=frozenset({"c10"})
)
HOST = Person(id="t3", name="Hana Host", email="hana@school.example", role=Role.TEACHER)
ANA = Person(id="s1", name="Ana Reyes", email="ana@pupil.example", role=Role.STUDENT, studies=frozenset({"c9"}))
BEN = Person(id="s2", name="Ben Cruz", email="ben@pupil.example", role=Role.STUDENT, studies=frozenset({"c9"}))
CARA = Person(id="s3", name="Cara Diaz", email="cara@pupil.example", role=Role.STUDENT, studies=frozenset({"c10"}))
DAN = Person(id="s4", name="Dan Lim", email="dan@pupil.example", role=Role.STUDENT, studies=frozenset({"c9"}))
TWIN = Person(id="s5", name="Lim, Dan", email="dan.lim@pupil.example", role=Role.STUDENT, studies=frozenset({"c9"}))

SCHOOL = (ADMIN, OBSERVER, TEACHER, OTHER_TEACHER, HOST, ANA, BEN, CARA, DAN, TWIN)
ZOOM_IDS = {"t1": "Ztess", "t2": "Ztheo", "t3": "Zhana", "s2": "Zben"}


def candidate(person: Person) -> Candidate:
    """A person as one whom a participant may turn out to be."""
    return Candidate(
        id=person.id,
        name=person.name,
        email=person.email,
        name_key=name_key(person.name),
        role=person.role.value,
        zoom_user_id=ZOOM_IDS.get(person.id, ""),
        classes=person.studies,
        teaches=person.teaches,
    )


def host(person: Person) -> HostRef:
    """A person as the host we named."""
    return HostRef(person.id, person.name, person.email, ZOOM_IDS.get(person.id, ""))


def id_of(zoom_id: str, occurrence_id: str = "") -> str:
    """Our id of a Zoom meeting."""
    return meeting_id_for(zoom_id, occurrence_id)


def created(zoom_id: str, at: float, *, occurrences: tuple[Occurrence, ...] = (), **details: object) -> Created:
    """A meeting scheduled, by whomever."""
    return Created(at=minute(at), which=Which(zoom_id=zoom_id), details=details, occurrences=occurrences)


def scheduled(zoom_id: str = "81", at: float = 0, **details: object) -> Created:
    """A meeting of the ninth grade scheduled here, an hour after eight."""
    told: dict[str, object] = {
        "topic": "Algebra",
        "start_time": minute(60),
        "duration_min": 40,
        "class_": NINTH,
        "audience": Audience.CLASS,
        "host": host(HOST),
    }
    return created(zoom_id, at, **{**told, **details})


def occurrence(occurrence_id: str, at: float, duration_min: int = 40) -> Occurrence:
    """A date of a series."""
    return Occurrence(occurrence_id, minute(at), duration_min)


def updated(zoom_id: str, at: float, occurrence_id: str = "", **details: object) -> Updated:
    """A change told by Zoom."""
    return Updated(at=minute(at), which=Which(zoom_id=zoom_id, occurrence_id=occurrence_id), details=details)


def edited(zoom_id: str, at: float, occurrence_id: str = "", **details: object) -> Updated:
    """A change made here."""
    return Updated(at=minute(at), which=Which(meeting_id=id_of(zoom_id, occurrence_id)), details=details)


class Run:
    """One run of a meeting, and the news of it."""

    def __init__(self, zoom_id: str = "81", uuid: str = "run1==", begins: float = 60, **said: Any) -> None:
        self.zoom_id = zoom_id
        self.uuid = uuid
        self._of: dict[str, Any] = {
            "which": Which(zoom_id=zoom_id),
            "uuid": uuid,
            "started_at": minute(begins),
            "topic": "Algebra",
            "zoom_host_id": "Zhana",
            **said,
        }
        self._begins = begins

    def started(self) -> Started:
        """The run began."""
        return Started(at=minute(self._begins), **self._of)

    def ended(self, at: float = 100, *, from_zoom: bool = True) -> Ended:
        """The run is over."""
        return Ended(at=minute(at), from_zoom=from_zoom, **self._of)

    def joined(self, who: Participant, at: float, place: Place = Place.ROOM) -> ParticipantJoined:
        """Somebody came."""
        return ParticipantJoined(at=minute(at), participant=who, place=place, **self._of)

    def left(self, who: Participant, at: float, place: Place = Place.ROOM) -> ParticipantLeft:
        """Somebody left."""
        return ParticipantLeft(at=minute(at), participant=who, place=place, **self._of)


def clicked(zoom_id: str, person: Person, at: float, click_id: str = "") -> Clicked:
    """Somebody pressed Join."""
    return Clicked(
        at=minute(at),
        which=Which(meeting_id=id_of(zoom_id)),
        click_id=click_id or f"click-{person.id}-{at:g}",
        person_id=person.id,
        person_name=person.name,
    )


ANA_BY_MAIL = Participant(key="11", name="Ana R", email="ANA@pupil.example", participant_uuid="PU-11")
ANA_BY_NAME = Participant(key="12", name="REYES, Ana (phone)", participant_uuid="PU-12")
BEN_BY_ZOOM = Participant(key="13", name="ben", zoom_user_id="Zben", email="private@mail.example")
DAN_BY_NAME = Participant(key="14", name="Dan Lim", participant_uuid="PU-14")
STRANGER = Participant(key="15", name="iPad", participant_uuid="PU-15")
HANA_BY_ZOOM = Participant(key="16", name="Hana", zoom_user_id="Zhana", email="hana@school.example")
CARA_BY_MAIL = Participant(key="17", name="Cara", email="cara@pupil.example")


def with_only(who: Participant, **kept: str) -> Participant:
    """The same connection with hardly anything told of it, as in many a leave."""
    return Participant(key=who.key, **kept)


def details_of(fact: Created | Updated) -> Mapping[str, object]:
    """What a fact says of a meeting."""
    return fact.details
