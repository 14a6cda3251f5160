"""retention, disposal, leavers and handouts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# What a person sees of each table, in the words of migration 0008. A rule, a stop and a protocol are the federation's;
# a handout is its area's coordinator's, and only counted by others.
EVERYTHING, OWN = "(SELECT sees_all())", "federation_id = (SELECT asking_federation())"
AREAS = "(SELECT asking_role()) = 'coordinator' AND area_id = ANY ((SELECT asking_areas())::int[])"
WALL = {
    "retention_rule": OWN,
    "retention_stop": OWN,
    "disposal": OWN,
    "handout": f"{OWN} AND ((SELECT asking_reach()) = 'federation' OR {AREAS})",
    "handout_copy": f"{OWN} AND handout_id IN (SELECT id FROM handout)",  # noqa: S608 - our own names
}


def upgrade() -> None:
    with op.batch_alter_table("federation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("leaver_days", sa.Integer(), server_default="90", nullable=False))
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True))
    _create_retention()
    _create_disposal()
    _create_handout()
    if op.get_bind().dialect.name == "postgresql":
        for table, rows in WALL.items():
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY wall ON {table} FOR ALL USING ({EVERYTHING} OR {rows})")


def _create_retention() -> None:
    op.create_table(
        "retention_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("federation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=60), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        *_made_and_ended(),
        sa.ForeignKeyConstraint(["federation_id"], ["federation.id"], name=op.f("fk_retention_rule_federation_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_retention_rule_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rule")),
    )
    op.create_index(op.f("ix_retention_rule_federation_id"), "retention_rule", ["federation_id"], unique=False)
    op.create_table(
        "retention_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("federation_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        *_made_and_ended(),
        sa.ForeignKeyConstraint(["federation_id"], ["federation.id"], name=op.f("fk_retention_stop_federation_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_retention_stop_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_stop")),
    )
    op.create_index(op.f("ix_retention_stop_federation_id"), "retention_stop", ["federation_id"], unique=False)
    op.create_index(op.f("ix_retention_stop_report_id"), "retention_stop", ["report_id"], unique=False)


def _made_and_ended() -> list[sa.Column[object]]:
    return [
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_as", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.String(length=200), nullable=False),
    ]


def _create_disposal() -> None:
    op.create_table(
        "disposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("federation_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("before", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("protocol", sa.JSON(), nullable=False),
        sa.Column("protocol_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_as", sa.String(length=200), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordered_as", sa.String(length=200), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("receipt", sa.JSON(), nullable=True),
        sa.Column("receipt_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["federation_id"], ["federation.id"], name=op.f("fk_disposal_federation_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["retention_rule.id"], name=op.f("fk_disposal_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
    )
    op.create_index(op.f("ix_disposal_federation_id"), "disposal", ["federation_id"], unique=False)


def _create_handout() -> None:
    op.create_table(
        "handout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("federation_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_as", sa.String(length=200), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_as", sa.String(length=200), nullable=False),
        sa.Column("letter", sa.JSON(), nullable=True),
        sa.Column("letter_sha256", sa.String(length=64), nullable=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_handout_area_id")),
        sa.ForeignKeyConstraint(["federation_id"], ["federation.id"], name=op.f("fk_handout_federation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handout")),
    )
    op.create_index(op.f("ix_handout_area_id"), "handout", ["area_id"], unique=False)
    op.create_index(op.f("ix_handout_federation_id"), "handout", ["federation_id"], unique=False)
    op.create_table(
        "handout_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("federation_id", sa.Integer(), nullable=False),
        sa.Column("handout_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("masks", sa.JSON(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["federation_id"], ["federation.id"], name=op.f("fk_handout_copy_federation_id")),
        sa.ForeignKeyConstraint(
            ["handout_id"], ["handout.id"], name=op.f("fk_handout_copy_handout_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_handout_copy_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handout_copy")),
        sa.UniqueConstraint("handout_id", "report_id", name=op.f("uq_handout_copy_handout_id_report_id")),
    )
    op.create_index(op.f("ix_handout_copy_federation_id"), "handout_copy", ["federation_id"], unique=False)
    op.create_index(op.f("ix_handout_copy_report_id"), "handout_copy", ["report_id"], unique=False)


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM outbox WHERE task IN ('dispose', 'print_handout')"))
    for table in ("handout_copy", "handout", "disposal", "retention_stop", "retention_rule"):
        op.drop_table(table)
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_column("forgotten_at")
    with op.batch_alter_table("federation", schema=None) as batch_op:
        batch_op.drop_column("leaver_days")
