"""A plan into what Zoom is asked, and whether Zoom took it.

It exists because Zoom answers a change with success and no body, whatever it made of it. Pure: it does not know HTTP.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.zoom import options
from server.zoom.gateway import ListedMeeting, MeetingPlan, ZoomMeeting

SCHEDULED = 2
SERIES = 8
CLOCKS_APART = timedelta(minutes=2)  # how far Zoom's clock may be from ours, and how long a meeting takes to be made

_RECURRENCE = (
    "type",
    "repeat_interval",
    "weekly_days",
    "monthly_day",
    "monthly_week",
    "monthly_week_day",
    "end_times",
    "end_date_time",
)


def body_of_new(plan: MeetingPlan) -> dict[str, object]:
    """The body that creates a meeting.

    Source: Zoom API, Create a meeting. The kind is never instant: those are in no list, so one could not be looked for.
    """
    return {"type": SERIES if plan.recurrence else SCHEDULED, **body_of_change(plan)}


def body_of_change(plan: MeetingPlan) -> dict[str, object]:
    """The body that changes a meeting: only what the plan says."""
    settings = options.known(plan.settings)
    told: dict[str, object | None] = {
        "topic": plan.topic,
        "agenda": plan.agenda,
        "start_time": _start(plan),
        "duration": plan.duration_min,
        "timezone": plan.timezone,
        "password": plan.passcode,
        "settings": settings or None,
        "recurrence": _recurrence(plan.recurrence),
    }
    return {name: value for name, value in told.items() if value is not None}


def _start(plan: MeetingPlan) -> str | None:
    """In UTC; of a series on the clocks of its zone, which alone can say when it is the same hour in winter."""
    if plan.start_time is None:
        return None
    if plan.recurrence and plan.timezone:
        try:
            return plan.start_time.astimezone(ZoneInfo(plan.timezone)).strftime("%Y-%m-%dT%H:%M:%S")
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass  # Zoom says what is wrong with the zone
    return plan.start_time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _recurrence(given: Mapping[str, object] | None) -> dict[str, object] | None:
    return {name: given[name] for name in _RECURRENCE if name in given} if given else None


def not_taken(plan: MeetingPlan, meeting: ZoomMeeting) -> tuple[str, ...]:
    """The fields of the plan that the meeting has otherwise, settings one by one; those we do not know among them."""
    pairs: dict[str, tuple[object | None, object]] = {
        "topic": (_squeezed(plan.topic), _squeezed(meeting.topic)),
        "agenda": (_squeezed(plan.agenda), _squeezed(meeting.agenda)),
        "start_time": (plan.start_time and plan.start_time.replace(microsecond=0), meeting.start_time),
        "duration_min": (plan.duration_min, meeting.duration_min),
        "timezone": (plan.timezone, meeting.timezone),
        "passcode": (plan.passcode, meeting.passcode),
    }
    if plan.recurrence:
        del pairs["start_time"]  # the first date may be a later one than the start, when days of the week are named
    fields = [name for name, (asked, found) in pairs.items() if asked is not None and asked != found]
    settings = [f"settings.{name}" for name, asked in plan.settings.items() if meeting.settings.get(name) != asked]
    return (*fields, *settings)


def _squeezed(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split())


def may_be_made_from(plan: MeetingPlan, began_at: datetime) -> Callable[[ListedMeeting], bool]:
    """Whether a listed meeting may be the one that was asked for at `began_at`, when Zoom's answer was lost."""
    kind = body_of_new(plan)["type"]
    # What lies in the past, or is not said, Zoom makes now; of a series the list has the next date.
    start = plan.start_time if plan.start_time and plan.start_time > began_at and kind == SCHEDULED else None

    def fits(meeting: ListedMeeting) -> bool:
        if meeting.created_at is None or meeting.created_at < began_at - CLOCKS_APART or meeting.type != kind:
            return False
        if plan.topic is not None and _squeezed(meeting.topic) != _squeezed(plan.topic):
            return False
        return start is None or meeting.start_time == start.replace(microsecond=0)

    return fits
