"""A class that plays itself: the host opens the room, students arrive, two drop out and return, one never comes.

Times are those of the simulator's clock, so a factor of sixty plays three minutes in three seconds. It stops by
itself when somebody ends the meeting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.simulator.account import Meeting, Stay
from server.simulator.clock import SimulatorClock
from server.simulator.rooms import DISCONNECTED, Rooms

ARRIVAL_SPAN_S = 180.0
FIRST_ARRIVAL_S = 3.0
REJOIN_LEAVES_AFTER_S = 25.0
REJOIN_COMES_AFTER_S = 40.0
DEFAULT_LENGTH_S = 900.0
GOODBYE_SPAN_S = 60.0

_INVENTED = (
    "Amara Osei", "Bence Molnár", "Chloé Laurent", "Diego Ramos", "Elif Kaya", "Farah Haddad", "Goran Ilić",
    "Hana Suzuki", "Ines Duarte", "Jun Reyes", "Katya Orlova", "Luca Bianchi", "Mai Nguyễn", "Noah Lindqvist",
    "Olga Petrenko", "Paulo Santos", "Quynh Tran", "Rosa Delgado", "Samir Nasser", "Tove Berg", "Uma Pillai",
    "Viktor Dahl", "Wanjiru Kamau", "Ximena Cruz", "Yusuf Demir", "Zofia Nowak", "Andrea Cruz", "Miguel Bautista",
    "Ligaya Mendoza", "Rafael Aquino",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the cast."""

    name: str
    email: str = ""
    registrant_id: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What one person, by number, does at one moment after the start."""

    at_s: float
    who: int
    is_arrival: bool


def invented_people() -> list[Person]:
    """Thirty students of nowhere."""
    return [Person(name, f"{name.split()[0].casefold()}@pupil.example") for name in _INVENTED]


def class_steps(people: Sequence[Person], length_s: float) -> list[Step]:
    """Who comes and goes when: pure, the same for the same cast.

    Shape:  the last of several people never comes; the fifth and the twelfth (or those who are there) drop and return.
    Units:  seconds after the host opened the room; a class too short for its comings and goings lasts longer.
    """
    coming = people[:-1] if len(people) > 1 else people
    span = min(ARRIVAL_SPAN_S, length_s / 2)
    gap = span / max(1, len(coming) - 1)
    steps = []
    for index in range(len(coming)):
        arrival = FIRST_ARRIVAL_S + index * gap
        steps.append(Step(arrival, index, True))
        if index in _droppers(len(coming)):
            steps.append(Step(arrival + REJOIN_LEAVES_AFTER_S, index, False))
            steps.append(Step(arrival + REJOIN_COMES_AFTER_S, index, True))
    goodbye = max(length_s - GOODBYE_SPAN_S, *(step.at_s + 1 for step in steps), 0)
    # A third says goodbye one by one in the last minute; the others are there when the host ends it.
    leavers = range(0, len(coming), 3)
    for place, index in enumerate(leavers):
        steps.append(Step(goodbye + place * (GOODBYE_SPAN_S / 2) / len(leavers), index, False))
    return sorted(steps, key=lambda step: step.at_s)


def _droppers(count: int) -> tuple[int, ...]:
    return (4, 11) if count > 11 else tuple(range(min(2, count)))


async def play_class(
    rooms: Rooms, clock: SimulatorClock, meeting: Meeting, people: Sequence[Person], length_s: float | None
) -> None:
    """Play the class to its end; with no length the room stays open after the arrivals."""
    rooms.start(meeting)
    run = meeting.running
    inside: dict[int, Stay] = {}
    passed = 0.0
    for step in class_steps(people, length_s or DEFAULT_LENGTH_S):
        if length_s is None and not step.is_arrival and step.at_s > ARRIVAL_SPAN_S + REJOIN_COMES_AFTER_S:
            continue
        await clock.wait(step.at_s - passed)
        passed = step.at_s
        if meeting.running is not run:
            return
        if step.is_arrival:
            person = people[step.who]
            inside[step.who] = rooms.join(meeting, person.name, person.email, person.registrant_id, "script")
        else:
            rooms.leave(meeting, inside.pop(step.who), DISCONNECTED)
    if length_s is not None:
        await clock.wait(max(0.0, length_s - passed))
        if meeting.running is run:
            rooms.end(meeting)
