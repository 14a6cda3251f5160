"""/gallring: the rules that the federation has decided on, what has been carried out, and how long leavers are kept."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models.disposal import disposals_of
from models.organisation import OUTSIDE_PARTY, Federation, parties_of
from models.retention import RecordKind, RetentionRule, overlaps, rules_of, standing_rules
from schemas.months import day_name, local_date
from schemas.retention import FLOORS, LeaverSchema, RuleSchema
from webapp.form_input import Input, read_form
from webapp.gallring.rows import disposal_row, rule_row
from webapp.requests import logger, now, person, reading, writing

blueprint = Blueprint("gallring", __name__)
Answer = Response | tuple[str, int]
ENDED = "Regeln är upphävd. Den står kvar i listan, men inget mer gallras efter den."


@blueprint.get("/gallring")
def show() -> Answer:
    return _page(Input())


def _page(typed: Input) -> tuple[str, int]:
    rules = reading().scalars(rules_of(person().federation_id)).all()
    html = render_template(
        "web/gallring.html",
        rules=[rule_row(rule) for rule in rules],
        disposals=[disposal_row(row) for row in reading().scalars(disposals_of(person().federation_id))],
        kinds=RecordKind.choices(),
        floors=[f"{kind.label}: minst {years} år, {why}." for kind, (years, why) in FLOORS.items()],
        parties=_parties(),
        leaver_days=person().federation.leaver_days,
        today=local_date(now()).isoformat(),
        typed=typed,
        errors=typed.errors,
    )
    return html, typed.status


def _parties() -> list[tuple[str, str]]:
    parties = parties_of(reading(), person().federation_id)
    return [(str(party.id), party.name) for party in parties if party.code != OUTSIDE_PARTY]


@blueprint.post("/gallring/regel")
def add_rule() -> Answer:
    """Write down a decision. One at a time in a federation, so that two who write at once do not overlap."""
    typed = read_form("rule", RuleSchema([value for value, _ in _parties()], local_date(now())))
    if not typed.errors:
        with writing() as session:
            session.get_one(Federation, person().federation_id, with_for_update=True)
            problem = _overlap(session, typed.data)
            if problem is None:
                _add(session, typed.data)
        if problem is not None:
            typed.refuse("kind", problem)
    if typed.errors:
        return _page(typed)
    logger.info("retention_rule_added", user_id=person().id, kind=typed.data["kind"])
    return _back("Regeln är sparad. Inget gallras förrän någon har gjort ett protokoll och genomfört det.")


def _overlap(session: Session, data: dict[str, Any]) -> str | None:
    kind, party_id = RecordKind(data["kind"]), _party_id(data)
    for rule in session.scalars(standing_rules(person().federation_id)):
        if overlaps(rule, kind, party_id):
            whose = rule.party.name if rule.party else "alla parter"
            return f"Beslut {rule.decision} gäller redan {kind.label.lower()} för {whose}. Upphäv den regeln först"
    return None


def _add(session: Session, data: dict[str, Any]) -> None:
    facts = {name: data[name] for name in ("years", "decision", "decided_on", "decided_by")}
    made = {"made_at": now(), "made_as": person().title, "federation_id": person().federation_id}
    session.add(RetentionRule(kind=RecordKind(data["kind"]), party_id=_party_id(data), **facts, **made))


def _party_id(data: dict[str, Any]) -> int | None:
    return int(data["party"]) if data["party"] else None


@blueprint.post("/gallring/regel/<int:rule_id>/upphav")
def end_rule(rule_id: int) -> Response:
    with writing() as session:
        rule = find_rule(session, rule_id)
        if rule.ended_at is None:
            rule.ended_at, rule.ended_as = now(), person().title
    logger.info("retention_rule_ended", user_id=person().id, rule_id=rule_id)
    return _back(ENDED)


def find_rule(session: Session, rule_id: int) -> RetentionRule:
    """A rule of one's own federation. Answers 404 for every other one."""
    rule = session.scalars(rules_of(person().federation_id).where(RetentionRule.id == rule_id)).one_or_none()
    if rule is None:
        abort(404)
    return rule


@blueprint.post("/gallring/konton")
def set_leaver_days() -> Answer:
    """How long the identity of a closed account is kept."""
    typed = read_form("leavers", LeaverSchema())
    if typed.errors:
        return _page(typed)
    with writing() as session:
        session.get_one(Federation, person().federation_id).leaver_days = typed.data["leaver_days"]
    return _back(f"Identiteten på stängda konton tas bort efter {typed.data['leaver_days']} dagar.")


def _back(message: str) -> Response:
    flash(message)
    return redirect(url_for("gallring.show"), 303)


def told(rule: RetentionRule) -> str:
    """The decision behind a rule, in words."""
    return f"{rule.decision}, {rule.decided_by}, {day_name(rule.decided_on)}"
