"""release summaries: drafts that a person approves, mail to seats, and the domains that it may go to"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SHORT = 20  # characters of a delivery's reference before, when it spoke of reports alone


def upgrade() -> None:
    """Summaries that were built before become drafts: nobody has approved them."""
    with op.batch_alter_table("federation") as table:
        table.add_column(sa.Column("mail_domains", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("attach_summaries", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("forum_member") as table:
        table.add_column(sa.Column("email", sa.String(length=254), nullable=True))
    with op.batch_alter_table("summary") as table:
        table.add_column(sa.Column("build", sa.Integer(), server_default="1", nullable=False))
        table.add_column(sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("approved_by", sa.Integer(), nullable=True))
        table.add_column(sa.Column("approved_as", sa.String(length=64), server_default="", nullable=False))
        table.add_column(sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("edits", sa.JSON(), nullable=True))
        table.add_column(sa.Column("content_sha256", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("reference", sa.String(length=100), nullable=True))
        table.create_foreign_key(op.f("fk_summary_approved_by"), "user", ["approved_by"], ["id"])
        for column in ("content_sha256", "pdf_sha256", "reference"):
            table.create_index(op.f(f"ix_summary_{column}"), [column], unique=False)
    with op.batch_alter_table("delivery") as table:
        table.alter_column("user_id", existing_type=sa.Integer(), nullable=True)
        table.alter_column("reference", existing_type=sa.String(length=SHORT), type_=sa.String(length=100))
        table.add_column(sa.Column("seat_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("recipient", sa.String(length=350), server_default="", nullable=False))
        table.create_foreign_key(op.f("fk_delivery_seat_id"), "forum_member", ["seat_id"], ["id"], ondelete="SET NULL")
        table.create_unique_constraint(op.f("uq_delivery_kind_subject_id_seat_id"), ["kind", "subject_id", "seat_id"])


def downgrade() -> None:
    """The older code knows no approval and no mail to seats: those rows go, and what was approved counts as built."""
    op.execute(
        "DELETE FROM outbox WHERE task = 'deliver' AND subject_id IN (SELECT id FROM delivery WHERE user_id IS NULL)"
    )
    op.execute("DELETE FROM delivery WHERE user_id IS NULL")
    op.execute("UPDATE summary SET state = 'built' WHERE state = 'approved'")
    op.execute("UPDATE summary SET state = 'superseded' WHERE state = 'rejected'")
    with op.batch_alter_table("delivery") as table:
        table.drop_constraint(op.f("uq_delivery_kind_subject_id_seat_id"), type_="unique")
        table.drop_constraint(op.f("fk_delivery_seat_id"), type_="foreignkey")
        table.drop_column("recipient")
        table.drop_column("seat_id")
        table.alter_column("reference", existing_type=sa.String(length=100), type_=sa.String(length=SHORT))
        table.alter_column("user_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("summary") as table:
        for column in ("content_sha256", "pdf_sha256", "reference"):
            table.drop_index(op.f(f"ix_summary_{column}"))
        table.drop_constraint(op.f("fk_summary_approved_by"), type_="foreignkey")
        for column in ("reference", "content_sha256", "edits", "released_at", "approved_as", "approved_by"):
            table.drop_column(column)
        table.drop_column("approved_at")
        table.drop_column("build")
    with op.batch_alter_table("forum_member") as table:
        table.drop_column("email")
    with op.batch_alter_table("federation") as table:
        table.drop_column("attach_summaries")
        table.drop_column("mail_domains")
