"""The filters of the coordinator's pages: read from the address, so that every view is a bookmark."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, request, url_for

from models.organisation import Area, Party, Unit, parties_of
from schemas.months import add_months, day_name, local_date, month_name, months_between
from schemas.taxonomy import UNASSESSED, UNASSESSED_LABEL, category_labels
from webapp.requests import now, person, reading

PERIODS = {
    "12m": "Senaste 12 månaderna",
    "3m": "Senaste 3 månaderna",
    "1m": "Den här månaden",
    "forra": "Förra månaden",
    "allt": "Hela tiden",
}
BEGINNING = date(2016, 1, 1)  # the year when the first Lex Heller was kept
LATE = "sena"
STATUSES = {"nya": "Nya att granska", "granskade": "Granskade", LATE: "Svar försenat"}
GOOD = "fungerade"
KINDS = {"": "Något som brast", GOOD: "Något som fungerade"}
LEVELS = ("part", "verksamhet")
LIST_KEYS = ("omrade", "period", "kategori", "status", "fran", "om", "sida", "slag")
OVERVIEW_KEYS = ("omrade", "period", "kategori", "niva", "visa")


@dataclass(frozen=True)
class Place:
    """A party or a unit as one end of a pair; `unit_ids` are the units that it stands for."""

    code: str
    name: str
    unit_ids: frozenset[int]


@dataclass(frozen=True)
class Filter:
    """What the address asks for. The first and last month are both included; empty areas are never asked for."""

    areas: tuple[Area, ...]
    area_code: str
    period: str
    first: date
    last: date
    category: str
    status: str
    kind: str
    about: Place | None
    sender: Place | None
    level: str
    view: str
    page: int
    today: date
    parties: tuple[Party, ...]

    @property
    def area_ids(self) -> list[int]:
        return [area.id for area in self.areas]

    @property
    def area_id(self) -> int | None:
        """The area that was chosen; nothing when all are."""
        return self.areas[0].id if self.area_code else None

    @property
    def units(self) -> list[Unit]:
        return [unit for party in self.parties for unit in party.units]

    @property
    def months(self) -> list[date]:
        return months_between(self.first, self.last)

    @property
    def title_line(self) -> str:
        """Which areas and days, in words."""
        federation = person().federation.name
        where = f"Kommunområde {self.areas[0].name}" if len(self.areas) == 1 else federation
        last_day = min(self.today, date.fromordinal(add_months(self.last, 1).toordinal() - 1))
        return f"{where} · {day_name(self.first)}–{day_name(last_day)}"

    def address(self, endpoint: str, **changes: Any) -> str:
        """The address of the same choice on some page, with changes. What has its default value is left out."""
        chosen = {
            "omrade": self.area_code,
            "period": self.period,
            "kategori": self.category,
            "status": self.status,
            "slag": self.kind,
            "fran": self.sender.code if self.sender else "",
            "om": self.about.code if self.about else "",
        }
        return url_for(endpoint, **{key: value for key, value in (chosen | changes).items() if value not in ("", None)})


def read_filter(keys: Container[str] = LIST_KEYS) -> Filter:
    """The filter of this request. An unknown code is answered with 404, as if it were somebody else's, and so is
    a filter that the page does not heed: its figures would not agree with the lists that they link to.

    Arguments: keys - the filters that the page heeds.
    """
    for key in request.args:
        if key not in keys:
            abort(404)
    parties = parties_of(reading(), person().federation_id)
    area_code, period = request.args.get("omrade", ""), request.args.get("period") or "12m"
    today = local_date(now())
    first, last = _bounds(period, today.replace(day=1))
    return Filter(
        areas=_areas(area_code),
        area_code=area_code,
        period=period,
        first=first,
        last=last,
        category=_known(request.args.get("kategori", ""), {"", UNASSESSED, *category_labels()}),
        status=_known(request.args.get("status", ""), {"", *STATUSES}),
        kind=_known(request.args.get("slag", ""), KINDS),
        about=_place(request.args.get("om", ""), parties),
        sender=_place(request.args.get("fran", ""), parties),
        level=_known(request.args.get("niva", "part"), LEVELS),
        view=_known(request.args.get("visa", "tabell"), ("tabell", "lista")),
        page=max(1, request.args.get("sida", 1, type=int)),
        today=today,
        parties=tuple(parties),
    )


def fields(chosen: Filter, *names: str) -> list[dict[str, Any]]:
    """The filter bar: a list of choices for each of the named filters."""
    everything = {
        "omrade": ("Kommunområde", chosen.area_code, _area_options()),
        "period": ("Period", chosen.period, _period_options(chosen)),
        "kategori": ("Kategori", chosen.category, [("", "Alla kategorier"), *_categories()]),
        "status": ("Status", chosen.status, [("", "Alla"), *STATUSES.items()]),
        "fran": ("Från", chosen.sender.code if chosen.sender else "", _place_options(chosen)),
        "om": ("Om", chosen.about.code if chosen.about else "", _place_options(chosen)),
    }
    return [
        {"name": name, "label": everything[name][0], "value": everything[name][1], "options": everything[name][2]}
        for name in names
    ]


def _known(value: str, allowed: Iterable[str]) -> str:
    if value not in allowed:
        abort(404)
    return value


def _areas(code: str) -> tuple[Area, ...]:
    areas = tuple(person().areas)
    chosen = areas if not code else tuple(area for area in areas if area.code == code)
    if code and not chosen:
        abort(404)
    return chosen


def _bounds(period: str, month: date) -> tuple[date, date]:
    named = {"12m": (-11, 0), "3m": (-2, 0), "1m": (0, 0), "forra": (-1, -1)}
    if period == "allt":
        return BEGINNING, month
    if period in named:
        first, last = named[period]
        return add_months(month, first), add_months(month, last)
    try:
        one = date.fromisoformat(f"{period}-01")
    except ValueError:
        abort(404)
    if not BEGINNING <= one <= month:
        abort(404)
    return one, one


def _place(code: str, parties: list[Party]) -> Place | None:
    if not code:
        return None
    for party in parties:
        if party.code == code:
            return Place(code, party.name, frozenset(unit.id for unit in party.units))
        for unit in party.units:
            if unit.code == code:
                return Place(code, unit.name, frozenset({unit.id}))
    abort(404)


def _area_options() -> list[tuple[str, str]]:
    areas = person().areas
    options = [(area.code, area.name) for area in areas]
    return options if len(areas) == 1 else [("", "Alla kommunområden"), *options]


def _period_options(chosen: Filter) -> list[tuple[str, str]]:
    options = list(PERIODS.items())
    return options if chosen.period in PERIODS else [*options, (chosen.period, month_name(chosen.first).capitalize())]


def _categories() -> list[tuple[str, str]]:
    return [*category_labels().items(), (UNASSESSED, UNASSESSED_LABEL)]


def _place_options(chosen: Filter) -> list[tuple[str, str]]:
    options = [("", "Alla")]
    for party in chosen.parties:
        options.append((party.code, party.name))
        options += [(unit.code, f"– {unit.name}") for unit in party.units]
    return options
