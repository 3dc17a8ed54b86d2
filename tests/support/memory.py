"""A whole school's truth in one World, without any database: what the core decides, and nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime

from realtime import audience
from realtime.attendance import Directory
from realtime.audience import Person
from realtime.bodies import InitialState
from realtime.decide import Verdict, decide
from realtime.facts import Fact
from realtime.lifecycle import ClassRef
from realtime.log import Event, Latest
from realtime.opening import show
from realtime.ports import Picture
from realtime.tellings import is_told
from realtime.world import World
from tests.support.builders import NINTH, SCHOOL, TENTH, candidate


class Memory:
    """A world that holds everything, and all that was told of it."""

    def __init__(self, school: Iterable[Person] = SCHOOL, classes: Iterable[ClassRef] = (NINTH, TENTH)) -> None:
        people = list(school)
        self.world = World()
        self.world.people = Directory(candidate(person) for person in people)
        self.world.members = {person.id: person for person in people}
        for class_ in classes:
            self.world.classes[class_.id] = class_
            self.world.class_sizes[class_.id] = sum(class_.id in person.studies for person in people)
        self.events: list[Event] = []
        self.latest: list[Latest] = []

    def tell(self, *facts: Fact) -> Verdict:
        """Decide these facts, one by one; gives what the last one came to."""
        verdict = Verdict()
        for fact in facts:
            verdict = decide(self.world, fact)
            self.events += [replace(e, seq=len(self.events) + 1 + i) for i, e in enumerate(verdict.events)]
            self.latest += verdict.latest
        return verdict

    def picture(self, person: Person, rooms: frozenset[str], now: datetime) -> Picture:
        """What a store would show this person."""
        world = self.world
        meetings = [m for m in world.meetings.values() if is_told(m) and audience.is_shown(m, now)]
        visible = [m for m in meetings if audience.view_for(rooms, m) is not None]
        staffed = {m.id for m in visible if audience.view_for(rooms, m) is audience.View.STAFF}
        return Picture(
            seq=len(self.events),
            meetings=sorted(visible, key=lambda m: m.id),
            instances={m.uuid: world.instances[m.uuid] for m in visible if m.uuid},
            visits=list(world.visits.values()),
            candidates=world.people.by_id,
            clicks=[click for click in world.clicks.values() if click.which.meeting_id in staffed],
        )

    def first(self, person: Person, rooms: frozenset[str], now: datetime) -> InitialState:
        """The lists of `initialState` for this person."""
        first: InitialState = {"meetings": [], "activeMeetings": []}  # type: ignore[typeddict-item]  # the lists only
        show(first, person, rooms, self.picture(person, rooms, now))
        return first

    def names(self) -> list[str]:
        """The names of all events told so far."""
        return [event.type for event in self.events]


NOT_COMPARED = ("revision", "learner_revision", "is_scheduled")


def truth(world: World) -> Mapping[str, object]:
    """What is true in the end, without how often it was told: meetings, runs, visits."""
    return {
        "meetings": {m.id: _plain(m) for m in world.meetings.values() if not m.is_series},
        "runs": {run.uuid: _plain(run) for run in world.instances.values()},
        "visits": {visit.id: _plain(visit) for visit in world.visits.values()},
        "secrets": {k: v for k, v in world.secrets.items() if k in world.meetings and not world.meetings[k].is_series},
    }


def _plain(value: object) -> Mapping[str, object]:
    return {k: v for k, v in asdict(value).items() if k not in NOT_COMPARED}  # type: ignore[call-overload]  # ours are dataclasses
