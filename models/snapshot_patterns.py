"""The part of a snapshot that is about patterns: which problems come back, and what stands beside each area.

A pattern is a pair of parties and a category. The only text is a paraphrase that its coordinator released; whether it
may be printed is decided where the numbers are protected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, distinct, func, select
from sqlalchemy.orm import Session, aliased

from models.agenda import AgendaItem, Decision
from models.forum import Forum, Meeting
from models.month_count import MonthCount
from models.organisation import Area, Party, Unit
from models.report import UNCOUNTED, Report, ReportKind
from schemas.months import local_date, start_of_day

Pattern = tuple[str, str, str]
_From, _About = aliased(Unit), aliased(Unit)
_FromParty, _AboutParty = aliased(Party), aliased(Party)
PATTERN = (_FromParty.code, _AboutParty.code, Report.category)
YEAR = 12  # months
AFTER_Z = str.maketrans("åäö", "{|}")


def freeze_patterns(
    session: Session, forum: Forum, areas: Sequence[int], months: Sequence[date], day: date
) -> dict[str, Any]:
    """People behind each pattern, its paraphrase and its place on an agenda; people behind each counterpart; areas.

    Arguments: areas - ids; months - the twelve before and the twelve that are told about; day - from which coming
    meetings of the forum are looked for.
    Returns: plain data. `problems` are rows of from, about, category, people now, people before, paraphrase or an
    empty text, day of the meeting where it is taken up or None; `counterparts` rows of a party, a month and how many
    people reported about it then; `areas` rows of name, reports and people now, reports and people before.
    """
    before, now = months[:-YEAR], months[-YEAR:]
    people, people_before = _people(session, areas, now), _people(session, areas, before)
    paraphrases, agenda = _paraphrases(session, areas, now), _on_agenda(session, forum, day)
    return {
        "problems": [
            [*pattern, number, people_before.get(pattern, 0), paraphrases.get(pattern, ""), agenda.get(pattern)]
            for pattern, number in sorted(people.items())
        ],
        "counterparts": _counterparts(session, areas, now),
        "areas": list(_areas(session, areas, now, before)),
    }


def _with_pattern(query: Any) -> Any:
    """The same, with the parties that the units of a report belong to."""
    return (
        query.join(_From, _From.id == Report.from_unit_id)
        .join(_FromParty, _FromParty.id == _From.party_id)
        .join(_About, _About.id == Report.about_unit_id)
        .join(_AboutParty, _AboutParty.id == _About.party_id)
    )


def _counted(areas: Sequence[int], months: Sequence[date]) -> tuple[ColumnElement[bool], ...]:
    return (
        Report.area_id.in_(areas),
        Report.month.between(months[0], months[-1]),
        Report.kind == ReportKind.DEVIATION,
        Report.state.not_in(UNCOUNTED),
    )


def _people(session: Session, areas: Sequence[int], months: Sequence[date]) -> dict[Pattern, int]:
    query = _with_pattern(select(*PATTERN, func.count(distinct(Report.reporter_id)))).where(*_counted(areas, months))
    rows = session.execute(query.group_by(*PATTERN))
    return {(giver, about, category): number for giver, about, category, number in rows}


def _paraphrases(session: Session, areas: Sequence[int], months: Sequence[date]) -> dict[Pattern, str]:
    """The one that was released last, of each pattern."""
    released = (Report.paraphrase_released_at.is_not(None), Report.may_paraphrase, Report.paraphrase != "")
    query = _with_pattern(select(*PATTERN, Report.paraphrase)).where(*_counted(areas, months), *released)
    rows = session.execute(query.order_by(Report.paraphrase_released_at, Report.id))
    return {(giver, about, category): text for giver, about, category, text in rows}


def _on_agenda(session: Session, forum: Forum, day: date) -> dict[Pattern, str]:
    """The day of the first coming meeting of the forum that takes a pattern up and has not decided on it."""
    found = select(*PATTERN, Meeting.starts_at).select_from(AgendaItem).join(AgendaItem.reports)
    query = (
        _with_pattern(found.join(AgendaItem.meeting))
        .where(Meeting.forum_id == forum.id, Meeting.cancelled_at.is_(None), Meeting.starts_at >= start_of_day(day))
        .where(~select(Decision.id).where(Decision.agenda_item_id == AgendaItem.id).exists())
        .order_by(Meeting.starts_at.desc())
    )
    rows = session.execute(query)
    return {(giver, about, category): local_date(at).isoformat() for giver, about, category, at in rows}


def _counterparts(session: Session, areas: Sequence[int], months: Sequence[date]) -> list[list[Any]]:
    keys = (_AboutParty.code, Report.month)
    query = _with_pattern(select(*keys, func.count(distinct(Report.reporter_id)))).where(*_counted(areas, months))
    return sorted([about, month.isoformat(), people] for about, month, people in session.execute(query.group_by(*keys)))


def _areas(session: Session, areas: Sequence[int], now: Sequence[date], before: Sequence[date]) -> Iterator[list[Any]]:
    """In Swedish order of their names, the same on every machine."""
    reports = _reports_of_areas(session, areas, now), _reports_of_areas(session, areas, before)
    people = _people_of_areas(session, areas, now), _people_of_areas(session, areas, before)
    for area in sorted(session.scalars(select(Area).where(Area.id.in_(areas))), key=_in_swedish):
        yield [area.name, *(part.get(area.id, 0) for pair in zip(reports, people, strict=True) for part in pair)]


def _in_swedish(area: Area) -> tuple[str, int]:
    return area.name.casefold().translate(AFTER_Z), area.id


def _reports_of_areas(session: Session, areas: Sequence[int], months: Sequence[date]) -> dict[int, int]:
    total = func.sum(MonthCount.reports)
    query = select(MonthCount.area_id, total).where(
        MonthCount.area_id.in_(areas), MonthCount.month.between(months[0], months[-1])
    )
    return {area_id: int(number) for area_id, number in session.execute(query.group_by(MonthCount.area_id))}


def _people_of_areas(session: Session, areas: Sequence[int], months: Sequence[date]) -> dict[int, int]:
    people = func.count(distinct(Report.reporter_id)).label("people")
    query = select(Report.area_id, people).where(*_counted(areas, months)).group_by(Report.area_id)
    return {row.area_id: row.people for row in session.execute(query)}
