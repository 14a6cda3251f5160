"""Publishing an answered deviation to everybody, when nobody can be recognised by it; and taking it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.publication import Publication, alike_in_a_year
from models.report import UNASSESSED, Report, ReportKind
from models.review import Answer
from models.user import User
from schemas.disclosure import MIN_REPORTERS, THRESHOLD
from schemas.months import add_months, month_of
from webapp.moving import note
from webapp.wall import ALIKE, opened

NO_ANSWER = "Det finns inget svar att publicera"
NOT_A_DEVIATION = "Bara avvikelser publiceras"
NOT_ALLOWED = "Rapportören har inte gått med på att händelsen återges"
NO_PARAPHRASE = "Det finns ingen omskrivning. Skriv en på granskningssidan"
NO_CATEGORY = "Rapporten har ingen kategori. Välj en på granskningssidan"
TOO_OLD = "Rapporten är äldre än ett år"
TOO_FEW = (
    f"Färre än {THRESHOLD} rapporter från minst {MIN_REPORTERS} personer handlar om samma part och kategori "
    "det senaste året. Då kan någon kännas igen"
)
NOT_THERE = "Svaret är inte publicerat"


def hindrance(session: Session, report: Report, now: datetime) -> str:
    """Why the answer to a report cannot be published now; empty when it can."""
    month = month_of(now)
    tests = (
        (_latest(session, report) is not None, NO_ANSWER),
        (report.kind is ReportKind.DEVIATION, NOT_A_DEVIATION),
        (report.may_paraphrase, NOT_ALLOWED),
        (bool(report.paraphrase), NO_PARAPHRASE),
        (report.category != UNASSESSED, NO_CATEGORY),
        (report.month >= add_months(month, -11), TOO_OLD),
    )
    fault = next((message for fine, message in tests if not fine), "")
    with opened(session, ALIKE):
        return fault or ("" if _enough(*alike_in_a_year(session, report, month)) else TOO_FEW)


def _enough(reports: int, reporters: int) -> bool:
    return reports >= THRESHOLD and reporters >= MIN_REPORTERS


def _latest(session: Session, report: Report) -> Answer | None:
    query = select(Answer).where(Answer.report_id == report.id).order_by(Answer.id.desc()).limit(1)
    return session.scalars(query).one_or_none()


def standing(session: Session, report: Report) -> Publication | None:
    """What is published of a report. A paraphrase that was changed since has taken it off the page."""
    if report.paraphrase_released_at is None:
        return None
    here = (Publication.report_id == report.id, Publication.withdrawn_at.is_(None))
    query = select(Publication).where(*here).options(joinedload(Publication.area))
    return session.scalars(query.order_by(Publication.id.desc()).limit(1)).one_or_none()


def publish_answer(session: Session, report: Report, by: User, now: datetime) -> str:
    """Freeze the paraphrase and the latest answer and lay them on the open page, in place of an earlier answer.

    Returns: why not, or an empty text when it is done.
    """
    answer = _latest(session, report)
    fault = hindrance(session, report, now)
    if fault or answer is None:
        return fault or NO_ANSWER
    withdraw_all(session, report, now)
    query = select(Publication).where(Publication.answer_id == answer.id)
    row = session.scalars(query).one_or_none() or Publication(answer_id=answer.id, report_id=report.id)
    with opened(session, ALIKE):
        near = alike_in_a_year(session, report, month_of(now), report.area_id)
    row.federation_id, row.area_id = report.federation_id, report.area_id if _enough(*near) else None
    row.party_id, row.category, row.month = report.about_unit.party_id, report.category, report.month
    row.paraphrase, row.is_example = report.paraphrase, report.is_example
    row.cause, row.action, row.action_kind = answer.cause, answer.action, answer.action_kind
    row.consequence, row.follow_up = answer.consequence, answer.follow_up
    row.published_at, row.withdrawn_at = now, None
    session.add(row)
    report.paraphrase_released_at = now
    note(session, report, by, now, "Omskrivningen och svaret publicerades")
    return ""


def withdraw_answer(session: Session, report: Report, by: User, now: datetime) -> str:
    """Take a report off the open page. Returns: why not, or an empty text when it is done."""
    if standing(session, report) is None:
        return NOT_THERE
    withdraw_all(session, report, now)
    report.paraphrase_released_at = None
    note(session, report, by, now, "Omskrivningen och svaret togs bort från den öppna sidan")
    return ""


def withdraw_all(session: Session, report: Report, now: datetime) -> None:
    """End whatever stands there of a report."""
    here = (Publication.report_id == report.id, Publication.withdrawn_at.is_(None))
    for row in session.scalars(select(Publication).where(*here)).all():
        row.withdrawn_at = now
    session.flush()
