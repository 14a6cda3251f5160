"""A sign-in that ran out, a lost token, a sign-in page that stood open: the text that was being written survives."""

from __future__ import annotations

import html
import re
from typing import Any

from models import Draft, Report
from tests.site import PASSWORD, TEXT, Site, Visitor, address_of, report_answers

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def hidden(page: str) -> dict[str, list[str]]:
    """What a page's form carries along unseen."""
    found: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(page.split("<main")[1]):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def sign_in_again(visitor: Visitor, page: str, name: str = "reporter", password: str = PASSWORD) -> Any:
    return visitor.post("/logga-in", data=hidden(page) | {"email": address_of(name), "password": password})


def filled(visitor: Visitor, **answers: Any) -> dict[str, Any]:
    return report_answers() | visitor.tokens() | answers


def test_the_text_survives_a_sign_in_that_ran_out_and_can_be_sent_then(site: Site) -> None:
    visitor = site.sign_in("reporter")
    form = filled(visitor, description=f"{TEXT} <b>&amp;", consequence=["delayed", "no_income"], do="send")
    site.advance(minutes=31)
    asked = visitor.post("/rapportera", data=form)
    assert (asked.status_code, site.count(Report)) == (200, 0)
    assert "Din text finns kvar och följer med när du loggar in." in asked.text
    back = sign_in_again(visitor, asked.text)
    assert back.status_code == 200
    assert f"{TEXT} <b>&amp;" in html.unescape(back.text)
    assert len(re.findall(r'name="consequence" value="(?:delayed|no_income)"[^>]* checked', back.text)) == 2
    again = form | {name: values[0] for name, values in hidden(back.text).items()}
    assert visitor.post("/rapportera", data=again).status_code == 303
    assert site.only_report().consequences == ["delayed", "no_income"]


def test_the_text_survives_a_wrong_password_in_between(site: Site) -> None:
    visitor = site.sign_in("reporter")
    form = filled(visitor)
    site.advance(minutes=31)
    asked = visitor.post("/rapportera", data=form)
    wrong = sign_in_again(visitor, asked.text, password="fel lösenord, tyvärr")
    assert wrong.status_code == 422
    assert TEXT in sign_in_again(visitor, wrong.text).text


def test_the_text_survives_when_the_cookie_itself_is_gone(site: Site) -> None:
    visitor = site.sign_in("reporter")
    form = filled(visitor)
    visitor.delete_cookie("lexheller")
    asked = visitor.post("/rapportera", data=form)
    assert TEXT in html.unescape(asked.text)
    assert TEXT in sign_in_again(visitor, asked.text).text
    assert site.count(Report) == 0


def test_a_draft_that_came_too_late_survives_too(site: Site) -> None:
    visitor = site.sign_in("reporter")
    form = filled(visitor, do="draft")
    site.advance(hours=11)
    back = sign_in_again(visitor, visitor.post("/rapportera", data=form).text)
    assert TEXT in back.text
    assert (site.count(Report), site.count(Draft)) == (0, 0)


def test_a_lost_token_files_nothing_and_gives_the_text_back_ready_to_send(site: Site) -> None:
    visitor = site.sign_in("reporter")
    for token in ("", "forged", None):
        form = {name: value for name, value in filled(visitor, csrf_token=token).items() if value is not None}
        back = visitor.post("/rapportera", data=form)
        assert TEXT in back.text
        assert "Sidan har varit öppen för länge. Din text finns kvar. Skicka igen." in back.text
    assert site.count(Report) == 0
    again = form | {name: values[0] for name, values in hidden(back.text).items()}
    assert visitor.post("/rapportera", data=again).status_code == 303


def test_a_sign_in_page_that_stood_open_too_long_keeps_the_text(site: Site) -> None:
    """In another tab of the same browser somebody signed in meanwhile, so this page's token is worth nothing."""
    visitor = site.sign_in("reporter")
    form = filled(visitor)
    site.advance(minutes=31)
    asked = visitor.post("/rapportera", data=form).text
    visitor.delete_cookie("lexheller")
    stale = sign_in_again(visitor, asked)
    assert stale.status_code == 422
    assert TEXT in html.unescape(stale.text)
    assert TEXT in sign_in_again(visitor, stale.text).text


def test_only_the_forms_own_fields_are_carried_along(site: Site) -> None:
    visitor = site.sign_in("reporter")
    form = {f"field-{number}": "x" for number in range(5000)} | filled(visitor)
    visitor.delete_cookie("lexheller")
    carried = hidden(visitor.post("/rapportera", data=form).text)
    assert len(carried) < 30
    assert carried["kept-description"] == [TEXT]
    assert "kept-csrf_token" not in carried


def test_a_report_that_was_sent_before_is_not_filed_again_after_the_sign_in(site: Site) -> None:
    visitor = site.sign_in("reporter")
    form = filled(visitor)
    assert visitor.post("/rapportera", data=form | {"do": "draft"}).status_code == 303
    site.advance(minutes=31)
    back = sign_in_again(visitor, visitor.post("/rapportera", data=form).text)
    again = form | {name: values[0] for name, values in hidden(back.text).items()}
    assert [visitor.post("/rapportera", data=again).status_code for _ in range(2)] == [303, 303]
    assert (site.count(Report), site.count(Draft)) == (1, 0)


def test_the_text_does_not_follow_another_person_who_signs_in(site: Site) -> None:
    for name in ("colleague", "coordinator", "member"):
        visitor = site.sign_in("reporter")
        form = filled(visitor)
        site.advance(minutes=31)
        asked = visitor.post("/rapportera", data=form).text
        away = sign_in_again(visitor, asked, name=name)
        assert (away.status_code, away.location) == (302, "/"), name
        shown = visitor.get("/", follow_redirects=True).text
        assert "Texten på inloggningssidan hörde till ett annat konto. Den är inte sparad." in shown, name
        assert TEXT not in shown, name


def test_a_text_that_nobody_of_ours_wrote_is_not_kept(site: Site) -> None:
    for key in ({}, {"form_key": "forged"}):
        asked = site.visitor().post("/rapportera", data=report_answers() | key).text
        assert TEXT not in asked
        assert not [name for name in hidden(asked) if name.startswith("kept-")]


def test_who_may_not_report_gets_no_form_by_a_detour(site: Site) -> None:
    member = site.sign_in("member")
    assert member.post("/rapportera", data=report_answers()).status_code == 404
    visitor = site.visitor()
    asked = visitor.post("/rapportera", data=report_answers()).text
    assert "<textarea" not in sign_in_again(visitor, asked, name="member").text
