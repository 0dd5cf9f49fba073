"""Lists of sessions, newest first, and of those not ended have indexes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "sessions_newest_first", "sessions", ["therapist_id", sa.text("opened_at DESC"), "id"]
    )
    op.create_index(
        "open_sessions",
        "sessions",
        ["therapist_id"],
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
    op.drop_index("ix_sessions_therapist_id", table_name="sessions")  # the first holds it


def downgrade() -> None:
    op.create_index("ix_sessions_therapist_id", "sessions", ["therapist_id"])
    op.drop_index(
        "open_sessions", table_name="sessions", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN
    )
    op.drop_index("sessions_newest_first", table_name="sessions")
