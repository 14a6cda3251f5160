"""When forums meet next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.forum import Forum, Meeting
from models.organisation import Area


def next_meetings(session: Session, area: Area, moment: datetime) -> list[tuple[Forum, datetime | None]]:
    """The forums that take up reports of an area, each with its next meeting, the soonest first and last those
    without one. An area without forums has those of its federation."""
    for area_id in (area.id, None):
        here = (Forum.federation_id == area.federation_id, Forum.area_id == area_id)
        coming = (Meeting.forum_id == Forum.id) & (Meeting.starts_at > moment) & Meeting.cancelled_at.is_(None)
        soonest = func.min(Meeting.starts_at)
        query = select(Forum, soonest).outerjoin(Meeting, coming).where(*here).group_by(Forum.id)
        rows = session.execute(query.order_by(soonest.is_(None), soonest, Forum.name)).all()
        if rows:
            return [(forum, starts_at) for forum, starts_at in rows]
    return []
