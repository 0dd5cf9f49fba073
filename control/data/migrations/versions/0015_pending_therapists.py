"""Therapists who have registered and not confirmed their e-mail address yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pending_therapists",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("email_index", sa.LargeBinary(32), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32)),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_therapists")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_pending_therapists_token_hash")),
    )
    op.create_index(
        op.f("ix_pending_therapists_email_index"), "pending_therapists", ["email_index"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_pending_therapists_email_index"), table_name="pending_therapists")
    op.drop_table("pending_therapists")
