"""The tables. They hold values, not decisions: what a row means is said in `realtime/`.

Moments are whole milliseconds since 1970 UTC. Zoom's ids are text. Columns named `sealed` are encrypted with the
secret key, which lives outside the database.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment as milliseconds, so that it sorts and compares alike in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To the database."""
        return None if value is None else to_ms(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return None if value is None else from_ms(value)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_ms(at: datetime) -> int:
    """Whole milliseconds since 1970 UTC, without the rounding of a float."""
    since = at - _EPOCH
    return since.days * 86_400_000 + since.seconds * 1_000 + since.microseconds // 1_000


def from_ms(ms: int) -> datetime:
    """The moment that many milliseconds after 1970 UTC."""
    return datetime.fromtimestamp(ms // 1_000, UTC).replace(microsecond=ms % 1_000 * 1_000)


# --- people --------------------------------------------------------------------------------------------------

users = Table(
    "users",
    metadata,
    Column("id", String, primary_key=True),
    Column("email", String, nullable=False, unique=True),  # case-folded
    Column("name", String, nullable=False),
    Column("given_name", String, nullable=False, server_default=""),
    Column("family_name", String, nullable=False, server_default=""),
    Column("name_key", String, nullable=False, index=True),  # attendance.name_key(name)
    Column("student_number", String, nullable=False, server_default=""),
    Column("role", String, nullable=False),
    Column("status", String, nullable=False, server_default="active"),  # active, deactivated
    Column("password_hash", String, nullable=False, server_default=""),
    Column("zoom_user_id", String, nullable=False, server_default="", index=True),
    Column("created_at", Moment, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String, primary_key=True),  # public: names the session in lists; opens nothing
    Column("token_hash", String, nullable=False, unique=True),  # SHA-256 of what the cookie holds
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("address", String, nullable=False, server_default=""),
    Column("user_agent", String, nullable=False, server_default=""),
)

tokens = Table(
    "tokens",
    metadata,
    Column("token_hash", String, primary_key=True),
    Column("purpose", String, nullable=False),  # setup
    Column("user_id", ForeignKey("users.id")),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

classes = Table(
    "classes",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("subject", String, nullable=False, server_default=""),
    Column("status", String, nullable=False, server_default="active"),  # active, archived
)

class_teachers = Table(
    "class_teachers",
    metadata,
    Column("class_id", ForeignKey("classes.id"), primary_key=True),
    Column("user_id", ForeignKey("users.id"), primary_key=True, index=True),
    Column("permissions", JSON, nullable=False),  # of: schedule, end, mark, export
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("class_id", ForeignKey("classes.id"), primary_key=True),
    Column("user_id", ForeignKey("users.id"), primary_key=True, index=True),
    Column("enrolled_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
)

# --- meetings ------------------------------------------------------------------------------------------------

meetings = Table(
    "meetings",
    metadata,
    Column("id", String, primary_key=True),
    Column("zoom_id", String, nullable=False, index=True),
    Column("occurrence_id", String, nullable=False),
    Column("series", String, nullable=False),
    Column("topic", String, nullable=False),
    Column("agenda", Text, nullable=False),
    Column("start_time", Moment),
    Column("duration_min", Integer, nullable=False),
    Column("timezone", String, nullable=False),
    Column("class_id", ForeignKey("classes.id")),
    Column("audience", String, nullable=False),
    Column("host_id", String, nullable=False),
    Column("host_name", String, nullable=False),  # as Zoom has it, for a host who is not a user here
    Column("host_email", String, nullable=False),
    Column("host_zoom_id", String, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("status", String, nullable=False),
    Column("uuid", String, nullable=False),
    Column("opened_at", Moment),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Column("ended_by_zoom", Boolean, nullable=False),
    Column("cancelled_at", Moment),
    Column("deleted_at", Moment),
    Column("hidden_at", Moment),
    Column("recovered_at", Moment),
    Column("participant_count", Integer, nullable=False),
    Column("here_count", Integer, nullable=False),
    Column("expected_count", Integer, nullable=False),
    Column("click_count", Integer, nullable=False),
    Column("is_scheduled", Boolean, nullable=False),
    Column("field_times", JSON, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("learner_revision", Integer, nullable=False),
    Index("meetings_by_start", "start_time"),
    Index("meetings_by_class", "class_id", "start_time"),
    Index("meetings_by_status", "status"),
)

meeting_secrets = Table(
    "meeting_secrets",
    metadata,
    Column("meeting_id", String, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),  # JSON: join_url, passcode
)

instances = Table(
    "instances",
    metadata,
    Column("uuid", String, primary_key=True),
    Column("meeting_id", ForeignKey("meetings.id"), nullable=False, index=True),
    Column("opened_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Column("ended_by_zoom", Boolean, nullable=False),
    Column("present", Integer, nullable=False),
    Column("here", Integer, nullable=False),
    Column("seen", Integer, nullable=False),
)

visits = Table(
    "visits",
    metadata,
    Column("id", String, primary_key=True),
    Column("uuid", String, nullable=False, index=True),
    Column("attendee", String, nullable=False, index=True),
    Column("place", String, nullable=False),
    Column("participant_key", String, nullable=False),
    Column("name", String, nullable=False),
    Column("email", String, nullable=False),
    Column("zoom_user_id", String, nullable=False),
    Column("registrant_id", String, nullable=False),
    Column("participant_uuid", String, nullable=False),
    Column("joined", JSON, nullable=False),  # milliseconds, sorted
    Column("left", JSON, nullable=False),
    Column("revision", Integer, nullable=False),  # the row's, as of when this visit was last told of
)

clicks = Table(
    "clicks",
    metadata,
    Column("id", String, primary_key=True),
    Column("meeting_id", ForeignKey("meetings.id"), nullable=False, index=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False, index=True),
)

# --- the log, and what keeps it right ------------------------------------------------------------------------

events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("id", String, nullable=False),
    Column("type", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("hearings", Text, nullable=False),  # JSON: [[rooms, body], ...]
    Column("moves", Text, nullable=False),  # JSON: [[person, enter, leave], ...]
)

counters = Table(
    "counters",
    metadata,
    Column("name", String, primary_key=True),  # seq, floor
    Column("value", BigInteger, nullable=False),
)

facts_about_us = Table(
    "facts_about_us",
    metadata,
    Column("name", String, primary_key=True),  # epoch
    Column("value", String, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String, nullable=False, unique=True),  # SHA-256 of the bytes as sent
    Column("request_id", String, nullable=False, index=True),
    Column("business_key", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("received_at", Moment, nullable=False, index=True),
    Column("outcome", String, nullable=False),  # applied, noted, not_understood, parked
    Column("problem", String, nullable=False),
    Column("sealed", LargeBinary),  # the raw body; emptied after seven days
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("key_hash", String, primary_key=True),  # of: person, route, key
    Column("body_hash", String, nullable=False),
    Column("status", Integer, nullable=False),  # 0 while the first request runs
    Column("answer", Text, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("user_id", String, nullable=False),
    Column("action", String, nullable=False),
    Column("object_id", String, nullable=False),
    Column("address", String, nullable=False),
    Column("detail", JSON, nullable=False),
)
