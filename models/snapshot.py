"""The frozen data that a summary is built from: taken once, stored as plain JSON, never changed.

It holds exact counts and so never leaves the service: `worker.summary` turns it into content in which every
number is protected. There is no unit in it and no person, pairs are pairs of parties, and no text of a report: only
what coordinators wrote for others to read. What it holds follows from the summary's own row, the counts and what was
decided, not from the clock, so the same rows give the same snapshot whenever it is taken. Names and labels are frozen
with the numbers: what is renamed later stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, distinct, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models.base import utc_now
from models.forum import Forum, Meeting
from models.month_count import MonthCount
from models.organisation import OUTSIDE_PARTY, Area, Party, Unit, parties_of
from models.report import UNCOUNTED, Report, ReportKind
from models.snapshot_agenda import freeze_agenda
from models.snapshot_followup import freeze_followup
from models.snapshot_history import freeze_history
from models.snapshot_patterns import freeze_patterns
from models.summary import Summary, SummaryKind
from schemas.months import LOCAL, add_months, last_months, local_date, month_of, start_of_day
from schemas.taxonomy import UNASSESSED, category_label, category_labels

FORMAT = 1
MONTHS = 24  # the twelve that are told about, and the twelve before to compare with
NEXT_MEETINGS = 3

_From, _About = aliased(Unit), aliased(Unit)
_FromParty, _AboutParty = aliased(Party), aliased(Party)


def take_snapshot(session: Session, summary: Summary) -> dict[str, Any]:
    """Freeze what a summary is to tell about one forum.

    Arguments: summary - its forum, kind and period; it need not be stored.
    Returns: plain data that survives JSON unchanged. Months are ISO dates of their first day, and
    `counts` rows of from-party, about-party, month, category and number of reports.
    """
    forum = summary.forum
    areas = _areas(session, forum)
    ids = [area.id for area in areas]
    last = _last_closed_month(summary)
    months = last_months(last, MONTHS)
    return {
        "format": FORMAT,
        "kind": summary.kind.value,
        "period": summary.period.isoformat(),
        "version": summary.version or 1,
        "ordered_on": local_date(summary.ordered_at or utc_now()).isoformat(),
        "forum": _describe(forum, areas),
        "parties": [_describe_party(party) for party in parties_of(session, forum.federation_id)],
        "categories": [[code, category_label(code)] for code in [*category_labels(), UNASSESSED]],
        "months": [month.isoformat() for month in months],
        "first_month": _first_month(session, ids),
        "counts": _counts(session, ids, months),
        "reporters": {
            "all": _reporters(session, ids, months[12:]),
            "all_before": _reporters(session, ids, months[:12]),
            "pairs": _reporters_of_pairs(session, ids, months[12:]),
            "pairs_long": _reporters_of_pairs(session, ids, months),
            "categories": _reporters_of_categories(session, ids, months[12:]),
            "categories_before": _reporters_of_categories(session, ids, months[:12]),
        },
        "meetings": _meetings(session, summary, last),
        "agenda": freeze_agenda(session, summary),
        "patterns": freeze_patterns(session, forum, ids, months, _day(summary)),
        "followup": freeze_followup(session, forum, ids, _day(summary), last),
        "example": _has_example(session, ids, months),
        "history": freeze_history(session, summary),
    }


def _last_closed_month(summary: Summary) -> date:
    """A pack is ordered before its meeting; the month that was running then is not counted."""
    if summary.kind is SummaryKind.MONTHLY:
        return summary.period
    if summary.kind is SummaryKind.YEARLY:
        return add_months(summary.period, 11)
    running = min(summary.period.replace(day=1), month_of(summary.ordered_at or utc_now()))
    return add_months(running, -1)


def _day(summary: Summary) -> date:
    """The day that a summary looks back from: its meeting's, or the day when it was ordered."""
    return summary.period if summary.kind is SummaryKind.MEETING else local_date(summary.ordered_at or utc_now())


def _areas(session: Session, forum: Forum) -> list[Area]:
    if forum.area is not None:
        return [forum.area]
    return list(session.scalars(select(Area).where(Area.federation_id == forum.federation_id).order_by(Area.name)))


