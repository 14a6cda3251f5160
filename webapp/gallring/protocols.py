"""/gallring/regel, /gallring/protokoll: from what a rule finds, through a frozen protocol, to the receipt."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models.disposal import Disposal, DisposalState, disposals_of, fingerprint
from models.disposal_queries import MOST_ITEMS, Due, find_due
from models.outbox import Outbox, Task
from models.retention import RetentionRule
from schemas.months import day_name, local_date
from schemas.retention import RunSchema, due_before
from webapp.form_input import Input, read_form
from webapp.gallring.rows import EVERYBODY, TAGS, by_party, item_names, moment_name, reasons, rule_row
from webapp.gallring.rules import Answer, find_rule, told
from webapp.gallring.rules import blueprint as blueprint
from webapp.requests import logger, now, parts, person, reading, writing
from webapp.wall import DISPOSAL, opened

NOTHING = "Inget att gallra efter den regeln just nu."
RULE_ENDED = "Regeln är upphävd. Protokollet kan inte genomföras"
NOT_OPEN = "Protokollet är redan genomfört eller avbrutet."
ORDERED = "Gallringen är beställd. Den görs i bakgrunden; sidan visar kvittot när den är klar."


@blueprint.get("/gallring/regel/<int:rule_id>")
def preview(rule_id: int) -> str:
    """How many a rule finds today, and of whom; nothing is changed and no text is shown."""
    rule = find_rule(reading(), rule_id)
    before = _before(rule)
    found = _find(reading(), rule, before)
    held = [(one.item, one.held) for one in found if one.held]
    return render_template(
        "web/gallring-regel.html",
        rule=rule_row(rule),
        before=day_name(before),
        parties=by_party(found),
        total=len(found) - len(held),
        most=MOST_ITEMS if len(found) == MOST_ITEMS else 0,
        held=held,
        reasons=reasons(held),
    )


def _before(rule: RetentionRule) -> date:
    return due_before(local_date(now()), rule.years)


def _find(session: Session, rule: RetentionRule, before: date) -> list[Due]:
    with opened(session, DISPOSAL):
        return find_due(session, rule, before, now())


@blueprint.post("/gallring/regel/<int:rule_id>/protokoll")
def freeze(rule_id: int) -> Response:
    """Write the protocol: every item by its reference, and what is held back and why."""
    with writing() as session:
        rule = find_rule(session, rule_id)
        found = _find(session, rule, _before(rule)) if rule.ended_at is None else []
        row = _protocol(rule, found) if any(not one.held for one in found) else None
        if row is not None:
            session.add(row)
            session.flush()
    if row is None:
        flash(NOTHING)
        return redirect(url_for("gallring.preview", rule_id=rule_id), 303)
    logger.info("disposal_prepared", user_id=person().id, disposal_id=row.id, items=len(row.items))
    return redirect(url_for("gallring.protocol", disposal_id=row.id), 303)


def _protocol(rule: RetentionRule, found: list[Due]) -> Disposal:
    frozen = {
        "federation": person().federation.name,
        "kind": rule.kind.label,
        "party": rule.party.name if rule.party else EVERYBODY,
        "years": rule.years,
        "decision": told(rule),
        "before": _before(rule).isoformat(),
        "made_at": now().isoformat(),
        "made_as": person().title,
        "items": [one.item for one in found if not one.held],
        "held": [[one.item, one.held] for one in found if one.held],
    }
    facts = {"protocol": frozen, "protocol_sha256": fingerprint(frozen), "made_at": now(), "made_as": person().title}
    return Disposal(
        federation_id=rule.federation_id, rule_id=rule.id, kind=rule.kind, before=_before(rule), kept=[], **facts
    )


@blueprint.get("/gallring/protokoll/<int:disposal_id>")
def protocol(disposal_id: int) -> Answer:
    return _page(_find_disposal(reading(), disposal_id), Input())


def _page(row: Disposal, typed: Input) -> tuple[str, int]:
    html = render_template(
        "web/gallring-protokoll.html",
        disposal=_shown(row),
        items=item_names(row, row.items),
        held=row.protocol["held"],
        kept=row.kept,
        typed=typed,
        errors=typed.errors,
    )
    return html, typed.status


def _shown(row: Disposal) -> dict[str, Any]:
    frozen = row.protocol
    return {
        "id": row.id,
        "state": row.state.label,
        "tag": TAGS[row.state],
        "open": row.state is DisposalState.PROTOCOL,
        "under_way": row.state is DisposalState.ORDERED,
        "through": row.done,
        "facts": [
            ("Gäller", frozen["kind"]),
            ("Part", frozen["party"]),
            ("Beslut", frozen["decision"]),
            ("Äldre än", f"{frozen['years']} år, före {day_name(row.before)}"),
            ("Antal", len(row.items)),
            ("Upprättat", f"{moment_name(row.made_at)} av {row.made_as}"),
            ("Kontrollsumma", row.protocol_sha256),
        ],
        "whole": fingerprint(frozen) == row.protocol_sha256,
        "receipt": _receipt(row),
    }


def _receipt(row: Disposal) -> list[tuple[str, Any]]:
    if row.receipt is None:
        return []
    return [
        ("Gallrade", row.receipt["removed"]),
        ("Kvar, se nedan", len(row.receipt["kept"])),
        ("Genomförd", f"{moment_name(row.ordered_at)} av {row.receipt['ordered_as']}"),
        ("Enligt", row.receipt["decision"]),
        ("Kontrollsumma", row.receipt_sha256),
    ]


def _find_disposal(session: Session, disposal_id: int, lock: bool = False) -> Disposal:
    query = disposals_of(person().federation_id).where(Disposal.id == disposal_id)
    row = session.scalars(query.with_for_update(of=Disposal) if lock else query).one_or_none()
    if row is None:
        abort(404)
    return row


@blueprint.post("/gallring/protokoll/<int:disposal_id>/genomfor")
def carry_out(disposal_id: int) -> Answer:
    """Order what a protocol says. Pressed twice, it is done once."""
    typed = read_form("run", RunSchema())
    if typed.errors:
        return _page(_find_disposal(reading(), disposal_id), typed)
    with writing() as session:
        row = _find_disposal(session, disposal_id, lock=True)
        ended = row.rule.ended_at is not None
        done = row.state is DisposalState.PROTOCOL and not ended
        if done:
            row.state, row.ordered_at, row.ordered_as = DisposalState.ORDERED, now(), person().title
            session.add(Outbox(task=Task.DISPOSE, subject_id=row.id, created_at=now()))
    if ended:
        typed.refuse("form", RULE_ENDED)
        return _page(row, typed)
    if done:
        logger.info("disposal_ordered", user_id=person().id, disposal_id=disposal_id)
        parts().doorbell.ring(Task.DISPOSE.value, Task.DISPOSE.queue, disposal_id)
    return _to(disposal_id, ORDERED if done else NOT_OPEN)


@blueprint.post("/gallring/protokoll/<int:disposal_id>/avbryt")
def drop(disposal_id: int) -> Response:
    """Put a protocol away that shall not be carried out. It stays in the list."""
    with writing() as session:
        row = _find_disposal(session, disposal_id, lock=True)
        dropped = row.state is DisposalState.PROTOCOL
        if dropped:
            row.state = DisposalState.DROPPED
    return _to(disposal_id, "Protokollet är avbrutet. Inget har gallrats." if dropped else NOT_OPEN)


def _to(disposal_id: int, message: str) -> Response:
    flash(message)
    return redirect(url_for("gallring.protocol", disposal_id=disposal_id), 303)
