"""/klassificeraren: how well its suggestions agree with people, and which model reads reports. For administrators.

A federation decides for itself whether its judged reports may be learnt from, and how many are judged without
seeing the suggestion. The model reads for the whole installation; a candidate is taken into use by a person only.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models.learning import ModelState, TrainedModel, first_judgements, model_in_use
from models.organisation import Federation
from models.outbox import Outbox, Task
from models.report import UNASSESSED
from schemas.agreement import FEWEST, Agreement, by_category, drift, kappa, to_merge, to_split
from schemas.months import day_name, local_date
from schemas.taxonomy import category_label
from webapp.requests import logger, now, parts, person, reading, writing
from webapp.wall import JUDGED, opened

blueprint = Blueprint("klassificeraren", __name__)
BLIND_CHOICES = (0, 5, 10, 20)
SHOWN = 20
MAY_BE_USED = (ModelState.CANDIDATE, ModelState.RETIRED)


@blueprint.get("/klassificeraren")
def show() -> str:
    session, own = reading(), reading().get_one(Federation, person().federation_id)
    with opened(session, JUDGED):
        judged = first_judgements(session, own.id)
    trained = session.scalars(select(TrainedModel).order_by(TrainedModel.id.desc()).limit(SHOWN)).all()
    return render_template(
        "web/klassificeraren.html",
        own=own,
        blind_choices=[(str(percent), _blind_label(percent)) for percent in BLIND_CHOICES],
        models=[_model(row) for row in trained],
        shipped_in_use=model_in_use(session) is None,
        training=any(row.state is ModelState.ORDERED for row in trained),
        drift=drift([one.category != two.category for one, two in judged if two.suggested != UNASSESSED]),
        agreement=_agreement([(one.category, two.category) for one, two in judged if one.hidden]),
        split=[_split(*found) for found in to_split([(two.category, two.also) for _, two in judged])],
    )


def _blind_label(percent: int) -> str:
    return f"{percent} av 100 rapporter" if percent else "Ingen rapport"


def _model(row: TrainedModel) -> dict[str, Any]:
    sets = [("Fasta prövotexter", row.figures.get("frozen")), ("Senaste rättelserna", row.figures.get("last"))]
    return {
        "id": row.id,
        "version": row.version or "–",
        "state": row.state.label,
        "day": day_name(local_date(row.made_at or row.ordered_at)),
        "by": row.ordered_by,
        "decided": f"{row.decided_by}, {day_name(local_date(row.decided_at))}" if row.decided_at else "",
        "corrections": row.corrections,
        "figures": [(label, found) for label, found in sets if found and found["texts"]],
        "usable": row.state in MAY_BE_USED,
        "declinable": row.state is ModelState.CANDIDATE,
        "in_use": row.state is ModelState.IN_USE,
    }


def _agreement(pairs: list[tuple[str, str]]) -> dict[str, Any] | None:
    """What the reports tell that were judged without seeing the suggestion; None when there are none."""
    if not pairs:
        return None
    merge = [(category_label(one), category_label(two), mixed, both) for one, two, mixed, both in to_merge(pairs)]
    rows = [_row(one) for one in by_category(pairs)]
    return {"count": len(pairs), "kappa": kappa(pairs)[0], "few": len(pairs) < FEWEST, "rows": rows, "merge": merge}


def _row(found: Agreement) -> dict[str, Any]:
    return {"label": category_label(found.category)} | found.__dict__


def _split(category: str, code: str, often: int, total: int) -> tuple[str, str, int, int]:
    return category_label(category), category_label(code), often, total


@blueprint.post("/klassificeraren/val")
def choose() -> Response:
    """What the federation agrees to. What is no choice of ours changes nothing."""
    blind = request.form.get("blind", type=int)
    with writing() as session:
        own = session.get_one(Federation, person().federation_id)
        own.learns = request.form.get("learns") == "1"
        own.blind_percent = blind if blind in BLIND_CHOICES else own.blind_percent
    return _back("Valen är sparade.")


@blueprint.post("/klassificeraren/trana")
def train() -> Response:
    """Order a candidate. While one is being trained, nothing more is ordered."""
    with writing() as session:
        going_on = select(TrainedModel.id).where(TrainedModel.state == ModelState.ORDERED)
        if session.scalar(going_on) is not None:
            return _back("En kandidat tränas redan.")
        row = TrainedModel(ordered_at=now(), ordered_by=person().title)
        session.add(row)
        session.flush()
        session.add(Outbox(task=Task.TRAIN_MODEL, subject_id=row.id, created_at=now()))
        model_id = row.id
    parts().doorbell.ring(Task.TRAIN_MODEL.value, Task.TRAIN_MODEL.queue, model_id)
    return _back("Kandidaten tränas. Det tar någon minut; ingenting ändras förrän du tar den i bruk.")


@blueprint.post("/klassificeraren/<int:model_id>/i-bruk")
def adopt(model_id: int) -> Response:
    """Let a candidate, or a model that rests, read reports from now on. Pressed twice, it is done once."""
    with writing() as session:
        row = session.get(TrainedModel, model_id, with_for_update=True)
        if row is None or row.state not in MAY_BE_USED:
            return _back("Inget att göra: modellen är redan i bruk eller kan inte tas i bruk.")
        _rest(session)
        _decide(row, ModelState.IN_USE)
    return _back("Modellen läser nu nya rapporter. Du kan gå tillbaka när som helst.")


@blueprint.post("/klassificeraren/<int:model_id>/avboj")
def decline(model_id: int) -> Response:
    with writing() as session:
        row = session.get(TrainedModel, model_id, with_for_update=True)
        if row is not None and row.state is ModelState.CANDIDATE:
            _decide(row, ModelState.DECLINED)
    return _back("Kandidaten är avböjd.")


@blueprint.post("/klassificeraren/levererad")
def revert() -> Response:
    """Back to the model that came with the product; the one in use rests and can be taken up again."""
    with writing() as session:
        _rest(session)
    return _back("Den levererade modellen läser nu nya rapporter.")


def _rest(session: Session) -> None:
    in_use = update(TrainedModel).where(TrainedModel.state == ModelState.IN_USE)
    session.execute(in_use.values(state=ModelState.RETIRED, decided_at=now(), decided_by=person().title))


def _decide(row: TrainedModel, state: ModelState) -> None:
    row.state, row.decided_at, row.decided_by = state, now(), person().title
    logger.info("model_decided", user_id=person().id, model=row.version, state=state.value)


def _back(message: str) -> Response:
    flash(message)
    return redirect(url_for("klassificeraren.show"), 303)
