"""The tables of the first version."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("object_id", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_table(
        "classes",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False, server_default=""),
        sa.Column("status", sa.String, nullable=False, server_default="active"),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.String, unique=True, nullable=False),
        sa.Column("request_id", sa.String, nullable=False),
        sa.Column("business_key", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("problem", sa.String, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
    )
    op.create_index("ix_deliveries_business_key", "deliveries", ["business_key"])
    op.create_index("ix_deliveries_received_at", "deliveries", ["received_at"])
    op.create_index("ix_deliveries_request_id", "deliveries", ["request_id"])
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("hearings", sa.Text, nullable=False),
        sa.Column("moves", sa.Text, nullable=False),
    )
    op.create_table(
        "facts_about_us",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.String, nullable=False),
    )
    op.create_table(
        "idempotency",
        sa.Column("key_hash", sa.String, primary_key=True),
        sa.Column("body_hash", sa.String, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_idempotency_at", "idempotency", ["at"])
    op.create_table(
        "meeting_secrets",
        sa.Column("meeting_id", sa.String, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("email", sa.String, unique=True, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("given_name", sa.String, nullable=False, server_default=""),
        sa.Column("family_name", sa.String, nullable=False, server_default=""),
        sa.Column("name_key", sa.String, nullable=False),
        sa.Column("student_number", sa.String, nullable=False, server_default=""),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False, server_default="active"),
        sa.Column("password_hash", sa.String, nullable=False, server_default=""),
        sa.Column("zoom_user_id", sa.String, nullable=False, server_default=""),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_users_name_key", "users", ["name_key"])
    op.create_index("ix_users_zoom_user_id", "users", ["zoom_user_id"])
    op.create_table(
        "visits",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("uuid", sa.String, nullable=False),
        sa.Column("attendee", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("participant_key", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("email", sa.String, nullable=False),
        sa.Column("zoom_user_id", sa.String, nullable=False),
        sa.Column("registrant_id", sa.String, nullable=False),
        sa.Column("participant_uuid", sa.String, nullable=False),
        sa.Column("joined", sa.JSON, nullable=False),
        sa.Column("left", sa.JSON, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_index("ix_visits_attendee", "visits", ["attendee"])
    op.create_index("ix_visits_uuid", "visits", ["uuid"])
    op.create_table(
        "class_teachers",
        sa.Column("class_id", sa.String, sa.ForeignKey("classes.id"), primary_key=True),
        sa.Column("user_id", sa.String, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("permissions", sa.JSON, nullable=False),
    )
    op.create_index("ix_class_teachers_user_id", "class_teachers", ["user_id"])
    op.create_table(
        "enrolments",
        sa.Column("class_id", sa.String, sa.ForeignKey("classes.id"), primary_key=True),
        sa.Column("user_id", sa.String, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("enrolled_at", sa.BigInteger, nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger),
    )
    op.create_index("ix_enrolments_user_id", "enrolments", ["user_id"])
    op.create_table(
        "meetings",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("zoom_id", sa.String, nullable=False),
        sa.Column("occurrence_id", sa.String, nullable=False),
        sa.Column("series", sa.String, nullable=False),
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("agenda", sa.Text, nullable=False),
        sa.Column("start_time", sa.BigInteger),
        sa.Column("duration_min", sa.Integer, nullable=False),
        sa.Column("timezone", sa.String, nullable=False),
        sa.Column("class_id", sa.String, sa.ForeignKey("classes.id")),
        sa.Column("audience", sa.String, nullable=False),
        sa.Column("host_id", sa.String, nullable=False),
        sa.Column("host_name", sa.String, nullable=False),
        sa.Column("host_email", sa.String, nullable=False),
        sa.Column("host_zoom_id", sa.String, nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("uuid", sa.String, nullable=False),
        sa.Column("opened_at", sa.BigInteger),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("ended_by_zoom", sa.Boolean, nullable=False),
        sa.Column("cancelled_at", sa.BigInteger),
        sa.Column("deleted_at", sa.BigInteger),
        sa.Column("hidden_at", sa.BigInteger),
        sa.Column("recovered_at", sa.BigInteger),
        sa.Column("participant_count", sa.Integer, nullable=False),
        sa.Column("here_count", sa.Integer, nullable=False),
        sa.Column("expected_count", sa.Integer, nullable=False),
        sa.Column("click_count", sa.Integer, nullable=False),
        sa.Column("is_scheduled", sa.Boolean, nullable=False),
        sa.Column("field_times", sa.JSON, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("learner_revision", sa.Integer, nullable=False),
    )
    op.create_index("ix_meetings_zoom_id", "meetings", ["zoom_id"])
    op.create_index("meetings_by_class", "meetings", ["class_id", "start_time"])
    op.create_index("meetings_by_start", "meetings", ["start_time"])
    op.create_index("meetings_by_status", "meetings", ["status"])
    op.create_table(
        "sessions",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("token_hash", sa.String, unique=True, nullable=False),
        sa.Column("user_id", sa.String, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("address", sa.String, nullable=False, server_default=""),
        sa.Column("user_agent", sa.String, nullable=False, server_default=""),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "tokens",
        sa.Column("token_hash", sa.String, primary_key=True),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("user_id", sa.String, sa.ForeignKey("users.id")),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_table(
        "clicks",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("meeting_id", sa.String, sa.ForeignKey("meetings.id"), nullable=False),
        sa.Column("user_id", sa.String, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_clicks_at", "clicks", ["at"])
    op.create_index("ix_clicks_meeting_id", "clicks", ["meeting_id"])
    op.create_index("ix_clicks_user_id", "clicks", ["user_id"])
    op.create_table(
        "instances",
        sa.Column("uuid", sa.String, primary_key=True),
        sa.Column("meeting_id", sa.String, sa.ForeignKey("meetings.id"), nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("ended_by_zoom", sa.Boolean, nullable=False),
        sa.Column("present", sa.Integer, nullable=False),
        sa.Column("here", sa.Integer, nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
    )
    op.create_index("ix_instances_meeting_id", "instances", ["meeting_id"])
