"""Putting a report aside: a form is kept as a draft, opened again, and forgotten when it has become a report."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from sqlalchemy import ColumnElement, delete, select
from werkzeug.wrappers import Response

from faults import fault
from models.draft import Draft, own_drafts
from schemas.report import FREE_TEXTS, PROTECTED, stop_message
from schemas.text import clean
from webapp import form_key
from webapp.rapportera.form import EXPIRED, SENDER, Offer, Values, page
from webapp.requests import now, person, reading, scope, scrub, writing

NOT_KEPT = "Utkastet är inte sparat"
NOTHING = "Det finns inget att spara än. Fyll i något först."


def opened_draft() -> Values | None:
    """What stands in the draft that the address asks for, or None when it asks for none."""
    wanted = request.args.get("utkast", type=int)
    if wanted is None:
        return None
    draft = reading().scalars(own_drafts(scope(), now()).where(Draft.id == wanted)).one_or_none()
    if draft is None:
        abort(404)
    return dict(draft.values)


def drafts_of(values: Values) -> tuple[ColumnElement[bool], ...]:
    """Where the writer's own drafts of a form stand: under its key, and under that of the form it was asked about."""
    keys = {form_key.read(str(values[name]), person().id) for name in ("form_key", "again")}
    return Draft.user_id == person().id, Draft.form_key.in_(keys - {None})


def forget_drafts(values: Values) -> None:
    """What was put aside before it was sent, or before the answer that it must not be stored, goes too."""
    mine = drafts_of(values)
    if reading().scalar(select(Draft.id).where(*mine).limit(1)) is None:
        return
    with writing() as session:
        session.execute(delete(Draft).where(*mine))
    scrub()


def save_draft(offered: Offer, values: Values) -> Response | tuple[str, int]:
    """A draft may be half done, but what must not be stored is not stored here either."""
    key = form_key.read(str(values["form_key"]), person().id)
    typed_freely = (*FREE_TEXTS, "occurred_on")
    errors = {name: stopped for name in typed_freely if (stopped := stop_message(clean(str(values[name]))))}
    if values["protected_identity"]:
        errors["protected_identity"] = PROTECTED
    if key is None or errors:
        return page(offered, values, errors, notice=None if errors else EXPIRED, status=422, heading=NOT_KEPT)
    if not any(_filled(value) for name, value in values.items() if name not in SENDER):
        return page(offered, values, notice=NOTHING, status=422)
    with writing() as session:
        draft = session.scalars(select(Draft).where(Draft.form_key == key)).one_or_none() or Draft(form_key=key)
        draft.user_id, draft.values, draft.saved_at = person().id, values, now()
        session.add(draft)
        fault("draft.before_commit")
    flash("Utkastet är sparat.")
    return redirect(url_for("mina_rapporter.list_reports"), 303)


def _filled(value: str | list[str]) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)
