"""Filing a report: three answers are enough, and the receipt is a promise."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from models import Draft, Outbox, Report, Slice, Unit
from models.outbox import Task
from tests.site import TEXT, Site


def test_three_answers_are_enough(site: Site) -> None:
    page = site.sign_in("reporter")
    prefilled = {"area": "savsjo", "reporting_unit": "forsorjningsstod", **page.tokens()}
    answers = {"counterpart": "psykiatri", "description": TEXT, "occurred": "today"}
    response = page.post("/rapportera", data=prefilled | answers)
    assert response.status_code == 303
    assert page.get(response.location).status_code == 200
    assert site.only_report().description == TEXT


def test_the_form_comes_with_the_sender_filled_in_and_the_three_questions_open(site: Site) -> None:
    page = site.sign_in("colleague").get("/rapportera").text
    assert '<option value="savsjo" selected>' in page
    assert '<option value="psykiatri" selected>' in page
    assert " checked" not in page.split('id="wants_feedback"')[0]


def test_the_receipt_tells_the_number_and_what_happens_next(site: Site) -> None:
    visitor = site.sign_in("reporter")
    response = visitor.send()
    assert response.location == "/rapportera/kvitto/LH-2026-0001"
    receipt = visitor.get(response.location)
    assert receipt.status_code == 200
    for words in ("LH-2026-0001", "Tack, rapporten är skickad", "Vad händer nu?", "23 november 2026"):
        assert words in receipt.text


def test_one_transaction_stores_the_report_its_job_and_the_mark_on_its_slice(site: Site) -> None:
    site.sign_in("reporter").file_report()
    report = site.only_report()
    with site.database.read() as session:
        job = session.scalars(select(Outbox)).one()
        marked = session.scalars(select(Slice)).one()
    assert (job.task, job.subject_id, job.created_at) == (Task.CLASSIFY_REPORT, report.id, site.moment)
    assert (marked.area_id, marked.month, marked.marked, marked.counted) == (report.area_id, report.month, 1, 0)


def test_numbers_have_no_gaps_and_each_federation_counts_its_own(site: Site) -> None:
    near, far = site.sign_in("reporter"), site.sign_in("far-reporter")
    given = []
    for _ in range(3):
        given.append(near.file_report())
        assert near.send(description="kort").status_code == 422
    assert given == ["LH-2026-0001", "LH-2026-0002", "LH-2026-0003"]
    assert far.file_report(area="habo") == "LH-2026-0001"


@pytest.mark.parametrize(
    ("moment", "reference", "month"),
    [
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), "LH-2026-0001", "2026-12-01"),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "LH-2027-0001", "2027-01-01"),
    ],
)
def test_the_year_of_a_number_turns_at_midnight_in_sweden(
    site: Site, moment: datetime, reference: str, month: str
) -> None:
    site.moment = moment
    assert site.sign_in("reporter").file_report() == reference
    assert site.only_report().month.isoformat() == month


def test_every_answer_is_stored_as_it_was_given(site: Site) -> None:
    site.sign_in("reporter").file_report(
        counterpart="annan",
        counterpart_other="Kriminalvården",
        other_actors=["primarvard", "sjukpenning"],
        occurred="month",
        occurred_on="2026-11-14",
        consequence=["delayed", "no_income"],
        recurrence="often",
        reporter_category="handover",
        raised_directly="no",
        suggestion="En gemensam funktionsbrevlåda.",
        wants_feedback="1",
        feedback_email="handlaggare@example.org",
        may_paraphrase="1",
    )
    report = site.only_report()
    with site.database.read() as session:
        others = session.scalars(select(Unit.code).where(Unit.id.in_(report.other_units)).order_by(Unit.code))
        assert list(others) == ["primarvard", "sjukpenning"]
    assert (report.counterpart_other, str(report.occurred_on)) == ("Kriminalvården", "2026-11-14")
    assert (report.consequences, report.recurrence) == (["delayed", "no_income"], "often")
    assert (report.reporter_category, report.raised_directly) == ("handover", "no")
    assert (report.suggestion, report.may_paraphrase) == ("En gemensam funktionsbrevlåda.", True)
    assert report.feedback_email == "handlaggare@example.org"


def test_an_address_is_kept_only_when_its_owner_asks_for_mail(site: Site) -> None:
    site.sign_in("reporter").file_report(wants_feedback=None, feedback_email="handlaggare@example.org")
    assert site.only_report().feedback_email is None


def test_the_answer_yes_to_protected_identity_stores_nothing(site: Site) -> None:
    visitor = site.sign_in("reporter")
    for button in ("send", "draft"):
        response = visitor.send(protected_identity="1", do=button)
        assert response.status_code == 422
        assert "skyddade personuppgifter" in response.text
        assert TEXT in response.text
    assert [site.count(table) for table in (Report, Outbox, Draft, Slice)] == [0, 0, 0, 0]


def test_others_with_the_same_trouble_are_told_of_in_fives_and_only_from_five(site: Site) -> None:
    visitor = site.sign_in("reporter")
    receipts = []
    for _ in range(8):
        reference = visitor.file_report()
        site.recount()
        receipts.append(visitor.get(f"/rapportera/kvitto/{reference}").text)
    assert ["Du är inte ensam" in receipt for receipt in receipts] == [False] * 5 + [True] * 3
    assert "minst 5 andra rapporter" in receipts[-1]


def test_what_was_filed_is_listed_and_shown_to_its_writer(site: Site) -> None:
    visitor = site.sign_in("reporter")
    reference = visitor.file_report()
    listed = visitor.get("/mina-rapporter").text
    assert reference in listed
    assert "Mottagen" in listed
    assert TEXT in visitor.get(f"/mina-rapporter/{reference}").text


def test_a_filled_trap_sends_nothing_and_keeps_the_text(site: Site) -> None:
    response = site.sign_in("reporter").send(website="https://example.org")
    assert response.status_code == 422
    assert TEXT in response.text
    assert site.count(Report) == 0


def test_an_area_that_is_only_remembered_is_seen(site: Site) -> None:
    """Once it has been chosen twice in a row it goes without saying."""
    reporter = site.sign_in("reporter")

    def stands_open() -> bool:
        return '<details class="lh-prefill" open' in reporter.get("/rapportera").text

    for area, seen in (("aneby", True), ("aneby", False), ("savsjo", True), ("savsjo", False)):
        reporter.file_report(area=area)
        assert stands_open() is seen, area
        site.advance(minutes=1)
    assert '<details class="lh-prefill" open' not in site.sign_in("colleague").get("/rapportera").text
