"""A year at the coordinator's desk: thirty published cases received, judged, routed, decided and answered by the pages
alone; the reporters read what came of it, and half a year later the action's page says whether it helped."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Action, Area, Report, User
from models.report import ReportState
from settings import ROOT
from tests.desk import decide, forum_of, report_of
from tests.forums import Room, send
from tests.site import Site, Visitor, address_of
from tests.test_answers import write
from worker.notice import store
from worker.suggest import store_suggestion, suggest
from worker.watch import watch

CASES = [json.loads(line) for line in (ROOT / "data" / "sample-cases.jsonl").read_text(encoding="utf-8").splitlines()]
FORUMS = {"tranas": "lsg-tranas", "savsjo": "styrgrupp-samverk-savsjo"}
UNITS = {"af": "arbetsformedlare", "fk": "sjukpenning", "region": "psykiatri"}
NEW = "/atgarder/ny"


@pytest.fixture
def desk(site: Site) -> Site:
    """Both areas belong to the reporter and the coordinator."""
    with site.database.write() as session:
        tranas = session.scalars(select(Area).where(Area.code == "tranas")).one()
        for name in ("reporter", "coordinator"):
            person = session.scalars(select(User).where(User.email == address_of(name))).one()
            person.areas = [*person.areas, tranas]
            session.flush()
    return site


def file_cases(site: Site) -> list[str]:
    """One case a week, every other one in Tranås; each is classified as the worker does. Returns: the references."""
    references = []
    for number, case in enumerate(CASES[:30]):
        site.advance(days=7)
        unit = next((UNITS[party] for party in case["counterparts"] if party in UNITS), "psykiatri")
        answers = {"area": list(FORUMS)[number % 2], "counterpart": unit, "description": case["text"]}
        references.append(site.sign_in("reporter").file_report(**answers, pii_confirmed="1"))
        with site.database.write() as session:
            row = session.scalars(select(Report).where(Report.reference == references[-1])).one()
            store_suggestion(session, row.id, suggest(row), site.moment)
    site.recount()
    return references


def judge(site: Site, coordinator: Visitor, reference: str) -> None:
    """Keep the suggestion where there is one, and send the report to its area's forum."""
    report = report_of(site, reference)
    category = "rules" if report.category == "unassessed" else report.category
    with site.database.read() as session:
        row = session.get_one(Report, report.id)
        forum, counterpart = forum_of(site, FORUMS[row.area.code]), row.about_unit.code
    facts = {"category": category, "counterpart": counterpart, "destination": f"forum-{forum.id}"}
    assert decide(coordinator, site, reference, **facts).status_code == 303, reference


def test_a_year_at_the_desk(desk: Site) -> None:
    site, room = desk, Room(desk)
    references = file_cases(site)
    coordinator = site.sign_in("coordinator")
    for reference in references:
        judge(site, coordinator, reference)
    assert "0 rapporter i kön" in coordinator.get("/granska").text or "Inga nya" in coordinator.get("/granska").text
    mine = {code: [ref for ref in references if area_of(site, ref) == code] for code in FORUMS}
    for code, forum in FORUMS.items():
        decide_in_forum(site, room, forum, mine[code])
    action_id = act(site, mine["savsjo"])
    coordinator = site.sign_in("coordinator")
    for reference in mine["savsjo"]:
        assert write(coordinator, site, reference).status_code == 303
    assert {report_of(site, ref).state for ref in mine["savsjo"]} == {ReportState.ANSWERED}
    reporter = site.sign_in("reporter")
    assert "Rapporten är besvarad" in reporter.get(f"/mina-rapporter/{mine['savsjo'][0]}").text
    assert "En gemensam väg in öppnas." in reporter.get("/mina-rapporter").text
    half_a_year_later(site, action_id)


def area_of(site: Site, reference: str) -> str:
    with site.database.read() as session:
        return session.get_one(Report, report_of(site, reference).id).area.code


def decide_in_forum(site: Site, room: Room, forum: str, references: list[str]) -> None:
    """Put the reports on the agenda, meet, and record what was decided."""
    meeting_id = room.meeting(forum, days=10)
    client, page = site.sign_in("coordinator"), f"/forum/{forum}/moten/{meeting_id}"
    item = {"item_title": "Väg in", "item_question": "Vem öppnar en väg in?", "item_minutes": "30"}
    form = f"{page}/arenden/ny"
    assert send(client, form, form, item_reports=references, **item).status_code == 303
    site.advance(days=10, hours=2)
    client = site.sign_in("coordinator")
    items = client.get(page).text.split(f"{page}/arenden/")
    decision = f"{page}/arenden/{next(int(part.split('/')[0]) for part in items[1:] if part[0].isdigit())}/beslut"
    words = {"decision_text": "En funktionsbrevlåda öppnas.", "decision_plain": "En gemensam väg in öppnas."}
    assert send(client, decision, decision, outcome="stays", **words).status_code == 303


def act(site: Site, references: list[str]) -> int:
    """Make the action on everything that Försörjningsstöd reports in Sävsjö."""
    client = site.sign_in("coordinator")
    due = (site.moment + timedelta(days=60)).date().isoformat()
    facts = {"area": "savsjo", "what": "Funktionsbrevlåda", "owner": "Enhetschef", "owner_party": "kommun"}
    page = f"{NEW}?" + "&".join(f"rapport={reference}" for reference in references)
    made = send(client, NEW, page, **facts, due_on=due, from_unit="forsorjningsstod", rapport=references)
    assert made.status_code == 303, made.text[:2000]
    with site.database.read() as session:
        return session.scalars(select(Action.id)).one()


def half_a_year_later(site: Site, action_id: int) -> None:
    """Nothing more has come. The worker looks, and the page says so with its numbers."""
    site.advance(days=215)
    with site.database.read() as session:
        sight = watch(session, session.get_one(Action, action_id).area_id, site.moment)
    with site.database.write() as session:
        store(session, sight, site.moment)
    page = site.sign_in("coordinator").get(f"/atgarder/{action_id}").text
    assert "Ser ut att ha hjälpt" in page
    assert "ingen på 6 månader efter beslutet" in page or "ingen på 7 månader efter beslutet" in page
