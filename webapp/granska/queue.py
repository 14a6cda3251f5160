"""/granska: the queue of the coordinator's desk, one report at a time, and what is decided about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from marshmallow import ValidationError
from sqlalchemy import select
from werkzeug.wrappers import Response

from models.forum import Forum
from models.organisation import Area
from models.report import Report, ReportState
from models.review import InfoRequest, Review, StateChange
from models.review_queue import changed_share, completions, counts_by_area, desk_reports, number_waiting, oldest
from schemas.months import LOCAL, day_name, local_date
from schemas.report import errors_by_field, suspects
from schemas.review import FREE_TEXTS, DecisionSchema
from schemas.states import IllegalMoveError
from schemas.taxonomy import category_label
from webapp.desk import desk, desk_report, holds_federation_post
from webapp.granska.deciding import decide as carry_out
from webapp.granska.decision_form import rules_of, typed, units_by_code
from webapp.granska.merging import MergeError
from webapp.granska.review_page import DECIDABLE, next_in_queue, page
from webapp.moving import StaleError, changing
from webapp.report_rows import pair, queue_rows
from webapp.requests import COUNTS, logger, now, person, reading
from webapp.wall import JUDGED, opened

blueprint = Blueprint("granska", __name__)
PAGE = 25
MOST_COMPLETIONS = 10
YEAR = timedelta(days=365)
MOST_COUNTED = 99  # in the navigation; who has more does not need to know how many


def _number_waiting() -> int | str:
    found = number_waiting(reading(), desk(), MOST_COUNTED + 1)
    return f"{MOST_COUNTED}+" if found > MOST_COUNTED else found


COUNTS["granska.list_reports"] = _number_waiting


@blueprint.get("/granska")
def list_reports() -> str:
    area = _chosen_area()
    counts = counts_by_area(reading(), desk())
    total = counts.get(area.id, 0) if area else sum(counts.values())
    last = max(1, -(-total // PAGE))
    number = min(max(1, request.args.get("sida", 1, type=int)), last)
    reports = oldest(reading(), desk(), PAGE, (number - 1) * PAGE, area.id if area else None)
    return render_template(
        "web/granska.html",
        rows=queue_rows(reports, now()),
        heading=_heading(total, area),
        areas=_areas(counts, area),
        pages=_pages(number, last, area),
        completions=[_completion(*found) for found in completions(reading(), desk(), MOST_COMPLETIONS)],
        changed=changed_sentence(),
        latest=_latest(),
        posts_href=url_for("tjanster.list_posts") if holds_federation_post() else "",
    )


def _heading(total: int, area: Area | None) -> str:
    """How many reports lie in the queue, and how many of them nobody has opened a review of."""
    fresh = counts_by_area(reading(), desk(), (ReportState.RECEIVED,))
    new = fresh.get(area.id, 0) if area else sum(fresh.values())
    return f"{total} {'rapport' if total == 1 else 'rapporter'} i kön ({new} {'ny' if new == 1 else 'nya'})"


def _chosen_area() -> Area | None:
    code = request.args.get("omrade", "")
    if not code:
        return None
    query = select(Area).where(Area.federation_id == person().federation_id, Area.code == code)
    return reading().scalars(query).one_or_none() or abort(404)


def _areas(counts: dict[int, int], chosen: Area | None) -> list[dict[str, Any]]:
    """How many wait in each area, as links; nothing to choose where all lie in one."""
    if len(counts) < 2 and chosen is None:
        return []
    areas = reading().scalars(
        select(Area).where(Area.id.in_({*counts, chosen.id} if chosen else counts)).order_by(Area.name)
    )
    links = [
        {"label": f"Alla ({sum(counts.values())})", "href": url_for("granska.list_reports"), "current": not chosen}
    ]
    for area in areas:
        address = url_for("granska.list_reports", omrade=area.code)
        links.append({"label": f"{area.name} ({counts.get(area.id, 0)})", "href": address, "current": area == chosen})
    return links


def _pages(current: int, last: int, area: Area | None) -> dict[str, Any]:
    def address(number: int) -> str:
        return url_for("granska.list_reports", sida=number, omrade=area.code if area else None)

    return {
        "current": current,
        "last": last,
        "prev_href": address(current - 1) if current > 1 else None,
        "next_href": address(current + 1) if current < last else None,
    }


def _completion(report: Report, question: InfoRequest) -> dict[str, Any]:
    answered = question.answered_at
    return {
        "href": url_for("granska.show_report", reference=report.reference),
        "reference": report.reference,
        "pair": pair(report),
        "asked_label": day_name(local_date(question.asked_at)),
        "answered_label": day_name(local_date(answered)) if answered else "",
    }


def changed_sentence() -> str:
    """How often the signed-in person has changed the machine's suggestion in a year; empty when never judged."""
    changed, total = changed_share(reading(), now() - YEAR, person().id)
    return f"Du har ändrat {changed} av {total} förslag de senaste tolv månaderna." if total else ""


