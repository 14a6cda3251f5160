"""What the tests of the review desk share: posts with holders, filed reports, and decisions sent as a browser does."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from models import Area, Classification, Forum, Post, Report, StateChange, User
from tests.site import Site, Visitor, address_of

# The reports that a page lists as links to their review pages.
TITLE = re.compile(r'class="lh-title" href="/granska/(LH-\d{4}-\d{4})"')


def forum_of(site: Site, code: str) -> Forum:
    with site.database.read() as session:
        return session.scalars(select(Forum).where(Forum.code == code)).one()


def post_of(site: Site, code: str | None, federation_id: int = 1) -> Post:
    """The post of an area, or the federation's own."""
    query = select(Post).outerjoin(Area, Area.id == Post.area_id).where(Post.federation_id == federation_id)
    with site.database.read() as session:
        return session.scalars(query.where(Area.code == code if code else Post.area_id.is_(None))).one()


def give_post(site: Site, name: str, code: str | None) -> Post:
    """Let one of the people hold the post of an area, or the federation's own when there is no code."""
    with site.database.write() as session:
        user = session.scalars(select(User).where(User.email == address_of(name))).one()
        post = post_of(site, code, user.federation_id)
        user.post_id = post.id
    return post


def report_of(site: Site, reference: str) -> Report:
    """A report of the first federation as it stands."""
    with site.database.read() as session:
        query = select(Report).where(Report.reference == reference).order_by(Report.federation_id)
        found = session.scalars(query).first()
        assert found is not None
        return found


def suggest(site: Site, reference: str, category: str, confidence: float = 0.9) -> None:
    """Store a suggestion, as the worker does."""
    with site.database.write() as session:
        report = session.scalars(select(Report).where(Report.reference == reference)).one()
        report.category, report.classified_at = category, site.moment
        row = {"model_version": "test", "category": category, "confidence": confidence, "abstained": False}
        facts = {"reasons": ["remissen", "ingen"], "alternatives": [], "made_at": site.moment}
        session.add(Classification(report_id=report.id, **row, **facts))


def moves(site: Site, reference: str) -> list[tuple[str, str, str]]:
    """What has happened to a report: the state, who, and why; without what happened to its tracks."""
    query = select(StateChange).join(Report, Report.id == StateChange.report_id)
    query = query.where(Report.reference == reference, StateChange.unit_id.is_(None)).order_by(StateChange.id)
    with site.database.read() as session:
        return [(change.to_state.value, change.function, change.why) for change in session.scalars(query)]


def decide(visitor: Visitor, site: Site, reference: str, **answers: Any) -> TestResponse:
    """Send the decision form: complete but for what the answers change. None leaves a field out."""
    report = report_of(site, reference)
    form: dict[str, Any] = {
        "category": "contact_route",
        "counterpart": "psykiatri",
        "destination": "party",
        "version": report.version,
        "do": "stay",
    }
    form |= answers
    page = f"/granska/{reference}"
    form |= {"csrf_token": visitor.tokens(page)["csrf_token"]}
    return visitor.post(page, data={name: value for name, value in form.items() if value is not None})


def send(visitor: Visitor, page: str, address: str, **fields: Any) -> TestResponse:
    """Send one of a page's other forms."""
    return visitor.post(address, data={"csrf_token": visitor.tokens(page)["csrf_token"], **fields})


def errors(answer: TestResponse) -> list[str]:
    """What a page says is wrong, field by field."""
    return re.findall(r'class="lh-error"[^>]*>(?:<span[^>]*>[^<]*</span>)?([^<]*)<', answer.text)
