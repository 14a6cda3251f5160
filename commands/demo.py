"""Load the example federation and file the sample cases through the form. Doing it again changes nothing."""

from __future__ import annotations

import json
import os
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

import settings
from commands._accounts import add_account
from commands._database import opened
from commands._example_work import add_example_work
from commands._filing import Filing
from commands._organisation import load_organisation
from models import Federation, Forum, Meeting, Report, User
from models.base import Database, utc_now
from schemas.months import LOCAL, add_months, local_date, month_of
from schemas.text import clean
from schemas.working_days import add_working_days, is_working_day
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
    with opened(current) as database:
        ensure_example_federation(database)
        told = _told(database)
    if not told.issuperset(map(_words, _cases())):
        _file_cases(current, told)


def _told(database: Database) -> set[str]:
    """The texts of the sample cases that were filed before: all of them, unless a first run was interrupted."""
    texts = [_words(case) for case in _cases()]
    with database.read() as session:
        if len(session.scalars(select(Report.id).limit(len(texts))).all()) == len(texts):
            return set(texts)  # Among many other reports they are not looked for.
        return set(session.scalars(select(Report.description).where(Report.description.in_(texts))))


def _words(case: dict[str, Any]) -> str:
    return clean(case["text"])


def ensure_example_federation(database: Database) -> None:
    """Load the example federation with its accounts, unless it is there.

    Raises: click.ClickException when the database belongs to a federation of its own.
    """
    with database.write() as session:
        if session.scalar(select(Federation.id).limit(1)) is None:
            _load_federation(session)
        elif session.scalar(select(User.id).where(User.is_example).limit(1)) is None:
            raise click.ClickException("example data goes into an empty database only, and this one is in use")


def _load_federation(session: Session) -> None:
    today = local_date(utc_now())
    data = json.loads((DATA / "hoglandet.json").read_text(encoding="utf-8"))
    federation = load_organisation(session, data, add_months(today.replace(day=1), -1))
    for account in ACCOUNTS:
        facts = (account.email, account.password, account.role, account.title, account.unit, account.areas)
        add_account(session, federation, *facts, is_example=True)
    federation.mail_domains = "example.org"  # The demo lays its mail in a folder, so nobody gets any.
    for forum in session.scalars(select(Forum)):
        for seat in forum.members:
            seat.email = f"chef.{seat.party.code}@example.org"
        day = _working_day(today + timedelta(days=DAYS_TO_MEETING[forum.kind.value]))
        session.add(Meeting(forum_id=forum.id, starts_at=datetime.combine(day, time(13), LOCAL)))
    add_example_work(session, federation, today)


def _working_day(day: date) -> date:
    """Nobody meets on a Saturday or a holiday."""
    return day if is_working_day(day) else add_working_days(day, 1)


def _file_cases(current: settings.Settings, told: set[str]) -> None:
    """File every case that was not told before, as its writer would, at moments spread evenly over twelve months."""
    cases, end = _cases(), utc_now()
    start = datetime.combine(add_months(month_of(end), 1 - MONTHS_BACK), time(9), LOCAL)
    with Filing(current) as filing:
        for index, case in enumerate(cases):
            if _words(case) not in told:
                filing.file(case, start + (end - start) * (index + 1) / (len(cases) + 1))


def _cases() -> list[dict[str, Any]]:
    lines = (DATA / "sample-cases.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]
