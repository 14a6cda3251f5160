"""Count every slice again from the rows of reports, and say whether any number was wrong."""

from __future__ import annotations

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

import settings
from models.base import Database, utc_now
from models.month_count import MonthCount, Slice, mark_slice
from models.report import Report
from worker.recount import recount


@click.command()
def command() -> None:
    """Rebuild all counts, slice by slice; people can go on working meanwhile."""
    database = Database(settings.load().database_url)
    with database.write() as session:
        for area_id, month in session.execute(select(Report.area_id, Report.month).distinct()):
            mark_slice(session, area_id, month)
        for row in session.scalars(select(Slice)):
            row.marked = max(row.marked, row.counted + 1)
        before = _counts(session)
        slices = list(session.scalars(select(Slice.id)))
    for slice_id in slices:
        with database.write() as session:
            recount(session, slice_id, utc_now())
    with database.read() as session:
        changed = before ^ _counts(session)
    click.echo(f"{len(slices)} slices counted, {len({row[:5] for row in changed})} numbers changed")


def _counts(session: Session) -> set[tuple[object, ...]]:
    return {tuple(row) for row in session.execute(select(*MonthCount.__table__.columns))}
