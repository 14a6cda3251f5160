"""One rendered form becomes one report, however often, however fast and by whomever it is sent."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from werkzeug.test import TestResponse

from models import Outbox, Report
from tests.site import TEXT, Site, Visitor, report_answers
from webapp import form_key

COOKIE = "lexheller"
THREADS = 20


def filled(visitor: Visitor) -> dict[str, str]:
    """A right report on one rendered form."""
    return report_answers() | visitor.tokens()


def twin(site: Site, visitor: Visitor) -> Visitor:
    """The same person in the same browser, in a thread of its own."""
    cookie = visitor.get_cookie(COOKIE)
    assert cookie
    other = site.visitor()
    other.set_cookie(COOKIE, cookie.value)
    return other


def send_at_once(site: Site, visitor: Visitor, forms: list[dict[str, str]]) -> list[TestResponse]:
    """Send forms in as many threads at the same moment."""
    start = Barrier(len(forms))
    visitors = [twin(site, visitor) for _ in forms]

    def send(index: int) -> TestResponse:
        start.wait()
        return visitors[index].post("/rapportera", data=forms[index])

    with ThreadPoolExecutor(len(forms)) as pool:
        return list(pool.map(send, range(len(forms))))


def test_the_same_form_sent_again_leads_to_the_same_receipt(site: Site) -> None:
    visitor = site.sign_in("reporter")
    form = filled(visitor)
    responses = [visitor.post("/rapportera", data=form) for _ in range(3)]
    assert [response.status_code for response in responses] == [303] * 3
    assert {response.location for response in responses} == {"/rapportera/kvitto/LH-2026-0001"}
    assert (site.count(Report), site.count(Outbox)) == (1, 1)


def test_the_same_form_in_twenty_threads_at_once_gives_one_report_and_one_receipt(site: Site) -> None:
    visitor = site.sign_in("reporter")
    responses = send_at_once(site, visitor, [filled(visitor)] * THREADS)
    assert [response.status_code for response in responses] == [303] * THREADS
    assert {response.location for response in responses} == {"/rapportera/kvitto/LH-2026-0001"}
    assert (site.count(Report), site.count(Outbox)) == (1, 1)


def test_twenty_forms_at_once_get_twenty_numbers_without_a_gap(site: Site) -> None:
    visitor = site.sign_in("reporter")
    responses = send_at_once(site, visitor, [filled(visitor) for _ in range(THREADS)])
    numbers = sorted(response.location.rsplit("-", 1)[1] for response in responses)
    assert numbers == [f"{number:04d}" for number in range(1, THREADS + 1)]


def test_reloading_the_receipt_files_nothing(site: Site) -> None:
    visitor = site.sign_in("reporter")
    receipt = visitor.send().location
    assert visitor.get(receipt).text == visitor.get(receipt).text
    assert site.count(Report) == 1


def test_the_same_form_with_another_text_is_asked_about_and_the_text_is_kept(site: Site) -> None:
    visitor = site.sign_in("reporter")
    form = filled(visitor)
    visitor.post("/rapportera", data=form)
    other = "Mötet blev inställt två gånger och ingen bokade ett nytt."
    asked = visitor.post("/rapportera", data=form | {"description": other})
    assert asked.status_code == 409
    assert "<title>Fel: " in asked.text
    assert other in asked.text
    assert "redan skickad och har numret LH-2026-0001" in asked.text
    assert site.only_report().description == TEXT


def test_a_corrected_answer_under_the_same_form_is_not_lost_in_silence(site: Site) -> None:
    """Who goes back and mends the counterpart must not be shown a receipt for the wrong one."""
    visitor = site.sign_in("reporter")
    form = filled(visitor)
    visitor.post("/rapportera", data=form)
    for change in ({"counterpart": "primarvard"}, {"occurred": "today"}, {"suggestion": "En brevlåda."}):
        assert visitor.post("/rapportera", data=form | change).status_code == 409
    assert site.count(Report) == 1


def test_the_form_that_asks_can_be_sent_as_a_new_report(site: Site) -> None:
    visitor = site.sign_in("reporter")
    form = filled(visitor)
    visitor.post("/rapportera", data=form)
    other = form | {"description": "Mötet blev inställt två gånger och ingen bokade ett nytt."}
    asked = visitor.post("/rapportera", data=other)
    new_key = asked.text.split('name="form_key" value="')[1].split('"')[0]
    assert visitor.post("/rapportera", data=other | {"form_key": new_key}).location.endswith("LH-2026-0002")


def test_the_same_words_on_a_fresh_form_are_asked_about_first(site: Site) -> None:
    visitor = site.sign_in("reporter")
    visitor.post("/rapportera", data=filled(visitor))
    fresh = filled(visitor) | {"again": ""}
    asked = [visitor.post("/rapportera", data=fresh) for _ in range(2)][-1]
    assert asked.status_code == 409
    assert TEXT in asked.text
    assert "redan skickad och har numret LH-2026-0001" in asked.text
    assert site.count(Report) == 1
    hidden = dict(re.findall(r'name="(form_key|again)" value="([^"]*)"', asked.text))
    assert hidden["again"] == fresh["form_key"]
    assert visitor.post("/rapportera", data=fresh | hidden).location.endswith("LH-2026-0002")


def test_another_event_another_day_and_a_report_taken_back_are_not_asked_about(site: Site) -> None:
    visitor = site.sign_in("reporter")

    def send(**answers: str) -> int:
        return visitor.post("/rapportera", data=filled(visitor) | {"again": ""} | answers).status_code

    assert send() == 303
    assert send(counterpart="primarvard") == send(area="aneby") == send(description=TEXT + " Igen.") == 303
    assert send() == 409
    assert send(again="forged") == 409
    page = "/mina-rapporter/LH-2026-0001"
    visitor.post(f"{page}/ta-tillbaka", data=visitor.tokens(page) | {"withdrawal": "Fel verksamhet"})
    assert send() == 303
    site.advance(days=1, minutes=1)
    assert site.sign_in("reporter").send(again="").status_code == 303


def test_a_forged_key_files_nothing_and_keeps_the_text(site: Site) -> None:
    visitor = site.sign_in("reporter")
    for key in ("", "abc", "a.b", filled(visitor)["form_key"] + "x", "\x00", "ö" * 500):
        response = visitor.post("/rapportera", data=filled(visitor) | {"form_key": key})
        assert response.status_code == 422
        assert "<title>Fel: " in response.text
        assert TEXT in response.text
        assert "Din text finns kvar. Skicka igen." in response.text
    assert site.count(Report) == 0


def test_another_persons_key_files_nothing(site: Site) -> None:
    reporter, colleague = site.sign_in("reporter"), site.sign_in("colleague")
    form = filled(reporter)
    answers = filled(colleague) | {"reporting_unit": "psykiatri", "counterpart": "sjukpenning"}
    assert colleague.post("/rapportera", data=answers | {"form_key": form["form_key"]}).status_code == 422
    assert reporter.post("/rapportera", data=form).status_code == 303
    assert site.count(Report) == 1


def test_a_key_signed_with_another_secret_is_not_ours(site: Site) -> None:
    visitor = site.sign_in("reporter")
    form = filled(visitor)
    secret = site.app.config["SECRET_KEY"]
    site.app.config["SECRET_KEY"] = "another secret that somebody guessed"
    with site.app.app_context():
        forged = form_key.make(1)
    site.app.config["SECRET_KEY"] = secret
    assert visitor.post("/rapportera", data=form | {"form_key": forged}).status_code == 422
