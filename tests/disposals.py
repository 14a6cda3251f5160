"""Disposal to try: three reports old enough to go, a rule for them, and the way from the decision to the receipt."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

import worker.archive
from models import Disposal, Outbox, Report, RetentionRule
from models.outbox import Task
from models.report import ReportState
from tests.desk import decide, errors, give_post, send
from tests.site import Site, Visitor
from tests.workshop import Workshop

RULE = {"kind": "report_text", "party": "", "years": "2", "decision": "SFH 2026/14"}
RULE |= {"decided_on": "2026-10-01", "decided_by": "Förbundsstyrelsen"}
PAGE = "/gallring"
YEARS = timedelta(days=3 * 366)


@pytest.fixture
def old(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Three reports that were classified, counted and closed more than three years ago; and one of today."""
    shop = Workshop(site, monkeypatch)
    monkeypatch.setattr(worker.archive, "utc_now", lambda: site.moment)
    give_post(site, "coordinator", "savsjo")
    site.moment -= YEARS
    reporter, coordinator = site.sign_in("reporter"), site.sign_in("coordinator")
    for _ in range(3):
        reference = reporter.file_report(suggestion="En gemensam ingång.", feedback_email="a@savsjo.se")
        classify(shop)
        closing = {"destination": "no_forum", "reason": "Det löste sig i ett samtal."}
        assert decide(coordinator, site, reference, **closing).status_code == 303
    site.moment += YEARS
    site.sign_in("reporter").file_report()
    classify(shop)
    with site.database.write() as session:
        first = update(Report).where(Report.reference.in_(references(site)[:3]))
        session.execute(first.values(state=ReportState.CLOSED, closed_at=site.moment - YEARS))
    shop.count()
    return site


def classify(shop: Workshop) -> None:
    from worker import tasks

    with shop.site.database.read() as session:
        waiting = list(session.scalars(select(Outbox.subject_id).where(Outbox.task == Task.CLASSIFY_REPORT)))
    for report_id in waiting:
        tasks.classify_report(report_id)


def references(site: Site) -> list[str]:
    with site.database.read() as session:
        return list(session.scalars(select(Report.reference).order_by(Report.id)))


def add_rule(site: Site, **changes: str) -> TestResponse:
    return send(site.sign_in("administrator"), PAGE, f"{PAGE}/regel", **(RULE | changes))


def freeze(admin: Visitor, rule_id: int = 1) -> str:
    """The address of the protocol."""
    answer = send(admin, PAGE, f"{PAGE}/regel/{rule_id}/protokoll")
    assert "/gallring/protokoll/" in answer.location, answer.location
    return answer.location


def run(site: Site, kind: str, years: str = "3") -> str:
    """Decide, freeze and carry out. Returns: the page of the receipt."""
    answer = add_rule(site, kind=kind, years=years)
    assert answer.status_code == 303, errors(answer)
    admin = site.sign_in("administrator")
    with site.database.read() as session:
        rule_id = max(session.scalars(select(RetentionRule.id)))
    address = freeze(admin, rule_id)
    assert send(admin, PAGE, f"{address}/genomfor", compared="1").status_code == 303
    with site.database.read() as session:
        newest = max(session.scalars(select(Disposal.id)))
    worker.archive.dispose(newest)
    return admin.get(address).text
