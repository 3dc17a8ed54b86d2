"""A small school and the news of its day, in few words.

Every test that needs people, a class or a fact takes them from here, so that only what the test is about stands in it.
Moments are minutes after eight; `soon` is a moment in the middle of the day's first class.
"""

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


def _person(person_id: str, name: str, email: str, role: Role, *classes: str) -> Person:
    of = frozenset(classes)
    teaches, studies = (of, frozenset[str]()) if role is Role.TEACHER else (frozenset[str](), of)
    return Person(id=person_id, name=name, email=email, role=role, teaches=teaches, studies=studies)


ADMIN = _person("admin-ada", "Ada Admin", "ada@school.example", Role.ADMIN)
OBSERVER = _person("observer-otto", "Otto Observer", "otto@school.example", Role.OBSERVER)
TEACHER = _person("teacher-tess", "Tess Teacher", "tess@school.example", Role.TEACHER, "c9")
OTHER_TEACHER = _person("teacher-theo", "Theo Teacher", "theo@school.example", Role.TEACHER, "c10")
HOST = _person("teacher-hana", "Hana Host", "hana@school.example", Role.TEACHER)
ANA = _person("pupil-ana", "Ana Reyes", "ana@pupil.example", Role.STUDENT, "c9")
BEN = _person("pupil-ben", "Ben Cruz", "ben@pupil.example", Role.STUDENT, "c9")
CARA = _person("pupil-cara", "Cara Diaz", "cara@pupil.example", Role.STUDENT, "c10")
DAN = _person("pupil-dan", "Dan Lim", "dan@pupil.example", Role.STUDENT, "c9")
TWIN = _person("pupil-twin", "Lim, Dan", "dan.lim@pupil.example", Role.STUDENT, "c9")  # another Dan Lim
BOARD = _person("board-hall", "Board in the hall", "", Role.OBSERVER)  # hears what boards hear, and nothing else

SCHOOL = (ADMIN, OBSERVER, TEACHER, OTHER_TEACHER, HOST, ANA, BEN, CARA, DAN, TWIN)
ZOOM_IDS = {"teacher-tess": "Ztess", "teacher-theo": "Ztheo", "teacher-hana": "Zhana", "pupil-ben": "Zben"}


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


def created(zoom_id: str, at: float, *occurrences: Occurrence, **details: object) -> Created:
    """A meeting scheduled, by whomever; with dates, a series."""
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
