"""Reading actions: whose they are, what is late, and where a decision or a signal led."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.action import OPEN_STATUSES, Action
from models.forum import Forum
from models.user import Role, Scope


def visible_actions(scope: Scope) -> Select[Action]:
    """Coordinators and administrators see the actions of their areas, a forum member those that the member's own
    party owns there; a reporter none."""
    query = select(Action).where(Action.federation_id == scope.federation_id, Action.area_id.in_(scope.area_ids))
    if scope.role in (Role.COORDINATOR, Role.ADMINISTRATOR):
        return query
    return query.where(Action.owner_party_id == (scope.party_id if scope.role is Role.FORUM_MEMBER else None))


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
