"""Drafts: put aside for seven days, opened again, and never a hole in the guard against personal data."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from sqlalchemy import select

from models import Draft, Report
from tests.site import TEXT, Site, Visitor, report_answers

HALF = "Halvfärdig text om en remiss."


def save(visitor: Visitor, **answers: str) -> None:
    assert visitor.send(do="draft", **answers).status_code == 303


def links(visitor: Visitor) -> list[str]:
    """The addresses of the drafts in one's list."""
    found = re.findall(r'href="(/rapportera\?utkast=\d+)"', visitor.get("/mina-rapporter").text)
    return [html.unescape(address) for address in found]


def delete_address(visitor: Visitor) -> str:
    found = re.search(r'action="(/mina-rapporter/utkast/\d+/ta-bort)"', visitor.get("/mina-rapporter").text)
    assert found
    return found.group(1)


def csrf(visitor: Visitor) -> dict[str, str]:
    return {"csrf_token": visitor.tokens()["csrf_token"]}


def test_a_half_done_form_is_saved_listed_and_opened_with_everything_in_it(site: Site) -> None:
    visitor = site.sign_in("reporter")
    save(visitor, counterpart="", description=HALF, occurred="", recurrence="often", occurred_on="nyss")
    assert HALF in visitor.get("/mina-rapporter").text
    [address] = links(visitor)
    opened = visitor.get(address).text
    assert HALF in opened
    assert 'value="nyss"' in opened
    assert re.search(r'name="recurrence" value="often"[^>]* checked', opened)
    assert site.count(Report) == 0


def test_saving_again_keeps_one_draft(site: Site) -> None:
    visitor = site.sign_in("reporter")
    form = report_answers() | visitor.tokens() | {"do": "draft"}
    for text in (HALF, TEXT):
        visitor.post("/rapportera", data=form | {"description": text})
    assert len(links(visitor)) == 1
    assert TEXT in visitor.get(links(visitor)[0]).text


def test_sending_an_opened_draft_files_it_once_and_deletes_it(site: Site) -> None:
    visitor = site.sign_in("reporter")
    save(visitor)
    form = report_answers() | visitor.tokens(links(visitor)[0])
    assert [visitor.post("/rapportera", data=form).status_code for _ in range(2)] == [303, 303]
    assert (site.count(Report), site.count(Draft)) == (1, 0)


def test_a_draft_of_a_form_that_was_sent_goes_with_the_report_that_it_becomes(site: Site) -> None:
    """Sent in one tab, put aside in another with other words, and sent from there after all."""
    visitor = site.sign_in("reporter")
    form = report_answers() | visitor.tokens()
    other = form | {"description": "Mötet blev inställt två gånger och ingen bokade ett nytt."}
    assert visitor.post("/rapportera", data=form).status_code == 303
    visitor.post("/rapportera", data=other | {"do": "draft"})
    asked = visitor.post("/rapportera", data=other)
    assert (asked.status_code, site.count(Draft)) == (409, 1)
    hidden = dict(re.findall(r'name="(form_key|again)" value="([^"]*)"', asked.text))
    assert visitor.post("/rapportera", data=other | hidden).status_code == 303
    assert (site.count(Report), site.count(Draft)) == (2, 0)


def test_a_draft_of_what_is_sent_already_goes_when_it_leads_to_the_receipt(site: Site) -> None:
    visitor = site.sign_in("reporter")
    form = report_answers() | visitor.tokens()
    for do in ("send", "draft", "send"):
        assert visitor.post("/rapportera", data=form | {"do": do}).status_code == 303
    assert (site.count(Report), site.count(Draft)) == (1, 0)


def test_the_writer_is_told_what_became_of_a_draft(site: Site) -> None:
    visitor = site.sign_in("reporter")
    empty = {"counterpart": "", "description": " ", "occurred": "", "do": "draft"}
    refused = visitor.send(**empty)
    assert (refused.status_code, site.count(Draft)) == (422, 0)
    assert "Det finns inget att spara än" in refused.text
    stopped = visitor.send(do="draft", description="Personen 850312-1234 fick vänta länge på svar.")
    assert "Utkastet är inte sparat" in stopped.text
    assert "Rapporten är inte skickad" not in stopped.text
    save(visitor, description="Remissen " * 20)
    listed = visitor.get("/mina-rapporter").text
    assert "Utkastet är sparat." in listed
    assert f">{'Remissen ' * 7}…<" in listed


def test_a_draft_is_deleted_by_its_owner(site: Site) -> None:
    visitor = site.sign_in("reporter")
    save(visitor)
    assert visitor.post(delete_address(visitor), data=csrf(visitor)).status_code == 303
    assert site.count(Draft) == 0


def test_another_persons_draft_is_not_there(site: Site) -> None:
    owner = site.sign_in("reporter")
    save(owner)
    address, delete = links(owner)[0], delete_address(owner)
    for name in ("colleague", "coordinator", "far-reporter"):
        stranger = site.sign_in(name)
        assert links(stranger) == []
        assert stranger.get(address).status_code == 404
        assert stranger.post(delete, data=csrf(stranger)).status_code == 404
    assert site.count(Draft) == 1


def test_a_draft_is_gone_after_seven_days(site: Site) -> None:
    visitor = site.sign_in("reporter")
    save(visitor)
    address, delete = links(visitor)[0], delete_address(visitor)
    with site.database.write() as session:
        session.scalars(select(Draft)).one().saved_at = site.moment - timedelta(days=7, seconds=-1)
    assert links(visitor) == [address]
    with site.database.write() as session:
        session.scalars(select(Draft)).one().saved_at = site.moment - timedelta(days=7)
    assert links(visitor) == []
    assert visitor.get(address).status_code == 404
    assert visitor.post(delete, data=csrf(visitor)).status_code == 404


def test_a_number_in_the_date_field_is_not_put_aside_either(site: Site) -> None:
    visitor = site.sign_in("reporter")
    assert visitor.send(do="draft", occurred_on="850312-1234").status_code == 422
    assert site.count(Draft) == 0
    save(visitor, occurred_on="2026-11-14")


def test_a_draft_under_a_forged_key_is_not_saved_and_its_text_is_kept(site: Site) -> None:
    response = site.sign_in("reporter").send(do="draft", form_key="forged")
    assert response.status_code == 422
    assert TEXT in response.text
    assert site.count(Draft) == 0
