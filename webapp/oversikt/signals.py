"""/signaler: what rises, recurs or falls silent, for the coordinator; /samma-sak: the tally, for reporters."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from models.base import insert_into
from models.signal import Signal, SignalKind, Tally, open_signals
from schemas.disclosure import MIN_REPORTERS, THRESHOLD
from schemas.months import day_name, local_date
from schemas.report import stop_message, suspects
from schemas.taxonomy import category_label
from schemas.text import clean
from webapp.requests import logger, now, person, reading, scope, writing

blueprint = Blueprint("signaler", __name__)
LONGEST_WHY = 300
MOST_OLD = 30
NO_REASON = "Skriv varför signalen avfärdas"
NAMED = "Motiveringen kan innehålla ett namn. Skriv den utan namn"
TOO_LONG = "Korta motiveringen till högst 300 tecken"
COUNTED = "Tack. Det räknas som en röst på att det händer, inte som en ny rapport."
COUNTED_BEFORE = "Du har redan sagt det i dag."


@blueprint.get("/signaler")
def list_signals(errors: dict[str, str] | None = None, typed: tuple[int, str] | None = None) -> str:
    signals = reading().scalars(open_signals(scope().area_ids).options(*nearby()))
    query = select(Signal).where(Signal.area_id.in_(scope().area_ids))
    dealt_with = Signal.dismissed_at.is_not(None) | Signal.action_id.is_not(None) | Signal.ended_at.is_not(None)
    old = reading().scalars(query.where(dealt_with).options(*nearby()).order_by(Signal.id.desc()).limit(MOST_OLD))
    return render_template(
        "web/signaler.html",
        signals=[signal_row(signal) for signal in signals],
        old=[signal_row(signal) | {"end": _end(signal)} for signal in old],
        errors=errors or {},
        typed=typed or (0, ""),
    )


def nearby() -> tuple[Any, ...]:
    """What a signal's row needs, fetched along with it."""
    return joinedload(Signal.area), joinedload(Signal.from_unit), joinedload(Signal.about_unit)


def signal_row(signal: Signal) -> dict[str, Any]:
    """A signal as the pages show it, with the address of the reports behind it."""
    pattern: dict[str, Any] = {
        "omrade": signal.area.code,
        "fran": signal.from_unit.code,
        "om": signal.about_unit.code,
        "kategori": signal.category,
    }
    return {
        "id": signal.id,
        "kind": signal.kind.label,
        "calm": signal.kind is SignalKind.FALLING,
        "title": f"{signal.from_unit.name} om {signal.about_unit.name}: {category_label(signal.category).lower()}",
        "area": signal.area.name,
        "sentence": signal.sentence,
        "tallies": signal.tallies,
        "since": day_name(local_date(signal.raised_at)),
        "href": url_for("avvikelser.list_reports", **pattern),
        "action_href": url_for("atgarder.new_action", **pattern, signal=signal.id),
    }


def _end(signal: Signal) -> str:
    if signal.action_id is not None:
        return "Har lett till en åtgärd"
    if signal.dismissed_at is not None:
        return f"Avfärdad av {signal.dismissed_by}: {signal.dismissed_why}"
    return "Upphörde av sig själv"


def _fault(why: str) -> str | None:
    if len(why) > LONGEST_WHY:
        return TOO_LONG
    named = NAMED if suspects({"why": why}, ("why",)) else None
    return stop_message(why) or named if why else NO_REASON


@blueprint.post("/signaler/<int:signal_id>/avfarda")
def dismiss(signal_id: int) -> Response | tuple[str, int]:
    """Put a signal aside, with a reason that stays beside it."""
    why = clean(request.form.get(f"why-{signal_id}", ""))
    fault = _fault(why)
    with writing() as session:
        signal = session.scalars(open_signals(scope().area_ids).where(Signal.id == signal_id)).one_or_none()
        if signal is None:
            abort(404)
        if fault:
            return list_signals({f"why-{signal_id}": fault}, (signal_id, why)), 422
        signal.dismissed_at, signal.dismissed_by, signal.dismissed_why = now(), person().title, why
    logger.info("signal_dismissed", user_id=person().id, signal_id=signal_id)
    flash("Signalen är avfärdad. Den står kvar längre ner på sidan.")
    return redirect(url_for("signaler.list_signals"), 303)


@blueprint.get("/samma-sak")
def open_patterns() -> str:
    """What a reporter may say "samma sak hände mig" about: only patterns that enough people stand behind."""
    signals = reading().scalars(_shown_to_reporters().options(*nearby()))
    patterns = [
        {"id": row.id, "title": signal_row(row)["title"], "area": row.area.name, "since": signal_row(row)["since"]}
        for row in signals
    ]
    return render_template("web/samma-sak.html", patterns=patterns)


def _shown_to_reporters() -> Any:
    enough = (Signal.reports >= THRESHOLD, Signal.reporters >= MIN_REPORTERS)
    return open_signals(scope().area_ids).where(Signal.kind != SignalKind.FALLING, *enough)


@blueprint.post("/samma-sak/<int:signal_id>")
def tally(signal_id: int) -> Response:
    """One click, once a day and pattern. It weighs in the signal and is never counted as a case."""
    unit_id = person().unit_id
    with writing() as session:
        if (
            unit_id is None
            or session.scalars(_shown_to_reporters().where(Signal.id == signal_id)).one_or_none() is None
        ):
            abort(404)
        row = insert_into(session, Tally).values(
            signal_id=signal_id, user_id=person().id, unit_id=unit_id, made_on=local_date(now())
        )
        new = session.scalar(row.on_conflict_do_nothing().returning(Tally.id)) is not None
        if new:
            session.execute(update(Signal).where(Signal.id == signal_id).values(tallies=Signal.tallies + 1))
    flash(COUNTED if new else COUNTED_BEFORE)
    return redirect(url_for("signaler.open_patterns"), 303)
