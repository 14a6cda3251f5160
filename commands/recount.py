"""Count every slice again from the rows of reports, and say whether any number was wrong."""

from __future__ import annotations

import click
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from commands._database import opened
from models.base import Database, utc_now
from models.month_count import Slice, mark_slice
from models.report import Report
from worker.recount import COUNTS, recount


@click.command()
def command() -> None:
    """Rebuild all counts, slice by slice; people can go on working meanwhile."""
    with opened() as database:
        slices, changed = _recount(database)
    click.echo(f"{slices} slices counted, {changed} numbers changed")


def _recount(database: Database) -> tuple[int, int]:
    """Count all slices. Returns: how many there are, and how many numbers were wrong."""
    with database.write() as session:
        for area_id, month in session.execute(select(Report.area_id, Report.month).distinct()):
            mark_slice(session, area_id, month)
        session.execute(update(Slice).values(marked=Slice.marked + 1))
        before = _counts(session)
        slices = list(session.scalars(select(Slice.id)))
    for slice_id in slices:
        with database.write() as session:
            recount(session, slice_id, utc_now())
    with database.read() as session:
        after = _counts(session)
    changed = [key for key in before | after if before.get(key) != after.get(key)]
    return len(slices), len(changed)


def _counts(session: Session) -> dict[tuple[object, ...], tuple[object, ...]]:
    """Every count by its table and key."""
    found: dict[tuple[object, ...], tuple[object, ...]] = {}
    for table in COUNTS:
        keys = [column for column in table.__table__.columns if column.primary_key]
        figures = [column for column in table.__table__.columns if not column.primary_key]
        for row in session.execute(select(*keys, *figures)):
            found[table.__tablename__, *row[: len(keys)]] = tuple(row[len(keys) :])
    return found
