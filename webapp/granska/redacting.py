"""Taking out of a report what points to a person. The text in the row is replaced and no copy is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.classification import Classification
from models.report import Report
from models.review import InfoRequest
from models.user import User
from schemas.redaction import masked
from schemas.report import LONGEST, LONGEST_NAME, LONGEST_SUGGESTION
from webapp.moving import note


def mask_all(session: Session, report: Report, by: User, moment: datetime) -> None:
    """Mask what is marked in everything that the reporter wrote."""
    report.counterpart_other = masked(report.counterpart_other, LONGEST_NAME)
    for row in session.scalars(select(InfoRequest).where(InfoRequest.report_id == report.id)):
        row.answer = masked(row.answer, LONGEST)
    description, suggestion = masked(report.description, LONGEST), masked(report.suggestion, LONGEST_SUGGESTION)
    replace_texts(session, report, description, suggestion, by, moment)


def replace_texts(
    session: Session, report: Report, description: str, suggestion: str, by: User, moment: datetime
) -> None:
    """Put shorter texts in place of the reporter's; the classifier's reasons lose words that are gone."""
    report.description, report.suggestion = description, suggestion
    left = description.casefold()
    for row in session.scalars(select(Classification).where(Classification.report_id == report.id)):
        row.reasons = [reason for reason in row.reasons if all(word in left for word in reason.casefold().split())]
    note(session, report, by, moment, "Texten maskerades eller kortades")
