"""A draft becomes what a forum reads: edited, approved by a person, released once, and corrected with a new version."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models import Forum, Summary
from models.delivery import DeliveryState
from models.forum import ForumMember
from models.outbox import Outbox, Task
from models.summary import SummaryState
from models.user import User
from tests.releases import OCTOBER, Office, open_office, review
from tests.site import Site, address_of
from tests.workshop import at_once
from worker import pdf, tasks


@pytest.fixture
def office(site: Site, monkeypatch: pytest.MonkeyPatch) -> Office:
    return open_office(site, monkeypatch)


def test_only_the_keepers_know_of_a_draft(office: Office) -> None:
    member, coordinator = office.site.sign_in("member"), office.site.sign_in("coordinator")
    for end in ("", ".pdf", "/granska"):
        assert member.get(f"/rapporter/{office.summary_id}{end}").status_code == 404
        assert coordinator.get(f"/rapporter/{office.summary_id}{end}").status_code == 200
    assert "oktober 2026" not in member.get("/rapporter").text
    assert "Utkast" in coordinator.get("/rapporter").text
    assert "Utkast." in coordinator.get(f"/rapporter/{office.summary_id}").text


def test_an_approved_draft_is_printed_with_that_released_and_mailed_to_each_seat(office: Office) -> None:
    office.approve()
    summary = office.stored()
    with office.site.database.read() as session:
        approver = session.scalars(select(User.id).where(User.email == address_of("coordinator"))).one()
    assert (summary.state, summary.approved_by, summary.released_at) == (
        SummaryState.APPROVED,
        approver,
        office.site.moment,
    )
    assert summary.content is not None
    assert summary.content["approval"] == {"by": "samverkanskoordinator", "on": "2026-11-16"}
    assert summary.content == office.printed[-1]
    assert {state for state, _ in office.mails().values()} == {DeliveryState.QUEUED}
    assert len(office.mails()) == 3
    assert [bell[0] for bell in office.shop.bells].count(Task.DELIVER.value) == 3
    member = office.site.sign_in("member")
    assert member.get(f"/rapporter/{office.summary_id}.pdf").data == summary.pdf
    assert "samverkanskoordinator, 16 november 2026" in member.get(f"/rapporter/{office.summary_id}").text


def test_what_was_approved_is_what_was_read(office: Office) -> None:
    """The sentences are not written anew between reading and release."""
    draft = office.stored().content
    office.approve()
    released = office.stored().content
    assert draft is not None
    assert released is not None
    changed = {name for name in released if released[name] != draft[name]}
    assert changed == {"approval", "fingerprint"}


def test_a_page_that_is_out_of_date_approves_nothing(office: Office) -> None:
    coordinator = office.site.sign_in("coordinator")
    answer = office.press(coordinator, "godkann", {"build": office.stored().build - 1})
    assert answer.status_code == 422
    assert "Utkastet har ändrats sedan sidan visades" in answer.text
    assert office.stored().state is SummaryState.BUILT


def test_a_report_withdrawn_before_approval_stops_it_until_the_draft_is_built_anew(office: Office) -> None:
    office.withdraw_reports()
    assert "Rapporter har ändrats sedan utkastet gjordes" in review(office)
    coordinator = office.site.sign_in("coordinator")
    answer = office.press(coordinator, "godkann")
    assert (answer.status_code, office.stored().state) == (422, SummaryState.BUILT)
    assert "Bygg om det innan du godkänner" in answer.text
    before = office.stored().snapshot
    assert office.press(coordinator, "bygg-om").status_code == 303
    office.build()
    assert (office.stored().version, office.stored().snapshot == before) == (1, False)
    office.approve()
    assert office.stored().state is SummaryState.APPROVED


def test_a_report_that_is_not_counted_yet_stops_approval(office: Office) -> None:
    office.site.sign_in("reporter").file_report()
    answer = office.press(office.site.sign_in("coordinator"), "godkann")
    assert answer.status_code == 422
    assert "Nya siffror räknas just nu" in answer.text


def test_what_is_approved_never_changes(office: Office) -> None:
    words = office.texts() | {"sentences_0_claim": "Något annat."}
    office.approve()
    before = office.stored()
    coordinator = office.site.sign_in("coordinator")
    for end in ("granska", "godkann", "avvisa"):
        answer = office.press(coordinator, end, words)
        assert answer.status_code == 422, end
    after = office.stored()
    for name in ("pdf", "pdf_sha256", "content", "edits", "approved_at", "state", "build"):
        assert getattr(after, name) == getattr(before, name), name


def test_a_correction_is_a_new_version_that_says_what_changed(office: Office) -> None:
    office.approve()
    first = office.stored()
    office.withdraw_reports()
    assert "Siffrorna har ändrats sedan godkännandet" in review(office)
    summary_id = office.correct()
    second = office.stored(summary_id)
    assert (second.version, second.state) == (2, SummaryState.APPROVED)
    assert office.stored().state is SummaryState.SUPERSEDED
    assert second.content is not None
    assert second.content["correction"]["of"] == "lsg-savsjo-2026-10-v1"
    assert any("tidigare" in line for line in second.content["correction"]["lines"])
    member = office.site.sign_in("member")
    assert member.get(f"/rapporter/{office.summary_id}.pdf").data == first.pdf
    old = member.get(f"/rapporter/{office.summary_id}").text
    assert "Gäller inte längre" in old
    assert f'href="/rapporter/{summary_id}"' in old
    assert "Den här versionen ersätter lsg-savsjo-2026-10-v1" in member.get(f"/rapporter/{summary_id}").text


def test_the_former_holds_until_its_correction_is_released(office: Office) -> None:
    office.approve()
    office.press(office.site.sign_in("coordinator"), "bygg-om")
    assert office.stored().state is SummaryState.APPROVED
    assert "version 2" not in office.site.sign_in("member").get("/rapporter").text


def test_a_rejected_draft_is_nobodys_and_is_not_made_anew_by_itself(office: Office) -> None:
    coordinator = office.site.sign_in("coordinator")
    assert office.press(coordinator, "avvisa").status_code == 303
    assert office.stored().state is SummaryState.REJECTED
    assert office.press(coordinator, "godkann").status_code == 422
    office.shop.sweep()
    with office.site.database.read() as session:
        same = (Summary.forum_id == office.stored().forum_id, Summary.period == office.stored().period)
        assert [row.version for row in session.scalars(select(Summary).where(*same))] == [1]
    assert office.press(coordinator, "bygg-om").status_code == 303
    office.build()
    office.approve()
    assert office.stored().state is SummaryState.APPROVED


def test_two_who_approve_at_once_release_it_once(office: Office) -> None:
    visitors = [office.site.sign_in("coordinator"), office.site.sign_in("administrator")]
    forms = [{"build": office.stored().build, **visitor.tokens("/om")} for visitor in visitors]
    turns = iter(zip(visitors, forms, strict=True))

    def press() -> int:
        visitor, form = next(turns)
        return visitor.post(f"/rapporter/{office.summary_id}/godkann", data=form).status_code

    assert sorted(at_once(2, press)) == [303, 422]
    at_once(3, tasks.build_summary, office.summary_id)
    assert (office.stored().state, len(office.mails())) == (SummaryState.APPROVED, 3)
    assert office.site.count(Outbox) == 3


def test_a_last_build_that_fails_is_told_and_releases_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_content: Any) -> bytes:
        raise pdf.RenderError("Pango saknas")

    assert office.press(office.site.sign_in("coordinator"), "godkann").status_code == 303
    with monkeypatch.context() as broken:
        broken.setattr(pdf, "render_summary", fail)
        tasks.build_summary.apply(args=(office.summary_id,))
    assert (office.stored().state, office.stored().released_at) == (SummaryState.FAILED, None)
    assert "Pango saknas" in review(office)
    assert office.mails() == {}
    office.build()
    assert office.stored().state is SummaryState.APPROVED


def test_the_page_tells_what_is_new_and_whom_it_goes_to(office: Office) -> None:
    page = review(office)
    assert "Forumet har inte fått någon sammanställning av det här slaget förut." in page
    assert "Chef, Försäkringskassan" in page.replace("\xad", "")
    office.change_seat("fk", lambda _, seat: setattr(seat, "email", None))
    assert "Adress saknas" in review(office)
    alone = "Ingen har konto med den adressen"
    assert alone in page
    office.change_seat("af", lambda _, seat: setattr(seat, "email", address_of("member")))
    assert review(office).count(alone) == page.count(alone) - 2
    office.approve()
    office.withdraw_reports()
    coordinator = office.site.sign_in("coordinator")
    answer = office.press(coordinator, "bygg-om")
    summary_id = int(answer.location.split("/")[-2])
    office.build(summary_id)
    page = review(office, summary_id)
    assert "Jämfört med lsg-savsjo-2026-10-v1" in page
    assert "tidigare" in page


def test_a_seat_that_came_later_can_be_sent_to(office: Office) -> None:
    office.approve()
    with office.site.database.write() as session:
        forum = session.scalars(select(Forum).where(Forum.code == "lsg-savsjo")).one()
        party_id = forum.members[0].party_id
        session.add(ForumMember(forum_id=forum.id, party_id=party_id, function="Ny chef"))
    assert "Har inte fått mejl: Ny chef" in review(office)
    coordinator = office.site.sign_in("coordinator")
    for _ in range(2):
        assert office.press(coordinator, "skicka").status_code == 303
    with office.site.database.read() as session:
        assert len(session.scalars(select(Outbox).where(Outbox.task == Task.DELIVER)).all()) == 4


def test_the_list_orders_no_second_draft(office: Office) -> None:
    coordinator = office.site.sign_in("coordinator")
    words = {"forum": "lsg-savsjo", "kind_period": OCTOBER, **coordinator.tokens("/om")}
    for _ in range(2):
        coordinator.post("/rapporter", data=words)
    assert (office.stored().build, office.site.count(Outbox)) == (2, 1)
    assert "Den skapas redan" in coordinator.get("/rapporter").text


def test_the_coordinator_alone_reads_what_was_hidden_and_why(office: Office) -> None:
    row = {"table": "Kartan", "cell": "Kommunen om Försäkringskassan", "reason": "complementary", "name": "", "key": []}
    with office.site.database.write() as session:
        summary = session.get_one(Summary, office.summary_id)
        summary.snapshot = {**(summary.snapshot or {}), "withheld": [row]}
    page = review(office)
    for words in ("varför (1)", "Kommunen om Försäkringskassan", "Annars går ett annat antal att räkna fram"):
        assert words in page
    assert "Annars går ett annat" not in office.site.sign_in("coordinator").get(f"/rapporter/{office.summary_id}").text
