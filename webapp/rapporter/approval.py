"""The way of a draft: its texts edited, approved or put away, built anew, and its mails sent once more."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models.delivery import deliveries_to_seats, order_to_seats
from models.outbox import Task
from models.release import approve, being_counted, lock_summary, outdated, reject, save_edits
from models.summary import Summary, SummaryState
from schemas.summary_edits import edit_form, make_edits, texts_of
from schemas.text import clean
from webapp.form_input import Input, read_form
from webapp.rapporter.reading import blueprint as blueprint
from webapp.rapporter.review_page import WHOLE, page
from webapp.rapporter.rows import kept_summary
from webapp.rapporter.summaries import UNDER_WAY, order_now, ring_for
from webapp.requests import logger, now, person, reading, writing
from webapp.utskick import queue_again
from webapp.wall import SUMMARY, opened

CHANGED = "Utkastet har ändrats sedan sidan visades. Läs det igen innan du går vidare"
OUTDATED = "Rapporter har ändrats sedan utkastet gjordes. Bygg om det innan du godkänner"
COUNTING = "Nya siffror räknas just nu. Vänta en minut och försök igen"
READ_FIRST = (
    "Dina ändringar är sparade, men inget är godkänt eller skickat än. "
    "Utkastet skrivs ut på nytt: läs det och godkänn sedan."
)
Answer = Response | tuple[str, int]


@blueprint.get("/rapporter/<int:summary_id>/granska")
def review(summary_id: int) -> Answer:
    return page(kept_summary(summary_id, *WHOLE))


@blueprint.post("/rapporter/<int:summary_id>/granska")
def edit_draft(summary_id: int) -> Answer:
    """Write some texts otherwise. The draft is printed anew from the same frozen data."""
    return _keep_texts(kept_summary(summary_id, *WHOLE), "Ändringarna är sparade och utkastet skrivs ut på nytt.")


def _keep_texts(summary: Summary, said: str) -> Answer:
    typed = read_form("edit", edit_form(summary.content or {}, summary.edits or []))
    if typed.errors:
        return page(summary, typed)

    def keep(session: Session, draft: Summary) -> str:
        edits = make_edits(draft.content or {}, draft.edits or [], typed.data)
        if edits != (draft.edits or []):
            save_edits(session, draft, edits, now())
        return ""

    return _change(summary, keep, "summary_edited", said, typed)


@blueprint.post("/rapporter/<int:summary_id>/godkann")
def approve_draft(summary_id: int) -> Answer:
    """Let the forum have it. What was approved is what was read: the same build, from numbers that still hold, with
    no text that has not been printed and read. A text that was changed and not saved is saved instead."""
    summary = kept_summary(summary_id, *WHOLE)
    texts = texts_of(summary.content or {})
    if any(clean(request.form.get(name, text)) != clean(text) for name, text in texts.items()):
        return _keep_texts(summary, READ_FIRST)

    def let_go(session: Session, draft: Summary) -> str:
        if being_counted(session, draft):
            return COUNTING
        with opened(session, SUMMARY):
            if outdated(session, draft):
                return OUTDATED
        approve(session, draft, person(), now())
        return ""

    said = "Sammanställningen är godkänd. Den skrivs ut med ditt godkännande och skickas sedan till forumet."
    return _change(summary, let_go, "summary_approved", said)


@blueprint.post("/rapporter/<int:summary_id>/avvisa")
def reject_draft(summary_id: int) -> Answer:
    """Put a draft away, so that it waits for nobody."""

    def put_away(_session: Session, draft: Summary) -> str:
        reject(draft)
        return ""

    return _change(kept_summary(summary_id, *WHOLE), put_away, "summary_rejected", "Utkastet är avvisat.")


def _change(
    summary: Summary, work: Callable[[Session, Summary], str], what: str, said: str, typed: Input | None = None
) -> Answer:
    """Do something to the draft that the page showed. Where it is another by now, or the work says no, the page tells.

    Arguments: work - returns what stands in the way, or nothing; what - for the log; said - to the person.
    """
    with writing() as session:
        draft = lock_summary(session, summary.id)
        same = draft.state is SummaryState.BUILT and draft.build == request.form.get("build", type=int)
        problem = work(session, draft) if same else CHANGED
        queued = draft.state is SummaryState.QUEUED
    if problem:
        typed = typed or Input("decide", dict(request.form))
        typed.refuse("form", problem)
        reading().expire_all()
        return page(kept_summary(summary.id, *WHOLE), typed)
    if queued:
        ring_for(Task.BUILD_SUMMARY, summary.id)
    logger.info(what, user_id=person().id, summary_id=summary.id)
    return _back(summary.id, said)


@blueprint.post("/rapporter/<int:summary_id>/bygg-om")
def build_anew(summary_id: int) -> Answer:
    """Make a draft again from the numbers as they stand, or, of what is released, a correction."""
    summary = kept_summary(summary_id)
    ordered = order_now(summary.forum_id, summary.kind, summary.period)
    if ordered is None:
        return _back(summary.id, UNDER_WAY)
    logger.info("summary_ordered_anew", user_id=person().id, summary_id=ordered)
    said = "En rättelse skapas." if ordered != summary.id else "Utkastet byggs om."
    return _back(ordered, f"{said} Ladda om sidan om en liten stund.")


@blueprint.post("/rapporter/<int:summary_id>/skicka")
def send_missing(summary_id: int) -> Answer:
    """Send a released summary to the seats that have got no mail about it."""
    summary = kept_summary(summary_id)
    if summary.state is not SummaryState.APPROVED:
        abort(404)
    with writing() as session:
        ordered = order_to_seats(session, summary, now())
    for delivery_id in ordered:
        ring_for(Task.DELIVER, delivery_id)
    logger.info("summary_sent_to_more", user_id=person().id, summary_id=summary.id, mails=len(ordered))
    return _back(summary.id, "Mejlen är köade." if ordered else "Alla platser har redan fått mejl.")


@blueprint.post("/rapporter/<int:summary_id>/utskick/<int:delivery_id>/igen")
def send_once_more(summary_id: int, delivery_id: int) -> Answer:
    """Queue a mail that failed or is in doubt. Pressed twice it is queued once."""
    summary = kept_summary(summary_id)
    if delivery_id not in [delivery.id for delivery in deliveries_to_seats(reading(), summary.id)]:
        abort(404)
    return _back(summary.id, queue_again(delivery_id))


def _back(summary_id: int, said: str) -> Response:
    flash(said)
    return redirect(url_for("rapporter.review", summary_id=summary_id), 303)
