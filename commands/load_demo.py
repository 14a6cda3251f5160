"""Load fictitious reports in bulk, for benchmarks and for trying the dashboard. Not through the form."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

import settings
from commands._database import opened
from commands.demo import ensure_example_federation
from models import Area, Classification, Party, Report, ReportNumber, Slice, Unit, User
from models.base import Database, insert_into, utc_now
from models.month_count import mark_slice
from models.organisation import OUTSIDE_PARTY
from models.report import Occurred, Recurrence, ReportState
from models.user import Role
from schemas.months import local_date, month_of
from worker.recount import recount

TEXTS = Path(__file__).resolve().parent.parent / "data" / "classifier" / "training.jsonl"
MODEL = "fictitious"
DAYS_BACK = 730
BATCH = 5000
SHARE_WITHIN = 0.15  # of the reports, about a unit of the same party
SHARE_AWAITING = 0.02  # of the reports, the newest ones, nobody has reviewed yet


@click.command()
@click.option("--reports", required=True, type=click.IntRange(1, 5_000_000), help="how many")
@click.option("--seed", default=1, show_default=True, help="the same seed gives the same reports")
def command(reports: int, seed: int) -> None:
    """Load fictitious reports, spread over two years, marked as example data and counted."""
    current = settings.load()
    if current.production:
        raise click.ClickException("fictitious data never goes into a production database")
    with opened(current) as database:
        ensure_example_federation(database)
        _load(database, reports, seed)
        click.echo(f"{reports} reports loaded, {_count(database)} slices counted")


def _load(database: Database, reports: int, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - reproducible on purpose
    with database.write() as session:
        moments = sorted(_moments(dice, reports))
        rows = _rows(session, dice, moments, seed)
        for batch in _batches(rows):
            _insert(session, batch)
        _advance_sequence(session)


def _advance_sequence(session: Session) -> None:
    """PostgreSQL hands out ids from a sequence, which does not see the ids that were given here."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT setval('report_id_seq', (SELECT max(id) FROM report))"))


def _moments(dice: random.Random, reports: int) -> Iterator[datetime]:
    end = utc_now()
    for _ in range(reports):
        yield end - timedelta(seconds=dice.random() * DAYS_BACK * 86400)


def _rows(session: Session, dice: random.Random, moments: list[datetime], seed: int) -> Iterator[dict[str, Any]]:
    """The reports, oldest first. Some pairs and areas are commoner than others, as they are in life."""
    texts = [json.loads(line) for line in TEXTS.read_text(encoding="utf-8").splitlines()]
    writers = select(User).where(User.role == Role.REPORTER, User.is_example).order_by(User.id)
    reporters = list(session.scalars(writers))
    home = reporters[0].federation_id
    areas = list(session.scalars(select(Area).where(Area.federation_id == home).order_by(Area.id)))
    units = list(session.scalars(select(Unit).join(Party).where(Party.federation_id == home).order_by(Unit.id)))
    inside = [unit for unit in units if unit.party.code != OUTSIDE_PARTY]
    parties = list(dict.fromkeys(unit.party_id for unit in inside))
    first = (session.scalar(select(func.max(Report.id))) or 0) + 1
    given = select(ReportNumber.year, ReportNumber.last).where(ReportNumber.federation_id == home)
    numbers = dict(session.execute(given).all())
    awaiting_from = int(len(moments) * (1 - SHARE_AWAITING))
    for index, moment in enumerate(moments):
        case = dice.choice(texts)
        party_id = _weighted(dice, parties)
        sender = _weighted(dice, [unit for unit in inside if unit.party_id == party_id])
        year = local_date(moment).year
        numbers[year] = numbers.get(year, 0) + 1
        yield {
            "id": first + index,
            "federation_id": reporters[0].federation_id,
            "area_id": _weighted(dice, areas).id,
            "reporter_id": dice.choice(reporters).id,
            "from_unit_id": sender.id,
            "about_unit_id": _counterpart(dice, sender, units).id,
            "form_key": f"fictitious-{seed}-{first + index}",
            "reference": f"LH-{year}-{numbers[year]:04d}",
            "received_at": moment,
            "month": month_of(moment),
            "state": ReportState.RECEIVED if index >= awaiting_from else ReportState.CLOSED,
            "category": case["category"],
            "classified_at": moment,
            "description": case["text"][:1500],
            "counterpart_other": "",
            "other_units": [],
            "occurred": dice.choice(list(Occurred)),
            "consequences": [],
            "recurrence": dice.choice(list(Recurrence)),
            "suggestion": "",
            "may_paraphrase": True,
            "is_example": True,
        }
    _store_numbers(session, reporters[0].federation_id, numbers)


def _counterpart(dice: random.Random, sender: Unit, units: list[Unit]) -> Unit:
    """Most often collaboration breaks between parties, at times between two units of one."""
    within = dice.random() < SHARE_WITHIN
    same = [unit for unit in units if (unit.party_id == sender.party_id) == within and unit is not sender]
    found: Unit = _weighted(dice, same or [unit for unit in units if unit is not sender])
    return found


def _weighted(dice: random.Random, rows: list[Any]) -> Any:
    return dice.choices(rows, weights=[1 / (position + 1) for position in range(len(rows))])[0]


def _store_numbers(session: Session, federation_id: int, numbers: dict[int, int]) -> None:
    for year, last in numbers.items():
        row = insert_into(session, ReportNumber).values(federation_id=federation_id, year=year, last=last)
        session.execute(row.on_conflict_do_update(index_elements=["federation_id", "year"], set_={"last": last}))


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _insert(session: Session, batch: list[dict[str, Any]]) -> None:
    session.execute(insert(Report), batch)
    suggestions = [
        {
            "report_id": row["id"],
            "model_version": MODEL,
            "category": row["category"],
            "confidence": 0.9,
            "abstained": False,
            "reasons": [],
            "alternatives": [],
            "made_at": row["received_at"],
        }
        for row in batch
    ]
    session.execute(insert(Classification), suggestions)


def _count(database: Database) -> int:
    with database.write() as session:
        for area_id, month in session.execute(select(Report.area_id, Report.month).distinct()).all():
            mark_slice(session, area_id, month)
        slices = list(session.scalars(select(Slice.id)))
    for slice_id in slices:
        with database.write() as session:
            recount(session, slice_id, utc_now())
    return len(slices)
