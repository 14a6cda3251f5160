"""/halsa: is the product well? Says little to strangers: four words, and which of them fails."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, g, render_template
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from models.heartbeat import Heartbeat
from models.outbox import Outbox, stuck
from webapp.requests import now, reading

blueprint = Blueprint("halsa", __name__)
SILENT, NOT_YET = "har inte hörts av på två minuter", "har inte hörts av än"
SILENCE = timedelta(minutes=2)  # a tick comes every 15 seconds
LONGEST_WAIT = timedelta(minutes=5)


@blueprint.get("/halsa")
def show() -> tuple[str, int]:
    checks = _checks()
    return render_template("web/halsa.html", checks=checks), 200 if checks[0]["ok"] else 503


def _checks() -> list[dict[str, object]]:
    try:
        pulse = reading().scalar(select(Heartbeat.seen_at).where(Heartbeat.name == "sweep"))
        oldest = reading().scalar(select(func.min(Outbox.created_at)))
        failed = len(list(reading().scalars(stuck().limit(1))))
    except SQLAlchemyError:
        g.failing = True
        return [{"label": "Databasen", "ok": False, "detail": "svarar inte"}]
    moment = now()
    alive = pulse is not None and moment - pulse < SILENCE
    prompt = oldest is None or moment - oldest < LONGEST_WAIT
    return [
        {"label": "Databasen", "ok": True, "detail": "svarar"},
        {"label": "Arbetaren", "ok": alive, "detail": "arbetar" if alive else SILENT if pulse else NOT_YET},
        {"label": "Kön", "ok": prompt, "detail": "är kort" if prompt else "något har väntat mer än fem minuter"},
        {"label": "Fel", "ok": not failed, "detail": "inga" if not failed else "något kräver granskning"},
    ]
