"""What a rule of retention finds due, and what holds some of it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, exists, func, literal, select, true
from sqlalchemy.orm import Session

from models.action import OPEN_STATUSES, Action, action_report
from models.agenda import AgendaItem, agenda_report
from models.audit import EMPTIED, AuditEvent
from models.forum import Meeting
from models.handout import Handout, HandoutCopy, HandoutState
from models.organisation import Party, Unit
from models.publication import Publication
from models.report import Report, ReportState
from models.retention import RecordKind, RetentionRule, RetentionStop
from models.review import Answer
from models.user import User
from schemas.months import start_of_day
from schemas.retention import DISPOSED

CONCLUDED = (
    ReportState.ANSWERED,
    ReportState.CLOSED,
    ReportState.REFERRED,
    ReportState.MERGED,
    ReportState.WITHDRAWN,
)
STOPPED, ASKED_FOR, UNFINISHED = "gallringsstopp", "begärd att lämnas ut", "inte avslutad"
UNDER_ACTION, ON_AGENDA, PUBLISHED = "öppen åtgärd", "på en kommande dagordning", "står bland besvarade avvikelser"
GONE = "redan gallrad"
MOST_ITEMS = 20_000  # in one protocol: a person is to look through it, and a page to show it


class Due(NamedTuple):
    """An item that is old enough: its reference, whose it is, from when, and why it is held back, or nothing."""

    item: str
    party: str
    day: datetime
    held: str


def nameless(federation_id: int) -> str:
    """The address of the account that reports point to whose reporter is gone. No mail can be sent to it."""
    return f"gallrad-{federation_id}@lexheller.invalid"


def due(
    rule: RetentionRule, before: date, now: datetime, items: Sequence[str] | None = None
) -> Select[*tuple[Any, ...]]:
    """What a rule finds, oldest first and what is held back last, with the columns of `Due`.

    Arguments: before - the day that it lies before; now - the moment, which tells what meetings are to come; items -
    look only at these.
    """
    if rule.kind is RecordKind.LOG:
        return _due_events(rule, before, items)
    if rule.kind is RecordKind.HANDOUT:
        return _due_handouts(rule, before, items)
    day = select(func.max(Answer.made_at)).where(Answer.report_id == Report.id).scalar_subquery()
    since = day if rule.kind is RecordKind.ANSWER else Report.received_at
    here = [Report.federation_id == rule.federation_id, since < start_of_day(before), _there(rule)]
    here += [Unit.party_id == rule.party_id] if rule.party_id is not None else []
    here += [Report.reference.in_(items)] if items is not None else []
    held = _held(rule.kind, now)
    query = select(Report.reference, Party.name, since.label("day"), held.label("held"))
    query = query.join(Unit, Unit.id == Report.from_unit_id).join(Party, Party.id == Unit.party_id)
    return query.where(*here).order_by(held != "", since, Report.id)  # What is held back stands in nobody's way.


def _there(rule: RetentionRule) -> ColumnElement[bool]:
    """Whether there is still something of the kind to dispose of."""
    if rule.kind is RecordKind.REPORT_TEXT:
        return Report.description != DISPOSED
    if rule.kind is RecordKind.ANSWER:
        return exists().where(Answer.report_id == Report.id, Answer.cause != DISPOSED)
    nobody = select(User.id).where(User.email == nameless(rule.federation_id))
    return Report.reporter_id.not_in(nobody)


def _held(kind: RecordKind, now: datetime) -> ColumnElement[str]:
    """Why a report is held back; the empty text when it is not."""
    stop = exists().where(RetentionStop.report_id == Report.id, RetentionStop.ended_at.is_(None))
    asked = exists().where(
        HandoutCopy.report_id == Report.id, HandoutCopy.handout_id == Handout.id, Handout.state == HandoutState.OPEN
    )
    action = exists().where(
        action_report.c.report_id == Report.id,
        action_report.c.action_id == Action.id,
        Action.status.in_(OPEN_STATUSES),
    )
    meeting = exists().where(
        agenda_report.c.report_id == Report.id,
        agenda_report.c.agenda_item_id == AgendaItem.id,
        AgendaItem.meeting_id == Meeting.id,
        Meeting.starts_at >= now,
        Meeting.cancelled_at.is_(None),
    )
    shown = exists().where(Publication.report_id == Report.id, Publication.withdrawn_at.is_(None))
    reasons = [
        (stop, STOPPED),
        (asked, ASKED_FOR),
        (Report.state.not_in(CONCLUDED), UNFINISHED),
        (action, UNDER_ACTION),
        (meeting, ON_AGENDA),
    ]
    reasons += [(shown, PUBLISHED)] if kind is not RecordKind.REPORT_TEXT else []
    return case(*reasons, else_="")


def _due_events(rule: RetentionRule, before: date, items: Sequence[str] | None) -> Select[*tuple[Any, ...]]:
    here = (AuditEvent.federation_id == rule.federation_id, AuditEvent.at < start_of_day(before))
    only = true() if items is None else AuditEvent.id.in_([int(item) for item in items])
    query = select(AuditEvent.id, literal(""), AuditEvent.at, literal(""))
    return query.where(*here, only, AuditEvent.action != EMPTIED).order_by(AuditEvent.id)


def _due_handouts(rule: RetentionRule, before: date, items: Sequence[str] | None) -> Select[*tuple[Any, ...]]:
    here = (Handout.federation_id == rule.federation_id, Handout.decided_at < start_of_day(before))
    only = true() if items is None else Handout.id.in_([int(item) for item in items])
    query = select(Handout.id, literal(""), Handout.decided_at, literal(""))
    return query.where(*here, only, Handout.letter.is_not(None)).order_by(Handout.id)


def find_due(
    session: Session, rule: RetentionRule, before: date, now: datetime, items: Sequence[str] | None = None
) -> list[Due]:
    """The same as a list, the `MOST_ITEMS` oldest. Arguments: as of `due`."""
    rows = session.execute(due(rule, before, now, items).limit(MOST_ITEMS))
    return [Due(str(item), party, day, held) for item, party, day, held in rows]
