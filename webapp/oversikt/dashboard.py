"""/oversikt: where it chafes, what waits, and how it develops. Reads counts that the worker prepared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

from flask import Blueprint, render_template
from sqlalchemy.orm import joinedload

from models.cluster import Cluster, open_clusters
from models.count_queries import Window, about_month_sums, category_sums, pair_sums
from models.report import Report
from models.review_queue import oldest
from models.signal import Signal, open_signals
from schemas.months import NAMES, add_months, last_months
from schemas.taxonomy import category_label
from webapp.desk import desk
from webapp.filters import OVERVIEW_KEYS, Filter, fields, read_filter
from webapp.monster.pages import cluster_row
from webapp.oversikt.good_reports import good_card
from webapp.oversikt.heat_map import Line, heat_map
from webapp.oversikt.signals import nearby, signal_row
from webapp.oversikt.task_cards import coming_meetings, late_tile, meeting_tile, open_actions
from webapp.oversikt.waiting import answer_tile, review_tile, waiting_sentence
from webapp.report_rows import queue_rows
from webapp.requests import now, reading

blueprint = Blueprint("oversikt", __name__)
IN_QUEUE = 9
IN_SIGNALS, IN_CLUSTERS = 3, 3
MOST_TRENDS = 14


@blueprint.get("/oversikt")
def show() -> str:
    chosen = read_filter(OVERVIEW_KEYS)
    window = Window(chosen.area_ids, chosen.first, chosen.last, chosen.category)
    counts = pair_sums(reading(), window)
    queue = oldest(reading(), desk(), IN_QUEUE, area_id=chosen.area_id)
    meetings = coming_meetings(chosen.area_ids)
    signals = reading().scalars(open_signals(chosen.area_ids).options(*nearby())).all()
    return render_template(
        "web/oversikt.html",
        title_line=chosen.title_line,
        filters=_filters(chosen),
        tiles=_tiles(chosen, queue, meetings),
        waiting=waiting_sentence(chosen),
        good=good_card(chosen, window),
        heat=None if chosen.view == "lista" else _heat(chosen, counts, signals),
        ways=_switch(chosen),
        pairs=_pairs(chosen, counts) if chosen.view == "lista" else None,
        categories=_categories(chosen, window),
        trends=_trends(chosen),
        signals=[signal_row(signal) for signal in signals[:IN_SIGNALS]],
        clusters=_clusters(chosen),
        queue=queue_rows(queue, now()),
        meetings=meetings,
        actions=open_actions(chosen.area_ids),
        downloads=_downloads(chosen),
    )


def _clusters(chosen: Filter) -> list[dict[str, Any]]:
    query = open_clusters(chosen.area_ids).options(joinedload(Cluster.area)).limit(IN_CLUSTERS)
    return [cluster_row(cluster) for cluster in reading().scalars(query)]


def _filters(chosen: Filter) -> dict[str, Any]:
    clear = chosen.address("oversikt.show", omrade="", period="", kategori="")
    kept = [("niva", chosen.level), ("visa", chosen.view)]
    shown = fields(chosen, "omrade", "period", "kategori")
    return {"action": "/oversikt", "fields": shown, "clear_href": clear, "hidden": kept}


def _tiles(chosen: Filter, queue: list[Report], meetings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        review_tile(chosen, queue),
        answer_tile(chosen),
        late_tile(chosen.area_ids, chosen.area_code),
        meeting_tile(meetings),
    ]


def _heat(chosen: Filter, counts: dict[tuple[int, int], int], signals: Sequence[Signal]) -> dict[str, Any]:
    lines = _party_lines(chosen) if chosen.level == "part" else _unit_lines(chosen, counts)
    code_of = {unit_id: line.code for line, unit_ids in lines for unit_id in unit_ids}
    grouped: Counter[tuple[str, str]] = Counter()
    for (sender, about), count in counts.items():
        grouped[code_of[sender], code_of[about]] += count
    every = [line for line, _ in lines]
    senders = [line for line in every if any(pair[0] == line.code for pair in grouped)] or every
    rows = senders if chosen.level == "verksamhet" else _inside(every)
    pairs = {(signal.from_unit_id, signal.about_unit_id) for signal in signals}
    marked = {(code_of[sender], code_of[about]) for sender, about in pairs if {sender, about} <= code_of.keys()}
    table = heat_map(grouped, rows, every, _address(chosen), marked)
    return table | {
        "caption": f"Avvikelser per rapporterande verksamhet (rad) och motpart (kolumn), {chosen.title_line}",
        "intro": "Antal avvikelser. Raden visar vem som rapporterat, kolumnen vilken motpart rapporten gäller. "
        "Välj en ruta för att se rapporterna.",
        "switch": _switch(chosen),
    }


def _inside(lines: list[Line]) -> list[Line]:
    """Nobody outside the register reports, so that party has a column but no row."""
    return [line for line in lines if line.code != "other"]


def _party_lines(chosen: Filter) -> list[tuple[Line, list[int]]]:
    return [(Line(party.code, party.name, party.short), [unit.id for unit in party.units]) for party in chosen.parties]


def _unit_lines(chosen: Filter, counts: dict[tuple[int, int], int]) -> list[tuple[Line, list[int]]]:
    """Only units that some report comes from or is about, so that the table stays narrow."""
    used = {unit_id for pair in counts for unit_id in pair}
    units = [unit for unit in chosen.units if unit.id in used]
    return [(Line(unit.code, unit.name, unit.short), [unit.id]) for unit in units]


def _switch(chosen: Filter) -> list[dict[str, Any]]:
    here = ("lista", "") if chosen.view == "lista" else ("", chosen.level)
    places = (("Parter", "", "part"), ("Verksamheter", "", "verksamhet"), ("Lista", "lista", ""))
    return [
        {
            "label": label,
            "href": chosen.address("oversikt.show", visa=view, niva=level),
            "current": (view, level) == here,
        }
        for label, view, level in places
    ]


def _address(chosen: Filter) -> Any:
    return lambda sender, about: chosen.address("avvikelser.list_reports", fran=sender, om=about)


def _pairs(chosen: Filter, counts: dict[tuple[int, int], int]) -> list[dict[str, Any]]:
    """The same counts as a ranked list, for those who do not want a table."""
    units = {unit.id: unit for unit in chosen.units}
    ranked = sorted(counts.items(), key=lambda item: (-item[1], units[item[0][0]].position, units[item[0][1]].position))
    return [
        {
            "from_label": units[sender].name,
            "about_label": units[about].name,
            "count": count,
            "href": chosen.address("avvikelser.list_reports", fran=units[sender].code, om=units[about].code),
        }
        for (sender, about), count in ranked
    ]


def _categories(chosen: Filter, window: Window) -> list[dict[str, Any]]:
    """Categories by size, with the change against the same number of months before."""
    length = len(chosen.months)
    before_window = Window(window.area_ids, add_months(window.first, -length), add_months(window.last, -length))
    now_counts, before = category_sums(reading(), window), category_sums(reading(), before_window)
    largest = max(now_counts.values(), default=1)
    ranked = sorted(now_counts.items(), key=lambda item: (-item[1], category_label(item[0])))
    return [
        {
            "label": category_label(code),
            "href": chosen.address("avvikelser.list_reports", kategori=code),
            "count": count,
            "change": signed(count - before.get(code, 0)) if before else "–",
            "share": round(count / largest / 1.1 * 100),
        }
        for code, count in ranked
        if chosen.category in ("", code)
    ]


def signed(change: int) -> str:
    """A change with its sign; a true minus sign, since a hyphen is read aloud as one."""
    return "±0" if change == 0 else f"+{change}" if change > 0 else f"−{-change}"


def _trends(chosen: Filter) -> list[dict[str, Any]]:
    """Twelve months for each counterpart, the largest first, all on one scale."""
    months = last_months(chosen.last, 12)
    sums = about_month_sums(reading(), Window(chosen.area_ids, months[0], months[-1], chosen.category))
    units = [unit for unit in chosen.units if any((unit.id, month) in sums for month in months)]
    series = {unit.id: [sums.get((unit.id, month), 0) for month in months] for unit in units}
    units.sort(key=lambda unit: -sum(series[unit.id]))
    top = max((max(counts) for counts in series.values()), default=1)
    names = [NAMES[month.month - 1][:3] for month in months]
    return [
        {
            "label": unit.name,
            "months": [{"label": name, "count": count} for name, count in zip(names, series[unit.id], strict=True)],
            "latest": series[unit.id][-1],
            "latest_label": names[-1],
            "median": median(series[unit.id][:-1]),
            "top": top,
        }
        for unit in units[:MOST_TRENDS]
    ]


def _downloads(chosen: Filter) -> list[dict[str, Any]]:
    return [{"label": "Hämta som CSV", "href": chosen.address("avvikelser.export"), "primary": False}]
