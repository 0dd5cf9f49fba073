"""New e-mail addresses of therapists that wait to be confirmed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "email_changes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("therapist_id", sa.String(32), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["therapist_id"],
            ["therapists.id"],
            name=op.f("fk_email_changes_therapist_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_changes")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_email_changes_token_hash")),
    )
    op.create_index(op.f("ix_email_changes_therapist_id"), "email_changes", ["therapist_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_email_changes_therapist_id"), table_name="email_changes")
    op.drop_table("email_changes")
