"""The frozen agenda of a meeting: what its pack tells about each item, and what has changed since an earlier pack.

Titles, questions and released paraphrases are the only free text; a coordinator has written them for the forum.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.agenda import AgendaItem
from models.agenda_queries import agenda_of
from models.forum import Forum, Meeting
from models.forum_queries import forum_above
from models.organisation import parties_of
from models.report import UNCOUNTED, Report
from models.summary import Summary, SummaryKind
from schemas.agenda_changes import agenda_changes
from schemas.months import local_date, start_of_day

Origins = Mapping[int, AgendaItem]


def freeze_agenda(session: Session, summary: Summary) -> dict[str, Any] | None:
    """What the pack of a meeting tells about its agenda; None for what is not a pack.

    Returns: plain data. Of the reports behind an item it holds how many there are and how many people filed them,
    in all, by category, by pair of parties, and by month so far.
    """
    if summary.kind is not SummaryKind.MEETING:
        return None
    items = agenda_of_day(session, summary.forum.id, summary.period)
    units = {unit.id: party.code for party in parties_of(session, summary.forum.federation_id) for unit in party.units}
    origins, above = _origins(session, items), forum_above(session, summary.forum)
    lines = [line | _frozen(item, units, origins) for item, line in zip(items, agenda_lines(items), strict=True)]
    before = _earlier(session, summary)
    return {
        "above": above.kind.value if above else None,
        "items": lines,
        "replaces": before[0] if before else None,
        "changes": agenda_changes(before[1], lines) if before else [],
    }


def agenda_of_day(session: Session, forum_id: int, day: date) -> list[AgendaItem]:
    """The items of the meeting that a forum has on a day; of all of them, in turn, where it meets more than once."""
    bounds = (Meeting.starts_at >= start_of_day(day), Meeting.starts_at < start_of_day(day + timedelta(days=1)))
    query = select(Meeting.id).where(Meeting.forum_id == forum_id, Meeting.cancelled_at.is_(None), *bounds)
    meetings = session.scalars(query.order_by(Meeting.starts_at)).all()
    return [item for meeting_id in meetings for item in agenda_of(session, meeting_id)]


def agenda_lines(items: Iterable[AgendaItem]) -> list[dict[str, Any]]:
    """What schemas.agenda_changes compares."""
    return [
        {
            "id": item.id,
            "title": item.title,
            "question": item.question,
            "minutes": item.minutes,
            "reports": sorted(report.id for report in item.reports),
        }
        for item in items
    ]


def changes_since(session: Session, pack: Summary) -> list[str]:
    """What has changed on the agenda since a pack was frozen; nothing while it waits to be."""
    frozen = session.scalar(select(Summary.snapshot).where(Summary.id == pack.id))
    if frozen is None:
        return []
    return agenda_changes(_items_of(frozen), agenda_lines(agenda_of_day(session, pack.forum_id, pack.period)))


def _items_of(snapshot: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Packs of before there were agendas told of none."""
    agenda: Mapping[str, Any] = snapshot.get("agenda") or {}
    items: Sequence[Mapping[str, Any]] = agenda.get("items", ())
    return items


def _earlier(session: Session, summary: Summary) -> tuple[int, Sequence[Mapping[str, Any]]] | None:
    """The version and the items of the newest pack of that meeting before this one, if any."""
    same = (Summary.forum_id == summary.forum.id, Summary.kind == summary.kind, Summary.period == summary.period)
    query = select(Summary.version, Summary.snapshot).where(*same, Summary.version < (summary.version or 1))
    for version, snapshot in session.execute(query.order_by(Summary.version.desc())):
        if snapshot is not None:
            return version, _items_of(snapshot)
    return None


def _origins(session: Session, items: Iterable[AgendaItem]) -> Origins:
    """The items of forums below that these came from, by id."""
    ids = [item.from_item_id for item in items if item.from_item_id]
    forum = joinedload(AgendaItem.meeting).joinedload(Meeting.forum).selectinload(Forum.names)
    query = select(AgendaItem).where(AgendaItem.id.in_(ids)).options(forum)
    return {item.id: item for item in session.scalars(query)}


def _frozen(item: AgendaItem, units: Mapping[int, str], origins: Origins) -> dict[str, Any]:
    # Those that were merged or taken back stand for no event of their own; no number counts them.
    counted = [report for report in item.reports if report.state not in UNCOUNTED]
    open_to_all = [row for row in counted if row.paraphrase and row.may_paraphrase and row.paraphrase_released_at]
    return {
        "count": len(counted),
        "people": len({report.reporter_id for report in counted}),
        "categories": _tally(counted, lambda report: [report.category]),
        "pairs": _tally(counted, lambda report: [units[report.from_unit_id], units[report.about_unit_id]]),
        "growth": _growth(counted),
        "paraphrases": sorted({report.paraphrase for report in open_to_all}),
        "origin": _origin(origins.get(item.from_item_id or 0)),
    }


def _tally(reports: Iterable[Report], key: Callable[[Report], list[str]]) -> list[list[Any]]:
    """Rows of a key's parts, the reports that have it, and the people who filed them."""
    counts, people = Counter[tuple[str, ...]](), defaultdict[tuple[str, ...], set[int]](set)
    for report in reports:
        name = tuple(key(report))
        counts[name] += 1
        people[name].add(report.reporter_id)
    return sorted([*name, count, len(people[name])] for name, count in counts.items())


def _growth(reports: Sequence[Report]) -> list[list[Any]]:
    """Rows of a month, the reports until its end, and the people who had filed them."""
    until = [
        (month, [row for row in reports if row.month <= month]) for month in sorted({row.month for row in reports})
    ]
    return [[month.isoformat(), len(rows), len({row.reporter_id for row in rows})] for month, rows in until]


def _origin(item: AgendaItem | None) -> dict[str, str] | None:
    """The forum that handed an item up, as it was called then, and the day."""
    if item is None:
        return None
    day = local_date(item.meeting.starts_at)
    return {"forum": item.meeting.forum.name_on(day), "day": day.isoformat()}
