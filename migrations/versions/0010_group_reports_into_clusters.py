"""group reports into clusters"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# What a person sees of each table, in the words of migration 0008: clusters are made of free text, so they are for the
# coordinator of their area alone.
EVERYTHING = "(SELECT sees_all())"
AREAS = "(SELECT asking_role()) = 'coordinator' AND area_id = ANY ((SELECT asking_areas())::int[])"
WALL = {"cluster": AREAS, "cluster_look": AREAS, "cluster_member": "cluster_id IN (SELECT id FROM cluster)"}


def upgrade() -> None:
    op.create_table(
        "cluster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("rarity", sa.JSON(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("reporters", sa.Integer(), nullable=False),
        sa.Column("months", sa.JSON(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("dissolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dissolved_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_cluster_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster")),
    )
    op.create_index("ix_cluster_area_dissolved", "cluster", ["area_id", "dissolved_at"])
    op.create_table(
        "cluster_member",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("out_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["cluster.id"], name=op.f("fk_cluster_member_cluster_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_cluster_member_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cluster_id", "report_id", name=op.f("pk_cluster_member")),
    )
    op.create_index(op.f("ix_cluster_member_report_id"), "cluster_member", ["report_id"])
    op.create_table(
        "cluster_look",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_cluster_look_area_id")),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_cluster_look")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table, rows in WALL.items():
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY wall ON {table} FOR ALL USING ({EVERYTHING} OR {rows})")


def downgrade() -> None:
    op.drop_table("cluster_look")
    op.drop_table("cluster_member")
    op.drop_table("cluster")
