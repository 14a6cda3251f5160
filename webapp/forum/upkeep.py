"""Keeping the register: a forum's name over time, its convener, its seats and its agreement."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, abort, flash, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models.forum import Agreement, Forum, ForumMember, ForumName
from models.organisation import OUTSIDE_PARTY
from schemas.forum import AddressSchema, AgreementSchema, ConvenerSchema, NameSchema, SeatSchema
from schemas.mail_domains import read_domains
from schemas.months import local_date
from webapp.form_input import Input, read_form
from webapp.forum.access import changing_forum, find_forum, must_change
from webapp.forum.page import agreement_seal, page
from webapp.forum.words import conveners
from webapp.granska.decision_form import parties
from webapp.requests import logger, now, person, reading

blueprint = Blueprint("forum_upkeep", __name__)
SAME_NAME = "Forumet heter redan så"
SEAT_TAKEN = "Den platsen finns redan"
Answer = Response | tuple[str, int]


def _done(forum: Forum, what: str, said: str) -> Response:
    logger.info(what, user_id=person().id, forum_id=forum.id)
    flash(said)
    return redirect(url_for("forum.show_forum", code=forum.code), 303)


@blueprint.post("/forum/<code>/namn")
def rename(code: str) -> Answer:
    """A new name. What the forum was called before stands beside it, and in everything that was made then."""
    forum, today = find_forum(code), local_date(now())
    must_change(forum)
    typed = read_form("name", NameSchema(today, forum.names[-1].valid_from if forum.names else None))
    if not typed.errors and typed.data["new_name"] == forum.name:
        typed.refuse("new_name", SAME_NAME)
    if typed.errors:
        return page(forum, typed)
    with changing_forum(forum) as (session, row):
        rename_forum(session, row, typed.data["new_name"], typed.data["name_from"] or today)
    said = f"Forumet heter nu {typed.data['new_name']}. Det gamla namnet står kvar i historiken."
    return _done(forum, "forum_renamed", said)


def rename_forum(session: Session, forum: Forum, name: str, day: date) -> None:
    """Let a forum be called otherwise from a day on. Its first name is kept as the one it began with; two names
    on one day are one name and its correction."""
    if not forum.names:
        began = min(forum.active_from, day - timedelta(days=1))
        session.add(ForumName(forum_id=forum.id, name=forum.name, valid_from=began))
    same_day = next((row for row in forum.names if row.valid_from == day), None)
    if same_day is not None:
        same_day.name = name
    else:
        session.add(ForumName(forum_id=forum.id, name=name, valid_from=day))
    forum.name = name


@blueprint.post("/forum/<code>/sammankallande")
def set_convener(code: str) -> Answer:
    forum = find_forum(code)
    must_change(forum)
    typed = read_form("convener", ConvenerSchema(conveners(parties())))
    if typed.errors:
        return page(forum, typed)
    with changing_forum(forum) as (_, row):
        row.convener = typed.data["convener"]
    return _done(forum, "convener_set", "Sammankallande är sparad.")


@blueprint.post("/forum/<code>/platser")
def add_seat(code: str) -> Answer:
    forum = find_forum(code)
    must_change(forum)
    by_code = {party.code: party for party in parties() if party.code != OUTSIDE_PARTY}
    typed = read_form("seat", SeatSchema(by_code, _domains(forum)))
    if typed.errors:
        return page(forum, typed)
    party_id, function = by_code[typed.data["seat_party"]].id, typed.data["seat_function"]
    with changing_forum(forum) as (session, row):
        taken = any((seat.party_id, seat.function) == (party_id, function) for seat in row.members)
        if not taken:
            email = typed.data["seat_email"]
            session.add(ForumMember(forum_id=row.id, party_id=party_id, function=function, email=email))
    if taken:
        typed.refuse("seat_function", SEAT_TAKEN)
        return page(forum, typed)
    return _done(forum, "seat_added", "Platsen är tillagd.")


def _domains(forum: Forum) -> list[str]:
    """The domains that the federation lets summaries be mailed to."""
    return read_domains(forum.federation.mail_domains)[0]


@blueprint.post("/forum/<code>/platser/<int:seat_id>/adress")
def set_address(code: str, seat_id: int) -> Answer:
    """Where a seat's summaries are sent: the mailbox of the function, so that it stays when people change."""
    forum = find_forum(code)
    must_change(forum)
    typed = read_form(f"address-{seat_id}", AddressSchema(_domains(forum)))
    if typed.errors:
        return page(forum, typed)
    with changing_forum(forum) as (_, row):
        for seat in row.members:
            if seat.id == seat_id:
                seat.email = typed.data["seat_email"]
    return _done(forum, "seat_address_set", "Adressen är sparad.")


@blueprint.post("/forum/<code>/platser/<int:seat_id>/bort")
def remove_seat(code: str, seat_id: int) -> Response:
    forum = find_forum(code)
    with changing_forum(forum) as (session, row):
        seat = session.scalars(
            select(ForumMember).where(ForumMember.id == seat_id, ForumMember.forum_id == row.id)
        ).one_or_none()
        if seat is None:  # Somebody else may have pressed the same button: then it is done.
            return _done(forum, "seat_removed", "Platsen var redan borttagen.")
        session.delete(seat)
    return _done(forum, "seat_removed", f"{seat.function} är borttagen från forumet och får inga fler mejl.")


@blueprint.post("/forum/<code>/overenskommelser")
def save_agreement(code: str) -> Answer:
    """A new agreement, or a change of one that is there."""
    forum = find_forum(code)
    must_change(forum)
    typed = read_form("agreement", AgreementSchema())
    known = _known_agreement(forum)
    if typed.errors:
        return page(forum, typed, known)
    with changing_forum(forum) as (session, row):
        stale = known is not None and not _still_so(session, known)
        if not stale:
            _store_agreement(session, row, known, typed)
    if stale and known is not None:
        reading().refresh(known)
        typed.stale([("Överenskommelse", known.title), ("Gäller", f"{known.valid_from} till {known.valid_until}")])
        return page(forum, typed, known)
    return _done(forum, "agreement_saved", "Överenskommelsen är sparad.")


def _known_agreement(forum: Forum) -> Agreement | None:
    wanted = request.form.get("agreement_id", type=int)
    if wanted is None:
        return None
    return next((row for row in forum.agreements if row.id == wanted), None) or abort(404)


def _still_so(session: Session, known: Agreement) -> bool:
    """Whether the agreement is what the page showed."""
    return agreement_seal(session.get_one(Agreement, known.id)) == request.form.get("seal")


def _store_agreement(session: Session, forum: Forum, known: Agreement | None, typed: Input) -> None:
    row = session.get_one(Agreement, known.id) if known else Agreement(forum_id=forum.id)
    row.title, row.remind_days = typed.data["agreement_title"], typed.data["agreement_remind"]
    row.valid_from, row.valid_until = typed.data["agreement_from"], typed.data["agreement_until"]
    session.add(row)
