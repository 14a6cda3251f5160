"""The queue of a coordinator's desk. Every look goes by an index and stops early, so that it takes as long with
a million reports as with ten."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Subquery, false, func, or_, select, true, union
from sqlalchemy.orm import Session, aliased, joinedload

from models.report import UNASSESSED, Report, ReportState
from models.review import InfoRequest, Review
from models.user import Role, User

WAITING = (ReportState.RECEIVED, ReportState.IN_REVIEW)
Place = tuple[datetime, int]  # where a report stands in the queue: when it was received, and its id


@dataclass(frozen=True)
class Desk:
    """What lies on one coordinator's desk: the reports of some posts and of some areas of a federation."""

    federation_id: int
    post_ids: frozenset[int] = frozenset()
    area_ids: frozenset[int] = frozenset()


def desk_of(user: User, post_ids: frozenset[int]) -> Desk:
    """The desk of an account; for every other role than a coordinator's it is empty.

    Arguments: post_ids - the posts that the account works for today, as holder or substitute.
    """
    if user.role is not Role.COORDINATOR:
        return Desk(user.federation_id)
    return Desk(user.federation_id, post_ids, user.scope.area_ids)


def desk_reports(desk: Desk) -> Select[Report]:
    """Every report that a coordinator may see, in whatever state."""
    here = or_(Report.area_id.in_(desk.area_ids), Report.receiver_id.in_(desk.post_ids))
    return select(Report).where(Report.federation_id == desk.federation_id, here)


def _looks(desk: Desk, states: Iterable[ReportState], area_id: int | None = None) -> Iterator[ColumnElement[bool]]:
    """The conditions that an index answers one by one; a report may fulfil two. Arguments: area_id - only this area."""
    for state in states:
        for one in desk.area_ids if area_id is None else desk.area_ids & {area_id}:
            yield (Report.area_id == one) & (Report.state == state)
        for post_id in desk.post_ids:
            here = (Report.receiver_id == post_id) & (Report.state == state)
            yield here if area_id is None else here & (Report.area_id == area_id)


def _ids(looks: Iterable[ColumnElement[bool]], limit: int | None = None) -> Subquery:
    """The ids and places of the reports that some looks find, each once. Arguments: limit - of each look."""
    heads = [select(Report.id, Report.area_id, Report.received_at).where(look) for look in looks]
    if limit is not None:
        order = (Report.received_at, Report.id)
        heads = [select(head.order_by(*order).limit(limit).subquery()) for head in heads]
    nothing = select(Report.id, Report.area_id, Report.received_at).where(false())
    return union(*heads).subquery() if heads else nothing.subquery()


def oldest(
    session: Session, desk: Desk, limit: int, offset: int = 0, area_id: int | None = None, after: Place | None = None
) -> list[Report]:
    """The reports that wait for a judgement, oldest first.

    Arguments: after - begin behind this place in the queue.
    """
    behind = true() if after is None else _behind(*after)
    found = _ids((look & behind for look in _looks(desk, WAITING, area_id)), offset + limit)
    page = select(found.c.id).order_by(found.c.received_at, found.c.id).offset(offset).limit(limit)
    nearby = (joinedload(Report.from_unit), joinedload(Report.about_unit), joinedload(Report.area))
    query = select(Report).where(Report.id.in_(page)).options(*nearby)
    return list(session.scalars(query.order_by(Report.received_at, Report.id)))


def _behind(moment: datetime, report_id: int) -> ColumnElement[bool]:
    return (Report.received_at >= moment) & ((Report.received_at > moment) | (Report.id > report_id))


def counts_by_area(session: Session, desk: Desk, states: Iterable[ReportState] = WAITING) -> dict[int, int]:
    """How many reports wait for a judgement in each area, for areas where any do.

    Arguments: states - count only reports in these.
    """
    found = _ids(_looks(desk, states))
    rows = session.execute(select(found.c.area_id, func.count()).group_by(found.c.area_id))
    return {row[0]: row[1] for row in rows}


def number_waiting(session: Session, desk: Desk, most: int, area_id: int | None = None) -> int:
    """How many reports wait for a judgement, counted no further than `most`. Arguments: area_id - only this area."""
    found = _ids(_looks(desk, WAITING, area_id), most)
    return min(most, session.scalar(select(func.count()).select_from(found)) or 0)


def place_in_queue(session: Session, desk: Desk, report: Report) -> int:
    """How many reports stand before one in the queue, and itself."""
    before = (Report.received_at < report.received_at) | (
        (Report.received_at == report.received_at) & (Report.id <= report.id)
    )
    found = _ids(look & before for look in _looks(desk, WAITING))
    return session.scalar(select(func.count()).select_from(found)) or 0


def completions(session: Session, desk: Desk, limit: int) -> list[tuple[Report, InfoRequest]]:
    """Reports whose reporter was asked for more, with the last question: answered ones first, then the longest asked.

    An answered one lies in the queue again; it leaves this list when it moves on.
    """
    open_ids = _ids(_looks(desk, (ReportState.NEEDS_INFO, ReportState.IN_REVIEW)))
    newer = aliased(InfoRequest)
    is_last = ~select(newer.id).where(newer.report_id == InfoRequest.report_id, newer.id > InfoRequest.id).exists()
    state = (Report.state == ReportState.NEEDS_INFO) | InfoRequest.answered_at.is_not(None)
    query = select(Report, InfoRequest).join(InfoRequest, InfoRequest.report_id == Report.id)
    query = query.where(Report.id.in_(select(open_ids.c.id)), is_last, state).options(joinedload(Report.about_unit))
    rows = session.execute(query.order_by(InfoRequest.answered_at.is_(None), InfoRequest.asked_at).limit(limit))
    return [(report, question) for report, question in rows]


def changed_share(
    session: Session, since: datetime, user_id: int | None = None, area_ids: Collection[int] | None = None
) -> tuple[int, int]:
    """How many of the machine's suggestions people have changed, and how many they have judged, since a moment.

    A report that was judged several times counts once, with its last judgement. Reports without a suggestion
    do not count: there was nothing to change.
    Arguments: user_id - only one account's judgements; area_ids - only reports of these areas.
    """
    judged = select(func.max(Review.id)).where(Review.made_at >= since, Review.suggested != UNASSESSED)
    if user_id is not None:
        judged = judged.where(Review.user_id == user_id)
    if area_ids is not None:
        judged = judged.join(Report, Report.id == Review.report_id).where(Report.area_id.in_(area_ids))
    last = select(Review).where(Review.id.in_(judged.group_by(Review.report_id))).subquery()
    changed = func.count().filter(last.c.category != last.c.suggested)
    found, total = session.execute(select(changed, func.count()).select_from(last)).one()
    return found, total
