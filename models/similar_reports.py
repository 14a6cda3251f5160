"""Reports that may tell of the same thing: a few from the index, to be compared word by word."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from models.report import UNCOUNTED, Report, ReportKind

MOST = 40  # of each kind, the newest: enough to find a likeness, few enough to read every word


def candidates(session: Session, report: Report, since: datetime) -> list[Report]:
    """The newest deviations of the same area since a moment, of the same pair or of the same category."""
    looks = []
    pair = (Report.from_unit_id == report.from_unit_id) & (Report.about_unit_id == report.about_unit_id)
    for same in (pair, Report.category == report.category):
        look = select(Report.id).where(Report.area_id == report.area_id, same, Report.received_at >= since)
        look = look.where(Report.kind == ReportKind.DEVIATION, Report.state.not_in(UNCOUNTED), Report.id != report.id)
        looks.append(select(look.order_by(Report.received_at.desc()).limit(MOST).subquery()))
    return list(session.scalars(select(Report).where(Report.id.in_(select(union(*looks).subquery().c.id)))))
