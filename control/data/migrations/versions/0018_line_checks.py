"""How lines were when they were checked, for 90 days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "line_checks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("patient_id", sa.String(32), nullable=False),
        sa.Column("session_id", sa.String(32)),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("rtt_ms", sa.Float()),
        sa.Column("loss_up", sa.Float()),
        sa.Column("loss_down", sa.Float()),
        sa.Column("variation_ms", sa.Float()),
        sa.Column("capacity_up_bps", sa.Integer()),
        sa.Column("capacity_down_bps", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patients.id"],
            name=op.f("fk_line_checks_patient_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_line_checks_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_checks")),
        sa.UniqueConstraint("patient_id", "role", "source", "at", name="line_checks_once"),
    )
    op.create_index(op.f("ix_line_checks_at"), "line_checks", ["at"])
    op.create_index(op.f("ix_line_checks_session_id"), "line_checks", ["session_id"])


def downgrade() -> None:
    op.drop_table("line_checks")
