"""Who a participant is, and what their visits come to.

Zoom knows connections; a school knows people. The ladder below goes from the surest sign to the weakest one that may
still decide; ties never decide, and anything weaker is left to a person. This file does not know Zoom's words for a
participant (`facts.py`) or who may read a row (`audience.py`).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from realtime.bodies import ParticipantRow, optional_instant
from realtime.facts import Participant
from realtime.lifecycle import HostRef, Instance
from realtime.visits import Visit, presence, total_s

MatchedBy = Literal["registrant", "zoom_user", "email", "name"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody of the school who may be the one in the room.

    Shape: `classes` holds those of the classes in question in which they are enrolled now, `teaches` those they teach.
    """

    id: str
    name: str
    email: str
    name_key: str
    role: str
    zoom_user_id: str = ""
    classes: frozenset[str] = frozenset()
    teaches: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """Who it is, and the sign that said so."""

    person_id: str
    by: MatchedBy


def name_key(name: str) -> str:
    """A name as it is compared: without case, accents, brackets, order of "Last, First" or doubled spaces.

    Source: names typed into Zoom by hand; "REYES, José (Guest)" and "Jose Reyes" are the same person's.
    """
    plain = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", name)
    if plain.count(",") == 1:
        last, first = plain.split(",")
        plain = f"{first} {last}"
    folded = unicodedata.normalize("NFKD", plain).casefold()
    kept = "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    return " ".join(kept.split())


class Directory:
    """Candidates by every sign one may be known by."""

    def __init__(self, candidates: Iterable[Candidate] = ()) -> None:
        self.by_id: dict[str, Candidate] = {}
        self._by_sign: dict[tuple[MatchedBy, str], list[Candidate]] = {}
        for candidate in candidates:
            self.add(candidate)

    def add(self, candidate: Candidate) -> None:
        """One more; somebody who is in already stays as they are."""
        if candidate.id not in self.by_id:
            self.put(candidate)

    def put(self, candidate: Candidate) -> None:
        """The same, in place of what was known of this person."""
        was = self.by_id.get(candidate.id)
        if was is not None:
            for found in self._by_sign.values():
                found[:] = [c for c in found if c.id != was.id]
        self.by_id[candidate.id] = candidate
        signs: tuple[tuple[MatchedBy, str], ...] = (
            ("zoom_user", candidate.zoom_user_id),
            ("email", candidate.email.casefold()),
            ("name", candidate.name_key),
        )
        for by, value in signs:
            if value:
                self._by_sign.setdefault((by, value), []).append(candidate)

    def found(self, by: MatchedBy, value: str) -> list[Candidate]:
        """Those who carry this sign."""
        return self._by_sign.get((by, value), []) if value else []


def identify(participant: Participant, class_id: str | None, known: Directory) -> Match | None:
    """Who this participant is, or None when no sign is sure enough.

    Shape: Zoom's user id and the e-mail find anybody of the school; a name finds only those of this class, and only
           when it is unique among them.
    """
    by: MatchedBy
    for by, value in (("zoom_user", participant.zoom_user_id), ("email", participant.email.casefold())):
        found = known.found(by, value)
        if len(found) == 1:
            return Match(found[0].id, by)
    if class_id is not None:
        found = known.found("name", name_key(participant.name))
        of_class = [c for c in found if class_id in c.classes or class_id in c.teaches]
        if len(of_class) == 1:
            return Match(of_class[0].id, "name")
    return None


def merged(known: Participant, told: Participant) -> Participant:
    """One connection as all news together describe it; where two differ the same one wins in any order."""
    pairs = {name: (getattr(known, name), getattr(told, name)) for name in Participant.__slots__}
    return Participant(**{name: a if not b else b if not a else min(a, b) for name, (a, b) in pairs.items()})


def attendee_id(uuid: str, participant: Participant, match: Match | None) -> str:
    """The row of this run that a visit belongs to: the person's if known, else the best name Zoom has for them.

    Shape: two devices of one known person share a row; a stranger's row is per Zoom's own id of the person.
    """
    if match is not None:
        return f"{uuid}/p:{match.person_id}"
    sign = participant.registrant_id or participant.zoom_user_id or participant.email.casefold()
    return f"{uuid}/z:{sign or participant.participant_uuid or participant.key}"


def person_of(attendee: str) -> str | None:
    """Our id of the person a row belongs to, or None for somebody nobody has recognised."""
    _, _, sign = attendee.rpartition("/p:")
    return sign if "/p:" in attendee else None


def matched_by(visit: Visit, person: Candidate | None) -> MatchedBy | None:
    """By which sign this visit is that person's, for the badge beside the name."""
    if person is None:
        return None
    if visit.participant.zoom_user_id and visit.participant.zoom_user_id == person.zoom_user_id:
        return "zoom_user"
    return "email" if visit.participant.email.casefold() == person.email.casefold() else "name"


def row(
    visits: Iterable[Visit], *, run: Instance, person: Candidate | None, class_id: str | None, host: HostRef
) -> ParticipantRow:
    """One person of one run as staff see them: all their visits together, the same at whatever time one asks.

    Shape: the row's revision is that of whichever visit was told of last.
    """
    all_visits = sorted(visits, key=lambda v: v.id)
    told = presence(all_visits, run.ended_at)
    first = all_visits[0]
    signed = next((v for v in all_visits if v.participant.email or v.participant.zoom_user_id), first)
    is_over = run.ended_at is not None
    zoom_ids = {v.participant.zoom_user_id for v in all_visits}
    is_host = bool(host.zoom_user_id in zoom_ids - {""} or (person is not None and person.id == host.id))
    return {
        "id": first.attendee,
        "userId": person.id if person else None,
        "name": person.name if person else signed.participant.name,
        "email": person.email if person else signed.participant.email,
        "role": _role(person, is_host=is_host),
        "matchedBy": matched_by(signed, person),
        "expected": person is not None and class_id is not None and class_id in person.classes,
        "state": "over" if is_over else "here" if told.in_room else "waiting_room" if told.waiting else "away",
        "joinTime": optional_instant(told.first_joined),
        "leaveTime": optional_instant(told.last_left),
        "durationSeconds": total_s(told.stays),
        "hereSince": optional_instant(told.stays[-1][0]) if told.in_room else None,
        "rejoins": max(0, len(told.stays) - 1),
        "revision": max(v.revision for v in all_visits),
    }


def rows(
    visits: Iterable[Visit],
    *,
    run: Instance,
    people: Mapping[str, Candidate],
    class_id: str | None,
    host: HostRef,
) -> list[ParticipantRow]:
    """Everybody of one run, in a fixed order; `people` are those known here, by id."""
    by_row: dict[str, list[Visit]] = {}
    for visit in visits:
        if visit.uuid == run.uuid:
            by_row.setdefault(visit.attendee, []).append(visit)
    return [
        row(theirs, run=run, person=people.get(person_of(attendee) or ""), class_id=class_id, host=host)
        for attendee, theirs in sorted(by_row.items())
    ]


def _role(person: Candidate | None, *, is_host: bool) -> Literal["host", "staff", "student", "guest"]:
    if is_host:
        return "host"
    if person is None:
        return "guest"
    return "student" if person.role == "student" else "staff"
