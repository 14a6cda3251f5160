"""/halsa: is the product well? Says little to strangers: a few words, and which of them fails. /drift tells more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, g, render_template
from sqlalchemy.exc import SQLAlchemyError

from models.heartbeat import BACKUP
from models.operations import heartbeats, unattended
from models.outbox import oldest_waiting
from webapp.requests import now, parts, reading
from webapp.vitals import LONGEST_WAIT, Vital, disk, last_backup, parts_at_work
from webapp.wall import FIGURES, opened

blueprint = Blueprint("halsa", __name__)


@blueprint.get("/halsa")
def show() -> tuple[str, int]:
    checks = _checks()
    return render_template("web/halsa.html", checks=checks), 200 if checks[0].ok else 503


def _checks() -> list[Vital]:
    try:
        beats = heartbeats(reading())
        oldest = reading().scalar(oldest_waiting())
        with opened(reading(), FIGURES):
            failed = reading().scalars(unattended().limit(1)).first() is not None
    except SQLAlchemyError:
        g.failing = True
        return [Vital("Databasen", False, "svarar inte")]
    prompt = oldest is None or now() - oldest < LONGEST_WAIT
    room = disk(parts().settings.home).ok
    return [
        Vital("Databasen", True, "svarar"),
        *parts_at_work(beats, now()),
        Vital("Kön", prompt, "är kort" if prompt else "något har väntat mer än fem minuter"),
        Vital("Fel", not failed, "något kräver granskning" if failed else "inga"),
        Vital("Disken", room, "räcker" if room else "är nästan full"),
        _backup(beats),
    ]


def _backup(beats: Mapping[str, datetime]) -> Vital:
    """A product that was started today has not lived through a night; so what is missing is told, and is no fault."""
    if BACKUP not in beats:
        return Vital("Backup", True, "ingen har tagits än")
    kept = last_backup(beats, now()).ok
    return Vital("Backup", kept, "tas varje natt" if kept else "har inte tagits på mer än ett dygn")
