"""What a therapist wants to be told herself, and what she was told of messages that failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MARKS = ("told_at", "dismissed_at")


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("therapist_id", sa.String(32), nullable=False),
        sa.Column("wait_minutes", sa.Integer()),
        sa.Column("email", sa.Boolean(), nullable=False),
        sa.Column("sms", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.LargeBinary()),
        sa.Column("quiet_begin", sa.String(8)),
        sa.Column("quiet_end", sa.String(8)),
        sa.Column("zone", sa.String(64)),
        sa.ForeignKeyConstraint(
            ["therapist_id"],
            ["therapists.id"],
            name=op.f("fk_notices_therapist_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("therapist_id", name=op.f("pk_notices")),
    )
    with op.batch_alter_table("messages") as batch:
        for name in MARKS:
            batch.add_column(sa.Column(name, sa.DateTime(timezone=True)))


def downgrade() -> None:
    with op.batch_alter_table("messages") as batch:
        for name in MARKS[::-1]:
            batch.drop_column(name)
    op.drop_table("notices")
