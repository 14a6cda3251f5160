"""wall off rows

PostgreSQL's row security (its manual, 5.9), forced also upon the owner of the tables: a transaction sees the rows of
whoever it says asks, and none when it says nothing. What it says stands in settings named `lexheller.*`, see
models/wall.py. SQLite has no such thing, so there this step changes nothing.

A policy may look into another table, whose own policies hold there too: so the texts of a report are seen by those who
see the report.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Each is asked once a query, not once a row, when it stands in a SELECT of its own.
EVERYTHING = "(SELECT sees_all())"
OWN = "federation_id = (SELECT asking_federation())"
KNOWN = "(SELECT asking_federation()) IS NOT NULL"
ME = "user_id = (SELECT asking_user())"

# A person is only whoever sees as one, or as their federation; everybody else is nobody in particular. Names have their
# schema, as a dump is made without one, and as a temporary table could stand in for ours.
PERSON = "SELECT CASE WHEN {schema}.asking_reach() IN ('person', 'federation') THEN "
IDS = "string_to_array(current_setting('lexheller.{ids}', true), ',')::int[] END"
FUNCTIONS = {
    "asking_reach() RETURNS text": "SELECT coalesce(current_setting('lexheller.reach', true), '')",
    "asking_federation() RETURNS int": PERSON + "nullif(current_setting('lexheller.federation', true), '')::int END",
    "asking_user() RETURNS int": PERSON + "nullif(current_setting('lexheller.user', true), '')::int END",
    "asking_role() RETURNS text": PERSON + "current_setting('lexheller.role', true) END",
    "asking_areas() RETURNS int[]": PERSON + IDS.replace("{ids}", "areas"),
    "asking_posts() RETURNS int[]": PERSON + IDS.replace("{ids}", "posts"),
    # Only a role that owns the tables, or is a member of the owner, gets everything by asking for it.
    "sees_all() RETURNS boolean": "SELECT CASE WHEN {schema}.asking_reach() = 'all' THEN pg_has_role("
    "(SELECT relowner FROM pg_class WHERE oid = '{schema}.report'::regclass), 'MEMBER') ELSE false END",
}


def _each(tables: str, rows: str) -> dict[str, str]:
    return dict.fromkeys(tables.split(), rows)


def _within(column: str, table: str) -> str:
    """A row that belongs to one that is seen."""
    return f'{KNOWN} AND {column} IN (SELECT id FROM "{table}")'  # noqa: S608 - both are written here.


def _of_report(column: str = "id") -> str:
    return f"EXISTS (SELECT 1 FROM report seen WHERE seen.{column} = report_id)"  # noqa: S608 - the same.


IN_AREA = _within("area_id", "area")
ACCOUNT = f"{_within('user_id', 'user')} AND ({ME} OR (SELECT asking_role()) = 'administrator')"
REPORT = f"""{OWN} AND ((SELECT asking_reach()) = 'federation' OR reporter_id = (SELECT asking_user())
    OR (SELECT asking_role()) = 'coordinator' AND (area_id = ANY ((SELECT asking_areas())::int[])
        OR receiver_id = ANY ((SELECT asking_posts())::int[])))"""
# To whom a mail goes tells whose it is; a seat may be gone, so there the summary tells.
DELIVERY = f"""{KNOWN} AND CASE WHEN user_id IS NOT NULL THEN user_id IN (SELECT id FROM "user")
    ELSE subject_id IN (SELECT id FROM summary) END"""  # noqa: S608 - nothing is put in that is not written here.

# What a person sees of each table, and may change in it.
WALL = {
    "federation": "id = (SELECT asking_federation())",
    **_each("area party forum post routing_rule report_number user action publication", OWN),
    "unit": _within("party_id", "party"),
    **_each("slice month_count month_pair_count month_about_count month_category_count turnaround signal", IN_AREA),
    **_each("agreement forum_member forum_name meeting summary", _within("forum_id", "forum")),
    "agenda_item": _within("meeting_id", "meeting"),
    **_each("decision agenda_report", _within("agenda_item_id", "agenda_item")),
    **_each("effect action_report", _within("action_id", "action")),
    "tally": _within("signal_id", "signal"),
    "user_area": _within("user_id", "user"),
    **_each("account_token identity recovery_code sign_in", ACCOUNT),
    "draft": ME,
    "delivery": DELIVERY,
    "report": REPORT,
    **_each("classification info_request state_change track", _of_report()),
    "review": f"{ME} OR {_of_report()}",
    # Who filed a report that was merged into another one is answered there.
    "answer": f"{_of_report()} OR {_of_report('merged_into_id')}",
}
# What is seen besides by whoever reaches elsewhere: of some tables, by command.
BESIDE = (
    ("stranger", "SELECT", "true", "federation area party unit"),
    ("stranger", "ALL", "true", "user user_area account_token identity recovery_code sign_in"),
    ("stranger", "ALL", "kind = 'password'", "delivery"),
    ("public", "SELECT", "true", "federation area party forum forum_name"),
    ("public", "SELECT", "withdrawn_at IS NULL", "publication"),
    ("public", "SELECT", "EXISTS (SELECT 1 FROM publication seen WHERE seen.report_id = report.id)", "report"),
    ("public", "SELECT", "released_at IS NOT NULL", "summary"),
    ("figures", "SELECT", "true", "report summary delivery slice audit_event"),
)
LOG = "audit_event"  # It is added to and read; there is no policy by which it could be changed.


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    schema = op.get_bind().scalar(sa.text("SELECT current_schema()"))
    for name, body in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {name} LANGUAGE sql STABLE AS $${body.format(schema=schema)}$$")
    for table, rows in WALL.items():
        _wall(table, rows, "ALL")
    _wall(LOG, OWN, "SELECT")
    op.execute(f"CREATE POLICY adding ON {LOG} FOR INSERT WITH CHECK ((SELECT asking_reach()) <> '')")
    op.execute(f"CREATE POLICY everything ON {LOG} USING ({EVERYTHING})")
    for reach, command, rows, tables in BESIDE:
        for table in tables.split():
            reached = f"(SELECT asking_reach()) = '{reach}' AND {rows}"
            op.execute(f'CREATE POLICY {reach} ON "{table}" FOR {command} USING ({reached})')


def _wall(table: str, rows: str, command: str) -> None:
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY wall ON "{table}" FOR {command} USING ({EVERYTHING} OR {rows})')


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for reach, _command, _rows, tables in BESIDE:
        for table in tables.split():
            op.execute(f'DROP POLICY {reach} ON "{table}"')
    for policy in ("adding", "everything"):
        op.execute(f"DROP POLICY {policy} ON {LOG}")
    for table in (*WALL, LOG):
        op.execute(f'DROP POLICY wall ON "{table}"')
        op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    for name in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {name.partition(' RETURNS')[0]}")
