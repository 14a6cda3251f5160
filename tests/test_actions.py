"""Actions: none without an owner, late ones are seen, and what they spring from remembers them."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from models import Action, Area, Decision, Effect, Party, Report, Signal, Unit
from models.action import ActionStatus
from models.agenda import Outcome
from models.report import ReportState
from models.signal import SignalKind
from schemas.months import local_date
from tests.forums import LSG, Room, hidden, send
from tests.site import TEXT, Site

NEW = "/atgarder/ny"
WORDS = {
    "what": "Gemensam ingång till psykiatrin",
    "owner": "Enhetschef, psykiatri",
    "owner_party": "region",
    "due_on": "2027-01-31",
    "area": "savsjo",
}


@pytest.fixture
def room(site: Site) -> Room:
    return Room(site)


def add_action(room: Room, due: int = 30, area: str = "savsjo", party: str = "region", **facts: Any) -> int:
    """An action that is due so many days from now. Returns: its id."""
    today = local_date(room.site.moment)
    with room.site.database.write() as session:
        place = session.scalars(select(Area).where(Area.code == area)).one()
        owner = select(Party.id).where(Party.federation_id == place.federation_id, Party.code == party)
        words = {"what": "Rutin för samordning", "owner": "Enhetschef", "decided_on": today - timedelta(days=60)}
        row = Action(area_id=place.id, federation_id=place.federation_id, owner_party_id=session.scalars(owner).one())
        row.due_on = today + timedelta(days=due)
        for name, value in (words | facts).items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
        return row.id


def only_action(room: Room) -> Action:
    with room.site.database.read() as session:
        return session.scalars(select(Action)).one()


def test_an_action_is_made_from_nothing(room: Room) -> None:
    client = room.site.sign_in("coordinator")
    pattern = {"from_unit": "forsorjningsstod", "about_unit": "psykiatri", "category": "contact_route", "forum": LSG}
    done = send(client, NEW, NEW, **WORDS, **pattern, follow_up_on="2027-06-01")
    assert done.status_code == 303
    page = client.get(done.location).text
    for words in (WORDS["what"], WORDS["owner"], "31 januari 2027", "1 juni 2027", "LSG Sävsjö"):
        assert words in page
    assert "kontaktväg saknas eller fungerar inte" in page
    row = only_action(room)
    assert (row.decided_on, row.status, row.done_on) == (date(2026, 11, 16), ActionStatus.PLANNED, None)


BAD_ACTIONS = (
    ("owner", "", "En åtgärd utan ansvarig blir inte gjord"),
    ("owner", "   ", "En åtgärd utan ansvarig blir inte gjord"),
    ("owner_party", "", "Välj vilken part den ansvariga hör till"),
    ("owner_party", "other", "Välj vilken part den ansvariga hör till"),
    ("what", "", "Skriv vad som ska göras"),
    ("what", "Ring 070-123 45 67", "telefonnummer"),
    ("owner", "Anna Andersson", "bekräfta att det inte är ett namn"),
    ("due_on", "", "Skriv när åtgärden ska vara klar"),
    ("due_on", "2026-11-15", "Datumet har redan varit"),
    ("due_on", "9999-01-01", "Kontrollera året"),
    ("due_on", "i vår", "Skriv datumet som"),
    ("follow_up_on", "2027-01-01", "Uppföljningen kommer efter"),
    ("area", "nassjo", "Välj kommunområde"),
    ("area", "", "Välj kommunområde"),
    ("forum", "lsg-tranas", "Välj ett av alternativen"),
    ("from_unit", "fel", "Välj ett av alternativen"),
    ("category", "fel", "Välj ett av alternativen"),
)


def test_a_bad_action_is_refused_and_what_was_typed_stays(room: Room) -> None:
    reference = room.report()
    client = room.site.sign_in("coordinator")
    for field, value, message in BAD_ACTIONS:
        refused = send(client, NEW, NEW, rapport=reference, **WORDS | {field: value})
        assert refused.status_code == 422, (field, value)
        assert refused.text.count(message) >= 2, (field, value)
        assert "<title>Fel: " in refused.text
        assert WORDS["what" if field != "what" else "owner"] in refused.text, (field, value)
    assert room.site.count(Action) == 0
    assert room.find_report(reference).state is ReportState.ROUTED


def test_the_form_is_filled_in_from_the_address(site: Site) -> None:
    client = site.sign_in("coordinator")
    page = client.get(f"{NEW}?omrade=aneby&fran=forsorjningsstod&om=psykiatri&kategori=information").text
    for code in ("aneby", "forsorjningsstod", "psykiatri", "information"):
        assert f'<option value="{code}" selected>' in page


NOT_ONES_OWN = (
    "omrade=nassjo",
    "fran=fel",
    "om=fel",
    "kategori=fel",
    "signal=99",
    "beslut=99",
)


def test_an_address_that_names_what_is_not_ones_own_is_not_there(site: Site) -> None:
    client = site.sign_in("coordinator")
    for wrong in NOT_ONES_OWN:
        assert client.get(f"{NEW}?{wrong}").status_code == 404, wrong


def test_an_action_from_reports_moves_those_that_a_forum_has(room: Room) -> None:
    routed, judged = room.report(), room.report(state=ReportState.IN_REVIEW)
    client, page = room.site.sign_in("coordinator"), f"{NEW}?rapport={routed}"
    assert routed in client.get(page).text
    done = send(client, NEW, page, rapport=[routed, judged], **WORDS)
    assert done.status_code == 303
    assert room.find_report(routed).state is ReportState.ACTION_DECIDED
    assert room.find_report(judged).state is ReportState.IN_REVIEW
    shown = client.get(done.location).text
    assert routed in shown
    assert judged in shown
    assert TEXT not in shown


def test_reports_of_another_desk_are_not_linked(room: Room) -> None:
    reference = room.report()
    client = room.site.sign_in("neighbour")
    token = client.tokens()
    answers = token | WORDS | {"area": "nassjo", "rapport": reference}
    assert client.post(NEW, data=answers).status_code == 404
    assert room.site.count(Action) == 0


def decided(room: Room, *references: str, outcome: Outcome = Outcome.STAYS) -> int:
    """A decision on an item of a meeting that was held. Returns: its id."""
    item_id = room.item(room.meeting(days=-3), *references)
    with room.site.database.write() as session:
        row = Decision(agenda_item_id=item_id, decided_on=date(2026, 11, 13), text="En ingång öppnas.", function="F")
        row.outcome = outcome
        session.add(row)
        session.flush()
        return row.id


def test_an_action_from_a_decision_takes_over_its_forum_its_day_and_its_reports(room: Room) -> None:
    reference = room.report()
    decision_id = decided(room, reference)
    client, page = room.site.sign_in("coordinator"), f"{NEW}?beslut={decision_id}"
    form = client.get(page).text
    assert "En ingång öppnas." in form
    assert f'<option value="{LSG}" selected>' in form
    assert send(client, NEW, page, beslut=decision_id, **WORDS, forum=LSG).status_code == 303
    row = only_action(room)
    assert (row.decision_id, row.decided_on) == (decision_id, date(2026, 11, 13))
    assert room.find_report(reference).state is ReportState.ACTION_DECIDED
    meeting = client.get(f"/forum/{LSG}").text.split('href="/forum/lsg-savsjo/moten/')[1].split('"')[0]
    assert "Gemensam ingång till psykiatrin" in client.get(f"/forum/{LSG}/moten/{meeting}").text


def test_a_decision_of_another_area_leads_to_no_action(room: Room) -> None:
    decision_id = decided(room, room.report())
    assert room.site.sign_in("neighbour").get(f"{NEW}?beslut={decision_id}").status_code == 404


def add_signal(room: Room) -> int:
    with room.site.database.write() as session:
        area = session.scalars(select(Area).where(Area.code == "savsjo")).one()
        near = select(Unit).join(Party).where(Party.federation_id == area.federation_id)
        units = {unit.code: unit.id for unit in session.scalars(near)}
        row = Signal(area_id=area.id, from_unit_id=units["forsorjningsstod"], about_unit_id=units["psykiatri"])
        row.category, row.kind, row.raised_month = "contact_route", SignalKind.RISING, date(2026, 11, 1)
        row.raised_at = row.seen_at = room.site.moment
        row.reports, row.reporters, row.sentence = 7, 3, "7 rapporter från 3 olika rapportörer."
        session.add(row)
        session.flush()
        return row.id


def test_a_signal_remembers_the_action_that_answers_it_and_leads_to_one_only(room: Room) -> None:
    signal_id = add_signal(room)
    client, page = room.site.sign_in("coordinator"), f"{NEW}?signal={signal_id}"
    assert "7 rapporter från 3 olika rapportörer." in client.get(page).text
    assert send(client, NEW, page, signal=signal_id, **WORDS).status_code == 303
    assert room.get(Signal, signal_id).action_id == only_action(room).id
    late = send(client, NEW, page, signal=signal_id, **WORDS | {"what": "Något annat"})
    assert late.status_code == 409
    assert "Något annat" in late.text
    assert room.site.count(Action) == 1


def test_late_actions_are_told_of_and_can_be_picked_out(room: Room) -> None:
    late = add_action(room, due=-1, what="Försenad sak")
    add_action(room, due=0, what="Ska bli klar i dag")
    add_action(room, due=-9, what="Redan klar", status=ActionStatus.DONE)
    client = room.site.sign_in("coordinator")
    page = client.get("/atgarder").text
    assert "1 åtgärd är försenad." in page
    assert page.count("lh-tag-sen") == 1
    assert page.index("Försenad sak") < page.index("Ska bli klar i dag") < page.index("Redan klar")
    only = client.get("/atgarder?status=sena").text
    assert "Försenad sak" in only
    assert "Ska bli klar i dag" not in only
    assert "Försenad" in client.get(f"/atgarder/{late}").text


def test_filters_hold_area_status_and_owner(room: Room) -> None:
    add_action(room, what="I Sävsjö", party="fk")
    add_action(room, what="I Aneby", area="aneby", status=ActionStatus.ONGOING)
    client = room.site.sign_in("coordinator")
    for query, shown, other in (
        ("omrade=aneby", "I Aneby", "I Sävsjö"),
        ("status=ongoing", "I Aneby", "I Sävsjö"),
        ("part=fk", "I Sävsjö", "I Aneby"),
    ):
        page = client.get(f"/atgarder?{query}").text
        assert shown in page
        assert other not in page
    for wrong in ("omrade=nassjo", "status=fel", "part=fel"):
        assert client.get(f"/atgarder?{wrong}").status_code == 404


def test_the_csv_holds_the_same_and_no_formula(room: Room) -> None:
    add_action(room, due=-1, what='=HYPERLINK("x")', owner="@chef")
    add_action(room, area="aneby")
    client = room.site.sign_in("coordinator")
    answer = client.get("/atgarder.csv?omrade=savsjo")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="atgarder-savsjo.csv"'
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:]), delimiter=";"))
    assert len(rows) == 2
    assert rows[1][0] == '\'=HYPERLINK("x")'
    assert rows[1][2] == "'@chef"
    assert rows[1][-1] == "Försenad"


def test_members_see_the_actions_of_their_own_party_only(room: Room) -> None:
    mine = add_action(room, due=-1, party="kommun", what="Kommunens sak")
    other = add_action(room, party="fk", what="Annans sak")
    elsewhere = add_action(room, party="kommun", area="aneby", what="I ett annat område")
    client = room.site.sign_in("member")
    page = client.get("/atgarder").text
    assert "Kommunens sak" in page
    assert "1 åtgärd är försenad." in page
    assert "Annans sak" not in page
    assert "I ett annat område" not in page
    assert "Ny åtgärd" not in page
    assert client.get(f"/atgarder/{mine}").status_code == 200
    assert client.get(f"/atgarder/{other}").status_code == client.get(f"/atgarder/{elsewhere}").status_code == 404
    assert "Annans sak" not in client.get("/atgarder.csv").get_data(as_text=True)
    token = hidden(client.get("/rapporter").text, "csrf_token")
    assert client.post(f"/atgarder/{mine}", data={"csrf_token": token, "status": "done"}).status_code == 404


@pytest.mark.parametrize("name", ["neighbour", "far-coordinator", "far-member", "reporter"])
def test_an_action_elsewhere_is_not_there(room: Room, name: str) -> None:
    action_id = add_action(room)
    assert room.site.sign_in(name).get(f"/atgarder/{action_id}").status_code == 404


def test_members_see_no_raw_counts(room: Room) -> None:
    action_id = add_action(room, party="kommun")
    reference = room.report(paraphrase="Omskriven.")
    with room.site.database.write() as session:
        action = session.get_one(Action, action_id)
        action.reports = list(session.scalars(select(Report).where(Report.reference == reference)))
        session.add(effect(action_id, room.site.moment))
    page = room.site.sign_in("member").get(f"/atgarder/{action_id}").text
    assert "&lt;5" in page
    for words in (reference, "Omskriven.", "Hjälpte det?", "13 rapporter"):
        assert words not in page


def effect(action_id: int, moment: datetime) -> Effect:
    words = {"before_count": 13, "before_months": 12, "after_count": 2, "after_months": 6}
    return Effect(action_id=action_id, computed_at=moment, sentence="Ser ut att ha hjälpt: 13 rapporter …", **words)


def test_the_effect_stands_with_its_counts(room: Room) -> None:
    action_id = add_action(room)
    client = room.site.sign_in("coordinator")
    assert "Inte räknat än." in client.get(f"/atgarder/{action_id}").text
    with room.site.database.write() as session:
        session.add(effect(action_id, room.site.moment))
    page = client.get(f"/atgarder/{action_id}").text
    assert "Ser ut att ha hjälpt: 13 rapporter …" in page
    table = page.split("Före beslutet")[1].split("</table>")[0]
    for number in (">13<", ">12<", ">1,1<", ">2<", ">6<", ">0,3<"):
        assert number in table


def change(room: Room, action_id: int, **answers: str) -> int:
    client, page = room.site.sign_in("coordinator"), f"/atgarder/{action_id}"
    words = {"status": "planned", "due_on": "2026-12-16", "seal": hidden(client.get(page).text, "seal")}
    return send(client, page, page, **words | answers).status_code


def test_an_action_is_followed_up(room: Room) -> None:
    action_id = add_action(room)
    assert change(room, action_id, status="ongoing", due_on="2027-02-01", follow_up_on="2027-08-01") == 303
    row = room.get(Action, action_id)
    assert (row.status, row.due_on, row.done_on) == (ActionStatus.ONGOING, date(2027, 2, 1), None)
    assert change(room, action_id, status="done") == 303
    assert room.get(Action, action_id).done_on == date(2026, 11, 16)
    assert change(room, action_id, status="ongoing", done_on="2026-11-16") == 303
    assert room.get(Action, action_id).done_on is None


BAD_CHANGES = (
    {"status": "fel"},
    {"status": ""},
    {"due_on": ""},
    {"due_on": "2020-01-01"},
    {"status": "done", "done_on": "2026-11-17"},
    {"status": "done", "done_on": "2020-01-01"},
    {"follow_up_on": "2020-01-01"},
)


def test_a_bad_change_is_refused(room: Room) -> None:
    action_id = add_action(room)
    for answers in BAD_CHANGES:
        assert change(room, action_id, **answers) == 422, answers
        row = room.get(Action, action_id)
        assert (row.status, row.due_on) == (ActionStatus.PLANNED, date(2026, 12, 16))


def test_two_who_change_one_action_notice_each_other(room: Room) -> None:
    action_id = add_action(room)
    client, page = room.site.sign_in("coordinator"), f"/atgarder/{action_id}"
    seal = hidden(client.get(page).text, "seal")
    assert change(room, action_id, status="ongoing") == 303
    late = send(client, page, page, status="cancelled", due_on="2027-03-03", seal=seal)
    assert late.status_code == 409
    assert "Pågår" in late.text
    assert "2027-03-03" in late.text
    assert room.get(Action, action_id).status is ActionStatus.ONGOING


def test_the_dashboard_tells_of_late_actions(room: Room) -> None:
    add_action(room, due=-5, what="Gemensam ingång")
    add_action(room, due=5)
    add_action(room, due=-5, area="aneby")
    page = room.site.sign_in("coordinator").get("/oversikt?omrade=savsjo").text
    tile = page.split("Försenade åtgärder")[0].rsplit("<li>", 1)[1]
    assert "<b>1</b>" in tile
    assert "lh-tile-late" in tile
    assert "Av 2 öppna" in page
    assert "Gemensam ingång" in page.split('id="actions-heading"')[1]


def test_the_list_asks_the_database_as_often_for_many_actions_as_for_few(room: Room) -> None:
    def questions() -> int:
        asked: list[str] = []

        def listener(*args: Any) -> None:
            asked.append(args[2])

        event.listen(room.site.webs_database.engine, "before_cursor_execute", listener)
        assert client.get("/atgarder").status_code == 200
        event.remove(room.site.webs_database.engine, "before_cursor_execute", listener)
        return len(asked)

    client = room.site.sign_in("coordinator")
    forum_id = room.forum(LSG).id
    add_action(room, forum_id=forum_id)
    client.get("/atgarder")
    few = questions()
    for number in range(25):
        add_action(room, due=number, forum_id=forum_id, party=("kommun", "fk", "af", "region")[number % 4])
    assert questions() == few