def _latest() -> str:
    last = select(Review).where(Review.user_id == person().id).order_by(Review.id.desc()).limit(1)
    review = reading().scalars(last).first()
    if review is None:
        return ""
    moment = review.made_at.astimezone(LOCAL)
    with opened(reading(), JUDGED):
        reference = reading().get_one(Report, review.report_id).reference
    return f"Senast granskad: {reference} {day_name(moment.date())} kl. {moment:%H.%M}."


@blueprint.get("/granska/<reference>")
def show_report(reference: str) -> tuple[str, int]:
    report = desk_report(reference)
    logger.info("report_read", user_id=person().id, report_id=report.id)
    return page(report)


@blueprint.post("/granska/<reference>")
def decide(reference: str) -> Response | tuple[str, int]:
    report, values = desk_report(reference), typed(request.form)
    if values["version"] != str(report.version) or report.state not in DECIDABLE:
        return _conflict(reference, values)
    try:
        decision = DecisionSchema(rules_of(report)).load(values)
        _store(reference, decision)
    except ValidationError as error:
        errors = errors_by_field(error, DecisionSchema)
        doubted = suspects(values, FREE_TEXTS) if "pii_confirmed" in errors else ()
        return page(report, values, errors, suspects=doubted)
    except MergeError as error:
        return page(_fresh(reference), values, {"merge_into": str(error)})
    except IllegalMoveError as error:
        return page(_fresh(reference), values, {"destination": str(error)})
    except StaleError:
        return _conflict(reference, values)
    return _go_on(_fresh(reference))


def _store(reference: str, decision: dict[str, Any]) -> None:
    counterpart = units_by_code()[decision["counterpart"]]
    with changing(reference, decision["version"]) as (session, report):
        carry_out(session, report, decision, counterpart, person(), now())
    logger.info("reviewed", user_id=person().id, report_id=report.id, state=report.state.value)


def _fresh(reference: str) -> Report:
    """The report as it stands now, read anew."""
    query = desk_reports(desk()).where(Report.reference == reference).execution_options(populate_existing=True)
    return reading().scalars(query).one()


def _go_on(report: Report) -> Response:
    flash(f"{report.reference} är sparad: {report.state.label}.")
    following = next_in_queue(report)
    if request.form.get("do") != "next":
        return redirect(url_for("granska.show_report", reference=report.reference), 303)
    if following is None:
        return redirect(url_for("granska.list_reports"), 303)
    return redirect(url_for("granska.show_report", reference=following, _anchor="rapporten"), 303)


def _conflict(reference: str, values: dict[str, Any]) -> tuple[str, int]:
    """Somebody else was first: show what they did and keep what was typed."""
    report = _fresh(reference)
    last = select(StateChange).where(StateChange.report_id == report.id).order_by(StateChange.id.desc()).limit(1)
    change = reading().scalars(last).first()
    forum = reading().get(Forum, report.forum_id) if report.forum_id else None
    facts = [
        ("Läge", report.state.label),
        ("Kategori", category_label(report.category)),
        ("Motpart", report.counterpart_other or report.about_unit.name),
        ("Forum", forum.name if forum else ""),
        ("Senaste ändring", f"{change.why or change.to_state.label} ({change.function})" if change else ""),
    ]
    conflict = {"sentence": _who(change), "facts": [fact for fact in facts if fact[1]]}
    return page(report, values, conflict=conflict, status=409)


def _who(change: StateChange | None) -> str:
    if change is None:
        return ""
    moment = change.made_at.astimezone(LOCAL)
    return f"{change.function} ändrade den {day_name(moment.date())} kl. {moment:%H.%M}."
