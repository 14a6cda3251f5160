"""Hearing back: an answer written to a report, and the mails that were ordered."""

from __future__ import annotations

from sqlalchemy import select

from models import Delivery, Report
from models.delivery import address_of
from tests.site import Site, Visitor


def mails(site: Site) -> list[tuple[str, str, str]]:
    """(kind, reference, address) of every mail that was ordered."""
    with site.database.read() as session:
        rows = session.scalars(select(Delivery).order_by(Delivery.id)).all()
        return [(row.kind.value, row.reference, address_of(session, row) or "") for row in rows]


def write_answer(visitor: Visitor, site: Site, reference: str) -> None:
    page = f"/granska/{reference}/svar"
    with site.database.read() as session:
        version = session.scalar(select(Report.version).where(Report.reference == reference))
    words = {"cause": "Ingen visste.", "action": "En brevlåda är öppnad.", "action_kind": "taken", "version": version}
    assert visitor.post(page, data=words | visitor.tokens(page)).status_code == 303
