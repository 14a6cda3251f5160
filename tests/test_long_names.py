"""A name that the federation chose pushes no page sideways on a small phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from models import Forum, Meeting
from tests.desk import forum_of
from tests.site import Site
from tests.test_browser_back import ON_ONE, sign_in
from tests.test_granska_keyboard import served

LONG = "Arbetsmarknadssamverkansberedningen Sävsjö"
WIDTH = 320


@ON_ONE
@pytest.mark.parametrize("name", [LONG, LONG.replace(" ", "")])
def test_a_long_name_of_a_forum_breaks(site: Site, page: Page, name: str) -> None:
    reference = site.sign_in("reporter").file_report()
    forum_id = forum_of(site, "lsg-savsjo").id
    with site.database.write() as session:
        session.scalars(select(Forum).where(Forum.id == forum_id)).one().name = name
        meeting = Meeting(forum_id=forum_id, starts_at=site.moment + timedelta(days=3))
        session.add(meeting)
        session.flush()
        places = ["/oversikt", f"/granska/{reference}", "/forum", "/forum/lsg-savsjo"]
        places.append(f"/forum/lsg-savsjo/moten/{meeting.id}")
    page.set_viewport_size({"width": WIDTH, "height": 800})
    with served(site) as address:
        sign_in(page, address, "coordinator")
        wide = {}
        for place in places:
            page.goto(address + place)
            assert name in page.inner_text("main").replace("\N{SOFT HYPHEN}", "")
            wide[place] = page.evaluate("document.documentElement.scrollWidth")
    assert wide == dict.fromkeys(places, WIDTH)
