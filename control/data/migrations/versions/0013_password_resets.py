"""One-time links for a new password, and who has asked for one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "password_resets",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("therapist_id", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["therapist_id"],
            ["therapists.id"],
            name=op.f("fk_password_resets_therapist_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_password_resets")),
    )
    op.create_index(op.f("ix_password_resets_therapist_id"), "password_resets", ["therapist_id"])
    op.create_table(
        "asked_resets",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("email_index", sa.LargeBinary(32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_resets")),
    )


def downgrade() -> None:
    op.drop_table("asked_resets")
    op.drop_index(op.f("ix_password_resets_therapist_id"), table_name="password_resets")
    op.drop_table("password_resets")
