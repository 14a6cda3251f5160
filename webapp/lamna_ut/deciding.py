"""/lamna-ut/<id>: the decision, frozen when it is made; and what leaves with it, as a page, a PDF and a list."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response

from models.disposal import fingerprint
from models.handout import Handout, HandoutState, Verdict
from models.outbox import Outbox, Task
from schemas.csv_cell import safe_cell
from schemas.handout import UNGROUNDED, VerdictSchema, mark
from webapp.form_input import Input, read_form
from webapp.lamna_ut.handouts import Answer, find, find_open, row
from webapp.lamna_ut.letter import write_letter
from webapp.lamna_ut.masking import CHANGED
from webapp.lamna_ut.masking import blueprint as blueprint
from webapp.lamna_ut.texts import FACTS, masks_of, texts_of
from webapp.requests import logger, now, parts, person, reading, writing

MASKED = "maskerat"
NO_PDF = "PDF-filen är inte färdig. Vänta några sekunder och ladda om sidan."


@blueprint.get("/lamna-ut/<int:handout_id>")
def show(handout_id: int) -> Answer:
    return _page(find(reading(), handout_id), Input())


def _page(handout: Handout, typed: Input) -> tuple[str, int]:
    html = render_template(
        "web/lamna-ut-visa.html",
        handout=row(handout),
        copies=[_copy_row(handout, copy) for copy in handout.copies],
        verdicts=Verdict.choices(),
        kept=handout.letter is not None,
        printed=handout.pdf_sha256 is not None,
        typed=typed,
        errors=typed.errors,
    )
    return html, typed.status


def _copy_row(handout: Handout, copy: Any) -> dict[str, Any]:
    masks = masks_of(copy)
    here = {"handout_id": handout.id, "reference": copy.report.reference}
    return {
        "reference": copy.report.reference,
        "masks": len(masks),
        "missing": sum(mask.ground == UNGROUNDED for mask in masks),
        "href": url_for("lamna_ut.show_copy", **here) if handout.state is HandoutState.OPEN else "",
    }


@blueprint.post("/lamna-ut/<int:handout_id>/besluta")
def decide(handout_id: int) -> Answer:
    """Decide, and freeze what leaves. Answers 404 when it was decided before."""
    with writing() as session:
        handout = find_open(session, handout_id)
        masks = [mask for copy in handout.copies for mask in masks_of(copy)]
        typed = read_form("verdict", VerdictSchema(bool(masks), sum(mask.ground == UNGROUNDED for mask in masks)))
        stale = [copy for copy in handout.copies if mark(texts_of(session, copy.report)) != copy.mark]
        if stale:
            typed.refuse("verdict", f"{stale[0].report.reference}: {CHANGED}")
        if not typed.errors:
            _freeze(session, handout, typed.data)
    if typed.errors:
        return _page(find(reading(), handout_id), typed)
    parts().doorbell.ring(Task.PRINT_HANDOUT.value, Task.PRINT_HANDOUT.queue, handout_id)
    logger.info("handout_decided", user_id=person().id, handout_id=handout_id, verdict=handout.verdict)
    flash("Beslutet är fattat och fryst. Lämna ut det på det sätt som den som frågade har valt.")
    return redirect(url_for("lamna_ut.show", handout_id=handout_id), 303)


def _freeze(session: Any, handout: Handout, data: dict[str, Any]) -> None:
    handout.state, handout.verdict = HandoutState.DECIDED, Verdict(data["verdict"])
    handout.decided_at, handout.decided_as = now(), person().title
    handout.letter = write_letter(session, handout, data["reasons"])
    handout.letter_sha256 = fingerprint(handout.letter)
    session.add(Outbox(task=Task.PRINT_HANDOUT, subject_id=handout.id, created_at=now()))


@blueprint.post("/lamna-ut/<int:handout_id>/aterta")
def drop(handout_id: int) -> Response:
    """Whoever asked has taken it back."""
    with writing() as session:
        find_open(session, handout_id).state = HandoutState.DROPPED
    flash("Begäran är avslutad utan beslut.")
    return redirect(url_for("lamna_ut.list_handouts"), 303)


def _letter(handout_id: int) -> dict[str, Any]:
    """The frozen decision. Answers 404 before there is one."""
    handout = find(reading(), handout_id)
    if handout.letter is None:
        abort(404)
    return handout.letter


@blueprint.get("/lamna-ut/<int:handout_id>/beslut")
def letter(handout_id: int) -> str:
    """The decision as a page to print."""
    return render_template("web/lamna-ut-beslut.html", letter=_letter(handout_id), handout_id=handout_id)


@blueprint.get("/lamna-ut/<int:handout_id>.pdf")
def download(handout_id: int) -> Response:
    handout = find(reading(), handout_id)
    document = reading().get_one(Handout, handout.id, options=[undefer(Handout.pdf)], populate_existing=True).pdf
    if document is None:
        flash(NO_PDF)
        return redirect(url_for("lamna_ut.show", handout_id=handout_id), 303)
    headers = {"Content-Disposition": f'attachment; filename="{handout.reference}.pdf"'}
    return Response(document, mimetype="application/pdf", headers=headers)


@blueprint.get("/lamna-ut/<int:handout_id>.csv")
def export(handout_id: int) -> Response:
    """The reports of the decision as a list, without free text; what is masked in the decision is masked here."""
    frozen = _letter(handout_id)
    headers = {"Content-Disposition": f'attachment; filename="{frozen["reference"]}.csv"'}
    return Response("".join(_lines(frozen)), mimetype="text/csv", headers=headers)


def _lines(frozen: dict[str, Any]) -> Iterator[str]:
    yield "\ufeff" + _line(["Referens", "Kom in", "Från", "Om", "Kategori", "Läge"])
    for copy in frozen["copies"]:
        by_code = {field["code"]: field["parts"] for field in copy["fields"]}
        yield _line([copy["reference"], *(_cell(by_code.get(code, [])) for code in FACTS)])


def _cell(pieces: list[list[Any]]) -> str:
    return "".join(text if ground is None else f"[{MASKED} {ground}]" for text, ground in pieces)


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";").writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()
