"""Load the example federation and file the sample cases through the form. Doing it again changes nothing."""

from __future__ import annotations

import json
import os
from datetime import date, datetime, time, timedelta
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

import settings
from commands._accounts import add_account
from commands._filing import Filing
from commands._organisation import load_organisation
from models import Federation, Forum, Meeting, Report
from models.base import Database, utc_now
from models.months import LOCAL, add_months, local_date, month_of
from webapp.demo import ACCOUNTS

DATA = Path(__file__).resolve().parent.parent / "data"
MONTHS_BACK = 12  # over which the sample cases are spread
DAYS_TO_MEETING = {"local_group": 12, "working_group": 6, "steering_group": 40, "preparatory_group": 25, "board": 50}


@click.command()
@click.option("--show", is_flag=True, help="only print the example sign-ins")
def command(show: bool) -> None:
    """Load the example federation with its sample cases, and print the example sign-ins."""
    current = settings.load({**os.environ, "LEXHELLER_DEMO": "1"})
    if current.production:
        raise click.ClickException("example data never goes into a production database")
    if not show:
        _fill(current)
    for account in ACCOUNTS:
        click.echo(f"  {account.email:<32} {account.password:<20} {account.title}")


def _fill(current: settings.Settings) -> None:
    database = Database(current.database_url)
    ensure_example_federation(database)
    with database.read() as session:
        filed = session.scalar(select(Report.id).limit(1)) is not None
    database.dispose()
    if not filed:
        _file_cases(current)


def ensure_example_federation(database: Database) -> None:
    """Load the example federation with its accounts, unless there is a federation already."""
    with database.write() as session:
        if session.scalar(select(Federation.id)) is None:
            _load_federation(session)


def _load_federation(session: Session) -> None:
    today = local_date(utc_now())
    data = json.loads((DATA / "hoglandet.json").read_text(encoding="utf-8"))
    federation = load_organisation(session, data, add_months(today.replace(day=1), -1))
    for account in ACCOUNTS:
        facts = (account.email, account.password, account.role, account.title, account.unit, account.areas)
        add_account(session, federation, *facts, is_example=True)
    for forum in session.scalars(select(Forum)):
        day = _working_day(today + timedelta(days=DAYS_TO_MEETING[forum.kind.value]))
        session.add(Meeting(forum_id=forum.id, starts_at=datetime.combine(day, time(13), LOCAL)))


def _working_day(day: date) -> date:
    """Nobody meets on a Saturday or a Sunday."""
    return day + timedelta(days=8 - day.isoweekday()) if day.isoweekday() > 5 else day


def _file_cases(current: settings.Settings) -> None:
    """File every sample case as its writer would, at moments spread evenly over the last twelve months."""
    lines = (DATA / "sample-cases.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines if line.strip()]
    end = utc_now()
    start = datetime.combine(add_months(month_of(end), 1 - MONTHS_BACK), time(9), LOCAL)
    with Filing(current) as filing:
        for index, case in enumerate(cases):
            filing.file(case, start + (end - start) * (index + 1) / (len(cases) + 1))
