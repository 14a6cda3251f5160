"""Mailing a released summary: one row a seat, checked again when it leaves; nothing that is not whole and approved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, update

from models import Delivery, Federation, Summary
from models.delivery import LONGEST_SENDING, DeliveryState, deliveries_to_seats
from models.outbox import Outbox, Task
from tests.releases import SEATS, Office, open_office, sound_pdf
from tests.site import Site
from tests.smtp_stub import Mood, SmtpStub
from worker import delivery, mail, pdf, tasks
from worker.seat_mail import GONE, NO_ADDRESS, NO_MORE

SENT, FAILED = (DeliveryState.SENT, ""), DeliveryState.FAILED


@pytest.fixture
def server() -> Iterator[SmtpStub]:
    with SmtpStub() as opened:
        yield opened


@pytest.fixture
def office(site: Site, monkeypatch: pytest.MonkeyPatch, server: SmtpStub) -> Office:
    """A released summary with three mails that wait."""
    opened = open_office(site, monkeypatch, mail_url=server.url, public_url="https://lexheller.example.org", reports=12)
    opened.approve()
    return opened


def test_each_seat_gets_one_mail_and_one_bad_address_spoils_no_other(office: Office, server: SmtpStub) -> None:
    server.refused = (SEATS["fk"],)
    for _ in range(3):
        office.deliver()
    assert [taken.recipients for taken in server.taken] == [[SEATS["kommun"]], [SEATS["af"]]]
    assert office.mails() == {
        "Kommunen": SENT,
        "Arbetsförmedlingen": SENT,
        "Försäkringskassan": (FAILED, "Mejlservern säger nej (550)"),
    }
    assert server.taken[0].letter["Subject"] == "Ny sammanställning: Månadsrapport oktober 2026"
    text = server.taken[0].letter.get_content()
    for words in (office.stored().pdf_sha256, f"/rapporter/{office.summary_id}", "/rapporter/kontrollera"):
        assert words in text
    assert list(server.taken[0].letter.iter_attachments()) == []


def test_a_refused_mail_is_sent_again_when_the_address_is_mended_and_pressing_twice_sends_once(
    office: Office, server: SmtpStub
) -> None:
    server.refused = (SEATS["fk"],)
    office.deliver()
    office.change_seat("fk", lambda _, seat: setattr(seat, "email", "ny.chef@fk.example.org"))
    coordinator = office.site.sign_in("coordinator")
    with office.site.database.read() as session:
        failed = select(Delivery.id).where(Delivery.state == FAILED)
        delivery_id = session.scalars(failed).one()
    for _ in range(2):
        assert office.press(coordinator, f"utskick/{delivery_id}/igen").status_code == 303
    office.deliver()
    office.deliver()
    assert [taken.recipients for taken in server.taken].count(["ny.chef@fk.example.org"]) == 1
    assert office.mails()["Försäkringskassan"] == SENT


def test_the_mails_stand_on_the_summarys_page_and_among_all_mails(office: Office, server: SmtpStub) -> None:
    server.refused = (SEATS["fk"],)
    office.deliver()
    page = office.site.sign_in("coordinator").get(f"/rapporter/{office.summary_id}/granska").text.replace("\xad", "")
    for words in ("Chef, Kommunen", "Skickad", "Mejlservern säger nej (550)", "Skicka igen"):
        assert words in page
    assert SEATS["fk"] not in page
    everything = office.site.sign_in("administrator").get("/utskick").text.replace("\xad", "")
    assert "Chef, Försäkringskassan" in everything
    assert "lsg-savsjo-2026-10-v1" in everything
    assert "Chef, Försäkringskassan" not in office.site.sign_in("far-administrator").get("/utskick").text


def test_a_retry_of_another_summarys_mail_is_not_there(office: Office) -> None:
    answer = office.press(office.site.sign_in("coordinator"), "utskick/99/igen")
    assert answer.status_code == 404


def remove(session: Any, seat: Any) -> None:
    session.delete(seat)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (remove, GONE),
        (lambda _, seat: setattr(seat, "email", None), NO_ADDRESS),
        (lambda _, seat: setattr(seat, "email", "inte en adress"), NO_ADDRESS),
        (lambda _, seat: setattr(seat, "email", "chef@annan.example.org"), "Domänen är inte godkänd"),
        (lambda _, seat: setattr(seat, "email", "chef@under.fk.example.org"), "Domänen är inte godkänd"),
    ],
)
def test_a_seat_that_changed_before_the_mail_left_gets_nothing_and_its_row_says_why(
    office: Office, server: SmtpStub, change: Any, said: str
) -> None:
    office.change_seat("fk", change)
    office.deliver()
    state, fault = office.mails()["Försäkringskassan"]
    assert (state, fault[: len(said)]) == (FAILED, said)
    assert [taken.recipients for taken in server.taken] == [[SEATS["kommun"]], [SEATS["af"]]]


def test_the_successor_gets_it_at_the_functions_new_mailbox(office: Office, server: SmtpStub) -> None:
    office.change_seat("fk", lambda _, seat: setattr(seat, "email", "EFTERTRADARE@FK.example.org"))
    office.deliver()
    assert ["EFTERTRADARE@FK.example.org"] in [taken.recipients for taken in server.taken]


def test_without_approved_domains_nothing_is_sent(office: Office, server: SmtpStub) -> None:
    with office.site.database.write() as session:
        session.execute(update(Federation).values(mail_domains=""))
    office.deliver()
    assert server.taken == []
    assert all("inte godkänt några domäner" in fault for _, fault in office.mails().values())


def test_a_summary_that_was_corrected_meanwhile_is_not_sent(office: Office, server: SmtpStub) -> None:
    correction = office.correct()
    office.deliver()
    assert {fault for _, fault in office.mails().values()} == {NO_MORE}
    assert set(office.mails(correction).values()) == {SENT}
    assert len(server.taken) == 3
    assert all("Rättelse: en ny version" in taken.letter.get_content() for taken in server.taken)


@pytest.mark.parametrize("free_text", [False, True])
@pytest.mark.parametrize("chosen", [False, True])
def test_the_file_goes_along_only_where_that_was_chosen_and_rules_wrote_all_of_it(
    office: Office, server: SmtpStub, chosen: bool, free_text: bool
) -> None:
    with office.site.database.write() as session:
        session.execute(update(Federation).values(attach_summaries=chosen))
        row = session.get_one(Summary, office.summary_id)
        plain = {**(row.content or {}), "problems": None, "actions": None}
        row.content = {**plain, "sentences": [dict(item, edited=free_text) for item in plain["sentences"]]}
    office.deliver()
    for taken in server.taken:
        files = [part.get_content() for part in taken.letter.iter_attachments()]
        assert files == ([office.stored().pdf] if chosen and not free_text else [])


@pytest.mark.parametrize(
    ("mood", "state", "fault"),
    [
        (Mood.LATER, DeliveryState.QUEUED, "Mejlservern tar inte emot just nu (451)"),
        (Mood.NEVER, FAILED, "Mejlservern säger nej (554)"),
        (Mood.GONE_BEFORE_TEXT, DeliveryState.QUEUED, mail.AWAY),
        (Mood.GONE_AFTER_TEXT, DeliveryState.UNKNOWN, mail.DOUBT),
        (Mood.GONE_AFTER_YES, DeliveryState.SENT, ""),
        (Mood.SLOW, DeliveryState.SENT, ""),
    ],
)
def test_whatever_the_server_does_each_row_tells_it(
    office: Office, server: SmtpStub, mood: Mood, state: DeliveryState, fault: str
) -> None:
    server.mood = mood
    office.deliver()
    assert set(office.mails().values()) == {(state, fault)}


def test_a_crash_after_the_yes_is_in_doubt_and_is_never_sent_again_by_itself(
    office: Office, server: SmtpStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(delivery, "settle", die)
        for delivery_id in ids(office):
            with pytest.raises(SystemExit):
                tasks.deliver(delivery_id)
    assert len(server.taken) == 3
    office.site.moment += LONGEST_SENDING
    office.shop.sweep()
    office.deliver()
    assert {state for state, _ in office.mails().values()} == {DeliveryState.UNKNOWN}
    assert len(server.taken) == 3
    page = office.site.sign_in("coordinator").get(f"/rapporter/{office.summary_id}/granska").text
    assert page.count('type="submit">Skicka igen') == 3


def ids(office: Office) -> list[int]:
    with office.site.database.read() as session:
        return [row.id for row in deliveries_to_seats(session, office.summary_id)]


def test_a_damaged_file_is_never_sent(office: Office, server: SmtpStub) -> None:
    with office.site.database.write() as session:
        row = session.get_one(Summary, office.summary_id)
        row.pdf = (row.pdf or b"").replace(b"Prov", b"Purv", 1) + b" "
    office.deliver()
    assert server.taken == []
    assert all("kontrollsumma" in fault for _, fault in office.mails().values())


def test_a_file_that_is_not_a_whole_document_is_never_sent(
    site: Site, monkeypatch: pytest.MonkeyPatch, server: SmtpStub
) -> None:
    opened = open_office(site, monkeypatch, mail_url=server.url, reports=12)
    monkeypatch.setattr(pdf, "render_summary", lambda _content: sound_pdf()[:-200])
    opened.approve()
    opened.deliver()
    assert server.taken == []
    assert all("går inte att öppna" in fault for _, fault in opened.mails().values())


def test_a_mail_that_was_ordered_twice_leaves_once(office: Office, server: SmtpStub) -> None:
    for delivery_id in ids(office):
        with office.site.database.write() as session:
            assert session.scalars(select(Outbox).where(Outbox.task == Task.DELIVER)).all()
        for _ in range(2):
            tasks.deliver(delivery_id)
    assert len(server.taken) == 3
    assert len({taken.letter["Message-ID"] for taken in server.taken}) == 3


def test_the_row_of_a_seat_that_is_gone_still_names_the_function(office: Office) -> None:
    office.change_seat("fk", remove)
    with office.site.database.read() as session:
        row = session.scalars(select(Delivery).where(Delivery.seat_id.is_(None))).one()
        assert row.recipient == "Chef, Försäkringskassan"
    assert office.mails()["Försäkringskassan"][0] is DeliveryState.QUEUED
