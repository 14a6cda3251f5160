"""Disposal (gallring): what a protocol names is taken away in batches. Each batch is looked at anew before it goes,
whole or not at all, and going through one again changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, null, select, update
from sqlalchemy.orm import Session

from models.action import action_report
from models.agenda import agenda_report
from models.audit import EMPTIED, AuditEvent
from models.classification import Classification
from models.delivery import Delivery, DeliveryState
from models.disposal import Disposal, DisposalState, fingerprint
from models.disposal_queries import GONE, find_due, nameless
from models.handout import Handout
from models.publication import Publication
from models.report import Report
from models.retention import RecordKind, RetentionRule
from models.review import Answer, InfoRequest, Review, StateChange, Track
from models.user import Role, User
from schemas.months import start_of_day
from schemas.retention import DISPOSED

BATCH = 200  # items in one transaction: short enough that people who work do not notice


def dispose_batch(session: Session, row: Disposal, now: datetime) -> bool:
    """Take away the next items of a disposal. Whatever has come to hold one back since the protocol, holds it back.

    Returns: whether anything is left to do.
    """
    items = row.items[row.done : row.done + BATCH]
    rule = session.get_one(RetentionRule, row.rule_id)
    found = {one.item: one.held for one in find_due(session, rule, row.before, now, items)}
    going = [item for item in items if found.get(item) == ""]
    row.kept = [*row.kept, *([item, found.get(item, GONE)] for item in items if item not in going)]
    if going:
        TAKE_AWAY[row.kind](session, row, going)
    row.done += len(items)
    return row.done < len(row.items)


def close(session: Session, row: Disposal, now: datetime) -> None:
    """Write the receipt."""
    row.state = DisposalState.DONE
    row.receipt = {
        "protocol_sha256": row.protocol_sha256,
        "removed": len(row.items) - len(row.kept),
        "kept": row.kept,
        "decision": row.protocol["decision"],
        "ordered_at": row.ordered_at.isoformat() if row.ordered_at else "",
        "ordered_as": row.ordered_as,
        "finished_at": now.isoformat(),
    }
    row.receipt_sha256 = fingerprint(row.receipt)


def _ids(row: Disposal, items: Sequence[str]) -> Select[int]:
    return select(Report.id).where(Report.federation_id == row.federation_id, Report.reference.in_(items))


def _take_texts(session: Session, row: Disposal, items: Sequence[str]) -> None:
    """What the reporter wrote and what others wrote about it, each word. What is counted stays."""
    ids = list(session.scalars(_ids(row, items)))
    gone = {"description": DISPOSED, "suggestion": "", "counterpart_other": "", "feedback_email": None}
    gone |= {"close_reason": "", "referred_to": "", "advice": ""}
    _change(session, update(Report).where(Report.id.in_(ids)), gone)
    unreleased = update(Report).where(Report.id.in_(ids), Report.paraphrase_released_at.is_(None))
    _change(session, unreleased, {"paraphrase": ""})
    facts: dict[str, Any] = {"reasons": [], "aspects": {}, "alternatives": []}
    _change(session, update(Classification).where(Classification.report_id.in_(ids)), facts)
    questions = update(InfoRequest).where(InfoRequest.report_id.in_(ids))
    _change(session, questions, {"question": DISPOSED, "answer": ""})
    _change(session, update(StateChange).where(StateChange.report_id.in_(ids)), {"why": ""})


def _take_answers(session: Session, row: Disposal, items: Sequence[str]) -> None:
    gone = {"cause": DISPOSED, "action": DISPOSED, "consequence": "", "follow_up": ""}
    here = (Answer.report_id.in_(_ids(row, items)), Answer.made_at < start_of_day(row.before))
    _change(session, update(Answer).where(*here), gone)
    # What is on the open page holds the report back; this is what once stood there.
    taken_off = (Publication.report_id.in_(_ids(row, items)), Publication.withdrawn_at.is_not(None))
    _change(session, update(Publication).where(*taken_off), gone)


def _take_reports(session: Session, row: Disposal, items: Sequence[str]) -> None:
    """Everything but the line that is counted: number, month, area, the two units, category and state. The machine's
    category stays beside it, since it too is a figure."""
    _take_texts(session, row, items)
    ids = list(session.scalars(_ids(row, items)))
    for table in (action_report, agenda_report):
        session.execute(delete(table).where(table.c.report_id.in_(ids)))
    for noun in (Answer, InfoRequest, Review, Track, StateChange):
        session.execute(delete(noun).where(noun.report_id.in_(ids)), execution_options={"synchronize_session": False})
    _take_mails(session, row, items)
    gone: dict[str, Any] = {name: [] for name in ("consequences", "other_units", "also_categories")}
    gone |= dict.fromkeys(("occurred_on", "recurrence", "reporter_category", "raised_directly"), null())
    gone |= dict.fromkeys(("paraphrase_released_at", "level", "forum_id", "receiver_id"), null())
    gone |= {"paraphrase": "", "may_paraphrase": False, "reporter_id": _nobody(session, row)}
    _change(session, update(Report).where(Report.id.in_(ids)), gone)


def _take_mails(session: Session, row: Disposal, items: Sequence[str]) -> None:
    """Who was told of a report is who filed it. Mails that are on their way are left to arrive."""
    own = select(User.id).where(User.federation_id == row.federation_id)
    under_way = (DeliveryState.QUEUED, DeliveryState.SENDING)
    here = (Delivery.reference.in_(items), Delivery.user_id.in_(own), Delivery.state.not_in(under_way))
    session.execute(delete(Delivery).where(*here), execution_options={"synchronize_session": False})


def _nobody(session: Session, row: Disposal) -> int:
    """The account that stands where a reporter was. It is closed from the start, and no password opens it."""
    address = nameless(row.federation_id)
    found = session.scalar(select(User.id).where(User.email == address))
    if found is not None:
        return found
    user = User(federation_id=row.federation_id, email=address, password_hash="", role=Role.REPORTER, title="Gallrad")
    user.disabled_at = user.forgotten_at = row.ordered_at
    session.add(user)
    session.flush()
    return user.id


def _take_handouts(session: Session, _row: Disposal, items: Sequence[str]) -> None:
    """The letter with its copies, on paper too. That it was decided, when, how and its sum stay."""
    letters = update(Handout).where(Handout.id.in_([int(item) for item in items]))
    _change(session, letters, {"letter": null(), "pdf": null()})


def _take_events(session: Session, _row: Disposal, items: Sequence[str]) -> None:
    """Who, what and why; the number, the moment and the link of the chain stay, so that the rest can be proved."""
    events = update(AuditEvent).where(AuditEvent.id.in_([int(item) for item in items]))
    _change(session, events, {"user_id": None, "action": EMPTIED, "subject": "", "request_id": ""})


def _change(session: Session, step: Any, values: dict[str, Any]) -> None:
    session.execute(step.values(values).execution_options(synchronize_session=False))


TAKE_AWAY: dict[RecordKind, Callable[[Session, Disposal, Sequence[str]], None]] = {
    RecordKind.REPORT_TEXT: _take_texts,
    RecordKind.ANSWER: _take_answers,
    RecordKind.REPORT: _take_reports,
    RecordKind.HANDOUT: _take_handouts,
    RecordKind.LOG: _take_events,
}
