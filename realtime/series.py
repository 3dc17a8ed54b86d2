"""A series and its dates: what holds for all of them, a new date, and of which date a run is.

Zoom tells of a series as one meeting with a list of dates, and of a run without saying of which date it is; either
may come first. So what is said of the whole is remembered apart from the dates, each date that turns up later knows
it too, and a run belongs to the date nearest to its start, worked out anew whenever the dates change. This file does
not decide what a fact means.
"""

from dataclasses import replace

from realtime.details import date_of
from realtime.facts import Which
from realtime.lifecycle import Instance, Meeting, implied, meeting_id_for, named
from realtime.world import World


def dates_of(world: World, zoom_id: str) -> list[Meeting]:
    """The dates of a series, in a fixed order; none of a meeting that happens once."""
    dates = [m for m in world.of_zoom(zoom_id) if m.occurrence_id]
    return sorted(dates, key=lambda m: (m.start_time is None, m.start_time, m.id))


def whole(world: World, zoom_id: str) -> Meeting:
    """What stands for a meeting as a whole in Zoom: the meeting itself, or its series."""
    which = Which(zoom_id=zoom_id)
    return world.meetings.get(meeting_id_for(zoom_id)) or implied(which)


def as_series(meeting: Meeting) -> Meeting:
    """What was taken for a meeting and turns out to be a series."""
    return replace(meeting, series=meeting.id)


def date(world: World, zoom_id: str, occurrence_id: str) -> Meeting:
    """A date of a series, known or new."""
    meeting_id = meeting_id_for(zoom_id, occurrence_id)
    return world.meetings.get(meeting_id) or date_of(as_series(whole(world, zoom_id)), meeting_id, occurrence_id)


def misplaced(world: World, zoom_id: str) -> list[Instance]:
    """The runs that are held for another date than the one they are of, as they should be."""
    dates = dates_of(world, zoom_id)
    placed = []
    for meeting in world.of_zoom(zoom_id) if dates else ():
        for run in world.runs_of(meeting.id):
            nearest = named(dates, Which(zoom_id=zoom_id), run.started_at or run.opened_at)
            if nearest is not None and nearest.id != run.meeting_id:
                placed.append(replace(run, meeting_id=nearest.id))
    return placed
