"""/besvarade: answered deviations, open to all: paraphrased, by month and party, never by day, unit or person."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for
from sqlalchemy import Select, func, select

from models.organisation import Federation
from models.publication import Publication, open_publications
from schemas.csv_cell import safe_cell
from schemas.months import month_name
from schemas.taxonomy import category_label
from webapp.requests import reading, through
from webapp.wall import OPEN_PAGES

blueprint = Blueprint("besvarade", __name__)
PAGE = 20  # on screen
ROWS = 500  # in one file
MOST_PAGES = 10_000
ONE_FEDERATION = 2  # choices: all of them, and the one that there is
COLUMNS = {
    "federation": "Samordningsförbund",
    "area": "Kommunområde",
    "month": "Månad",
    "party": "Motpart",
    "category": "Kategori",
    "paraphrase": "Vad som hände, omskrivet",
    "cause": "Orsak",
    "action": "Åtgärd",
    "action_kind": "Vidtagen eller planerad",
    "consequence": "Konsekvens",
    "follow_up": "Uppföljning",
    "example": "Exempeldata",
}


@blueprint.get("/besvarade")
def list_answered() -> str:
    chosen = _federation()
    rows, number, last = _page(chosen, PAGE)
    choice = _choice(chosen)
    return render_template(
        "web/besvarade.html",
        rows=rows,
        filters=_filters(choice) if len(choice["options"]) > ONE_FEDERATION else None,
        pages=_pages(chosen, number, last),
        files=[
            {"label": "Hämta som CSV", "href": _address("besvarade.export_csv", chosen)},
            {"label": "Hämta som JSON", "href": _address("besvarade.export_json", chosen)},
        ],
    )


@blueprint.get("/besvarade.csv")
def export_csv() -> Response:
    """For a spreadsheet: with a byte order mark and semicolons, as Swedish Excel wants it."""
    rows, _, _ = _page(_federation(), ROWS)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(COLUMNS.values())
    writer.writerows([safe_cell(str(row[name])) for name in COLUMNS] for row in rows)
    headers = {"Content-Disposition": 'attachment; filename="besvarade.csv"'}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=headers)


@blueprint.get("/besvarade.json")
def export_json() -> Response:
    """For a program; `sidor` tells how many pages there are, `?sida=2` gives the second."""
    rows, number, last = _page(_federation(), ROWS)
    return jsonify({"sida": number, "sidor": last, "avvikelser": [{n: row[n] for n in COLUMNS} for row in rows]})


@through(OPEN_PAGES)
def _federation() -> Federation | None:
    """The federation that the address asks for; an unknown one is answered with 404."""
    code = request.args.get("forbund", "")
    if not code:
        return None
    found = reading().scalars(select(Federation).where(Federation.code == code)).one_or_none()
    return found or abort(404)


@through(OPEN_PAGES)
def _page(chosen: Federation | None, size: int) -> tuple[list[dict[str, Any]], int, int]:
    """(rows, number of the page, number of the last one)."""
    query: Select[Publication] = open_publications(chosen.id if chosen else None)
    total = reading().scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    last = max(1, -(-total // size))
    number = min(max(1, request.args.get("sida", 1, type=int)), last, MOST_PAGES)
    found = reading().scalars(query.offset((number - 1) * size).limit(size))
    return [_row(publication) for publication in found], number, last


def _row(publication: Publication) -> dict[str, Any]:
    return {
        "id": publication.id,
        "federation": publication.federation.name,
        "area": publication.area.name if publication.area else "",
        "month": f"{publication.month:%Y-%m}",
        "month_label": month_name(publication.month),
        "party": publication.party.name,
        "category": category_label(publication.category),
        "paraphrase": publication.paraphrase,
        "cause": publication.cause,
        "action": publication.action,
        "action_kind": publication.action_kind.label,
        "consequence": publication.consequence,
        "follow_up": publication.follow_up,
        "example": "ja" if publication.is_example else "",
    }


def _filters(choice: dict[str, Any]) -> dict[str, Any]:
    here = url_for("besvarade.list_answered")
    return {"action": here, "fields": [choice], "clear_href": here}


@through(OPEN_PAGES)
def _choice(chosen: Federation | None) -> dict[str, Any]:
    names = reading().execute(select(Federation.code, Federation.name).order_by(Federation.name))
    options = [("", "Alla samordningsförbund"), *((code, name) for code, name in names)]
    value = chosen.code if chosen else ""
    return {"name": "forbund", "label": "Samordningsförbund", "value": value, "options": options}


def _address(endpoint: str, chosen: Federation | None, **more: Any) -> str:
    return url_for(endpoint, forbund=chosen.code if chosen else None, **more)


def _pages(chosen: Federation | None, current: int, last: int) -> dict[str, Any]:
    def address(number: int) -> str:
        return _address("besvarade.list_answered", chosen, sida=number)

    return {
        "current": current,
        "last": last,
        "prev_href": address(current - 1) if current > 1 else None,
        "next_href": address(current + 1) if current < last else None,
    }
