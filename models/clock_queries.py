"""The two clocks, as the dashboard asks for them: what is late, counted no further than anybody needs to know."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from models.report import UNANSWERED, UNREVIEWED, Report, ReportKind
from models.turnaround import Turnaround


def without_answer() -> ColumnElement[bool]:
    """Deviations whose answer has not come. In the words of a partial index."""
    return and_(UNANSWERED, Report.kind == ReportKind.DEVIATION)


def late_for_answer(today: date) -> ColumnElement[bool]:
    """Those of them whose answer was promised before today."""
    return and_(without_answer(), Report.answer_due_on < today)


def number_unanswered(session: Session, area_ids: Collection[int], today: date, most: int) -> tuple[int, int]:
    """How many deviations are (late for their answer, without one), each counted no further than `most`."""
    here = select(Report.id).where(Report.area_id.in_(area_ids))
    late, every = here.where(late_for_answer(today)), here.where(without_answer())
    return _number(session, late, most), _number(session, every, most)


def number_unreviewed(session: Session, area_ids: Collection[int], today: date, most: int) -> int:
    """How many reports nobody has reviewed by the day that was promised, counted no further than `most`."""
    late = and_(UNREVIEWED, Report.review_due_on < today)  # In the words of a partial index.
    return _number(session, select(Report.id).where(Report.area_id.in_(area_ids), late), most)


def _number(session: Session, query: Select[int], most: int) -> int:
    return session.scalar(select(func.count()).select_from(query.limit(most).subquery())) or 0


def turnarounds(session: Session, area_ids: Collection[int]) -> list[Turnaround]:
    """The waiting times that the worker computed for some areas."""
    return list(session.scalars(select(Turnaround).where(Turnaround.area_id.in_(area_ids))))
