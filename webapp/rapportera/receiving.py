"""The moment a report is stored it has a receiver, two promised days, and advice where another routine may own it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.organisation import Unit
from models.post import Post, RoutingRule, posts_of
from models.report import Report, ReportKind
from models.user import User
from schemas.routing import Desk, Route, Rule, route
from schemas.working_days import due_days
from webapp.requests import parts

# Built once, since every report that comes in asks them.
_RULES = (
    select(RoutingRule).where(RoutingRule.federation_id == bindparam("federation_id")).order_by(RoutingRule.position)
)
_HELD = select(User.post_id).where(
    User.federation_id == bindparam("federation_id"), User.post_id.is_not(None), User.disabled_at.is_(None)
)


def receive(session: Session, report: Report, sender: Unit, about: Unit, day: date) -> None:
    """Fill in who has the report and by when it is reviewed and answered."""
    found = find_route(session, report.federation_id, report.area_id, sender.party_id, about.party_id, day)
    report.receiver_id = found.post_id
    # Advice tells where a failing belongs; what worked belongs nowhere else.
    report.advice = found.advice if report.kind is not ReportKind.GOOD else ""
    report.referred_to = found.refer_to
    clocks = parts().settings
    report.review_due_on, answered_by = due_days(day, clocks.review_days, clocks.answer_days)
    # What worked is read and passed on; there is no failing to answer for.
    report.answer_due_on = answered_by if report.kind is not ReportKind.GOOD else None


def find_route(
    session: Session, federation_id: int, area_id: int, from_party_id: int, about_party_id: int, day: date
) -> Route:
    """The route of a report that comes in on a day."""
    here = {"federation_id": federation_id}
    held = set(session.scalars(_HELD, here))
    desks = [_desk(post, held, day) for post in posts_of(session, federation_id)]
    rules = [_rule(row) for row in session.scalars(_RULES, here)]
    return route(rules, desks, area_id, from_party_id, about_party_id)


def _desk(post: Post, held: set[int | None], day: date) -> Desk:
    return Desk(post.id, post.area_id, post.id in held, post.substitute_id if post.absent(day) else None)


def _rule(row: RoutingRule) -> Rule:
    return Rule(
        area_id=row.area_id,
        about_party_id=row.about_party_id,
        between=frozenset(party_id for party_id in (row.party_a_id, row.party_b_id) if party_id is not None),
        to_federation=row.to_federation,
        refer_to=row.refer_to,
        advice=row.advice,
    )
