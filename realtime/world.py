"""What a batch of facts is about: named first, read in one go, changed in memory, saved in one go.

It exists because the number of statements is what costs, not the number of rows. It does not know where rows are kept.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from realtime.attendance import Directory
from realtime.audience import Person
from realtime.facts import Clicked, Which
from realtime.lifecycle import ClassRef, Instance, Meeting
from realtime.visits import Visit


@dataclass(frozen=True, slots=True)
class Right:
    """A person's place in a class, given or taken."""

    class_id: str
    person_id: str
    teaches: bool
    given: bool
    at: datetime


@dataclass(slots=True)
class World:
    """The part of the store that a batch is about: read in one go, changed in memory, saved in one go.

    Shape: `people` are those a participant of this batch might be; `members` holds, by id, the people whose rights
           this batch changes. What was changed is named in `changed`, by table and id.
    """

    meetings: dict[str, Meeting] = field(default_factory=dict)
    instances: dict[str, Instance] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    classes: dict[str, ClassRef] = field(default_factory=dict)
    class_sizes: dict[str, int] = field(default_factory=dict)
    people: Directory = field(default_factory=Directory)
    members: dict[str, Person] = field(default_factory=dict)
    clicks: dict[str, Clicked] = field(default_factory=dict)
    secrets: dict[str, Mapping[str, str]] = field(default_factory=dict)
    changed: dict[str, set[str]] = field(default_factory=dict)
    rights: list[Right] = field(default_factory=list)

    attendees: dict[str, set[str]] = field(default_factory=dict)  # attendee -> ids of their visits

    def touch(self, table: str, key: str) -> None:
        """Note that a row must be saved."""
        self.changed.setdefault(table, set()).add(key)

    def put_visit(self, visit: Visit) -> None:
        """Hold this visit, in place of the one with its id."""
        was = self.visits.get(visit.id)
        if was is not None:
            self.attendees[was.attendee].discard(was.id)
        self.visits[visit.id] = visit
        self.attendees.setdefault(visit.attendee, set()).add(visit.id)

    def visits_of(self, attendee: str) -> list[Visit]:
        """All visits of one row."""
        return [self.visits[key] for key in self.attendees.get(attendee, ())]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a batch needs to see: named by the facts, so that one query each can fetch it all.

    Shape: `rosters` names classes whose rights change, with all their meetings that a page may be showing at `at`;
           `clickers` are people whose clicks since `clicks_since` are wanted.
    """

    meetings: Collection[Which] = ()
    uuids: Collection[str] = ()
    classes: Collection[str] = ()
    emails: Collection[str] = ()
    zoom_user_ids: Collection[str] = ()
    name_keys: Collection[str] = ()
    clickers: Collection[str] = ()
    clicks_since: datetime | None = None
    rosters: Collection[str] = ()
    members: Collection[str] = ()
    at: datetime | None = None
