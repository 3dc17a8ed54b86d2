"""What a batch of facts is about: named first, read in one go, changed in memory, saved in one go.

It exists because the number of statements is what costs, not the number of rows. It does not know where rows are kept.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class WantedVisits:
    """The visits that a batch needs once its meetings and people are known."""

    ids: frozenset[str] = frozenset()
    attendees: frozenset[str] = frozenset()
    uuids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WantedPeople:
    """People wanted by id, and by every sign somebody may be known by."""

    ids: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    zoom_user_ids: frozenset[str] = frozenset()
    name_keys: frozenset[str] = frozenset()


class World:
    """The part of the store that a batch is about: read in one go, changed in memory, saved in one go.

    Shape: `people` are those a participant of this batch might be; `members` holds, by id, the people whose rights
           this batch changes. What was changed is named in `changed`, by table and id. Meetings, runs and visits are
           put in by the methods, which keep them findable.
    """

    def __init__(self) -> None:
        self.meetings: dict[str, Meeting] = {}
        self.instances: dict[str, Instance] = {}
        self.visits: dict[str, Visit] = {}
        self.classes: dict[str, ClassRef] = {}
        self.class_sizes: dict[str, int] = {}
        self.people = Directory()
        self.sought = WantedPeople()  # the signs by which `people` were looked for
        self.members: dict[str, Person] = {}
        self.clicks: dict[str, Clicked] = {}
        self.secrets: dict[str, Mapping[str, str]] = {}
        self.changed: dict[str, set[str]] = {}
        self.rights: list[Right] = []
        self._of_zoom: dict[str, list[str]] = {}
        self._runs: dict[str, set[str]] = {}  # meeting -> its runs
        self._rows: dict[str, dict[str, set[str]]] = {}  # run -> attendee -> ids of their visits

    def touch(self, table: str, key: str) -> None:
        """Note that a row must be saved."""
        self.changed.setdefault(table, set()).add(key)

    def put_meeting(self, meeting: Meeting) -> None:
        """Hold this meeting, in place of the one with its id."""
        if meeting.id not in self.meetings:
            self._of_zoom.setdefault(meeting.zoom_id, []).append(meeting.id)
        self.meetings[meeting.id] = meeting

    def put_run(self, run: Instance) -> None:
        """Hold this run, in place of the one with its uuid."""
        was = self.instances.get(run.uuid)
        if was is not None:
            self._runs[was.meeting_id].discard(run.uuid)
        self.instances[run.uuid] = run
        self._runs.setdefault(run.meeting_id, set()).add(run.uuid)

    def put_visit(self, visit: Visit) -> None:
        """Hold this visit, in place of the one with its id."""
        rows = self._rows.setdefault(visit.uuid, {})
        was = self.visits.get(visit.id)
        if was is not None:
            rows[was.attendee].discard(was.id)
            if not rows[was.attendee]:
                del rows[was.attendee]
        self.visits[visit.id] = visit
        rows.setdefault(visit.attendee, set()).add(visit.id)

    def of_zoom(self, zoom_id: str) -> list[Meeting]:
        """All meetings that are this one in Zoom: one, or a series and its dates."""
        return [self.meetings[key] for key in self._of_zoom.get(zoom_id, ())] if zoom_id else []

    def runs_of(self, meeting_id: str) -> list[Instance]:
        """The runs of a meeting, in a fixed order."""
        return [self.instances[uuid] for uuid in sorted(self._runs.get(meeting_id, ()))]

    def attendees_of(self, uuid: str) -> list[str]:
        """The rows of a run, in a fixed order."""
        return sorted(self._rows.get(uuid, ()))

    def visits_of(self, uuid: str, attendee: str) -> list[Visit]:
        """All visits of one row."""
        return [self.visits[key] for key in self._rows.get(uuid, {}).get(attendee, ())]

    @property
    def attendees(self) -> set[str]:
        """Every row of which a visit is held."""
        return {attendee for rows in self._rows.values() for attendee in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a batch needs to see: named by the facts, so that one query each can fetch it all.

    Shape: `plans` are meetings whose plan changes: wanted with all their runs, and of a series with its other dates.
           `rosters` names classes whose rights change, with all their meetings that a page may be showing at `at`;
           `clickers` are people whose clicks since `clicks_since` are wanted; `clicks` are wanted by id, however old.
    """

    meetings: Collection[Which] = ()
    plans: Collection[Which] = ()
    uuids: Collection[str] = ()
    classes: Collection[str] = ()
    emails: Collection[str] = ()
    zoom_user_ids: Collection[str] = ()
    name_keys: Collection[str] = ()
    clicks: Collection[str] = ()
    clickers: Collection[str] = ()
    clicks_since: datetime | None = None
    rosters: Collection[str] = ()
    members: Collection[str] = ()
    at: datetime | None = None
