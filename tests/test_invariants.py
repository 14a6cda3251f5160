"""The rules that must always hold: a life of the product breaks none, and each is found broken when we break it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import delete, insert, inspect, null, select, update
from sqlalchemy.orm import Session

from models import Classification, Delivery, Forum, MonthCount, Outbox, Report, Slice, Summary
from models.base import Base, utc_now
from models.delivery import DeliveryKind, DeliveryState, order_delivery
from models.invariants import check
from models.month_count import MonthAboutCount, MonthCategoryCount, MonthPairCount
from models.outbox import MAX_ATTEMPTS, Task
from models.report import ReportNumber
from models.summary import SummaryKind, SummaryState, order_summary
from tests.site import TEXT, Site
from tests.workshop import Workshop
from worker import tasks

PDF = b"%PDF-1.7 fictitious"
LATER = timedelta(hours=1)


@pytest.fixture
def shop(site: Site, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """Two reports that were filed, classified and counted; a summary that was built; a mail that was sent."""
    made = Workshop(site, monkeypatch)
    reporter = site.sign_in("reporter")
    for _ in range(2):
        reporter.file_report()
    run(made)
    with site.database.write() as session:
        forum_id = session.scalars(select(Forum.id).order_by(Forum.id)).first() or 0
        ids = session.scalars(select(Report.reporter_id)).first() or 0
        order_summary(session, forum_id, SummaryKind.MONTHLY, date(2026, 10, 1), 1, site.moment)
        order_delivery(session, DeliveryKind.CLOSED, 1, ids, "LH-2026-0001", site.moment)
        settle(session, site)
    return made


def run(shop: Workshop) -> None:
    """Classify and count all that waits."""
    with shop.site.database.read() as session:
        waiting = list(session.scalars(select(Outbox.subject_id).where(Outbox.task == Task.CLASSIFY_REPORT)))
    for report_id in waiting:
        tasks.classify_report(report_id)
    shop.count()


def settle(session: Session, site: Site) -> None:
    """Say that the summary was built and the mail sent."""
    built = {"pdf": PDF, "pdf_sha256": hashlib.sha256(PDF).hexdigest(), "pdf_bytes": len(PDF)}
    built |= {"state": SummaryState.BUILT, "snapshot": {"a": 1}, "content": {"a": 1}, "built_at": site.moment}
    session.execute(update(Summary).values(built))
    session.execute(update(Delivery).values(state=DeliveryState.SENT, sent_at=site.moment))
    session.execute(delete(Outbox))


def broken(shop: Workshop) -> set[str]:
    return {breach.rule for breach in check(shop.site.database, shop.site.moment + LATER)}


def test_a_life_of_the_product_breaks_no_rule(shop: Workshop) -> None:
    assert check(shop.site.database, shop.site.moment + LATER) == []


Change = Callable[[Session], object]
BREAKS: dict[str, tuple[str, Change]] = {
    "a report that was lost": ("I1", lambda session: session.execute(update(ReportNumber).values(last=3))),
    "a report that nobody works on": ("I1", lambda session: session.execute(delete(Classification))),
    "a job without its report": (
        "I1",
        lambda session: session.add(Outbox(task=Task.CLASSIFY_REPORT, subject_id=99, created_at=utc_now())),
    ),
    "a category that no suggestion gave": (
        "I3",
        lambda session: session.execute(update(Report).values(category="rules")),
    ),
    "a slice that is gone": ("I4", lambda session: session.execute(delete(Slice))),
    "a count too many": ("I4", lambda session: session.execute(update(MonthCount).values(reports=7))),
    "a pair too many": ("I4", lambda session: session.execute(update(MonthPairCount).values(awaiting=7))),
    "a counterpart without count": ("I4", lambda session: session.execute(delete(MonthAboutCount))),
    "a category too many": ("I4", lambda session: session.execute(update(MonthCategoryCount).values(good=7))),
    "a version that is missing": ("I5", lambda session: session.execute(update(Summary).values(version=2))),
    "a summary that nobody builds": (
        "I5",
        lambda session: session.execute(update(Summary).values(state=SummaryState.QUEUED)),
    ),
    "a PDF of other bytes": ("I6", lambda session: session.execute(update(Summary).values(pdf=PDF[:-1] + b"X"))),
    "a PDF that is gone": ("I6", lambda session: session.execute(update(Summary).values(pdf=None))),
    "a PDF without its figures": ("I6", lambda session: session.execute(update(Summary).values(snapshot=null()))),
    "a mail that was sent nobody knows when": (
        "I7",
        lambda session: session.execute(update(Delivery).values(sent_at=None)),
    ),
    "a mail that nobody sends": (
        "I7",
        lambda session: session.execute(update(Delivery).values(state=DeliveryState.QUEUED, sent_at=None)),
    ),
    "a doubt that is hidden": (
        "I7",
        lambda session: session.execute(
            update(Delivery).values(state=DeliveryState.SENDING, sent_at=None, tried_at=utc_now() - timedelta(days=30))
        ),
    ),
    "a mail that failed in silence": (
        "I8",
        lambda session: session.execute(update(Delivery).values(state=DeliveryState.FAILED, sent_at=None)),
    ),
    "a summary that failed in silence": (
        "I8",
        lambda session: session.execute(update(Summary).values(state=SummaryState.FAILED)),
    ),
    "a job that stopped in silence": (
        "I8",
        lambda session: session.add(
            Outbox(
                task=Task.CLASSIFY_REPORT, subject_id=1, created_at=utc_now() - timedelta(days=30),
                attempts=MAX_ATTEMPTS, attempted_at=utc_now() - timedelta(days=30),
            )
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BREAKS)
def test_what_we_break_is_found(shop: Workshop, what: str) -> None:
    rule, change = BREAKS[what]
    with shop.site.database.write() as session:
        change(session)
    assert rule in broken(shop)


DOUBLED: list[tuple[type[Base], dict[str, str], str]] = [
    (Report, {"reference": "LH-2026-0003"}, "I2"),
    (Report, {"form_key": "another"}, "I2"),
    (Classification, {}, "I3"),
    (Summary, {}, "I5"),
    (Delivery, {}, "I7"),
]


@pytest.mark.parametrize(("table", "changes", "rule"), DOUBLED)
def test_a_double_is_found_even_where_the_databases_own_guard_is_gone(
    shop: Workshop, table: type[Base], changes: dict[str, str], rule: str
) -> None:
    engine = shop.site.database.engine.execution_options(writes=True)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        guards = inspect(connection).get_unique_constraints(table.__tablename__)
        with Operations(MigrationContext.configure(connection)).batch_alter_table(table.__tablename__) as batch:
            for guard in guards:
                batch.drop_constraint(guard["name"] or "", type_="unique")
        columns = [column for column in table.__table__.columns if column.name != "id"]
        first = connection.execute(select(*columns).select_from(table).limit(1)).mappings().one()
        connection.execute(insert(table).values(**{**first, **changes}))
    assert rule in broken(shop)


def test_a_line_names_rows_and_no_text(shop: Workshop) -> None:
    with shop.site.database.write() as session:
        session.execute(delete(Classification))
    lines = [str(breach) for breach in check(shop.site.database, shop.site.moment)]
    assert lines[0] == "I1: a report has been classified or waits for it: 1, 2"
    assert not any(TEXT in line for line in lines)
