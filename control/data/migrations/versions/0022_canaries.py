"""Accounts of canaries, whose visits are synthetic: they are erased and count in no statistics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "therapists",
        sa.Column("is_canary", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("therapists", "is_canary")
