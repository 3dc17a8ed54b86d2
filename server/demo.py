"""The sample school of a demo: people, classes, and a week of meetings. All of them are invented.

It exists so that a first look needs no Zoom account and no typing. It holds what the school is, and writes down its
people; its meetings are made by whoever starts the demo, through Zoom's own doors, like any other meeting. It does
not know the simulator.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select

from realtime.audience import Role
from realtime.lifecycle import Audience
from realtime.ports import Clock
from server.people.passwords import Passwords
from server.people.users import NewUser, user_row
from server.store.database import Database
from server.store.tables import class_teachers, classes, enrolments, users

PASSWORD = "demo"  # noqa: S105  # everybody's, and printed at the start: it opens invented people only
DOMAIN = "demo.school"
SAMPLE_TIMEZONE = "Asia/Manila"
ADMIN, TEACHER, STUDENT = f"admin@{DOMAIN}", f"teacher@{DOMAIN}", f"student@{DOMAIN}"
ALL = ("schedule", "end", "mark", "export")
TERM_BEGAN = timedelta(days=60)  # before the first start
DAYS_AHEAD = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePerson:
    """Somebody invented; `zoom_user_id` is who they are in Zoom, when they host."""

    email: str
    given_name: str
    family_name: str
    role: Role
    student_number: str = ""
    zoom_user_id: str = ""

    @property
    def name(self) -> str:
        """As lists show it."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleClass:
    """A class: what its teachers may do there, and who is enrolled, by e-mail address."""

    id: str
    name: str
    subject: str
    teachers: Mapping[str, Sequence[str]]
    students: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSchool:
    """Everybody, and the classes they are in."""

    people: Sequence[SamplePerson]
    classes: Sequence[SampleClass]

    def hosts(self) -> Sequence[SamplePerson]:
        """Those who are users of the school's Zoom account; the first owns it."""
        return [person for person in self.people if person.zoom_user_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMeeting:
    """A meeting to be made."""

    topic: str
    host_email: str
    start: datetime
    duration_min: int
    audience: Audience
    class_id: str | None = None


_STAFF = (
    (ADMIN, "Corazon", "Villareal", Role.ADMIN, "dA1mCorazonVillareal0A"),
    (TEACHER, "Ramon", "Santos", Role.TEACHER, "tE1aRamonSantos00000AA"),
    (f"liwayway.navarro@{DOMAIN}", "Liwayway", "Navarro", Role.TEACHER, "tE2aLiwaywayNavarro0AA"),
    (f"jun.delacruz@{DOMAIN}", "Jun", "Dela Cruz", Role.TEACHER, "tE3aJunDelaCruz00000AA"),
    (f"teresita.ocampo@{DOMAIN}", "Teresita", "Ocampo", Role.TEACHER, "tE4aTeresitaOcampo00AA"),
)
_RIZAL = (
    *(("Maria Clara", "Reyes"), ("Andres", "Bautista"), ("Niña", "Peñaflor"), ("Joaquin", "Mendoza")),
    *(("Ligaya", "Ramos"), ("Emilio", "Garcia"), ("Tala", "Aquino"), ("Paolo", "Fernandez")),
    *(("Isabel", "Torres"), ("Crisanto", "Lim"), ("Hana", "Castillo"), ("Rafael", "Domingo")),
)
_LUNA = (
    *(("Amihan", "Salazar"), ("Miguel", "Pascual"), ("Diwata", "Cruz"), ("Benjie", "Soriano")),
    *(("Carmela", "Aguilar"), ("Noel", "Manalo"), ("Pia", "Valdez"), ("Gregorio", "Tolentino")),
    *(("Luz", "Marquez"), ("Dominic", "Chua")),
)
_AGUINALDO = (
    *(("Sofia", "Evangelista"), ("Mateo", "Dizon"), ("Bituin", "Mercado"), ("Lorenzo", "Padilla")),
    *(("Althea", "Rosales"), ("Kiko", "Magbanua"), ("Jasmine", "Uy"), ("Tomas", "Ilagan")),
)
_TOPICS = {
    "rizal": ("Linear equations", "Graphs of functions", "Systems of equations", "Word problems", "Quiz review"),
    "luna": ("Cells and tissues", "Food chains", "Weather and climate", "Simple machines", "Lab report clinic"),
    "aguinaldo": ("The Propaganda Movement", "The Katipunan", "Malolos, 1899", "Reading sources", "Debate day"),
}
# Local start, minutes, class, host: the timetable of every school day.
_TIMETABLE = (
    (time(8, 0), 60, "rizal", TEACHER),
    (time(9, 30), 60, "luna", f"liwayway.navarro@{DOMAIN}"),
    (time(13, 0), 45, "aguinaldo", f"jun.delacruz@{DOMAIN}"),
)
# Whenever the demo is first started, something is about to begin: minutes from now.
_TODAY = (
    (10, 60, "rizal", TEACHER),
    (40, 60, "luna", f"liwayway.navarro@{DOMAIN}"),
    (90, 45, "aguinaldo", f"jun.delacruz@{DOMAIN}"),
)


def sample_school() -> SampleSchool:
    """One admin, four teachers, thirty students in three classes."""
    staff = [
        SamplePerson(email=email, given_name=given, family_name=family, role=role, zoom_user_id=zoom_id)
        for email, given, family, role, zoom_id in _STAFF
    ]
    students = [
        SamplePerson(
            email=STUDENT if number == 1 else _address(given, family),
            given_name=given,
            family_name=family,
            role=Role.STUDENT,
            student_number=f"2026-{number:04}",
        )
        for number, (given, family) in enumerate((*_RIZAL, *_LUNA, *_AGUINALDO), start=1)
    ]
    emails = [student.email for student in students]
    rizal, luna = len(_RIZAL), len(_RIZAL) + len(_LUNA)
    return SampleSchool(
        people=[*staff, *students],
        classes=[
            SampleClass(
                id="rizal",
                name="Grade 9 Rizal",
                subject="Algebra",
                teachers={TEACHER: ALL, f"teresita.ocampo@{DOMAIN}": ("mark",)},
                students=emails[:rizal],
            ),
            SampleClass(
                id="luna",
                name="Grade 7 Luna",
                subject="Science",
                teachers={f"liwayway.navarro@{DOMAIN}": ALL, TEACHER: ("end", "mark")},
                students=emails[rizal:luna],
            ),
            SampleClass(
                id="aguinaldo",
                name="Grade 10 Aguinaldo",
                subject="History",
                teachers={f"jun.delacruz@{DOMAIN}": ALL},
                students=emails[luna:],
            ),
        ],
    )


def week_of_meetings(now: datetime, timezone: str) -> list[SampleMeeting]:
    """The meetings of the next seven days: a few that begin soon, then the timetable, and two for everybody.

    Units: `now` is aware; `timezone` is whose mornings are meant.
    """
    zone = ZoneInfo(timezone)
    soon = now.replace(second=0, microsecond=0)
    soon += timedelta(minutes=-soon.minute % 5)
    today = [
        _lesson(class_id, 0, host, soon + timedelta(minutes=offset), minutes)
        for offset, minutes, class_id, host in _TODAY
    ]
    days = [day for n in range(1, DAYS_AHEAD) if (day := now.astimezone(zone).date() + timedelta(days=n)).weekday() < 5]
    timetable = [
        _lesson(class_id, number, host, _local(day, at, zone), minutes)
        for number, day in enumerate(days, start=1)
        for at, minutes, class_id, host in _TIMETABLE
    ]
    return [*today, *timetable, *_for_everybody(days, zone)]


async def seed_people(database: Database, passwords: Passwords, clock: Clock) -> bool:
    """Write the people and classes down; False, and nothing is changed, when there is anybody already."""
    async with database.read() as connection:
        if (await connection.execute(select(func.count()).select_from(users))).scalar_one():
            return False
    school, now = sample_school(), clock.now()
    shared = await passwords.hash(PASSWORD)  # thirty-five hashes of the same word would take five seconds
    rows = {person.email: _row(person, shared, now) for person in school.people}
    ids = {email: row["id"] for email, row in rows.items()}
    began = now - TERM_BEGAN
    async with database.write() as connection:
        await connection.execute(insert(users), list(rows.values()))
        await connection.execute(
            insert(classes), [{"id": each.id, "name": each.name, "subject": each.subject} for each in school.classes]
        )
        await connection.execute(
            insert(class_teachers),
            [
                {"class_id": each.id, "user_id": ids[email], "permissions": list(permissions)}
                for each in school.classes
                for email, permissions in each.teachers.items()
            ],
        )
        await connection.execute(
            insert(enrolments),
            [
                {"class_id": each.id, "user_id": ids[email], "enrolled_at": began}
                for each in school.classes
                for email in each.students
            ],
        )
    return True


def _row(person: SamplePerson, password_hash: str, now: datetime) -> dict[str, Any]:
    new = NewUser(
        email=person.email,
        name=person.name,
        given_name=person.given_name,
        family_name=person.family_name,
        role=person.role,
        student_number=person.student_number,
        zoom_user_id=person.zoom_user_id,
        password_hash=password_hash,
    )
    return user_row(new) | {"created_at": now}


def _address(given: str, family: str) -> str:
    plain = f"{given}.{family}".lower().replace(" ", "").replace("ñ", "n")
    return f"{plain}@{DOMAIN}"


def _lesson(class_id: str, number: int, host: str, start: datetime, minutes: int) -> SampleMeeting:
    topics = _TOPICS[class_id]
    return SampleMeeting(
        topic=topics[number % len(topics)],
        host_email=host,
        start=start,
        duration_min=minutes,
        audience=Audience.CLASS,
        class_id=class_id,
    )


def _for_everybody(days: Sequence[date], zone: ZoneInfo) -> list[SampleMeeting]:
    first, last = days[0], days[-1]
    return [
        SampleMeeting(
            topic="Flag ceremony and announcements",
            host_email=ADMIN,
            start=_local(last, time(7, 15), zone),
            duration_min=30,
            audience=Audience.EVERYONE,
        ),
        SampleMeeting(
            topic="Faculty meeting",
            host_email=ADMIN,
            start=_local(first, time(16, 0), zone),
            duration_min=60,
            audience=Audience.STAFF,
        ),
    ]


def _local(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone)
