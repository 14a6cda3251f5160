"""Carrying out a forum's decision: it is kept, its reports move, and what is handed up stands on the next agenda."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.agenda import AgendaItem, Decision, Outcome
from models.agenda_queries import next_position
from models.forum import Forum, Meeting
from models.forum_queries import forum_above, next_meeting_of
from models.month_count import mark_slice
from models.report import Report, ReportState
from models.user import User
from schemas.months import local_date
from webapp.feedback import tell_reporters
from webapp.moving import move, note

WITH_FORUM = (ReportState.ROUTED, ReportState.ACTION_DECIDED)
GONE = (ReportState.WITHDRAWN, ReportState.MERGED)
CLOSED_BY_FORUM = "Beslut i forumet"


class DecisionError(ValueError):
    """A decision that cannot be kept. The message is plain Swedish, for the page."""


def check(session: Session, item: AgendaItem, outcome: Outcome | None, now: datetime) -> None:
    """Do nothing when a decision on an item can be kept.

    Raises: DecisionError when the meeting was called off or lies ahead, nobody sits in the forum, a report is gone,
    or there is nothing above to hand it up to.
    """
    meeting = item.meeting
    if meeting.cancelled_at is not None:
        raise DecisionError("Mötet är inställt. Där kan inget beslutas")
    if local_date(meeting.starts_at) > local_date(now):
        raise DecisionError("Mötet har inte hållits än. Skriv in beslutet samma dag som mötet eller senare")
    if not meeting.forum.members:
        raise DecisionError("Forumet saknar ledamöter. Lägg in vilka funktioner som sitter där först")
    gone = [report for report in item.reports if report.state in GONE]
    if gone:
        state = gone[0].state.label.lower()
        raise DecisionError(f"{gone[0].reference} är {state}. Ta bort den ur ärendet innan du skriver in beslutet")
    if outcome is Outcome.HANDED_UP and forum_above(session, meeting.forum) is None:
        raise DecisionError("Det finns inget forum ovanför det här. Välj ett annat alternativ")


def decide(session: Session, item: AgendaItem, words: Mapping[str, Any], by: User, now: datetime) -> Decision:
    """Keep a decision, do what it says, and tell whoever reported.

    Arguments: item - its forum locked; words - as ForumDecisionSchema loads them.
    Raises: DecisionError or IllegalMoveError, with a message for the page.
    """
    outcome = Outcome(words["outcome"])
    check(session, item, outcome, now)
    decision = Decision(
        agenda_item_id=item.id,
        decided_on=local_date(item.meeting.starts_at),
        text=words["decision_text"],
        plain=words["decision_plain"],
        outcome=outcome,
        function=by.title,
    )
    session.add(decision)
    if outcome is not Outcome.STAYS:
        taken = take_reports(session, [report.id for report in item.reports])
        # What somebody has taken from the forum meanwhile is no longer its own to move.
        reports = [report for report in taken if report.forum_id == item.meeting.forum_id]
        (_close if outcome is Outcome.CLOSED else _hand_up)(session, item, reports, by, now)
        _count_as_answered(reports, decision, now)
    session.flush()
    tell_reporters(session, decision, now)
    return decision


def take_reports(session: Session, ids: Iterable[int]) -> list[Report]:
    """Reports of one's forum, locked for a change and marked to be counted anew."""
    query = select(Report).where(Report.id.in_(list(ids))).order_by(Report.id).with_for_update(of=Report)
    reports = list(session.scalars(query.execution_options(populate_existing=True)))
    for report in reports:
        report.version += 1
        session.info.setdefault("slices", set()).add(mark_slice(session, report.area_id, report.month))
    return reports


def _close(session: Session, item: AgendaItem, reports: list[Report], by: User, now: datetime) -> None:
    for report in reports:
        if report.state in (*WITH_FORUM, ReportState.ANSWERED):
            move(session, report, ReportState.CLOSED, by, now, CLOSED_BY_FORUM)


def _count_as_answered(reports: list[Report], decision: Decision, now: datetime) -> None:
    """Who is told the forum's decision in a plain line no longer waits for an answer."""
    for report in reports:
        if report.state is ReportState.CLOSED and decision.plain and report.answered_at is None:
            report.answered_at = now


def _hand_up(session: Session, item: AgendaItem, reports: list[Report], by: User, now: datetime) -> None:
    above = forum_above(session, item.meeting.forum)
    if above is None:
        return
    for report in reports:
        if report.state in WITH_FORUM:
            report.forum_id = above.id
            note(session, report, by, now, f"Går vidare till {above.name}")
    meeting = next_meeting_of(session, [above.id], now).get(above.id)
    if meeting is not None:
        session.add(_continued(session, item, meeting, reports))


def _continued(session: Session, item: AgendaItem, meeting: Meeting, reports: list[Report]) -> AgendaItem:
    """The same question on the agenda of the forum above."""
    return AgendaItem(
        meeting_id=meeting.id,
        title=item.title,
        question=item.question,
        minutes=item.minutes,
        position=next_position(session, meeting.id),
        from_item_id=item.id,
        reports=list(reports),
    )


def handed_to(session: Session, item: AgendaItem, now: datetime) -> tuple[Forum | None, Meeting | None]:
    """The forum above, and its next meeting, if there are any."""
    above = forum_above(session, item.meeting.forum)
    return above, next_meeting_of(session, [above.id], now).get(above.id) if above else None
