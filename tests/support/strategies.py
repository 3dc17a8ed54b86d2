"""Random values of the core, as a store must be able to keep them: moments in whole milliseconds, any text."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from realtime.facts import Participant, Place
from realtime.lifecycle import EDITABLE, Audience, HostRef, Instance, Meeting, Status
from realtime.visits import Visit
from tests.support.builders import NINTH, TENTH

_DAY_ONE = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 2 * 365 * 86_400_000).map(lambda ms: _DAY_ONE + timedelta(milliseconds=ms))
# Half a character cannot be written as UTF-8; the doors mend such text before it comes here.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
IDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=24)
COUNTS = st.integers(0, 2_000)

MEETINGS = st.builds(
    Meeting,
    id=IDS,
    zoom_id=st.from_regex(r"[1-9][0-9]{8,11}", fullmatch=True),
    occurrence_id=st.sampled_from(["", "1789372800000"]),
    series=st.sampled_from(["", "mseries"]),
    topic=TEXTS,
    agenda=TEXTS,
    start_time=st.none() | MOMENTS,
    duration_min=st.integers(0, 44_640),
    timezone=st.sampled_from(["", "UTC", "Asia/Manila"]),
    class_=st.sampled_from([None, NINTH, TENTH]),
    audience=st.sampled_from(Audience),
    host=st.builds(HostRef, st.just(""), TEXTS, TEXTS, TEXTS),
    settings=st.dictionaries(st.sampled_from(["waiting_room", "auto_recording"]), st.booleans() | TEXTS),
    status=st.sampled_from(Status),
    uuid=TEXTS,
    opened_at=st.none() | MOMENTS,
    started_at=st.none() | MOMENTS,
    ended_at=st.none() | MOMENTS,
    ended_by_zoom=st.booleans(),
    cancelled_at=st.none() | MOMENTS,
    deleted_at=st.none() | MOMENTS,
    hidden_at=st.none() | MOMENTS,
    recovered_at=st.none() | MOMENTS,
    participant_count=COUNTS,
    here_count=COUNTS,
    expected_count=COUNTS,
    click_count=COUNTS,
    is_scheduled=st.booleans(),
    field_times=st.dictionaries(st.sampled_from(sorted(EDITABLE)), MOMENTS),
    revision=COUNTS,
    learner_revision=COUNTS,
)


def runs_of(meeting: Meeting) -> st.SearchStrategy[Instance]:
    """Runs of this meeting."""
    return st.builds(
        Instance,
        uuid=IDS,
        meeting_id=st.just(meeting.id),
        opened_at=MOMENTS,
        started_at=st.none() | MOMENTS,
        ended_at=st.none() | MOMENTS,
        ended_by_zoom=st.booleans(),
        present=COUNTS,
        here=COUNTS,
        seen=COUNTS,
    )


def visits_of(run: Instance) -> st.SearchStrategy[Visit]:
    """Visits of this run."""
    instants = st.lists(MOMENTS, unique=True, max_size=4).map(lambda told: tuple(sorted(told)))
    return st.builds(
        Visit,
        uuid=st.just(run.uuid),
        place=st.sampled_from(Place),
        participant=st.builds(
            Participant,
            key=IDS,
            name=TEXTS,
            email=TEXTS,
            zoom_user_id=TEXTS,
            registrant_id=TEXTS,
            participant_uuid=TEXTS,
        ),
        attendee=IDS.map(lambda sign: f"{run.uuid}/z:{sign}"),
        joined=instants,
        left=instants,
        revision=COUNTS,
    )
