"""Reading actions: whose they are, what is late, and where a decision or a signal led."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.action import OPEN_STATUSES, Action
from models.agenda import AgendaItem, Decision
from models.forum import Forum, Meeting, visible_forums
from models.user import Role, Scope


def visible_actions(scope: Scope) -> Select[Action]:
    """Coordinators and administrators see the actions of their areas; a forum member those that the member's own party
    owns there and those of the forums where it has a seat; a reporter none."""
    query, here = select(Action).where(Action.federation_id == scope.federation_id), Action.area_id.in_(scope.area_ids)
    if scope.role in (Role.COORDINATOR, Role.ADMINISTRATOR):
        return query.where(here)
    if scope.role is not Role.FORUM_MEMBER:
        return query.where(false())
    return query.where(or_(here & (Action.owner_party_id == scope.party_id), _of_forums(scope)))


def _of_forums(scope: Scope) -> ColumnElement[bool]:
    """Whether an action is of a forum that somebody may see, or was decided there."""
    forums = visible_forums(scope).with_only_columns(Forum.id).order_by(None)
    met = select(Meeting.id).where(Meeting.forum_id.in_(forums))
    decided = select(Decision.id).join(AgendaItem).where(AgendaItem.meeting_id.in_(met))
    return Action.forum_id.in_(forums) | Action.decision_id.in_(decided)


def is_late(today: date) -> ColumnElement[bool]:
    """Open and past its due date."""
    return Action.status.in_(OPEN_STATUSES) & (Action.due_on < today)


def with_rows(query: Select[Action]) -> Select[Action]:
    """The same, with what a row of a list shows, late ones first."""
    nearby = (
        joinedload(Action.area),
        joinedload(Action.owner_party),
        joinedload(Action.forum).selectinload(Forum.names),
        joinedload(Action.effect),
    )
    return query.options(*nearby).order_by(Action.status.not_in(OPEN_STATUSES), Action.due_on, Action.id)


def find_action(session: Session, scope: Scope, action_id: int) -> Action | None:
    """An action that somebody may see, with all that its page shows."""
    nearby = (selectinload(Action.reports), joinedload(Action.from_unit), joinedload(Action.about_unit))
    query = with_rows(visible_actions(scope)).where(Action.id == action_id).options(*nearby)
    return session.scalars(query).one_or_none()


def count_open(session: Session, area_ids: Collection[int], today: date) -> tuple[int, int]:
    """(late, open) actions of some areas."""
    here = (Action.area_id.in_(area_ids), Action.status.in_(OPEN_STATUSES))
    late = func.count().filter(Action.due_on < today)
    found, total = session.execute(select(late, func.count()).where(*here)).one()
    return found, total


def actions_of_decisions(session: Session, decision_ids: Collection[int]) -> dict[int, list[Action]]:
    """The actions that some decisions led to."""
    found: dict[int, list[Action]] = {}
    for action in session.scalars(select(Action).where(Action.decision_id.in_(decision_ids)).order_by(Action.id)):
        found.setdefault(action.decision_id or 0, []).append(action)
    return found
