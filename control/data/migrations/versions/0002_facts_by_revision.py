"""Sessions count their revisions; a therapist is in one conversation at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GATE_OPEN = sa.text("gate_open")


def upgrade() -> None:
    op.add_column("sessions", sa.Column("sent_back_at", sa.DateTime(timezone=True)))
    op.add_column(
        "sessions", sa.Column("revision", sa.Integer(), nullable=False, server_default="1")
    )
    # Of a therapist's open gates the latest contact keeps its own; the node follows at the start.
    op.execute(
        """
        UPDATE sessions SET gate_open = false WHERE gate_open AND EXISTS (
            SELECT 1 FROM sessions AS other
            WHERE other.therapist_id = sessions.therapist_id AND other.gate_open
            AND (coalesce(other.contact_at, other.opened_at), other.id)
                > (coalesce(sessions.contact_at, sessions.opened_at), sessions.id)
        )
        """
    )
    op.create_index(
        "one_conversation_per_therapist",
        "sessions",
        ["therapist_id"],
        unique=True,
        sqlite_where=GATE_OPEN,
        postgresql_where=GATE_OPEN,
    )


def downgrade() -> None:
    op.drop_index(
        "one_conversation_per_therapist",
        table_name="sessions",
        sqlite_where=GATE_OPEN,
        postgresql_where=GATE_OPEN,
    )
    op.drop_column("sessions", "revision")
    op.drop_column("sessions", "sent_back_at")
