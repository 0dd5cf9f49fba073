"""Whether and how a patient is told that the therapist has entered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("settings") as batch:
        for name in ("notify_email", "notify_sms"):
            batch.add_column(
                sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
            )
        batch.add_column(sa.Column("alert_text", sa.LargeBinary()))


def downgrade() -> None:
    with op.batch_alter_table("settings") as batch:
        for name in ("alert_text", "notify_sms", "notify_email"):
            batch.drop_column(name)
