"""/monster: reports that tell of the same problem, for the coordinator of their area, who reads the texts anyway."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

from models.cluster import TREND, Cluster, cluster_of, dissolved_clusters, open_clusters, reports_of
from models.report import Report
from schemas.months import NAMES, last_months, local_date, month_name
from schemas.taxonomy import category_label
from webapp.monster.changing import dissolve, put_back, restore, split, take, take_out
from webapp.report_rows import pair, short_day
from webapp.requests import logger, now, person, reading, scope, writing

blueprint = Blueprint("monster", __name__)
SHOWN, MOST_REPORTS, MOST_OLD = 60, 200, 20
LATELY = 3  # months
NONE_CHOSEN = "Välj minst en rapport"
NO_SPLIT = "Välj minst två rapporter, och låt någon stå kvar"
DONE = {
    "out": "Rapporterna är uttagna. De kommer inte tillbaka av sig själva.",
    "split": "Rapporterna är nu ett eget mönster.",
    "back": "Rapporterna hör till mönstret igen.",
    "dissolve": "Mönstret är upplöst. Det kommer inte tillbaka av sig självt.",
    "restore": "Mönstret finns igen.",
}


@blueprint.get("/monster")
def list_clusters() -> str:
    standing = reading().scalars(open_clusters(scope().area_ids).options(joinedload(Cluster.area)).limit(SHOWN)).all()
    old = reading().scalars(dissolved_clusters(scope().area_ids).limit(MOST_OLD))
    return render_template("web/monster.html", clusters=[cluster_row(one) for one in standing], old=_old(old))


def cluster_row(cluster: Cluster) -> dict[str, Any]:
    """A cluster as the pages show it."""
    return {
        "name": cluster.name,
        "href": url_for("monster.show", cluster_id=cluster.id),
        "area": cluster.area.name,
        "sentence": _sentence(cluster),
        "words": cluster.words,
        "trend": _trend(cluster),
        "lately": _lately(cluster),
    }


def _sentence(cluster: Cluster) -> str:
    since = f", sedan {month_name(cluster.since)}" if cluster.since else ""
    people = "1 person" if cluster.reporters == 1 else f"{cluster.reporters} personer"
    return f"{cluster.reports} rapporter från {people}{since}."


def _lately(cluster: Cluster) -> str:
    """What the last months brought beside those before them: counts, and no word that weighs them."""
    months = cluster.months or [0] * TREND
    later, earlier = sum(months[-LATELY:]), sum(months[-2 * LATELY : -LATELY])
    return f"{later or 'Ingen'} de senaste tre månaderna, {earlier or 'ingen'} de tre månaderna före."


def _trend(cluster: Cluster) -> dict[str, Any]:
    labels = [NAMES[month.month - 1][:3] for month in last_months(local_date(now()).replace(day=1), TREND)]
    counts = cluster.months or [0] * TREND
    months = [{"label": label, "count": count} for label, count in zip(labels, counts, strict=True)]
    return {"label": cluster.name, "months": months, "median": None, "top": max(counts)}


def _old(clusters: Iterable[Cluster]) -> list[dict[str, Any]]:
    return [
        {
            "name": cluster.name or "Utan namn",
            "href": url_for("monster.show", cluster_id=cluster.id),
            "end": f"Upplöst av {cluster.dissolved_by} {short_day(cluster.dissolved_at)}"
            if cluster.dissolved_at
            else "",
        }
        for cluster in clusters
    ]


def cluster_link(report: Report) -> dict[str, Any] | None:
    """The cluster that a report stands in, for the review page."""
    found = cluster_of(reading(), report) if report.area_id in scope().area_ids else None
    return cluster_row(found) if found else None


@blueprint.get("/monster/<int:cluster_id>")
def show(cluster_id: int) -> str:
    return _page(cluster_id, {})[0]


def _page(cluster_id: int, errors: dict[str, str], chosen: Sequence[int] = ()) -> tuple[str, int]:
    query = select(Cluster).where(Cluster.id == cluster_id, Cluster.area_id.in_(scope().area_ids))
    cluster = reading().scalars(query.options(joinedload(Cluster.area))).one_or_none()
    if cluster is None:
        abort(404)
    reports = _reports(cluster_id)
    html = render_template(
        "web/monster-visa.html",
        cluster=cluster_row(cluster) | {"id": cluster.id, "dissolved": _old([cluster])[0]["end"]},
        mostly=_mostly(reports),
        rows=[_row(report) for report in reports],
        out=[_row(report) for report in _reports(cluster_id, out=True)],
        chosen=list(chosen),
        errors=errors,
    )
    return html, 422 if errors else 200


def _reports(cluster_id: int, *, out: bool = False) -> Sequence[Report]:
    units = (joinedload(Report.from_unit), joinedload(Report.about_unit))
    return reading().scalars(reports_of(cluster_id, out=out).options(*units).limit(MOST_REPORTS)).all()


def _row(report: Report) -> dict[str, Any]:
    return {
        "id": report.id,
        "reference": report.reference,
        "excerpt": report.excerpt,
        "href": url_for("avvikelser.show_report", reference=report.reference),
        "day": short_day(report.received_at),
        "pair": pair(report),
        "category": category_label(report.category),
    }


def _mostly(reports: Sequence[Report]) -> list[tuple[str, str]]:
    """What more than half of the reports are about, each with how many."""
    found = []
    for label, values in (("Parter", map(pair, reports)), ("Kategori", (category_label(r.category) for r in reports))):
        for value, count in Counter(values).most_common(1):
            if 2 * count > len(reports):
                found.append((label, f"{value} ({count} av {len(reports)})"))
    return found


@blueprint.post("/monster/<int:cluster_id>")
def change(cluster_id: int) -> Response | tuple[str, int]:
    """Take reports out, make a cluster of its own of them, put them back; dissolve the whole, or restore it."""
    chosen, do = request.form.getlist("reports", type=int), request.form.get("do", "")
    with writing() as session:
        cluster = take(session, cluster_id, scope().area_ids)
        if cluster is None or do not in DONE:
            abort(404)
        shown = _carry_out(session, cluster, do, chosen)
    if shown is None:
        return _page(cluster_id, {"reports": NO_SPLIT if do == "split" else NONE_CHOSEN}, chosen)
    logger.info("cluster_changed", user_id=person().id, cluster_id=cluster_id, change=do, reports=len(chosen))
    flash(DONE[do])
    return redirect(url_for("monster.show", cluster_id=shown), 303)


def _carry_out(session: Session, cluster: Cluster, do: str, chosen: Sequence[int]) -> int | None:
    """Returns: the cluster to show afterwards; None when what was chosen does not do."""
    if do == "split":
        made = split(session, cluster, chosen, person().title, now())
        return made.id if made else None
    if do == "dissolve":
        dissolve(cluster, person().title, now())
    elif do == "restore":
        restore(session, cluster, now())
    elif not (
        take_out(session, cluster, chosen, person().title, now())
        if do == "out"
        else put_back(session, cluster, chosen, now())
    ):
        return None
    return cluster.id
