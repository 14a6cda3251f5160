"""The dashboard: every figure leads to exactly the reports behind it, whatever is chosen, however many there are."""

from __future__ import annotations

import html
import re
from collections import Counter

from sqlalchemy import select

from models import Report
from models.report import UNCOUNTED, ReportKind, ReportState
from tests.site import Site, Visitor
from tests.statements import statements

# A link to the list that begins with a number, and a row of the categories: link, label, bar, number.
FIGURE = re.compile(r'<a[^>]*href="(/avvikelser(?:\?[^"]*)?)"[^>]*>(?:<b>|<span aria-hidden="true">)?(\d+)')
CATEGORY = re.compile(
    r'<th scope="row"><a href="(/avvikelser[^"]*)">(?:(?!</tr>).)*?<td class="lh-right lh-num">(\d+)', re.S
)
# What a cell of the heat map shows to the eye; a dash stands for none inside one actor.
FIGURE_TEXT = re.compile(
    r"<td[^>]*>(?:<a[^>]*>|<span>)(?:<span aria-hidden=\"true\">)?(\d+)(?=<)|<td[^>]*><span><span[^>]*>–"
)
VIEWS = ("", "niva=verksamhet", "visa=lista")
CHOICES = (
    *("", "period=allt", "period=forra", "period=2026-03", "omrade=savsjo", "kategori=unassessed&period=3m"),
    "omrade=aneby&period=allt&kategori=handover",
)


def figures(page: str) -> Counter[tuple[str, int]]:
    """Every number on the page that is a link to reports, with its address."""
    found = [*FIGURE.findall(page), *CATEGORY.findall(page)]
    return Counter((html.unescape(address), int(number)) for address, number in found)


def listed(visitor: Visitor, address: str) -> int:
    """How many reports really stand behind an address of the list: the lines of its CSV."""
    answer = visitor.get(address.replace("/avvikelser", "/avvikelser.csv", 1))
    assert answer.status_code == 200, address
    return len(answer.text.splitlines()) - 1


def said(visitor: Visitor, address: str) -> int:
    """How many the list itself says that there are."""
    found = re.search(r"(\d+) avvikelser?</h2>", visitor.get(address).text)
    assert found
    return int(found.group(1))


def test_every_figure_of_every_view_leads_to_exactly_that_many_reports(site: Site) -> None:
    site.add_reports(45)
    coordinator = site.sign_in("coordinator")
    seen: dict[str, int] = {}
    for view in VIEWS:
        for choice in CHOICES:
            page = coordinator.get(f"/oversikt?{'&'.join(filter(None, (view, choice)))}")
            for address, number in figures(page.text):
                if address not in seen:
                    seen[address] = listed(coordinator, address)
                assert seen[address] == number, (view, choice, address)
    assert len(seen) > 150  # so that a page whose links are not found cannot pass


def test_the_list_says_as_many_as_it_holds(site: Site) -> None:
    site.add_reports(60)
    coordinator = site.sign_in("coordinator")
    for choice in (*CHOICES, "status=nya", "status=granskade&period=allt", "fran=kommun", "om=psykiatri&fran=fk"):
        assert said(coordinator, f"/avvikelser?{choice}") == listed(coordinator, f"/avvikelser?{choice}"), choice


def test_the_heat_map_adds_up_to_the_reports_of_the_period(site: Site) -> None:
    site.add_reports(60)
    page = site.sign_in("coordinator").get("/oversikt?period=allt").text
    table = page.split('<table class="lh-heat')[1].split("</table>")[0]
    rows = [[int(number) for number in FIGURE_TEXT.findall(row)] for row in table.split("<tr>")[2:]]
    body, foot = rows[:-1], rows[-1]
    for row in body:
        assert row[-1] == sum(row[:-1])
    assert foot == [sum(column) for column in zip(*body, strict=True)]
    with site.database.read() as session:
        counted = select(Report.id).where(Report.state.not_in(UNCOUNTED), Report.kind == ReportKind.DEVIATION)
        assert foot[-1] == len(session.scalars(counted).all())


def waits(page: str) -> tuple[str, str]:
    """The number of what waits for a review in the tile, with where it leads."""
    tile = re.search(
        r'<a[^>]*href="(/granska[^"]*)"[^>]*>\s*<b>(\d+)</b>\s*<span class="lh-tile-title">Att granska', page
    )
    assert tile
    return tile[2], html.unescape(tile[1])


def test_what_waits_is_the_same_number_in_the_tile_the_navigation_and_the_queue(site: Site) -> None:
    site.add_reports(60)
    site.sign_in("reporter").file_report(kind="good")
    coordinator = site.sign_in("coordinator")
    with site.database.read() as session:
        waiting = select(Report.id).where(Report.state.in_((ReportState.RECEIVED, ReportState.IN_REVIEW)))
        number = len(session.scalars(waiting).all())
    page = coordinator.get("/oversikt?period=1m").text
    assert waits(page) == (str(number), "/granska")
    assert re.search(rf'href="/granska"[^>]*>Att granska\s*<[^>]*>\s*{number}\b', page)
    for choice in ("", "?omrade=savsjo", "?omrade=aneby"):
        told, address = waits(coordinator.get(f"/oversikt{choice}").text)
        assert f"{told} rapport" in coordinator.get(address).text


def test_without_reports_the_page_says_what_to_do(site: Site) -> None:
    coordinator = site.sign_in("coordinator")
    for view in VIEWS:
        page = coordinator.get(f"/oversikt?{view}").text
        assert "Inga nya rapporter att granska." in page
        assert "Inga avvikelser för det här urvalet. Prova en längre period eller rensa filter." in page
        assert "Inget möte är inlagt" in page


def test_unknown_filters_and_those_that_the_page_does_not_heed_are_404(site: Site) -> None:
    coordinator = site.sign_in("coordinator")
    odd = ("omrade=nassjo", "period=snart", "kategori=pengar", "niva=alla", "visa=karta", "x=1", "period=2026-1")
    for choice in (*odd, "status=nya", "fran=kommun", "om=psykiatri", "sida=2"):
        assert coordinator.get(f"/oversikt?{choice}").status_code == 404, choice


def test_empty_choices_of_the_filter_bar_mean_everything(site: Site) -> None:
    site.add_reports(20)
    coordinator = site.sign_in("coordinator")
    plain = coordinator.get("/oversikt").text
    chosen = coordinator.get("/oversikt?omrade=&period=12m&kategori=&niva=part&visa=tabell").text
    assert figures(plain) == figures(chosen)


def test_the_dashboard_asks_as_much_of_four_hundred_reports_as_of_forty(site: Site) -> None:
    coordinator = site.sign_in("coordinator")
    heard: list[list[str]] = []
    for count in (40, 360):
        site.add_reports(count, seed=count)
        with statements(site.webs_database.engine) as sent:
            assert coordinator.get("/oversikt").status_code == 200
        heard.append(sent)
    assert len(heard[0]) == len(heard[1]) < 60
    for statement in heard[1]:
        if re.search(r"\bFROM report\b", statement):
            assert "LIMIT" in statement, statement
