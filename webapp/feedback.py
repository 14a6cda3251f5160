"""Telling people that there is something to read: mail with a number and a link, and plain lines on their own page."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models.agenda import Decision
from models.delivery import Delivery, DeliveryKind, order_delivery
from models.feedback_queries import behind_decision, decisions_for, told_with
from models.outbox import Task
from models.report import Report
from schemas.months import day_name
from webapp.requests import parts
from webapp.wall import MERGED, opened

MOST_LINES = 10


def tell(session: Session, kind: DeliveryKind, subject_id: int, user_id: int, reference: str, now: datetime) -> None:
    """Order a mail to a reporter, in the caller's transaction; the worker is rung for when that commits.

    Nothing happens when the reporter did not ask for mail with that report, was told this before, or is told
    something else about it in this same moment: a decision that closes a report is one thing to read, not two.
    Arguments: kind - what it tells; subject_id - the row that it tells of; reference - of the reporter's own report.
    """
    own = (Report.reporter_id == user_id, Report.reference == reference, Report.feedback_email.is_not(None))
    same = (Delivery.user_id == user_id, Delivery.reference == reference, Delivery.ordered_at == now)
    if session.scalar(select(Report.id).where(*own)) is None or session.scalar(select(Delivery.id).where(*same)):
        return
    delivery_id = order_delivery(session, kind, subject_id, user_id, reference, now)
    if delivery_id is not None:
        ring = partial(parts().doorbell.ring, Task.DELIVER.value, Task.DELIVER.queue, delivery_id)
        event.listen(session, "after_commit", lambda _: ring(), once=True)


def tell_of_report(session: Session, kind: DeliveryKind, subject_id: int, report: Report, now: datetime) -> None:
    """Tell whoever filed a report, and whoever filed one that was merged into it."""
    with opened(session, MERGED):
        for one in told_with(session, select(Report.id).where(Report.id == report.id)):
            tell(session, kind, subject_id, one.reporter_id, one.reference, now)


def tell_reporters(session: Session, decision: Decision, now: datetime) -> None:
    """ "Ni sa, vi gjorde": tell every reporter whose report fed a decision. The line itself is `decision.plain`, which
    their own page shows; without such a line there is nothing to tell."""
    if not decision.plain:
        return
    session.flush()  # so that a decision that was just made has its id, and its item its reports
    for report in behind_decision(session, decision):
        tell(session, DeliveryKind.DECISION, decision.id, report.reporter_id, report.reference, now)


def plain_lines(session: Session, user_id: int) -> list[dict[str, Any]]:
    """What was decided on what somebody reported, newest first: the line, the day, and the forum as it was called."""
    return [
        {
            "line": decision.plain,
            "day": day_name(decision.decided_on),
            "forum": decision.item.meeting.forum.name_on(decision.decided_on),
        }
        for decision in decisions_for(session, user_id, MOST_LINES)
    ]