def _describe(forum: Forum, areas: Sequence[Area]) -> dict[str, Any]:
    seats = sorted(forum.members, key=lambda seat: (seat.party.position, seat.function))
    return {
        "code": forum.code,
        "name": forum.name,
        "kind": forum.kind.value,
        "kind_label": forum.kind.label,
        "federation": forum.federation.name,
        "whole_federation": forum.area is None,
        "areas": [area.name for area in areas],
        "members": [{"party": seat.party.name, "function": seat.function} for seat in seats],
    }


def _describe_party(party: Party) -> dict[str, Any]:
    return {
        "code": party.code,
        "name": party.name,
        "short": party.short,
        "outside": party.code == OUTSIDE_PARTY,
    }


def _first_month(session: Session, areas: Sequence[int]) -> str | None:
    """When counting began here: before that, no reports means that nobody could report."""
    first = session.scalar(
        select(func.min(MonthCount.month)).where(MonthCount.area_id.in_(areas), MonthCount.reports > 0)
    )
    return first.isoformat() if first else None


def _counts(session: Session, areas: Sequence[int], months: Sequence[date]) -> list[list[Any]]:
    columns = (_FromParty.code, _AboutParty.code, MonthCount.month, MonthCount.category)
    query = (
        select(*columns, func.sum(MonthCount.reports))
        .join(_From, _From.id == MonthCount.from_unit_id)
        .join(_FromParty, _FromParty.id == _From.party_id)
        .join(_About, _About.id == MonthCount.about_unit_id)
        .join(_AboutParty, _AboutParty.id == _About.party_id)
        .where(MonthCount.area_id.in_(areas), MonthCount.month.between(months[0], months[-1]))
        .group_by(*columns)
    )
    rows = [
        [giver, about, month.isoformat(), category, int(n)]
        for giver, about, month, category, n in session.execute(query)
    ]
    return sorted(row for row in rows if row[-1])


def _counted(areas: Sequence[int], months: Sequence[date]) -> tuple[ColumnElement[bool], ...]:
    """The reports behind the counts: those that are counted and no others, or too many people would seem to
    stand behind a number."""
    return (
        Report.area_id.in_(areas),
        Report.month.between(months[0], months[-1]),
        Report.kind == ReportKind.DEVIATION,
        Report.state.not_in(UNCOUNTED),
    )


def _reporters(session: Session, areas: Sequence[int], months: Sequence[date]) -> int:
    here = _counted(areas, months)
    return session.scalar(select(func.count(distinct(Report.reporter_id))).where(*here)) or 0


def _reporters_of_pairs(session: Session, areas: Sequence[int], months: Sequence[date]) -> list[list[Any]]:
    query = (
        select(_FromParty.code, _AboutParty.code, func.count(distinct(Report.reporter_id)))
        .join(_From, _From.id == Report.from_unit_id)
        .join(_FromParty, _FromParty.id == _From.party_id)
        .join(_About, _About.id == Report.about_unit_id)
        .join(_AboutParty, _AboutParty.id == _About.party_id)
        .where(*_counted(areas, months))
        .group_by(_FromParty.code, _AboutParty.code)
    )
    return sorted(list(row) for row in session.execute(query))


def _reporters_of_categories(session: Session, areas: Sequence[int], months: Sequence[date]) -> list[list[Any]]:
    category: InstrumentedAttribute[str] = Report.category
    query = (
        select(category, func.count(distinct(Report.reporter_id))).where(*_counted(areas, months)).group_by(category)
    )
    return sorted(list(row) for row in session.execute(query))


def _meetings(session: Session, summary: Summary, last: date) -> list[str]:
    """The next meetings in Swedish time: for a pack its own first, for a month those after it."""
    day = summary.period if summary.kind is SummaryKind.MEETING else max(add_months(last, 1), _day(summary))
    query = (
        select(Meeting.starts_at)
        .where(Meeting.forum_id == summary.forum.id, Meeting.cancelled_at.is_(None))
        .where(Meeting.starts_at >= start_of_day(day))
        .order_by(Meeting.starts_at)
        .limit(NEXT_MEETINGS)
    )
    return [
        moment.astimezone(LOCAL).replace(tzinfo=None).isoformat(timespec="minutes") for moment in session.scalars(query)
    ]


def _has_example(session: Session, areas: Sequence[int], months: Sequence[date]) -> bool:
    query = select(Report.id).where(*_counted(areas, months), Report.is_example)
    return session.scalar(query.limit(1)) is not None
