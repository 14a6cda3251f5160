"""The reports that the filters of /avvikelser ask for, and how many they are."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from models.clock_queries import late_for_answer
from models.count_queries import Window, count_good, count_reports
from models.report import UNCOUNTED, Report, ReportKind, ReportState, area_reports
from schemas.months import add_months, start_of_day
from webapp.filters import GOOD, LATE, Filter
from webapp.requests import reading, scope


def number_chosen(chosen: Filter) -> int:
    """The number of reports, from the same counts as the figures that link here."""
    window = Window(chosen.area_ids, chosen.first, chosen.last, chosen.category)
    senders = chosen.sender.unit_ids if chosen.sender else None
    about = chosen.about.unit_ids if chosen.about else None
    if chosen.kind == GOOD:
        return count_good(reading(), window, senders, about)
    if chosen.status == LATE:
        return reading().scalar(select(func.count()).select_from(_chosen(chosen).subquery())) or 0
    reports, waiting = count_reports(reading(), window, senders, about)
    return {"": reports, "nya": waiting, "granskade": reports - waiting}[chosen.status]


def newest_chosen(chosen: Filter) -> Select[Report]:
    """The reports of a filter, newest first."""
    nearby = (joinedload(Report.from_unit), joinedload(Report.about_unit), joinedload(Report.area))
    return _chosen(chosen).options(*nearby).order_by(Report.received_at.desc(), Report.id.desc())


def _chosen(chosen: Filter) -> Select[Report]:
    """The months are asked for by their first and last moment: then an index holds the answer in the right order,
    and a page takes as long with many reports as with few."""
    begin, end = start_of_day(chosen.first), start_of_day(add_months(chosen.last, 1))
    kind = ReportKind.GOOD if chosen.kind == GOOD else ReportKind.DEVIATION
    counted = (Report.kind == kind, Report.state.not_in(UNCOUNTED))
    query = area_reports(scope()).where(Report.received_at >= begin, Report.received_at < end, *counted)
    if chosen.area_code:
        query = query.where(Report.area_id == chosen.areas[0].id)
    if chosen.category:
        query = query.where(Report.category == chosen.category)
    if chosen.sender:
        query = query.where(Report.from_unit_id.in_(chosen.sender.unit_ids))
    if chosen.about:
        query = query.where(Report.about_unit_id.in_(chosen.about.unit_ids))
    return _with_status(query, chosen)


def _with_status(query: Select[Report], chosen: Filter) -> Select[Report]:
    """What worked waits for no answer and is told apart by nothing of the kind."""
    if chosen.kind == GOOD or not chosen.status:
        return query
    if chosen.status == LATE:
        return query.where(late_for_answer(chosen.today))
    new = Report.state == ReportState.RECEIVED
    return query.where(new if chosen.status == "nya" else ~new)
