"""What a forum decided when it last met, and how its actions go: the part of a snapshot that looks back.

The texts here were written by coordinators and passed the screen for personal data: decisions, questions and actions.
Never a report's own text, never a unit, never a person. The counts are exact and stay inside, like all of a snapshot.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, distinct, func, or_, select
from sqlalchemy.orm import Session, joinedload

from models.action import OPEN_STATUSES, Action, ActionStatus
from models.agenda import AgendaItem, Decision
from models.forum import Forum, Meeting
from models.organisation import Unit
from models.pattern_queries import action_months
from models.report import UNCOUNTED, Report, ReportKind
from schemas.function import without_party
from schemas.months import add_months, local_date, months_between, start_of_day

BEFORE_MONTHS = 12  # before the month of a decision, as in worker/effect.py
KEPT = timedelta(days=365)  # how long a finished action is told about
MOST = 40  # actions and decisions each; a summary prints fewer


def freeze_followup(session: Session, forum: Forum, areas: Sequence[int], day: date, last: date) -> dict[str, Any]:
    """What was decided at the forum's previous meeting, and the actions that concern it.

    Arguments: areas - ids of the areas that the summary tells about; day - the day of the meeting, or the day when
    the summary was ordered; last - the last closed month that the summary counts.
    Returns: plain data. `previous` is the day of the last meeting before `day`, or None. `decisions` are those of
    that meeting and later ones, `actions` those of the forum and of its areas, late ones first; a decision names its
    actions by their place in that list. An action's `effect` holds exact reports of its pattern, months and people
    before and after the month of its decision, and its ends are parties (`from`, `about`) and a category, or empty.
    """
    previous = _previous_meeting(session, forum, day)
    actions = _actions(session, forum, areas, day)
    began = _first_months(session, areas)
    places = {action.id: place for place, action in enumerate(actions)}
    return {
        "previous": previous.isoformat() if previous else None,
        "decisions": [_decision(row, places, actions) for row in _decisions(session, forum, previous, day)],
        "actions": [_action(session, action, forum, day, (began.get(action.area_id), last)) for action in actions],
    }


def _previous_meeting(session: Session, forum: Forum, day: date) -> date | None:
    held = (Meeting.forum_id == forum.id, Meeting.cancelled_at.is_(None), Meeting.starts_at < start_of_day(day))
    moment = session.scalar(select(func.max(Meeting.starts_at)).where(*held))
    return local_date(moment) if moment else None


def _decisions(session: Session, forum: Forum, previous: date | None, day: date) -> list[Decision]:
    """Those of the previous meeting, and what was decided since, in the order of the agenda."""
    if previous is None:
        return []
    query = (
        select(Decision)
        .join(Decision.item)
        .join(AgendaItem.meeting)
        .where(Meeting.forum_id == forum.id, Meeting.cancelled_at.is_(None))
        .where(Meeting.starts_at >= start_of_day(previous), Decision.decided_on <= day)
        .options(joinedload(Decision.item).joinedload(AgendaItem.meeting))
        .order_by(Meeting.starts_at, AgendaItem.position, Decision.id)
    )
    return list(session.scalars(query.limit(MOST)))


def _decision(decision: Decision, places: dict[int, int], actions: Sequence[Action]) -> dict[str, Any]:
    item = decision.item
    return {
        "met_on": local_date(item.meeting.starts_at).isoformat(),
        "decided_on": decision.decided_on.isoformat(),
        "title": item.title,
        "question": item.question,
        "text": decision.text,
        "outcome": decision.outcome.value,
        "outcome_label": decision.outcome.label,
        "actions": [places[action.id] for action in actions if action.decision_id == decision.id],
    }


def _actions(session: Session, forum: Forum, areas: Sequence[int], day: date) -> list[Action]:
    """Open ones, and those that were finished within a year; late ones first, then the forum's own."""
    told = Action.status.in_(OPEN_STATUSES) | (Action.done_on >= day - KEPT)
    here = or_(Action.forum_id == forum.id, Action.area_id.in_(areas))
    query = (
        select(Action)
        .where(here, told, Action.status != ActionStatus.CANCELLED, Action.decided_on <= day)
        .options(joinedload(Action.owner_party), joinedload(Action.area))
        .options(joinedload(Action.from_unit).joinedload(Unit.party))
        .options(joinedload(Action.about_unit).joinedload(Unit.party))
    )
    found = session.scalars(query).all()
    order = sorted(found, key=lambda row: (not _late(row, day), row.forum_id != forum.id, row.due_on, row.id))
    return order[:MOST]


def _late(action: Action, day: date) -> bool:
    return action.status in OPEN_STATUSES and action.due_on < day


def _action(
    session: Session, action: Action, forum: Forum, day: date, counted: tuple[date | None, date]
) -> dict[str, Any]:
    return {
        "what": action.what,
        "owner": without_party(action.owner, action.owner_party.name, action.owner_party.short),
        "owner_party": action.owner_party.name,
        "area": action.area.name,
        "own": action.forum_id == forum.id,
        "decided_on": action.decided_on.isoformat(),
        "due_on": action.due_on.isoformat(),
        "follow_up_on": action.follow_up_on.isoformat() if action.follow_up_on else None,
        "done_on": action.done_on.isoformat() if action.done_on else None,
        "status": action.status.value,
        "status_label": action.status.label,
        "late": _late(action, day),
        "from": action.from_unit.party.code if action.from_unit else "",
        "about": action.about_unit.party.code if action.about_unit else "",
        "category": action.category,
        "effect": _effect(session, action, *counted),
    }


def _effect(session: Session, action: Action, began: date | None, last: date) -> dict[str, int]:
    """Twelve months before the month of the decision, but none before counting began, and the closed ones after it."""
    month = action.decided_on.replace(day=1)
    first = max(add_months(month, -BEFORE_MONTHS), began or month)
    after = add_months(month, 1)
    until = add_months(month, -1)
    return {
        "before": action_months(session, action, first, until),
        "before_months": len(months_between(first, until)),
        "before_reporters": _reporters(session, action, first, until),
        "after": action_months(session, action, after, last),
        "after_months": len(months_between(after, last)),
        "after_reporters": _reporters(session, action, after, last),
    }


def _reporters(session: Session, action: Action, first: date, last: date) -> int:
    """People behind the reports of an action's pattern from one month to another."""
    here: list[ColumnElement[bool]] = [Report.area_id == action.area_id, Report.month.between(first, last)]
    here += [Report.from_unit_id == action.from_unit_id] if action.from_unit_id else []
    here += [Report.about_unit_id == action.about_unit_id] if action.about_unit_id else []
    here += [Report.category == action.category] if action.category else []
    here += [Report.kind == ReportKind.DEVIATION, Report.state.not_in(UNCOUNTED)]
    return session.scalar(select(func.count(distinct(Report.reporter_id))).where(*here)) or 0


def _first_months(session: Session, areas: Sequence[int]) -> dict[int, date]:
    """When counting began in each area."""
    query = select(Report.area_id, func.min(Report.month).label("month")).where(Report.area_id.in_(areas))
    query = query.where(Report.kind == ReportKind.DEVIATION, Report.state.not_in(UNCOUNTED))
    return {row.area_id: row.month for row in session.execute(query.group_by(Report.area_id))}
