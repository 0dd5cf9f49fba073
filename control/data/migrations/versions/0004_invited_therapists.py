"""Therapists who are invited to make an account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invited_therapists",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("email_index", sa.LargeBinary(32)),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invited_therapists")),
    )


def downgrade() -> None:
    op.drop_table("invited_therapists")
