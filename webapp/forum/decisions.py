"""Writing down what a forum decided on one item, on the day of the meeting."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models.agenda import AgendaItem, Decision, Outcome
from models.forum import Meeting
from schemas.agenda import ForumDecisionSchema
from schemas.months import day_name, local_date
from schemas.states import IllegalMoveError
from webapp.form_input import Input, read_form
from webapp.forum.access import changing_forum, meeting_of, must_change
from webapp.forum.agenda import blueprint as blueprint
from webapp.forum.agenda import item_of
from webapp.forum.deciding import DecisionError, check, decide, handed_to
from webapp.forum.meeting_page import facts, report_row
from webapp.moving import ring_for_counts
from webapp.requests import logger, now, person, reading, through
from webapp.wall import AGENDA

Answer = Response | tuple[str, int]


@blueprint.route("/forum/<code>/moten/<int:meeting_id>/arenden/<int:item_id>/beslut", methods=["GET", "POST"])
@through(AGENDA)
def record(code: str, meeting_id: int, item_id: int) -> Answer:
    meeting = meeting_of(code, meeting_id)
    must_change(meeting.forum)
    item = item_of(meeting, item_id)
    if request.method == "GET":
        return _page(meeting, item, _first(item))
    typed = read_form("decision", ForumDecisionSchema())
    if item.decision is not None:
        typed.stale(_facts(item.decision))
    if typed.errors:
        return _page(meeting, item, typed)
    return _record(meeting, item, typed)


def _first(item: AgendaItem) -> Input:
    """The empty form, with what is decided already."""
    return Input("decision", conflict=_facts(item.decision))


def _hindrance(item: AgendaItem) -> str:
    """What stands in the way of a decision, told before anybody writes one; nobody has made a mistake by then."""
    try:
        check(reading(), item, None, now())
    except DecisionError as error:
        return str(error)
    return ""


def _record(meeting: Meeting, item: AgendaItem, typed: Input) -> Answer:
    try:
        with changing_forum(meeting.forum) as (session, _):
            row = session.get_one(AgendaItem, item.id, with_for_update=True)
            decision = _decide(session, row, typed) if row.decision is None else None
        ring_for_counts(session)
    except (DecisionError, IllegalMoveError) as error:
        typed.refuse("form", str(error))
        return _page(meeting, item, typed)
    if decision is None:
        reading().refresh(item)
        typed.stale(_facts(item.decision))
        return _page(meeting, item, typed)
    logger.info("forum_decided", user_id=person().id, agenda_item_id=item.id, outcome=decision.outcome.value)
    flash(_said(item, decision))
    return redirect(url_for("forum.show_meeting", code=meeting.forum.code, meeting_id=meeting.id), 303)


def _decide(session: Session, item: AgendaItem, typed: Input) -> Decision:
    return decide(session, item, typed.data, person(), now())


def _facts(decision: Decision | None) -> list[tuple[str, str]]:
    """What stands as decided already."""
    if decision is None:
        return []
    made = f"{day_name(decision.decided_on)}, inskrivet av {decision.function}"
    return [("Beslut", decision.text), ("Ärendet", decision.outcome.label), ("Beslutat", made)]


def _said(item: AgendaItem, decision: Decision) -> str:
    if decision.outcome is not Outcome.HANDED_UP:
        return "Beslutet är sparat."
    above, meeting = handed_to(reading(), item, now())
    if above is None or meeting is None:
        waiting = f"{above.name} har inget kommande möte, så rapporterna väntar där på en dagordning." if above else ""
        return f"Beslutet är sparat. {waiting}"
    return (
        f"Beslutet är sparat. Ärendet står på dagordningen för {above.name} {day_name(local_date(meeting.starts_at))}."
    )


def _page(meeting: Meeting, item: AgendaItem, typed: Input) -> tuple[str, int]:
    above, following = handed_to(reading(), item, now())
    choices = [(word.value, word.label) for word in Outcome if above or word is not Outcome.HANDED_UP]
    html = render_template(
        "web/beslut.html",
        meeting=facts(meeting),
        item={"id": item.id, "title": item.title, "question": item.question},
        reports=[report_row(report) for report in item.reports],
        outcomes=choices,
        above=above.name if above else "",
        above_meets=following is not None,
        notice=_hindrance(item) if request.method == "GET" else "",
        typed=typed,
        errors=typed.errors,
    )
    return html, typed.status if request.method == "POST" else 200
