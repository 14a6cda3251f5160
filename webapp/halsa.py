"""/halsa: is the product well? Says little to strangers: five words, and which of them fails."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, g, render_template
from sqlalchemy.exc import SQLAlchemyError

from models.heartbeat import SLOW, SWEEP, last_beat
from models.outbox import oldest_waiting, stuck
from webapp.requests import now, reading

blueprint = Blueprint("halsa", __name__)
SILENT, NOT_YET = "har inte hörts av på två minuter", "har inte hörts av än"
SILENCE = timedelta(minutes=2)  # a tick comes every 5 seconds
LONGEST_WAIT = timedelta(minutes=5)


@blueprint.get("/halsa")
def show() -> tuple[str, int]:
    checks = _checks()
    return render_template("web/halsa.html", checks=checks), 200 if checks[0]["ok"] else 503


def _checks() -> list[dict[str, object]]:
    try:
        fast, slow = (last_beat(reading(), name) for name in (SWEEP, SLOW))
        oldest = reading().scalar(oldest_waiting())
        failed = len(list(reading().scalars(stuck().limit(1))))
    except SQLAlchemyError:
        g.failing = True
        return [{"label": "Databasen", "ok": False, "detail": "svarar inte"}]
    prompt = oldest is None or now() - oldest < LONGEST_WAIT
    return [
        {"label": "Databasen", "ok": True, "detail": "svarar"},
        _at_work("Arbetaren", fast),
        _at_work("Rapportskrivaren", slow),
        {"label": "Kön", "ok": prompt, "detail": "är kort" if prompt else "något har väntat mer än fem minuter"},
        {"label": "Fel", "ok": not failed, "detail": "inga" if not failed else "något kräver granskning"},
    ]


def _at_work(label: str, pulse: datetime | None) -> dict[str, object]:
    alive = pulse is not None and now() - pulse < SILENCE
    return {"label": label, "ok": alive, "detail": "arbetar" if alive else SILENT if pulse else NOT_YET}
