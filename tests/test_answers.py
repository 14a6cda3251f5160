"""Answering: the answer is kept whole, the reporter reads it on the own page, and two who answer notice each other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from models import Answer, Delivery
from models.delivery import DeliveryKind
from models.report import ReportState
from schemas.words import ActionKind
from tests.desk import decide, moves, report_of, send
from tests.site import Site, Visitor

CAUSE = "Det fanns ingen gemensam brevlåda för remisser."
ACTION = "En funktionsbrevlåda är öppnad och bevakas varje dag."


def write(visitor: Visitor, site: Site, reference: str, **answers: Any) -> TestResponse:
    """Send the answer form as a browser does. None leaves a field out."""
    page = f"/granska/{reference}/svar"
    form: dict[str, Any] = {"cause": CAUSE, "action": ACTION, "action_kind": "taken"}
    form |= {"version": report_of(site, reference).version, **visitor.tokens(page)} | answers
    return visitor.post(page, data={name: value for name, value in form.items() if value is not None})


def answers_in(site: Site) -> list[Answer]:
    with site.database.read() as session:
        return list(session.scalars(select(Answer).order_by(Answer.id)))


def test_an_answer_is_kept_and_moves_the_report(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    response = write(
        site.sign_in("coordinator"), site, reference, consequence="Två veckors väntan.", follow_up="Följs upp i mars."
    )
    assert response.status_code == 303
    answer = answers_in(site)[0]
    assert (answer.cause, answer.action, answer.action_kind) == (CAUSE, ACTION, ActionKind.TAKEN)
    assert (answer.consequence, answer.follow_up) == ("Två veckors väntan.", "Följs upp i mars.")
    assert (answer.made_at, answer.function, answer.seen_at) == (site.moment, "Samverkanskoordinator coordinator", None)
    report = report_of(site, reference)
    assert (report.state, report.answered_at, report.reviewed_at) == (ReportState.ANSWERED, site.moment, site.moment)
    assert [state for state, _, _ in moves(site, reference)] == ["in_review", "answered"]


def test_the_reporter_reads_the_answer_and_says_so(site: Site) -> None:
    reporter = site.sign_in("reporter")
    reference = reporter.file_report()
    coordinator = site.sign_in("coordinator")
    write(coordinator, site, reference)
    page = reporter.get(f"/mina-rapporter/{reference}").text
    for words in (CAUSE, ACTION, "Åtgärd (vidtagen)", "Rapporten är besvarad", "Jag har läst svaret"):
        assert words in page
    assert answers_in(site)[0].seen_at is None, "looking changes nothing"
    done = send(reporter, f"/mina-rapporter/{reference}", f"/mina-rapporter/{reference}/svar/1/last")
    assert done.status_code == 303
    assert answers_in(site)[0].seen_at == site.moment
    first = site.moment
    site.advance(minutes=5)
    send(reporter, f"/mina-rapporter/{reference}", f"/mina-rapporter/{reference}/svar/1/last")
    assert answers_in(site)[0].seen_at == first
    assert "Jag har läst svaret" not in reporter.get(f"/mina-rapporter/{reference}").text
    assert "läst 16 november 2026" in coordinator.get(f"/granska/{reference}/svar").text


def test_saying_that_it_is_read_is_for_its_own_reporter(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    write(site.sign_in("coordinator"), site, reference)
    colleague = site.sign_in("colleague")
    other = colleague.file_report(reporting_unit="psykiatri", counterpart="forsorjningsstod")
    for address in (f"/mina-rapporter/{reference}/svar/1/last", f"/mina-rapporter/{other}/svar/1/last"):
        assert send(colleague, "/mina-rapporter", address, **colleague.tokens()).status_code == 404
    assert answers_in(site)[0].seen_at is None


WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"cause": ""}, "cause", "Skriv vad det berodde på"),
    ({"cause": " \x00 "}, "cause", "Skriv vad det berodde på"),
    ({"action": None}, "action", "Skriv vad som har gjorts eller ska göras"),
    ({"action_kind": None}, "action_kind", "Välj om åtgärden är vidtagen eller planerad"),
    ({"action_kind": "maybe"}, "action_kind", "Välj ett av alternativen"),
    ({"cause": "x" * 501}, "cause", "Skriv vad det berodde på, högst 500 tecken"),
    ({"follow_up": "x" * 501}, "follow_up", "Skriv högst 500 tecken"),
    ({"action": "Ring 070-123 45 67 för att boka."}, "action", "Texten innehåller något som liknar"),
    ({"consequence": "Gäller 19121212-1212."}, "consequence", "ett personnummer"),
)


def test_a_wrong_answer_comes_back_with_its_text(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    coordinator = site.sign_in("coordinator")
    for answers, field, words in WRONG:
        response = write(coordinator, site, reference, **answers)
        assert response.status_code == 422, answers
        assert f'href="#{field}"' in response.text, answers
        assert words in response.text, answers
        assert (CAUSE if field != "cause" else ACTION) in response.text, answers
    assert site.count(Answer) == 0
    assert report_of(site, reference).state is ReportState.RECEIVED


def test_a_likely_name_must_be_confirmed(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    coordinator = site.sign_in("coordinator")
    named = "Handläggaren Anna Lindqvist tog inte emot remissen."
    response = write(coordinator, site, reference, cause=named)
    assert response.status_code == 422
    assert 'name="pii_confirmed"' in response.text
    assert write(coordinator, site, reference, cause=named, pii_confirmed="1").status_code == 303


def test_two_who_answer_at_once_notice_each_other(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    first, second = site.sign_in("coordinator"), site.sign_in("coordinator")
    seen = report_of(site, reference).version
    assert write(first, site, reference).status_code == 303
    late = write(second, site, reference, version=seen, cause="En annan orsak som jag vet.")
    assert late.status_code == 409
    assert "En annan orsak som jag vet." in late.text
    assert CAUSE in late.text, "what the colleague wrote"
    assert site.count(Answer) == 1


def test_an_answer_can_be_completed_and_both_are_read(site: Site) -> None:
    reporter = site.sign_in("reporter")
    reference = reporter.file_report()
    coordinator = site.sign_in("coordinator")
    write(coordinator, site, reference, action_kind="planned")
    site.advance(days=30)
    later = write(site.sign_in("coordinator"), site, reference, action="Nu är den öppnad.")
    assert later.status_code == 303
    page = site.sign_in("reporter").get(f"/mina-rapporter/{reference}").text
    assert page.index("Nu är den öppnad.") < page.index(ACTION)
    assert "Kompletterat svar" in page
    assert report_of(site, reference).answered_at.date() == date(2026, 11, 16)  # type: ignore[union-attr]


def test_a_report_can_be_answered_from_wherever_it_stands(site: Site) -> None:
    reporter, coordinator = site.sign_in("reporter"), site.sign_in("coordinator")
    told = {"reason": "Bara statistik.", "question": "När hände det?", "referred_to": "Regionen"}
    for destination in ("party", "no_forum", "refer", "ask"):
        reference = reporter.file_report()
        decided = decide(
            coordinator, site, reference, destination=destination, **told, refer_reason="Regionens egen rutin gäller."
        )
        assert decided.status_code == 303, decided.text
        assert write(coordinator, site, reference).status_code == 303
        assert report_of(site, reference).state is ReportState.ANSWERED


def test_what_is_merged_or_taken_back_cannot_be_answered(site: Site) -> None:
    reporter = site.sign_in("reporter")
    main, part, gone = reporter.file_report(), reporter.file_report(), reporter.file_report()
    coordinator = site.sign_in("coordinator")
    decide(coordinator, site, part, destination="merge", merge_into=main)
    send(reporter, f"/mina-rapporter/{gone}", f"/mina-rapporter/{gone}/ta-tillbaka", withdrawal="Dubbelt skickad.")
    for reference in (part, gone):
        page = coordinator.get(f"/granska/{reference}/svar")
        assert "Går inte att besvara" in page.text
        assert 'name="cause"' not in page.text
        form = {"cause": CAUSE, "action": ACTION, "action_kind": "taken", **coordinator.tokens("/rapportera")}
        form["version"] = str(report_of(site, reference).version)
        assert coordinator.post(f"/granska/{reference}/svar", data=form).status_code == 422
    assert site.count(Answer) == 0


def test_what_was_merged_is_answered_with_its_main_report(site: Site) -> None:
    mailed = {"wants_feedback": "1", "feedback_email": "handlaggare@example.org"}
    main = site.sign_in("reporter").file_report(**mailed)
    colleague = site.sign_in("colleague")
    part = colleague.file_report(reporting_unit="psykiatri", counterpart="forsorjningsstod", **mailed)
    coordinator = site.sign_in("coordinator")
    decide(coordinator, site, part, destination="merge", merge_into=main, counterpart="forsorjningsstod")
    write(coordinator, site, main)
    page = colleague.get(f"/mina-rapporter/{part}").text
    assert CAUSE in page
    assert main not in page, "another person's report is not named"
    assert "Jag har läst svaret" not in page
    with site.database.read() as session:
        told = session.execute(select(Delivery.kind, Delivery.reference).order_by(Delivery.reference)).all()
    assert [tuple(row) for row in told] == [(DeliveryKind.ANSWER, main), (DeliveryKind.ANSWER, part)]


def test_another_areas_report_cannot_be_answered(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    for name in ("neighbour", "far-coordinator", "member", "administrator", "reporter"):
        visitor = site.sign_in(name)
        assert visitor.get(f"/granska/{reference}/svar").status_code == 404
        form = {"cause": CAUSE, "action": ACTION, "action_kind": "taken", "version": "1", **visitor.tokens("/om")}
        assert visitor.post(f"/granska/{reference}/svar", data=form).status_code == 404
    assert site.count(Answer) == 0


def test_the_review_page_and_the_list_lead_to_the_answer(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    coordinator = site.sign_in("coordinator")
    for page in (f"/granska/{reference}", f"/avvikelser/{reference}"):
        assert f'href="/granska/{reference}/svar"' in coordinator.get(page).text, page
    write(coordinator, site, reference)
    assert "Visa svaret" in coordinator.get(f"/avvikelser/{reference}").text


def test_a_report_is_found_by_its_number(site: Site) -> None:
    reporter = site.sign_in("reporter")
    reference = reporter.file_report()
    found = reporter.get(f"/mina-rapporter?nummer=+{reference.lower()}+")
    assert (found.status_code, found.location) == (303, f"/mina-rapporter/{reference}")
    assert 'role="search"' in reporter.get("/mina-rapporter").text


def test_a_number_that_is_not_ones_own_is_not_found(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    colleague = site.sign_in("colleague")
    for number in (reference, "LH-2026-9999", "<b>x</b>", "x" * 5000, "%", "\ud800"):
        answer = colleague.get("/mina-rapporter", query_string={"nummer": number.encode("utf-8", "replace")})
        assert answer.status_code == 200
        assert "Du har ingen rapport med det numret" in answer.text
        assert "<b>x" not in answer.text


def test_nothing_of_it_is_in_the_log(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    reference = site.sign_in("reporter").file_report()
    write(site.sign_in("coordinator"), site, reference)
    told = caplog.text
    assert "answered_report" in told
    assert "brevlåda" not in told
