"""/atgarder: the actions that were decided, who owns them and what is late, as a list and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, stream_with_context, url_for
from sqlalchemy import Select, func, select

from models.action import Action, ActionStatus
from models.action_queries import is_late, visible_actions, with_rows
from models.organisation import OUTSIDE_PARTY
from models.user import Role
from schemas.csv_cell import safe_cell
from schemas.months import local_date
from webapp.atgarder.rows import action_row, late
from webapp.granska.decision_form import parties
from webapp.requests import logger, now, person, reading, scope

blueprint = Blueprint("atgarder", __name__)
PAGE = 50
LATE = "sena"
STATUSES = {**{word.value: word.label for word in ActionStatus}, LATE: "Försenade"}
HEADINGS = ("Åtgärd", "Kommunområde", "Ansvarig", "Part", "Forum", "Beslutad", "Klart senast", "Följs upp", "Läge")


@dataclass(frozen=True)
class Chosen:
    """What the address asks for; an empty text means all."""

    status: str
    area: str
    party: str

    def address(self, endpoint: str, **more: Any) -> str:
        words = {"status": self.status, "omrade": self.area, "part": self.party} | more
        return url_for(endpoint, **{name: value for name, value in words.items() if value})


ALL = Chosen("", "", "")


def _read() -> Chosen:
    """The filter of this request. An unknown code answers 404, as if it were somebody else's."""
    chosen = Chosen(request.args.get("status", ""), request.args.get("omrade", ""), request.args.get("part", ""))
    if chosen.status not in ("", *STATUSES) or chosen.area not in ("", *(area.code for area in person().areas)):
        abort(404)
    if chosen.party not in ("", *(party.code for party in parties())):
        abort(404)
    return chosen


def _matching(chosen: Chosen) -> Select[Action]:
    query = visible_actions(scope())
    if chosen.status:
        today = local_date(now())
        query = query.where(is_late(today) if chosen.status == LATE else Action.status == ActionStatus(chosen.status))
    if chosen.area:
        query = query.where(Action.area_id == next(area.id for area in person().areas if area.code == chosen.area))
    if chosen.party:
        query = query.where(Action.owner_party_id == next(row.id for row in parties() if row.code == chosen.party))
    return query


@blueprint.get("/atgarder")
def list_actions() -> str:
    chosen = _read()
    query = _matching(chosen)
    total = reading().scalar(select(func.count()).select_from(query.subquery())) or 0
    last = max(1, -(-total // PAGE))
    number = min(max(1, request.args.get("sida", 1, type=int)), last)
    rows = reading().scalars(with_rows(query).offset((number - 1) * PAGE).limit(PAGE))
    overdue = reading().scalar(
        select(func.count()).select_from(visible_actions(scope()).where(is_late(local_date(now()))).subquery())
    )
    return render_template(
        "web/atgarder.html",
        rows=[action_row(action) for action in rows],
        total=total,
        overdue=overdue or 0,
        late_href=url_for("atgarder.list_actions", status=LATE),
        filters={"action": "/atgarder", "fields": _fields(chosen), "clear_href": "/atgarder"},
        csv_href=chosen.address("atgarder.export"),
        makes=person().role is Role.COORDINATOR,
        own_party=_own_party(),
        filtered=chosen != ALL,
        pages=_pages(chosen, number, last),
    )


def _own_party() -> str:
    """The party whose actions a forum member sees besides those of the forums; empty for everybody else."""
    unit = person().unit
    return unit.party.name if unit and person().role is Role.FORUM_MEMBER else ""


def _pages(chosen: Chosen, current: int, last: int) -> dict[str, Any]:
    def address(number: int) -> str:
        return chosen.address("atgarder.list_actions", sida=number)

    return {
        "current": current,
        "last": last,
        "prev_href": address(current - 1) if current > 1 else None,
        "next_href": address(current + 1) if current < last else None,
    }


def _fields(chosen: Chosen) -> list[dict[str, Any]]:
    areas = [(area.code, area.name) for area in person().areas]
    owners = [(party.code, party.name) for party in parties() if party.code != OUTSIDE_PARTY]
    fields = [
        ("status", "Läge", chosen.status, [("", "Alla"), (LATE, STATUSES[LATE]), *ActionStatus.choices()]),
        ("omrade", "Kommunområde", chosen.area, [("", "Alla kommunområden"), *areas]),
        ("part", "Ansvarig part", chosen.party, [("", "Alla parter"), *owners]),
    ]
    fields = [field for field in fields if field[0] != "omrade" or len(areas) > 1]
    return [{"name": name, "label": label, "value": value, "options": found} for name, label, value, found in fields]


@blueprint.get("/atgarder.csv")
def export() -> Response:
    """The same selection for a spreadsheet: with a byte order mark and semicolons, as Swedish Excel wants it."""
    chosen = _read()
    logger.info("actions_exported", user_id=person().id)
    name = "-".join(filter(None, ("atgarder", chosen.area, chosen.status, chosen.party)))
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(stream_with_context(_lines(chosen)), content_type="text/csv; charset=utf-8", headers=headers)


def _lines(chosen: Chosen) -> Iterator[str]:
    yield "\ufeff" + _line(HEADINGS)
    for action in reading().scalars(with_rows(_matching(chosen)).execution_options(yield_per=200)):
        yield _line(_cells(action))


def _cells(action: Action) -> tuple[str, ...]:
    return (
        action.what,
        action.area.name,
        action.owner,
        action.owner_party.name,
        action.forum.name_on(action.decided_on) if action.forum else "",
        action.decided_on.isoformat(),
        action.due_on.isoformat(),
        action.follow_up_on.isoformat() if action.follow_up_on else "",
        "Försenad" if late(action, local_date(now())) else action.status.label,
    )


def _line(cells: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerow([safe_cell(cell) for cell in cells])
    return text.getvalue()
