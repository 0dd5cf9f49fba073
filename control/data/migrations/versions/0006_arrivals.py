"""A session knows when its patient first came, and tells "no contact" from "did not come"."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("came_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE sessions SET came_at = waiting_since")
    op.execute(
        "UPDATE sessions SET came_at = contact_at WHERE came_at IS NULL AND contact_at IS NOT NULL"
    )
    # Of earlier sessions nobody knows whether the patient waited: this much is true of all.
    op.execute("UPDATE sessions SET outcome = 'no_contact' WHERE outcome = 'no_show'")


def downgrade() -> None:
    op.execute("UPDATE sessions SET outcome = 'no_show' WHERE outcome = 'no_contact'")
    op.drop_column("sessions", "came_at")
