"""First consultations: guests, links that belong to one device, and what is kept beside them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "patients", sa.Column("is_guest", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        "guests",
        "patients",
        ["therapist_id"],
        sqlite_where=sa.text("is_guest = 1"),
        postgresql_where=sa.text("is_guest"),
    )
    op.add_column(
        "invitations",
        sa.Column("is_one_time", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("invitations", sa.Column("claimed_at", sa.DateTime(timezone=True)))
    op.add_column("invitations", sa.Column("held_by", sa.LargeBinary(32)))
    op.create_table(
        "consultations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("therapist_id", sa.String(length=32), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("message", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deferred_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["id"], ["patients.id"], name=op.f("fk_consultations_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["therapist_id"],
            ["therapists.id"],
            name=op.f("fk_consultations_therapist_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations")),
    )
    op.create_index(
        op.f("ix_consultations_therapist_id"), "consultations", ["therapist_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_consultations_therapist_id"), table_name="consultations")
    op.drop_table("consultations")
    op.drop_column("invitations", "held_by")
    op.drop_column("invitations", "claimed_at")
    op.drop_column("invitations", "is_one_time")
    op.drop_index("guests", table_name="patients")
    op.drop_column("patients", "is_guest")
