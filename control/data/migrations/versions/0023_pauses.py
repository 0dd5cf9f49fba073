"""Every while in which a session's gate was closed after the first contact, not the last alone."""

from __future__ import annotations

from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("pauses", sa.JSON()))
    _write_known()


def downgrade() -> None:
    op.drop_column("sessions", "pauses")


def _write_known() -> None:
    """Write the last one as far as it is known, of sessions where it lasts or lasted to the end."""
    instant = sa.DateTime(timezone=True)
    sessions = sa.table(
        "sessions",
        sa.column("id"),
        sa.column("contact_at", instant),
        sa.column("ended_at", instant),
        sa.column("sent_back_at", instant),
        sa.column("clock_saved_at", instant),
        sa.column("gate_open"),
        sa.column("pauses", sa.JSON()),
    )
    since = sa.func.coalesce(
        sessions.c.sent_back_at, sessions.c.clock_saved_at, sessions.c.contact_at, type_=instant
    )
    is_closed = sessions.c.ended_at.is_(None) & ~sessions.c.gate_open
    query = sa.select(
        sessions.c.id, since.label("since"), sessions.c.sent_back_at.is_not(None).label("sent_back")
    ).where(sessions.c.contact_at.is_not(None), sessions.c.sent_back_at.is_not(None) | is_closed)
    connection = op.get_bind()
    for row in connection.execute(query).all():
        at = row.since if row.since.tzinfo else row.since.replace(tzinfo=UTC)
        pause = {"since": at.isoformat(), "until": None, "sent_back": bool(row.sent_back)}
        mine = sessions.c.id == row.id
        connection.execute(sa.update(sessions).where(mine).values(pauses=[pause]))
