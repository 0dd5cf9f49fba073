"""Whether the therapist has stopped the pictures of a session, so that the sound has the lines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch: SQLite's copy of the table would lose the order of an index.
    op.add_column(
        "sessions",
        sa.Column("sound_first", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("sessions", "sound_first")
