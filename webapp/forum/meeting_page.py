"""The page of one meeting: its agenda, as whoever keeps the forum sees it or as its members do."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from models.action import Action
from models.action_queries import actions_of_decisions
from models.agenda import AgendaItem
from models.agenda_queries import agenda_of
from models.forum import Forum, Meeting
from models.forum_queries import count_routed
from models.packs import live_pack
from models.report import UNCOUNTED, Report
from models.snapshot_agenda import changes_since
from models.summary import SummaryState
from models.user import Role
from schemas.disclosure import protect_cell
from schemas.months import DAYS_BEFORE_MEETING, LOCAL, day_name, local_date
from webapp.form_input import Input, seal
from webapp.forum.access import may_change, may_count
from webapp.forum.words import when
from webapp.report_rows import pair
from webapp.requests import now, person, reading, through
from webapp.wall import AGENDA

MISSING = "omskrivning saknas"


@through(AGENDA)
def page(meeting: Meeting, typed: Input | None = None) -> tuple[str, int]:
    """Arguments: typed - a form that was refused."""
    typed, keeps = typed or Input(), may_change(meeting.forum)
    items = agenda_of(reading(), meeting.id)
    html = render_template(
        "web/mote.html",
        meeting=facts(meeting),
        keeps=keeps,
        items=_items(meeting, items, keeps),
        minutes=sum(item.minutes for item in items),
        waiting=_waiting(meeting.forum) if may_count(meeting.forum) else 0,
        pack=_pack(meeting, keeps),
        typed=typed,
        errors=typed.errors,
    )
    return html, typed.status


def facts(meeting: Meeting) -> dict[str, Any]:
    """What every page about a meeting says of it. The forum has the name that it had on the day."""
    local = meeting.starts_at.astimezone(LOCAL)
    return {
        "id": meeting.id,
        "code": meeting.forum.code,
        "forum": meeting.forum.name_on(local.date()),
        "when": when(meeting.starts_at),
        "date": local.date().isoformat(),
        "time": f"{local:%H.%M}",
        "cancelled": meeting.cancelled_at is not None,
        "held": meeting.starts_at <= now(),
        "day_has_come": local.date() <= local_date(now()),
        "pack_is_due": (local.date() - local_date(now())).days <= DAYS_BEFORE_MEETING,
        "empty": not meeting.forum.members,
        "seal": seal(meeting.starts_at, meeting.cancelled_at),
        "href": url_for("forum.show_meeting", code=meeting.forum.code, meeting_id=meeting.id),
    }


def _waiting(forum: Forum) -> int:
    return count_routed(reading(), forum.federation_id, [forum.id]).get(forum.id, (0, 0))[1]


def _pack(meeting: Meeting, keeps: bool) -> dict[str, Any] | None:
    """The pack that holds, and what has changed on the agenda since it was made; members see it once it is released."""
    found = live_pack(reading(), meeting.forum_id, local_date(meeting.starts_at), released=not keeps)
    if found is None or meeting.cancelled_at is not None:
        return None
    printed = found.state in (SummaryState.BUILT, SummaryState.APPROVED)
    return {
        "state": found.state.label,
        "href": url_for("rapporter.download", summary_id=found.id) if printed else "",
        "order": f"{found.kind.value}/{found.period}",
        "changes": changes_since(reading(), found),
    }


def _items(meeting: Meeting, items: list[AgendaItem], keeps: bool) -> list[dict[str, Any]]:
    actions = actions_of_decisions(reading(), [item.decision.id for item in items if item.decision])
    before, after = _chains(items)
    exact = bool(items) and may_count(items[0].meeting.forum)
    return [
        {
            "id": item.id,
            "number": number,
            "title": item.title,
            "question": item.question,
            "minutes": item.minutes,
            "first": number == 1,
            "last": number == len(items),
            "from": _elsewhere(before.get(item.from_item_id or 0)),
            "to": _elsewhere(after.get(item.id)),
            **(_for_keeper(item) if exact else _for_members(item)),
            **_decision(item, actions),
        }
        for number, item in enumerate(items, start=1)
    ]


def _chains(items: list[AgendaItem]) -> tuple[dict[int, AgendaItem], dict[int, AgendaItem]]:
    """The items that these came from, by id, and the items that they were handed up to, by their own id."""
    ids, origins = [item.id for item in items], [item.from_item_id for item in items if item.from_item_id]
    forum = joinedload(AgendaItem.meeting).joinedload(Meeting.forum).selectinload(Forum.names)
    query = select(AgendaItem).where(or_(AgendaItem.id.in_(origins), AgendaItem.from_item_id.in_(ids))).options(forum)
    found = list(reading().scalars(query))
    return {row.id: row for row in found}, {row.from_item_id or 0: row for row in found}


def _elsewhere(item: AgendaItem | None) -> str:
    """Where and when an item stands or stood, in words."""
    if item is None:
        return ""
    day = local_date(item.meeting.starts_at)
    return f"{item.meeting.forum.name_on(day)} {day_name(day)}"


def _for_keeper(item: AgendaItem) -> dict[str, Any]:
    """References and paraphrases, never what the reporter wrote."""
    count = len(item.reports)
    rows = sorted(item.reports, key=lambda report: report.reference)
    return {"count": "1 rapport" if count == 1 else f"{count} rapporter", "reports": [report_row(row) for row in rows]}


def report_row(report: Report) -> dict[str, Any]:
    """A report behind an item. Only a coordinator has a desk to read it at."""
    reads = person().role is Role.COORDINATOR
    return {
        "reference": report.reference,
        "href": url_for("granska.show_report", reference=report.reference) if reads else "",
        "pair": pair(report),
        "state": report.state.label,
        "paraphrase": report.paraphrase or MISSING,
        "missing": not report.paraphrase,
    }


def _for_members(item: AgendaItem) -> dict[str, Any]:
    """A protected number and, where it may be told, the paraphrases that a person has released: as in the pack."""
    counted = [report for report in item.reports if report.state not in UNCOUNTED]
    count = protect_cell(len(counted), len({report.reporter_id for report in counted}))
    released = [
        row.paraphrase for row in counted if row.paraphrase_released_at and row.may_paraphrase and row.paraphrase
    ]
    return {"count": f"{count.text} rapporter", "reports": [], "released": sorted(released) if count.shown else []}


def _decision(item: AgendaItem, actions: dict[int, list[Action]]) -> dict[str, Any]:
    """What was decided and the actions it led to; whoever sees the forum's meeting may open them."""
    decision = item.decision
    if decision is None:
        return {"decision": None, "actions": []}
    led_to = [
        {"what": action.what, "href": url_for("atgarder.show_action", action_id=action.id)}
        for action in actions.get(decision.id, [])
    ]
    shown = {
        "id": decision.id,
        "text": decision.text,
        "plain": decision.plain,
        "outcome": decision.outcome.label,
        "day": day_name(decision.decided_on),
        "function": decision.function,
    }
    return {"decision": shown, "actions": led_to}
