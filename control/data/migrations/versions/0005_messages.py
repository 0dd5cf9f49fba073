"""The outbox of messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("therapist_id", sa.String(32)),
        sa.Column("patient_id", sa.String(32)),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("recipient", sa.LargeBinary()),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("once", sa.String(120)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("failure", sa.String(32)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True)),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.ForeignKeyConstraint(
            ["therapist_id"], ["therapists.id"],
            name=op.f("fk_messages_therapist_id"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"],
            name=op.f("fk_messages_patient_id"), ondelete="CASCADE",
        ),
        sa.UniqueConstraint("once", "channel", name=op.f("uq_messages_once")),
    )  # fmt: skip
    op.create_index(op.f("ix_messages_therapist_id"), "messages", ["therapist_id"])
    op.create_index(op.f("ix_messages_patient_id"), "messages", ["patient_id"])
    op.create_index("messages_due", "messages", ["channel", "state", "next_at"])


def downgrade() -> None:
    op.drop_index("messages_due", table_name="messages")
    op.drop_index(op.f("ix_messages_patient_id"), table_name="messages")
    op.drop_index(op.f("ix_messages_therapist_id"), table_name="messages")
    op.drop_table("messages")
