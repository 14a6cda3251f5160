"""Reminding coordinators, once each: of an agreement that runs out and of an action that is overdue."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.action import OPEN_STATUSES, Action
from models.delivery import Delivery, DeliveryKind, order_delivery
from models.forum import Agreement, Forum
from models.organisation import Area
from models.post import Post
from models.user import Role, User
from schemas.months import local_date

AT_A_TIME = 200


def order_reminders(session: Session, now: datetime) -> list[int]:
    """Order a mail to the coordinators of everything that has come due. Returns: the ids of the new mails."""
    today = local_date(now)
    ordered: list[int | None] = []
    for agreement, forum in _agreements(session, today):
        for user_id in coordinators(session, forum.federation_id, forum.area_id):
            ordered.append(order_delivery(session, DeliveryKind.AGREEMENT, agreement.id, user_id, "", now))
    for action in _overdue(session, today):
        for user_id in coordinators(session, action.federation_id, action.area_id):
            ordered.append(order_delivery(session, DeliveryKind.OVERDUE, action.id, user_id, "", now))
    return [delivery_id for delivery_id in ordered if delivery_id is not None]


def _agreements(session: Session, today: date) -> list[tuple[Agreement, Forum]]:
    """Agreements that run out so soon that their reminder is due, and of which nobody was told."""
    running = Agreement.valid_until >= today
    query = select(Agreement, Forum).join(Forum, Forum.id == Agreement.forum_id)
    rows = session.execute(query.where(running, _untold(DeliveryKind.AGREEMENT, Agreement.id)))
    return [(row, forum) for row, forum in rows if row.valid_until - timedelta(days=row.remind_days) <= today]


def _overdue(session: Session, today: date) -> list[Action]:
    late = (Action.status.in_(OPEN_STATUSES), Action.due_on < today, _untold(DeliveryKind.OVERDUE, Action.id))
    return list(session.scalars(select(Action).where(*late).order_by(Action.id).limit(AT_A_TIME)))


def _untold(kind: DeliveryKind, subject_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return ~exists().where(Delivery.kind == kind, Delivery.subject_id == subject_id)


def coordinators(session: Session, federation_id: int, area_id: int | None) -> list[int]:
    """The ids of an area's coordinators; of a whole federation, whoever holds its own post."""
    query = select(User.id).where(
        User.federation_id == federation_id, User.role == Role.COORDINATOR, User.disabled_at.is_(None)
    )
    if area_id is not None:
        return list(session.scalars(query.where(User.areas.any(Area.id == area_id))))
    return list(session.scalars(query.where(User.post.has(Post.area_id.is_(None)))))
