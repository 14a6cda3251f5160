"""/logg: the audit log of a federation for its administrators, as a page and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from models.audit import AuditEvent, events_of
from schemas.csv_cell import safe_cell
from schemas.months import LOCAL
from webapp.audit import READS
from webapp.konton.log_words import DONE, ROOMS, answer
from webapp.requests import person, reading

blueprint = Blueprint("logg", __name__)
PAGE = 100
HEADINGS = ("Nummer", "När", "Konto", "Funktion", "Händelse", "Gäller", "Svar", "Kedja")


@blueprint.get("/logg")
def show() -> str:
    query = events_of(person().federation_id)
    total = reading().scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    last = max(1, -(-total // PAGE))
    page = min(max(1, request.args.get("sida", 1, type=int)), last)
    shown = query.options(joinedload(AuditEvent.user)).offset((page - 1) * PAGE).limit(PAGE)
    pages = {
        "current": page,
        "last": last,
        "prev_href": url_for("logg.show", sida=page - 1) if page > 1 else None,
        "next_href": url_for("logg.show", sida=page + 1) if page < last else None,
    }
    return render_template("web/logg.html", events=[_row(event) for event in reading().scalars(shown)], pages=pages)


def _row(event: AuditEvent) -> dict[str, str]:
    room, _, rest = event.action.partition(".")
    return {
        "when": f"{event.at.astimezone(LOCAL):%Y-%m-%d %H.%M}",
        "who": event.user.title if event.user else "Okänd",
        "what": ROOMS.get(room, room),
        "detail": DONE.get(rest, rest.replace("_", " ")),
        "subject": event.subject,
        "answer": answer(event.status, event.action in READS),
    }


@blueprint.get("/logg.csv")
def export() -> Response:
    """The whole log with its chain, so that it can be verified elsewhere and kept where nobody here can change it."""
    headers = {"Content-Disposition": 'attachment; filename="logg.csv"'}
    return Response(stream_with_context(_lines()), mimetype="text/csv", headers=headers)


def _lines() -> Iterator[str]:
    yield "\ufeff" + _line(HEADINGS)
    query = events_of(person().federation_id).options(joinedload(AuditEvent.user))
    for event in reading().scalars(query.execution_options(yield_per=500)):
        yield _line(_cells(event))


def _cells(event: AuditEvent) -> tuple[str, ...]:
    who = (str(event.user.id), event.user.title) if event.user else ("", "")
    return (str(event.id), event.at.isoformat(), *who, event.action, event.subject, str(event.status), event.chain)


def _line(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";").writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()
