"""/lamna-ut/<id>/<reference>: one report as it would leave, and what is masked in it, by the guard and by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models.handout import Handout, HandoutCopy, HandoutState
from schemas.handout import GROUNDS, UNGROUNDED, Field, Mask, MaskSchema, automatic, joined, mark, places
from webapp.form_input import Input, read_form
from webapp.lamna_ut.handouts import Answer, find, find_open
from webapp.lamna_ut.handouts import blueprint as blueprint
from webapp.lamna_ut.letter import blacked_fields
from webapp.lamna_ut.texts import masks_of, stored, texts_of, words_under
from webapp.requests import logger, person, reading, writing

NOT_THERE = "Orden finns inte i någon av rapporterna. Skriv dem precis som de står"
CHANGED = "Texten har ändrats sedan den maskerades. Börja om med maskeringen."
KEPT_LABEL = "Saknar bestämmelse"


@blueprint.get("/lamna-ut/<int:handout_id>/<reference>")
def show_copy(handout_id: int, reference: str) -> Answer:
    return _page(handout_id, reference, Input())


def _page(handout_id: int, reference: str, typed: Input) -> tuple[str, int]:
    handout = find(reading(), handout_id)
    copy = find_copy(handout, reference)
    if handout.state is not HandoutState.OPEN:
        abort(404)  # What was decided is read in the decision; the text behind it is a report like any other.
    texts, masks = texts_of(reading(), copy.report), masks_of(copy)
    logger.info("report_read", user_id=person().id, report_id=copy.report_id)
    html = render_template(
        "web/lamna-ut-kopia.html",
        handout={"id": handout.id, "reference": handout.reference},
        reference=reference,
        fields=blacked_fields(texts, masks),
        masks=[_row(texts, mask) for mask in masks],
        ungrounded=sum(mask.ground == UNGROUNDED for mask in masks),
        grounds=list(GROUNDS.items()),
        stale=mark(texts) != copy.mark,
        typed=typed,
        errors=typed.errors,
    )
    return html, typed.status


def _row(texts: Sequence[Field], mask: Mask) -> dict[str, Any]:
    labels = {one.code: one.label for one in texts}
    return {
        "words": words_under(texts, mask),
        "where": labels.get(mask.field, ""),
        "ground": GROUNDS.get(mask.ground, KEPT_LABEL),
        "missing": mask.ground == UNGROUNDED,
        "field": mask.field,
        "start": mask.start,
    }


def find_copy(handout: Handout, reference: str) -> HandoutCopy:
    found = [copy for copy in handout.copies if copy.report.reference == reference]
    if not found:
        abort(404)
    return found[0]


@blueprint.post("/lamna-ut/<int:handout_id>/<reference>/maskera")
def add_mask(handout_id: int, reference: str) -> Answer:
    """Mask some words wherever they stand, in every report of the handout: what is secret in one is so in all."""
    typed = read_form("mask", MaskSchema())
    if not typed.errors:
        with writing() as session:
            handout = find_open(session, handout_id)
            find_copy(handout, reference)
            hits = sum(_mask(session, copy, typed.data) for copy in handout.copies)
        if not hits:
            typed.refuse("mask_words", NOT_THERE)
    if typed.errors:
        return _page(handout_id, reference, typed)
    return _back(handout_id, reference, f"Maskerat på {hits} {'ställe' if hits == 1 else 'ställen'}.")


def _mask(session: Session, copy: HandoutCopy, data: dict[str, Any]) -> int:
    texts = texts_of(session, copy.report)
    found = places(texts, data["mask_words"], data["ground"]) if mark(texts) == copy.mark else []
    copy.masks = stored(joined([*masks_of(copy), *found]))
    return len(found)


@blueprint.post("/lamna-ut/<int:handout_id>/<reference>/bestammelse")
def set_ground(handout_id: int, reference: str) -> Response:
    """Give every mask of this report that has no ground the same one."""
    ground = request.form.get("ground", "")
    with writing() as session:
        copy = find_copy(find_open(session, handout_id), reference)
        if ground in GROUNDS:
            copy.masks = stored(mask if mask.ground else mask._replace(ground=ground) for mask in masks_of(copy))
    return _back(handout_id, reference, "Bestämmelsen är sparad." if ground in GROUNDS else "Välj en bestämmelse.")


@blueprint.post("/lamna-ut/<int:handout_id>/<reference>/visa")
def unmask(handout_id: int, reference: str) -> Response:
    """Take one mask away."""
    place = (request.form.get("field", ""), request.form.get("start", type=int))
    with writing() as session:
        copy = find_copy(find_open(session, handout_id), reference)
        copy.masks = stored(mask for mask in masks_of(copy) if (mask.field, mask.start) != place)
    return _back(handout_id, reference, "Maskeringen är borttagen.")


@blueprint.post("/lamna-ut/<int:handout_id>/<reference>/om")
def start_over(handout_id: int, reference: str) -> Response:
    """Mask a text anew that has changed: only what the guard finds."""
    with writing() as session:
        copy = find_copy(find_open(session, handout_id), reference)
        texts = texts_of(session, copy.report)
        copy.masks, copy.mark = stored(automatic(texts)), mark(texts)
    return _back(handout_id, reference, "Maskeringen är gjord om. Gå igenom den.")


def _back(handout_id: int, reference: str, message: str) -> Response:
    flash(message)
    return redirect(url_for("lamna_ut.show_copy", handout_id=handout_id, reference=reference), 303)
