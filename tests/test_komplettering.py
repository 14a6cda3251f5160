"""A question to the reporter and its answer, a report that is taken back, and what the reporter sees of it all."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models import Delivery, InfoRequest, Report, Review
from models.delivery import DeliveryKind
from models.report import ReportState
from tests.desk import decide, give_post, moves, report_of, send
from tests.site import Site

QUESTION = "Vilken mottagning gällde det?"
ANSWER = "Det var mottagningen i den norra kommundelen."


def ask(site: Site, reference: str) -> None:
    answer = decide(site.sign_in("coordinator"), site, reference, destination="ask", question=QUESTION)
    assert answer.status_code == 303


def test_a_question_is_answered_on_the_reporters_own_page(site: Site) -> None:
    reporter = site.sign_in("reporter")
    reference = reporter.file_report()
    ask(site, reference)
    page = f"/mina-rapporter/{reference}"
    assert report_of(site, reference).state is ReportState.NEEDS_INFO
    assert QUESTION in reporter.get(page).text
    assert "Inget svar än" in site.sign_in("coordinator").get("/granska").text
    site.advance(minutes=10)
    assert send(reporter, page, f"{page}/komplettering", completion=ANSWER).status_code == 303
    with site.database.read() as session:
        row = session.scalars(select(InfoRequest)).one()
    assert (row.question, row.answer, row.answered_at) == (QUESTION, ANSWER, site.moment)
    assert report_of(site, reference).state is ReportState.IN_REVIEW
    assert moves(site, reference)[-1] == ("in_review", "Handläggare reporter", "Rapportören har svarat")
    coordinator = site.sign_in("coordinator")
    queue = coordinator.get("/granska").text
    assert "Svar har kommit" in queue
    assert queue.count(f'href="/granska/{reference}"') == 2  # in the queue again, and first of the answered
    assert ANSWER in coordinator.get(f"/granska/{reference}").text
    assert 'name="completion"' not in reporter.get(page).text


def test_answered_questions_come_first(site: Site) -> None:
    reporter = site.sign_in("reporter")
    filed = [reporter.file_report() for _ in range(2)]
    for reference in filed:
        ask(site, reference)
    page = f"/mina-rapporter/{filed[1]}"
    send(reporter, page, f"{page}/komplettering", completion=ANSWER)
    listed = site.sign_in("coordinator").get("/granska").text.split("Behöver komplettering")[1]
    assert listed.index(filed[1]) < listed.index(filed[0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Skriv ditt svar"),
        ("Personen är 19121212-1212", "något som liknar ett personnummer"),
        ("Det var Anna Svensson som svarade", "bekräfta att det inte är ett namn"),
    ],
)
def test_an_answer_is_screened_and_the_typed_text_comes_back(site: Site, text: str, message: str) -> None:
    reporter = site.sign_in("reporter")
    reference = reporter.file_report()
    ask(site, reference)
    page = f"/mina-rapporter/{reference}"
    answer = send(reporter, page, f"{page}/komplettering", completion=text)
    assert answer.status_code == 422
    assert message in answer.text
    assert text in answer.text
    assert report_of(site, reference).state is ReportState.NEEDS_INFO


def test_an_answer_to_no_question_is_refused_and_kept(site: Site) -> None:
    reporter = site.sign_in("reporter")
    reference = reporter.file_report()
    page = f"/mina-rapporter/{reference}"
    answer = send(reporter, page, f"{page}/komplettering", completion=ANSWER)
    assert answer.status_code == 422
    assert "Frågan är inte längre öppen" in answer.text
    assert report_of(site, reference).version == 1


def test_a_mail_says_that_there_is_a_question_but_not_which(site: Site) -> None:
    reporter = site.sign_in("reporter")
    quiet = reporter.file_report(wants_feedback=None)
    reference = reporter.file_report(wants_feedback="1", feedback_email="handlaggare@example.org")
    for one in (quiet, reference):
        ask(site, one)
    with site.database.read() as session:
        delivery = session.scalars(select(Delivery)).one()
    assert (delivery.kind, delivery.reference) == (DeliveryKind.QUESTION, reference)
    assert QUESTION not in str(vars(delivery))


@pytest.mark.parametrize("state", [ReportState.RECEIVED, ReportState.IN_REVIEW, ReportState.NEEDS_INFO])
def test_a_report_is_taken_back_while_nobody_has_passed_it_on(site: Site, state: ReportState) -> None:
    reporter = site.sign_in("reporter")
    reference = reporter.file_report()
    if state is ReportState.NEEDS_INFO:
        ask(site, reference)
    elif state is ReportState.IN_REVIEW:
        decide(site.sign_in("coordinator"), site, reference, destination="stay")
    page = f"/mina-rapporter/{reference}"
    assert send(reporter, page, f"{page}/ta-tillbaka", withdrawal="Jag skrev fel verksamhet").status_code == 303
    assert report_of(site, reference).state is ReportState.WITHDRAWN
    assert moves(site, reference)[-1][2] == "Jag skrev fel verksamhet"
    assert "Du har tagit tillbaka rapporten" in reporter.get(page).text
    assert f'href="/granska/{reference}"' not in site.sign_in("coordinator").get("/granska").text


def test_taking_back_asks_why(site: Site) -> None:
    reporter = site.sign_in("reporter")
    reference = reporter.file_report()
    page = f"/mina-rapporter/{reference}"
    answer = send(reporter, page, f"{page}/ta-tillbaka", withdrawal="  ")
    assert answer.status_code == 422
    assert "Skriv varför du tar tillbaka rapporten" in answer.text
    assert report_of(site, reference).state is ReportState.RECEIVED


def test_what_others_work_with_is_not_taken_back(site: Site) -> None:
    reporter = site.sign_in("reporter")
    reference = reporter.file_report()
    decide(site.sign_in("coordinator"), site, reference)
    page = f"/mina-rapporter/{reference}"
    assert "Ta tillbaka rapporten" not in reporter.get(page).text
    answer = send(reporter, "/mina-rapporter", f"{page}/ta-tillbaka", withdrawal="Jag ångrar mig")
    assert answer.status_code == 422
    assert "En rapport i läget ”Hos part” kan inte få läget ”Återtagen”" in answer.text
    assert report_of(site, reference).state is ReportState.WITH_PARTY


def test_only_the_reporter_answers_and_takes_back(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    ask(site, reference)
    for name in ("colleague", "coordinator", "far-reporter"):
        stranger = site.sign_in(name)
        for address, text in (("komplettering", "completion"), ("ta-tillbaka", "withdrawal")):
            answer = send(stranger, "/mina-rapporter", f"/mina-rapporter/{reference}/{address}", **{text: ANSWER})
            assert answer.status_code == 404
    assert report_of(site, reference).state is ReportState.NEEDS_INFO


def test_the_reporter_sees_who_has_it_until_when_and_what_has_happened(site: Site) -> None:
    post = give_post(site, "coordinator", "savsjo")
    reporter = site.sign_in("reporter")
    reference = reporter.file_report()
    fresh = reporter.get(f"/mina-rapporter/{reference}").text
    for words in ("Rapporten är mottagen", post.title, "23 november 2026", "15 januari 2027"):
        assert words in fresh
    site.advance(minutes=5)
    decide(site.sign_in("coordinator"), site, reference)
    later = reporter.get(f"/mina-rapporter/{reference}").text
    assert "Koordinatorn tar upp det med den andra verksamheten" in later
    assert "Granskas senast" not in later
    assert "Samverkanskoordinator coordinator" in later
    assert site.count(Review) == 1


def promised(site: Site, reference: str) -> list[str]:
    """Which due days the reporter sees."""
    page = site.sign_in("reporter").get(f"/mina-rapporter/{reference}").text
    return [words for words in ("Granskas senast", "Besvaras senast") if words in page]


def put(site: Site, reference: str, state: ReportState, answered: bool = False) -> None:
    with site.database.write() as session:
        report = session.scalars(select(Report).where(Report.reference == reference)).one()
        report.state, report.answered_at = state, site.moment if answered else None


def test_due_days_are_shown_only_while_they_are_owed(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    settled = ("answered", "closed", "referred", "withdrawn")
    for state in ReportState:
        put(site, reference, state)
        owed = [*(["Granskas senast"] if state is ReportState.RECEIVED else []), "Besvaras senast"]
        assert state is ReportState.MERGED or promised(site, reference) == ([] if state.value in settled else owed)


def test_a_merged_report_owes_an_answer_until_the_main_one_has_it(site: Site) -> None:
    main, part = (site.sign_in("reporter").file_report() for _ in range(2))
    decide(site.sign_in("coordinator"), site, part, destination="merge", merge_into=main)
    assert report_of(site, part).state is ReportState.MERGED
    assert promised(site, part) == ["Besvaras senast"]
    put(site, main, ReportState.IN_REVIEW, answered=True)
    assert promised(site, part) == []
