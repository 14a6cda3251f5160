"""The audit log: what is in it, what is not, and that nobody can change it unseen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, select, update

from models import AuditEvent, User
from models.audit import add_event, first_broken
from models.base import Database
from schemas.months import LOCAL
from tests.site import MONDAY, PASSWORD, TEXT, Site, address_of
from webapp.audit import READS
from webapp.konton.log_words import DONE, ROOMS, answer


def events(site: Site) -> list[AuditEvent]:
    with site.database.read() as session:
        return list(session.scalars(select(AuditEvent).order_by(AuditEvent.id)))


def last(site: Site) -> tuple[str, str, int]:
    event = events(site)[-1]
    return event.action, event.subject, event.status


def test_reading_a_report_an_export_a_change_and_a_refusal_are_logged(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    coordinator = site.sign_in("coordinator")
    assert last(site) == ("sign_in.sign_in", "", 302)
    coordinator.get(f"/avvikelser/{reference}")
    assert last(site) == ("avvikelser.show_report", reference, 200)
    coordinator.get("/avvikelser.csv")
    assert last(site)[0] == "avvikelser.export"
    site.sign_in("neighbour").get(f"/avvikelser/{reference}")
    assert last(site) == ("avvikelser.show_report", reference, 404)
    administrator = site.sign_in("administrator")
    administrator.post("/konton/1/stang", data=administrator.tokens("/konton"))
    assert last(site) == ("konton.close", "1", 303)


def test_signing_out_is_logged_as_who_it_was(site: Site) -> None:
    visitor = site.sign_in("reporter")
    visitor.post("/logga-ut", data=visitor.tokens("/om"))
    signed_in, signed_out = events(site)
    assert (signed_out.action, signed_out.status) == ("sign_in.sign_out", 302)
    assert signed_out.user_id == signed_in.user_id is not None
    assert signed_out.federation_id == signed_in.federation_id is not None


def test_lists_pages_and_the_report_itself_are_not_logged(site: Site) -> None:
    reporter = site.sign_in("reporter")
    before = len(events(site))
    reporter.file_report()
    for address in ("/mina-rapporter", "/rapportera", "/om"):
        reporter.get(address)
    assert len(events(site)) == before


def test_a_refused_sign_in_is_logged_without_its_address_and_guesses_do_not_fill_the_log(site: Site) -> None:
    visitor = site.visitor()
    for _ in range(20):
        words = {"email": address_of("reporter"), "password": "fel lösenord", **visitor.tokens("/logga-in")}
        visitor.post("/logga-in", data=words)
    logged = events(site)
    assert [(event.action, event.user_id, event.status) for event in logged] == [("sign_in.sign_in", None, 422)] * 5
    assert address_of("reporter") not in repr([vars(event) for event in logged])


def test_no_text_comes_into_the_log(site: Site) -> None:
    reporter = site.sign_in("reporter")
    reference = reporter.file_report(description=TEXT)
    for address in (f"/mina-rapporter/{TEXT}", f"/mina-rapporter/{reference}?q={TEXT}", f"/losenord/{TEXT}"):
        reporter.get(address)
        reporter.post(address, data={"text": TEXT})
    logged = repr([vars(event) for event in events(site)])
    assert "mina_rapporter.show_report" in logged
    assert TEXT.split(".")[0] not in logged
    assert PASSWORD not in logged


@pytest.fixture
def chain(database: Database) -> Database:
    with database.write() as session:
        for number in range(5):
            add_event(session, event(number))
            session.flush()
    return database


def event(number: int) -> AuditEvent:
    return AuditEvent(at=MONDAY, action="test.event", subject=str(number), status=200, request_id="")


def broken(database: Database) -> int | None:
    with database.read() as session:
        return first_broken(session.scalars(select(AuditEvent).order_by(AuditEvent.id)))


def test_a_whole_chain_is_whole(chain: Database) -> None:
    assert broken(chain) is None


@pytest.mark.parametrize("change", [{"subject": "9"}, {"status": 404}, {"action": "other"}, {"request_id": "x"}])
def test_a_changed_event_is_found(chain: Database, change: dict[str, object]) -> None:
    with chain.write() as session:
        session.execute(update(AuditEvent).where(AuditEvent.id == 3).values(change))
    assert broken(chain) == 3


def test_an_event_that_was_taken_out_is_found(chain: Database) -> None:
    with chain.write() as session:
        session.execute(delete(AuditEvent).where(AuditEvent.id == 2))
    assert broken(chain) == 3


def test_an_event_that_was_put_in_later_is_found(chain: Database) -> None:
    with chain.write() as session:
        session.execute(update(AuditEvent).where(AuditEvent.id == 5).values(id=6))
        false = event(9)
        false.id, false.chain = 5, "0" * 64
        session.add(false)
    assert broken(chain) == 5


def test_many_at_once_make_one_chain(database: Database) -> None:
    def add(number: int) -> None:
        with database.write() as session:
            add_event(session, event(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(60)))
    assert broken(database) is None
    with database.read() as session:
        assert len(session.scalars(select(AuditEvent)).all()) == 60


def test_a_moment_of_another_zone_keeps_the_chain_whole(database: Database) -> None:
    with database.write() as session:
        late = event(1)
        late.at = late.at.astimezone(LOCAL)
        add_event(session, late)
    assert broken(database) is None


def test_whatever_is_logged_has_swedish_words_and_reading_is_told_from_changing(site: Site) -> None:
    rules = [rule for rule in site.app.url_map.iter_rules() if "POST" in (rule.methods or ()) or rule.endpoint in READS]
    names = {(room, done) for room, _, done in (rule.endpoint.partition(".") for rule in rules)}
    assert {room for room, _ in names} <= ROOMS.keys()
    assert {done for _, done in names} <= DONE.keys()
    assert [answer(status, True) for status in (200, 303, 404, 409)] == ["Läst", "Utfört", "Nekad", "Hann före"]
    assert answer(200, False) == "Utfört"


def test_the_administrator_reads_the_log_of_the_own_federation(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    site.sign_in("coordinator").get(f"/avvikelser/{reference}")
    page = site.sign_in("administrator").get("/logg").text
    assert reference in page
    assert reference not in site.sign_in("far-administrator").get("/logg").text
    with site.database.read() as session:
        title = session.scalars(select(User.title).where(User.email == address_of("coordinator"))).one()
    assert title in page
    rows = site.sign_in("administrator").get("/logg.csv").text.splitlines()
    assert any(reference in row and "avvikelser.show_report" in row for row in rows)


def test_an_extract_holds_what_is_kept_of_its_owner_and_of_nobody_else(site: Site) -> None:
    own = site.sign_in("reporter").file_report(description=TEXT)
    other = site.sign_in("colleague").file_report(reporting_unit="psykiatri", counterpart="forsorjningsstod")
    extract = site.sign_in("reporter").get("/konto/utdrag")
    assert extract.mimetype == "application/json"
    facts = extract.get_json()
    assert [report["reference"] for report in facts["rapporter"]] == [own]
    assert facts["rapporter"][0]["description"] == TEXT
    assert facts["konto"][0]["email"] == address_of("reporter")
    assert other not in extract.text
    assert "password_hash" not in extract.text


def test_an_extract_tells_what_an_administrator_did_with_the_account(site: Site) -> None:
    user_id = site.sign_in("reporter").get("/konto/utdrag").get_json()["konto"][0]["id"]
    administrator = site.sign_in("administrator")
    for number in (user_id, user_id + 1):
        administrator.post(f"/konton/{number}/inbjudan", data=administrator.tokens("/konton"))
    told = site.sign_in("reporter").get("/konto/utdrag").get_json()
    assert [(row["action"], row["subject"]) for row in told["logg_om_kontot"]] == [
        ("konton.invite_again", str(user_id))
    ]
    assert {row["user_id"] for row in told["logg"]} == {user_id}
    assert "sign_in.sign_in" in {row["action"] for row in told["logg"]}
