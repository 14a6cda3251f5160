"""The open page: what was answered, paraphrased and told by enough people, and nothing that points anybody out."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from models import Answer, Area, Publication, Report, User
from models.organisation import Party, Unit
from models.report import Occurred, ReportKind, ReportState, take_reference
from schemas.months import month_of
from tests.desk import decide, moves, report_of, send
from tests.site import TEXT, Site, Visitor, address_of

PARAPHRASE = "En remiss skickades fram och tillbaka innan någon tog emot den."
ANSWER = {"cause": "Ingen gemensam väg in.", "action": "En brevlåda är öppnad.", "action_kind": "taken"}
PEOPLE = ("reporter", "colleague", "member", "administrator")


def add_alike(
    site: Site, count: int, people: int, area: str = "savsjo", days_ago: float = 30, **facts: Any
) -> list[str]:
    """Reports about the same party and category, filed by so many people, past the form. Returns: their references."""
    with site.database.write() as session:
        home = session.scalars(select(Area).where(Area.code == area)).one()
        users = [session.scalars(select(User).where(User.email == address_of(name))).one() for name in PEOPLE[:people]]
        unit = select(Unit.id).join(Party).where(Party.federation_id == home.federation_id)
        sender, about = (session.scalar(unit.where(Unit.code == code)) for code in ("forsorjningsstod", "psykiatri"))
        moment = site.moment - timedelta(days=days_ago)
        rows = []
        for number in range(count):
            reference = take_reference(session, home.federation_id, moment.year)
            row = Report(
                federation_id=home.federation_id, area_id=home.id, reporter_id=users[number % people].id,
                from_unit_id=sender, about_unit_id=about, form_key=f"key-{reference}", reference=reference,
                received_at=moment, month=month_of(moment), category="handover", description=TEXT,
                occurred=Occurred.WEEK, may_paraphrase=True, paraphrase=PARAPHRASE, state=ReportState.IN_REVIEW,
            )  # fmt: skip
            for name, value in facts.items():
                setattr(row, name, value)
            session.add(row)
            rows.append(row.reference)
        return rows


def answer(visitor: Visitor, site: Site, reference: str, **words: Any) -> None:
    page = f"/granska/{reference}/svar"
    form = ANSWER | {"version": report_of(site, reference).version} | visitor.tokens(page) | words
    assert visitor.post(page, data=form).status_code == 303


def publish(visitor: Visitor, site: Site, reference: str, way: str = "publicera", **fields: Any) -> TestResponse:
    page = f"/granska/{reference}/svar"
    return send(visitor, page, f"{page}/{way}", **({"version": report_of(site, reference).version} | fields))


@pytest.fixture
def ready(site: Site) -> str:
    """An answered report among five of three people. Returns: its reference."""
    reference = add_alike(site, 5, 3)[0]
    answer(site.sign_in("coordinator"), site, reference)
    return reference


def test_what_is_published_is_open_to_all(site: Site, ready: str) -> None:
    stranger = site.visitor()
    assert "Inga besvarade avvikelser är publicerade" in stranger.get("/besvarade").text
    assert publish(site.sign_in("coordinator"), site, ready).status_code == 303
    page = stranger.get("/besvarade")
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    for words in (PARAPHRASE, *list(ANSWER.values())[:2], "oktober 2026", "Region", "Höglandets samordningsförbund"):
        assert words in page.text.replace("\u00ad", ""), words


def test_nothing_points_anybody_out(site: Site, ready: str) -> None:
    publish(site.sign_in("coordinator"), site, ready)
    stranger = site.visitor()
    for address in ("/besvarade", "/besvarade.csv", "/besvarade.json"):
        text = stranger.get(address).get_data(as_text=True)
        for secret in (
            ready,
            TEXT,
            "Psykiatrimottagning",
            "Försörjningsstöd",
            "2026-10-17",
            "17 oktober",
            "coordinator",
        ):
            assert secret not in text, (address, secret)


def test_the_files_say_the_same(site: Site, ready: str) -> None:
    publish(site.sign_in("coordinator"), site, ready)
    stranger = site.visitor()
    file = stranger.get("/besvarade.csv?forbund=hoglandet")
    assert file.data.startswith(b"\xef\xbb\xbf")
    assert file.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(file.get_data(as_text=True).removeprefix("\ufeff")), delimiter=";"))
    told = json.loads(stranger.get("/besvarade.json?forbund=hoglandet").data)
    assert (told["sida"], told["sidor"], len(rows)) == (1, 1, 1)
    row = told["avvikelser"][0]
    assert (row["month"], row["category"], row["paraphrase"]) == ("2026-10", rows[0]["Kategori"], PARAPHRASE)
    assert rows[0]["Åtgärd"] == row["action"] == ANSWER["action"]
    assert json.loads(stranger.get("/besvarade.json?forbund=sodra-vatterbygden").data)["avvikelser"] == []


@pytest.mark.parametrize(
    "address", ["/besvarade?forbund=okand", "/besvarade.csv?forbund=%00", "/besvarade.json?forbund=x"]
)
def test_an_unknown_federation_is_404(site: Site, address: str) -> None:
    assert site.visitor().get(address).status_code == 404


def test_a_formula_is_none_in_the_file(site: Site) -> None:
    reference = add_alike(site, 5, 3, paraphrase='=HYPERLINK("http://x")')[0]
    coordinator = site.sign_in("coordinator")
    answer(coordinator, site, reference, cause="+1", action="-SUM(A1)")
    publish(coordinator, site, reference)
    text = site.visitor().get("/besvarade.csv").get_data(as_text=True)
    for word in ("'=HYPERLINK", "'+1", "'-SUM"):
        assert word in text


@pytest.mark.parametrize(
    ("count", "people", "facts", "why"),
    [
        (4, 3, {}, "Färre än 5 rapporter från minst 3 personer"),
        (6, 2, {}, "Färre än 5 rapporter från minst 3 personer"),
        (5, 3, {"state": ReportState.MERGED}, "Färre än 5 rapporter"),
        (5, 3, {"kind": ReportKind.GOOD}, "Bara avvikelser publiceras"),
        (5, 3, {"may_paraphrase": False}, "Rapportören har inte gått med på"),
        (5, 3, {"paraphrase": ""}, "Det finns ingen omskrivning"),
        (5, 3, {"category": "unassessed"}, "Rapporten har ingen kategori"),
        (5, 3, {"days_ago": 400.0}, "Rapporten är äldre än ett år"),
    ],
)
def test_what_the_rule_forbids_is_not_published(site: Site, count: int, people: int, facts: Any, why: str) -> None:
    references = add_alike(site, count, people, **facts)
    reference = references[0]
    with site.database.write() as session:  # whatever the others are, this one can be answered
        session.execute(update(Report).where(Report.reference == reference).values(state=ReportState.IN_REVIEW))
    coordinator = site.sign_in("coordinator")
    answer(coordinator, site, reference)
    page = coordinator.get(f"/granska/{reference}/svar").text
    assert why in page
    assert "Publicera omskrivningen" not in page
    refused = publish(coordinator, site, reference)
    assert refused.status_code == 422
    assert why in refused.text
    assert site.count(Publication) == 0


def test_an_answer_must_be_there_first(site: Site) -> None:
    reference = add_alike(site, 5, 3)[0]
    assert publish(site.sign_in("coordinator"), site, reference).status_code == 422
    assert site.count(Publication) == 0


@pytest.mark.parametrize(("here", "elsewhere", "told"), [(5, 0, True), (4, 3, False)])
def test_the_area_is_told_only_where_it_alone_has_enough(site: Site, here: int, elsewhere: int, told: bool) -> None:
    reference = add_alike(site, here, 3)[0]
    add_alike(site, elsewhere, 3, area="nassjo") if elsewhere else None
    coordinator = site.sign_in("coordinator")
    answer(coordinator, site, reference)
    assert publish(coordinator, site, reference).status_code == 303
    assert ("Sävsjö" in site.visitor().get("/besvarade").text) == told
    assert ("Sävsjö" in site.visitor().get("/besvarade.csv").text) == told


def test_it_can_be_taken_back_and_published_again(site: Site, ready: str) -> None:
    coordinator = site.sign_in("coordinator")
    publish(coordinator, site, ready)
    publish(coordinator, site, ready, "ta-bort")
    assert PARAPHRASE not in site.visitor().get("/besvarade").text
    assert publish(coordinator, site, ready, "ta-bort").status_code == 422
    publish(coordinator, site, ready)
    assert site.visitor().get("/besvarade").text.count(PARAPHRASE) == 1
    assert site.count(Publication) == 1
    assert [why for _, _, why in moves(site, ready) if "sidan" in why or "publicerades" in why] == [
        "Omskrivningen och svaret publicerades",
        "Omskrivningen och svaret togs bort från den öppna sidan",
        "Omskrivningen och svaret publicerades",
    ]


def test_a_new_paraphrase_takes_the_old_one_off_the_page(site: Site, ready: str) -> None:
    coordinator = site.sign_in("coordinator")
    publish(coordinator, site, ready)
    changed = decide(
        coordinator, site, ready, destination="stay", category="handover", paraphrase="Handläggningen drog ut på tiden."
    )
    assert changed.status_code == 303, changed.text
    assert PARAPHRASE not in site.visitor().get("/besvarade").text
    assert "Publicera omskrivningen" in coordinator.get(f"/granska/{ready}/svar").text


def test_a_new_category_does_not_change_what_was_weighed(site: Site, ready: str) -> None:
    coordinator = site.sign_in("coordinator")
    publish(coordinator, site, ready)
    before = site.visitor().get("/besvarade.json").data
    with site.database.write() as session:
        session.execute(update(Report).where(Report.reference == ready).values(category="rules"))
    assert site.visitor().get("/besvarade.json").data == before


def test_a_report_that_no_longer_stands_is_off_the_page(site: Site, ready: str) -> None:
    publish(site.sign_in("coordinator"), site, ready)
    for gone in ({"state": ReportState.WITHDRAWN}, {"state": ReportState.ANSWERED, "may_paraphrase": False}):
        with site.database.write() as session:
            session.execute(update(Report).where(Report.reference == ready).values(**gone))
        assert PARAPHRASE not in site.visitor().get("/besvarade").text


def test_a_completed_answer_takes_the_place_of_the_first(site: Site, ready: str) -> None:
    coordinator = site.sign_in("coordinator")
    publish(coordinator, site, ready)
    answer(coordinator, site, ready, action="Brevlådan bevakas nu varje dag.")
    publish(coordinator, site, ready)
    page = site.visitor().get("/besvarade").text
    assert "Brevlådan bevakas nu varje dag." in page
    assert page.count(PARAPHRASE) == 1


def test_publishing_what_a_colleague_has_just_changed_is_refused(site: Site, ready: str) -> None:
    coordinator = site.sign_in("coordinator")
    assert publish(coordinator, site, ready, version=report_of(site, ready).version - 1).status_code == 409
    assert site.count(Publication) == 0


def test_publishing_is_for_the_areas_own_coordinator(site: Site, ready: str) -> None:
    for name in ("neighbour", "far-coordinator", "reporter", "administrator"):
        visitor = site.sign_in(name)
        form = {"version": report_of(site, ready).version, **visitor.tokens("/om")}
        for way in ("publicera", "ta-bort"):
            assert visitor.post(f"/granska/{ready}/svar/{way}", data=form).status_code == 404
    assert site.count(Publication) == 0


def test_example_data_is_marked(site: Site) -> None:
    reference = add_alike(site, 5, 3, is_example=True)[0]
    coordinator = site.sign_in("coordinator")
    answer(coordinator, site, reference)
    publish(coordinator, site, reference)
    assert ">Exempel<" in site.visitor().get("/besvarade").text
    assert json.loads(site.visitor().get("/besvarade.json").data)["avvikelser"][0]["example"] == "ja"


def test_many_are_shown_in_pages(site: Site) -> None:
    references = add_alike(site, 21, 3)
    coordinator = site.sign_in("coordinator")
    answer(coordinator, site, references[0])
    publish(coordinator, site, references[0])
    with site.database.write() as session:
        first = session.scalars(select(Publication)).one()
        facts = {column.name: getattr(first, column.name) for column in Publication.__table__.columns}
        kept = session.get_one(Answer, first.answer_id)
        words = {column.name: getattr(kept, column.name) for column in Answer.__table__.columns if column.name != "id"}
        for reference in references[1:]:
            report = session.scalars(select(Report).where(Report.reference == reference)).one()
            report.paraphrase_released_at = site.moment
            row = Answer(**(words | {"report_id": report.id}))
            session.add(row)
            session.flush()
            session.add(Publication(**(facts | {"id": None, "answer_id": row.id, "report_id": report.id})))
    stranger = site.visitor()
    assert stranger.get("/besvarade").text.count("<article") == 20
    assert stranger.get("/besvarade?sida=2").text.count("<article") == 1
    for odd in ("0", "-1", "99999", "x", "9" * 30):
        assert stranger.get(f"/besvarade?sida={odd}").status_code in (200, 404)
