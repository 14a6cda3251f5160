"""learn from corrections"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("classification", schema=None) as batch_op:
        batch_op.add_column(sa.Column("aspects", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("hidden", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("federation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("learns", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("blind_percent", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "trained_model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corrections", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trained_model")),
    )


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM outbox WHERE task = 'train_model'"))
    op.drop_table("trained_model")
    with op.batch_alter_table("federation", schema=None) as batch_op:
        batch_op.drop_column("blind_percent")
        batch_op.drop_column("learns")
    with op.batch_alter_table("classification", schema=None) as batch_op:
        batch_op.drop_column("hidden")
        batch_op.drop_column("aspects")
