"""Carrying out a coordinator's decision: the judgement is kept, the report changed and moved, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.classification import latest_classifications
from models.delivery import DeliveryKind
from models.forum import Forum
from models.organisation import OUTSIDE_UNIT, Unit
from models.report import UNASSESSED, Level, Recurrence, Report, ReportState
from models.review import InfoRequest, Review, Track
from models.user import User
from schemas.review import ASK, MERGE, NO_FORUM, PARTY, REFER, STAY
from webapp.feedback import tell
from webapp.granska.merging import merge
from webapp.moving import move, note

FORUM = "forum-"
# The state that each destination leads to; a forum's is `routed`.
STATES = {
    STAY: ReportState.IN_REVIEW,
    PARTY: ReportState.WITH_PARTY,
    NO_FORUM: ReportState.CLOSED,
    ASK: ReportState.NEEDS_INFO,
    REFER: ReportState.REFERRED,
    MERGE: ReportState.MERGED,
}
UNDECIDED = (ReportState.RECEIVED, ReportState.IN_REVIEW)


def decide(
    session: Session, report: Report, decision: Mapping[str, Any], counterpart: Unit, by: User, moment: datetime
) -> None:
    """Keep a judgement and do what it says.

    Arguments: decision - as DecisionSchema loads it; counterpart - the unit that its code stands for.
    Raises: IllegalMoveError or MergeError (a ValueError) with a message for the page.
    """
    _judge(report, decision, counterpart)
    recurrence = Recurrence(decision["recurrence"]) if decision["recurrence"] else None
    session.add(_review(session, report, recurrence, by, moment))
    _begin_tracks(session, report)
    _carry_out(session, report, decision, by, moment)


def _judge(report: Report, decision: Mapping[str, Any], counterpart: Unit) -> None:
    report.category, report.also_categories = decision["category"], decision["also"]
    report.about_unit_id = counterpart.id
    report.counterpart_other = decision["counterpart_other"] if counterpart.code == OUTSIDE_UNIT else ""
    report.level = Level(decision["level"]) if decision["level"] else None
    if decision["paraphrase"] != report.paraphrase:
        report.paraphrase, report.paraphrase_released_at = decision["paraphrase"], None
    destination = str(decision["destination"])
    if destination.startswith(FORUM):
        report.forum_id = int(destination.removeprefix(FORUM))
    elif destination != STAY:
        report.forum_id = None


def _review(session: Session, report: Report, recurrence: Recurrence | None, by: User, moment: datetime) -> Review:
    """The judgement beside the suggestion that the coordinator had before them. How often it happens is kept here
    alone: on the report stands what its reporter answered."""
    suggestion = latest_classifications(session, [report.id]).get(report.id)
    return Review(
        report_id=report.id,
        user_id=by.id,
        function=by.title,
        made_at=moment,
        suggested=UNASSESSED if suggestion is None or not suggestion.shown else suggestion.category,
        category=report.category,
        also=report.also_categories,
        about_unit_id=report.about_unit_id,
        level=report.level,
        recurrence=recurrence,
        forum_id=report.forum_id,
    )


def _begin_tracks(session: Session, report: Report) -> None:
    """Where several units are concerned, each has a track, which begins where the report stands."""
    concerned = {report.about_unit_id, *report.other_units} if report.other_units else set()
    session.execute(delete(Track).where(Track.report_id == report.id, Track.unit_id.not_in(concerned)))
    there = set(session.scalars(select(Track.unit_id).where(Track.report_id == report.id)))
    for unit_id in concerned - there:
        session.add(Track(report_id=report.id, unit_id=unit_id, state=report.state))
    session.flush()


def _carry_out(session: Session, report: Report, decision: Mapping[str, Any], by: User, moment: datetime) -> None:
    destination = str(decision["destination"])
    if destination == STAY:
        if report.state in UNDECIDED:
            move(session, report, ReportState.IN_REVIEW, by, moment)
    elif destination == MERGE:
        merge(session, report, decision["merge_into"], by, moment)
    elif destination.startswith(FORUM):
        _route(session, report, by, moment)
    else:
        if destination == ASK:
            _ask(session, report, decision["question"], moment)
        if destination == REFER:
            report.referred_to = decision["referred_to"]
        why = decision["reason"] or decision["refer_reason"]
        move(session, report, STATES[destination], by, moment, why)


def _ask(session: Session, report: Report, text: str, moment: datetime) -> None:
    """The question stands on the reporter's own page; a mail only says that there is one."""
    question = InfoRequest(report_id=report.id, asked_at=moment, question=text)
    session.add(question)
    session.flush()
    tell(session, DeliveryKind.QUESTION, question.id, report.reporter_id, report.reference, moment)


def _route(session: Session, report: Report, by: User, moment: datetime) -> None:
    """Part of a forum's queue from now on; which of its meetings takes the report up, its agenda says."""
    why = f"Till {session.get_one(Forum, report.forum_id).name}"
    if report.state is ReportState.ROUTED:
        note(session, report, by, moment, why)
    else:
        move(session, report, ReportState.ROUTED, by, moment, why)
