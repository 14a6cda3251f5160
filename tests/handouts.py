"""Handing out to try: two reports that somebody has asked for, and the masks and decisions as the forms send them."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from models import HandoutCopy
from tests.desk import give_post, send
from tests.site import Site, Visitor

PAGE = "/lamna-ut"
NAME, PLACE = "Zdravka Petrovska", "hemtjänstens lila bil"
TEXT = f"Remissen till {NAME} kom tillbaka tre gånger. Den låg i {PLACE} en vecka. Hemtjänstens lila  bil stod still."
NEW = {"subject": "Rapporter om psykiatrin", "area": "savsjo", "asked_on": "2026-11-16"}


@pytest.fixture
def asked(site: Site) -> Site:
    """A report with a name in it, and one without; somebody has asked for both."""
    give_post(site, "coordinator", "savsjo")
    reporter = site.sign_in("reporter")
    reporter.file_report(description=TEXT, pii_confirmed="1", suggestion="=HYPERLINK en väg in")
    reporter.file_report()
    assert begin(site, references="LH-2026-0001\nLH-2026-0002").status_code == 303
    return site


def begin(site: Site, name: str = "coordinator", **changes: str) -> TestResponse:
    return send(site.sign_in(name), f"{PAGE}/ny", f"{PAGE}/ny", **(NEW | changes))


def mask(visitor: Visitor, words: str, ground: str = "25:1") -> TestResponse:
    page = f"{PAGE}/1/LH-2026-0001"
    return send(visitor, page, f"{page}/maskera", mask_words=words, ground=ground)


def decide(visitor: Visitor, verdict: str, **more: str) -> TestResponse:
    return send(visitor, f"{PAGE}/1", f"{PAGE}/1/besluta", verdict=verdict, **more)


def mask_all(visitor: Visitor) -> None:
    """The name by what the guard found, the car by hand."""
    page = f"{PAGE}/1/LH-2026-0001"
    assert send(visitor, page, f"{page}/bestammelse", ground="25:1").status_code == 303
    assert mask(visitor, PLACE, "26:1").status_code == 303


def copies(site: Site) -> list[HandoutCopy]:
    with site.database.read() as session:
        return list(session.scalars(select(HandoutCopy).order_by(HandoutCopy.id)))
