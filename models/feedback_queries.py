"""Who hears back about what: the reporters behind a report and a decision, their answers and their decisions."""

from __future__ import annotations

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from models.agenda import AgendaItem, Decision, agenda_report
from models.forum import Forum, Meeting
from models.report import Report, ReportState
from models.review import Answer


def told_with(session: Session, report_ids: Select[int]) -> list[Report]:
    """Some reports and those that were merged into them: their reporters have told the same thing."""
    ids = report_ids.scalar_subquery()
    same = or_(Report.id.in_(ids), Report.merged_into_id.in_(ids))
    query = select(Report).where(same, Report.state != ReportState.WITHDRAWN).order_by(Report.id)
    return list(session.scalars(query))


def behind_decision(session: Session, decision: Decision) -> list[Report]:
    """The reports that a decision answers to."""
    fed = select(agenda_report.c.report_id).where(agenda_report.c.agenda_item_id == decision.agenda_item_id)
    return told_with(session, fed)


def answers_to(session: Session, report: Report) -> list[Answer]:
    """The answers that a report has got, newest first. What was merged into another report is answered with it."""
    query = select(Answer).where(Answer.report_id == (report.merged_into_id or report.id))
    return list(session.scalars(query.order_by(Answer.id.desc())))


def decisions_for(session: Session, user_id: int, limit: int) -> list[Decision]:
    """The decisions, newest first, on what somebody has reported, where there is a plain line about them."""
    fed = or_(Report.id == agenda_report.c.report_id, Report.merged_into_id == agenda_report.c.report_id)
    own = (
        select(agenda_report.c.agenda_item_id)
        .join(Report, fed)
        .where(Report.reporter_id == user_id, Report.state != ReportState.WITHDRAWN)
    )
    names = joinedload(Decision.item).joinedload(AgendaItem.meeting).joinedload(Meeting.forum).selectinload(Forum.names)
    query = select(Decision).where(Decision.agenda_item_id.in_(own), Decision.plain != "").options(names)
    return list(session.scalars(query.order_by(Decision.decided_on.desc(), Decision.id.desc()).limit(limit)))
