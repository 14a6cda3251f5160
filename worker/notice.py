"""Storing what was seen in an area: signals, effects and waiting times. Storing it twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.action import Effect
from models.organisation import Area
from models.signal import Signal, SignalKind
from models.turnaround import Turnaround
from worker.effect import Periods, Verdict
from worker.signals import Finding
from worker.watch import Sight


def store(session: Session, sight: Sight, now: datetime) -> None:
    """Bring the rows of an area in line with what was seen. Two who store at once take turns at the area's row."""
    session.get_one(Area, sight.area_id, with_for_update=True)
    store_signals(session, sight.area_id, sight.findings, sight.month, now)
    for action_id, (periods, verdict) in sight.effects.items():
        _store_effect(session, action_id, periods, verdict, now)
    row = session.get(Turnaround, sight.area_id) or Turnaround(area_id=sight.area_id)
    row.computed_at, row.reports = now, sight.reports
    row.review_days, row.answer_days = sight.review_days, sight.answer_days
    session.add(row)


def store_signals(session: Session, area_id: int, findings: Iterable[Finding], month: date, now: datetime) -> None:
    """Raise what is new, renew what stands, end what is gone. A dismissed signal stays so while it lasts."""
    query = select(Signal).where(Signal.area_id == area_id, Signal.ended_at.is_(None))
    standing = {(row.from_unit_id, row.about_unit_id, row.category, row.kind): row for row in session.scalars(query)}
    for finding in findings:
        key = (*finding.pattern, finding.kind)
        row = standing.pop(key, None) or _new_signal(session, area_id, finding, month, now)
        row.seen_at, row.reports, row.reporters = now, finding.later, finding.reporters
        row.sentence = evidence(finding)
    for gone in standing.values():
        gone.ended_at = now


def _new_signal(session: Session, area_id: int, finding: Finding, month: date, now: datetime) -> Signal:
    sender, about, category = finding.pattern
    again = select(Signal).filter_by(
        area_id=area_id,
        from_unit_id=sender,
        about_unit_id=about,
        category=category,
        kind=finding.kind,
        raised_month=month,
    )
    row = session.scalars(again).one_or_none() or Signal(
        area_id=area_id,
        from_unit_id=sender,
        about_unit_id=about,
        category=category,
        kind=finding.kind,
        raised_month=month,
        raised_at=now,
    )
    row.ended_at = None
    session.add(row)
    return row


def evidence(finding: Finding) -> str:
    """One sentence that says what was counted, with distinct reporters beside the count."""
    later, earlier = _reports(finding.later), finding.earlier or "ingen"
    if finding.kind is SignalKind.RISING:
        people = f"från {finding.reporters} olika rapportörer"
        return f"{later} {people} de senaste {finding.later_months} månaderna, mot {earlier} under tolv månader före."
    if finding.kind is SignalKind.FALLING:
        return f"Ingen rapport de senaste {finding.later_months} månaderna, mot {earlier} under tolv månader före."
    return f"{later} de senaste {finding.later_months} månaderna, fast en åtgärd har beslutats."


def _reports(count: int) -> str:
    return "1 rapport" if count == 1 else f"{count} rapporter"


def _store_effect(session: Session, action_id: int, periods: Periods, verdict: Verdict, now: datetime) -> None:
    row = session.get(Effect, action_id) or Effect(action_id=action_id)
    row.computed_at, row.sentence = now, verdict.sentence
    row.before_count, row.before_months = periods.before, periods.before_months
    row.after_count, row.after_months = periods.after, periods.after_months
    row.ratio, row.low, row.high = verdict.ratio, verdict.low, verdict.high
    session.add(row)
