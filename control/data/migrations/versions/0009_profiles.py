"""Therapists have a picture, and a gender for their name's article; logins name their browser."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("therapists", sa.Column("gender", sa.String(8)))
    op.add_column("therapists", sa.Column("picture", sa.String(16)))
    op.create_table(
        "therapist_pictures",
        sa.Column("therapist_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["therapist_id"],
            ["therapists.id"],
            name=op.f("fk_therapist_pictures_therapist_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("therapist_id", name=op.f("pk_therapist_pictures")),
    )
    op.add_column("logins", sa.Column("browser", sa.String(40)))


def downgrade() -> None:
    op.drop_column("logins", "browser")
    op.drop_table("therapist_pictures")
    op.drop_column("therapists", "picture")
    op.drop_column("therapists", "gender")
