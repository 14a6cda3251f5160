"""Make the PDF of a monthly or yearly report or of a meeting pack from the counts as they stand; nothing is stored."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

import settings
from models.base import Database, utc_now
from models.forum import Forum
from models.snapshot import take_snapshot
from models.summary import Summary, SummaryKind
from schemas.months import local_date, month_of
from worker import pdf
from worker.disclosure import ProgrammeError
from worker.summary import write_summary

EARLIEST_YEAR = 2000
KINDS = [kind.value for kind in SummaryKind]


@click.command()
@click.option("--forum", "code", required=True, help="The forum's code, such as lsg-savsjo.")
@click.option("--kind", type=click.Choice(KINDS), required=True)
@click.option(
    "--period", required=True, help="YYYY-MM for a month, YYYY for a year, YYYY-MM-DD for the day of a meeting."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PDF to write.")
@click.option("--data", type=click.Path(dir_okay=False, path_type=Path), help="Also write what it says, as JSON.")
def command(code: str, kind: str, period: str, out: Path, data: Path | None) -> None:
    """Make the PDF of a forum's monthly or yearly report or meeting pack.

    The JSON holds what the PDF says and no more: its numbers are protected too.
    """
    database = Database(settings.load().database_url)
    try:
        with database.read() as session:
            content = _write(session, code, SummaryKind(kind), period)
    except ProgrammeError as error:
        raise click.ClickException(f"small numbers could not be audited, so nothing is written: {error}") from None
    finally:
        database.dispose()
    try:
        document = pdf.render_summary(content)
    except pdf.RenderError as error:
        raise click.ClickException(str(error)) from None
    if data:
        data.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    out.write_bytes(document)
    click.echo(f"{out}: {content['title']}, {round(len(document) / 1024)} kB")


def _write(session: Session, code: str, kind: SummaryKind, period: str) -> dict[str, Any]:
    forum = _find_forum(session, code)
    day = _period(forum, kind, period)
    summary = Summary(forum=forum, kind=kind, period=day, version=1, ordered_at=utc_now())
    return write_summary(take_snapshot(session, summary))


def _period(forum: Forum, kind: SummaryKind, period: str) -> date:
    if kind is SummaryKind.MEETING:
        return _meeting(forum, period)
    return _monthly(period) if kind is SummaryKind.MONTHLY else _yearly(period)


def _find_forum(session: Session, code: str) -> Forum:
    found = session.scalars(select(Forum).where(Forum.code == code)).all()
    if len(found) > 1:
        raise click.ClickException(f"several federations have a forum with the code {code}")
    if not found:
        known = ", ".join(session.scalars(select(Forum.code).order_by(Forum.code)))
        raise click.ClickException(f"no forum has the code {code}; known: {known or 'none'}")
    return found[0]


def _monthly(period: str) -> date:
    month = _date(f"{period}-01", period, "a month as YYYY-MM")
    if month >= month_of(utc_now()):
        raise click.ClickException(f"{period} is not over yet; a monthly report needs a closed month")
    return month


def _yearly(period: str) -> date:
    year = _date(f"{period}-01-01", period, "a year as YYYY")
    if year.year >= month_of(utc_now()).year:
        raise click.ClickException(f"{period} is not over yet; a yearly report needs a closed year")
    return year


def _meeting(forum: Forum, period: str) -> date:
    day = _date(period, period, "a day as YYYY-MM-DD")
    days = sorted({local_date(meeting.starts_at) for meeting in forum.meetings if meeting.cancelled_at is None})
    if day not in days:
        known = ", ".join(known_day.isoformat() for known_day in days)
        raise click.ClickException(f"{forum.code} has no meeting on {period}; known: {known or 'none'}")
    return day


def _date(text: str, period: str, wanted: str) -> date:
    try:
        day = date.fromisoformat(text)
        if day.year < EARLIEST_YEAR:  # Counting two years back must end after the first day that there is.
            raise ValueError
        return day
    except ValueError:
        raise click.ClickException(f"--period must be {wanted}, not {period}") from None
