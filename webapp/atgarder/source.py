"""What a new action springs from: a decision, a signal, or reports of one's desk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import abort, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.agenda import AgendaItem, Decision
from models.forum import Forum, Meeting, visible_forums
from models.report import Report
from models.review_queue import desk_reports
from models.signal import Signal
from schemas.months import day_name
from schemas.taxonomy import category_label
from webapp.desk import desk
from webapp.forum.access import may_change
from webapp.requests import reading, scope, through
from webapp.wall import AGENDA

MOST_REPORTS = 50


@dataclass
class Source:
    """What the action springs from."""

    decision: Decision | None = None
    signal: Signal | None = None
    reports: list[Report] = field(default_factory=list)

    @property
    def forum(self) -> Forum | None:
        return self.decision.item.meeting.forum if self.decision else None


def find_source() -> Source:
    """The decision, the reports and the signal that the address or the form names. Answers 404 when one is not
    there for this person."""
    decision_id, signal_id = request.values.get("beslut", type=int), request.values.get("signal", type=int)
    references = list(dict.fromkeys(request.values.getlist("rapport")))[:MOST_REPORTS]
    decision = _decision(decision_id) if decision_id is not None else None
    reports = list(decision.item.reports) if decision else _reports(references)
    return Source(decision, _signal(signal_id) if signal_id is not None else None, reports)


@through(AGENDA)
def _decision(decision_id: int) -> Decision:
    item = joinedload(Decision.item)
    meeting = item.joinedload(AgendaItem.meeting).joinedload(Meeting.forum).joinedload(Forum.area)
    reports = item.selectinload(AgendaItem.reports)
    nearby = (meeting, reports.joinedload(Report.from_unit), reports.joinedload(Report.about_unit))
    found = reading().scalars(select(Decision).where(Decision.id == decision_id).options(*nearby)).one_or_none()
    seen = visible_forums(scope()).with_only_columns(Forum.id).order_by(None)
    forum = found.item.meeting.forum if found else None
    if found is None or forum is None or forum.id not in set(reading().scalars(seen)) or not may_change(forum):
        abort(404)
    return found


def _reports(references: list[str]) -> list[Report]:
    if not references:
        return []
    nearby = (joinedload(Report.from_unit), joinedload(Report.about_unit))
    query = desk_reports(desk()).where(Report.reference.in_(references)).options(*nearby)
    found = list(reading().scalars(query.order_by(Report.reference)))
    if len(found) != len(references):
        abort(404)
    return found


def _signal(signal_id: int) -> Signal:
    nearby = (joinedload(Signal.area), joinedload(Signal.from_unit), joinedload(Signal.about_unit))
    query = select(Signal).where(Signal.id == signal_id, Signal.area_id.in_(scope().area_ids)).options(*nearby)
    return reading().scalars(query).one_or_none() or abort(404)


def decision_words(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    forum = decision.item.meeting.forum.name_on(decision.decided_on)
    return {"id": decision.id, "text": decision.text, "where": f"{forum} {day_name(decision.decided_on)}"}


def signal_words(signal: Signal | None) -> dict[str, Any] | None:
    if signal is None:
        return None
    pattern = f"{signal.from_unit.name} om {signal.about_unit.name}: {category_label(signal.category).lower()}"
    return {"id": signal.id, "pattern": pattern, "sentence": signal.sentence, "kind": signal.kind.label}
