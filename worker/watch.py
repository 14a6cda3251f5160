"""Watching one area: what its signals, the effects of its actions and its waiting times are now. Only reads.

What is found is stored by worker/notice.py in a short transaction of its own, so that nobody waits for statistics.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.action import Action, ActionStatus
from models.clock import reached
from models.month_count import MonthCount
from models.pattern_queries import action_months, first_action_day, pattern_months, pattern_reporters
from models.report import UNCOUNTED, Report, ReportKind
from models.turnaround import Turnaround
from schemas.months import add_months, last_months, local_date
from worker.effect import BEFORE_MONTHS, Periods, Verdict, judge
from worker.signals import BASE_MONTHS, FALLING_MONTHS, RISING_MONTHS, Finding, Series, find_signals
from worker.turnaround import median_days

BETWEEN = timedelta(hours=1)  # how often an area is looked at


@dataclass(frozen=True)
class Sight:
    """What was seen in one area. `month` is the last closed one; medians are in days."""

    area_id: int
    month: date
    findings: list[Finding]
    effects: dict[int, tuple[Periods, Verdict]]
    reports: int
    review_days: float | None
    answer_days: float | None


def unwatched(session: Session, now: datetime) -> list[int]:
    """The ids of areas that have reports and that nobody has looked at for an hour."""
    seen_lately = select(Turnaround.area_id).where(~reached(Turnaround.computed_at, now - BETWEEN, 2 * BETWEEN))
    query = select(MonthCount.area_id).where(MonthCount.area_id.not_in(seen_lately)).distinct()
    return list(session.scalars(query))


def watch(session: Session, area_id: int, now: datetime) -> Sight:
    """Look at one area."""
    closed = add_months(local_date(now).replace(day=1), -1)
    actions = session.scalars(select(Action).where(Action.area_id == area_id, Action.status != ActionStatus.CANCELLED))
    waits = _waits(session, area_id, now)
    return Sight(
        area_id=area_id,
        month=closed,
        findings=find_signals(_series(session, area_id, closed, local_date(now))),
        effects={action.id: _effect(session, action, closed) for action in actions},
        reports=len(waits),
        review_days=_median([(received, reviewed) for received, reviewed, _ in waits], now),
        answer_days=_median([(received, answered) for received, _, answered in waits], now),
    )


def _series(session: Session, area_id: int, closed: date, today: date) -> Iterable[Series]:
    months = last_months(closed, BASE_MONTHS + FALLING_MONTHS)
    reporters = pattern_reporters(session, area_id, months[-RISING_MONTHS], closed)
    for pattern, counts in pattern_months(session, area_id, months).items():
        decided = first_action_day(session, area_id, pattern)
        days = (today - decided).days if decided else None
        yield Series(pattern, counts, reporters.get(pattern, 0), days)


def _effect(session: Session, action: Action, closed: date) -> tuple[Periods, Verdict]:
    """Twelve months before the month of the decision, and all closed months after it."""
    month = action.decided_on.replace(day=1)
    periods = Periods(
        before=action_months(session, action, add_months(month, -BEFORE_MONTHS), add_months(month, -1)),
        before_months=BEFORE_MONTHS,
        after=action_months(session, action, add_months(month, 1), closed),
        after_months=max(0, (closed.year - month.year) * 12 + closed.month - month.month),
    )
    return periods, judge(periods)


Wait = tuple[datetime, datetime | None, datetime | None]


def _waits(session: Session, area_id: int, now: datetime) -> list[Wait]:
    """(received, reviewed, answered) of the reports of the last twelve months."""
    counted = (Report.kind == ReportKind.DEVIATION, Report.state.not_in(UNCOUNTED))
    recent = Report.month >= add_months(local_date(now).replace(day=1), -11)
    query = select(Report.received_at, Report.reviewed_at, Report.answered_at)
    rows = session.execute(query.where(Report.area_id == area_id, recent, *counted))
    return [(received, reviewed, answered) for received, reviewed, answered in rows]


def _median(rows: list[tuple[datetime, datetime | None]], now: datetime) -> float | None:
    finished = [_days(end - start) for start, end in rows if end is not None]
    return median_days(finished, [_days(now - start) for start, end in rows if end is None])


def _days(time: timedelta) -> float:
    return time.total_seconds() / 86400
