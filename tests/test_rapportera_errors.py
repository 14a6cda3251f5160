"""Every message of the report form: said above it and at its field, with everything that was typed still there."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from models import Draft, Outbox, Report, Slice
from tests.site import TEXT, Site

CHOICE = "Välj ett av alternativen"
EMAIL = "Skriv en e-postadress som namn@kommun.se"
DATE = "Skriv datumet som ÅÅÅÅ-MM-DD, till exempel 2026-11-14"
OUTSIDE = "Datumet passar inte ihop med svaret på när det hände"
SHORT = "Beskriv vad som hände med minst 20 bokstäver"
AREA, UNIT = "Välj kommunområde", "Välj vilken verksamhet du rapporterar för"
COUNTERPART = "Välj vilken motpart rapporten gäller"
LONG = "Texten är 7 tecken för lång. Korta den till högst 1 500 tecken"

# What is changed in an otherwise right report, the field that is wrong, and what is said about it.
MISTAKES: list[tuple[dict[str, Any], str, str]] = [
    ({"area": ""}, "area", AREA),
    ({"area": None}, "area", AREA),
    ({"area": "atlantis"}, "area", AREA),
    ({"area": "nassjo"}, "area", AREA),  # an area of the federation, but not of this reporter
    ({"area": "habo"}, "area", AREA),  # another federation's
    ({"reporting_unit": ""}, "reporting_unit", UNIT),
    ({"reporting_unit": "sjukpenning"}, "reporting_unit", UNIT),  # another party's
    ({"reporting_unit": "annan"}, "reporting_unit", UNIT),
    ({"counterpart": None}, "counterpart", COUNTERPART),
    ({"counterpart": "tandvarden"}, "counterpart", COUNTERPART),
    ({"counterpart": "forsorjningsstod"}, "counterpart", "Välj en annan verksamhet än din egen"),
    ({"counterpart": "annan"}, "counterpart_other", "Skriv vilken annan verksamhet det gäller"),
    ({"counterpart": "annan", "counterpart_other": "   "}, "counterpart_other", "Skriv vilken annan verksamhet"),
    ({"counterpart": "annan", "counterpart_other": "x" * 121}, "counterpart_other", "Skriv högst 120 tecken"),
    ({"other_actors": ["psykiatri"]}, "other_actors", "Välj andra verksamheter än motparten"),
    ({"other_actors": ["tandvarden"]}, "other_actors", "Välj andra verksamheter än motparten"),
    ({"description": None}, "description", SHORT),
    ({"description": ""}, "description", SHORT),
    ({"description": "   \n\t  "}, "description", SHORT),
    ({"description": "\x00" * 30}, "description", SHORT),
    ({"description": "\u200b" * 30}, "description", SHORT),
    ({"description": "\u200d" * 30}, "description", SHORT),
    ({"description": "Nej." + "\u2060\ufeff\u00ad" * 10 + "!"}, "description", SHORT),
    ({"description": "a" + "\u200d" * 30 + "b"}, "description", SHORT),
    ({"counterpart": "annan", "counterpart_other": "\u200b"}, "counterpart_other", "Skriv vilken annan verksamhet"),
    ({"description": "Ingen svarade alls."}, "description", SHORT),
    ({"description": "🙂" * 22}, "description", SHORT),
    ({"description": ". " * 20}, "description", SHORT),
    ({"description": "2026-11-14 kl 13.00, 14.00, 15.00 och 16.00"}, "description", SHORT),
    ({"description": "å" * 1507}, "description", LONG),
    ({"occurred": None}, "occurred", "Välj när det hände"),
    ({"occurred": "nyss"}, "occurred", "Välj när det hände"),
    ({"occurred_on": "14/11"}, "occurred_on", DATE),
    ({"occurred_on": "2026-02-30"}, "occurred_on", "Det datumet finns inte"),
    ({"occurred_on": "2026-11-17"}, "occurred_on", "Datumet kan inte ligga i framtiden"),
    ({"occurred_on": "2016-11-14", "occurred": "earlier"}, "occurred_on", "Kontrollera året"),
    ({"occurred_on": "2026-11-15", "occurred": "today"}, "occurred_on", OUTSIDE),
    ({"occurred_on": "2026-11-08"}, "occurred_on", OUTSIDE),
    ({"occurred_on": "2026-10-15", "occurred": "month"}, "occurred_on", OUTSIDE),
    ({"consequence": ["delayed", "unknown"]}, "consequence", "Välj antingen följder eller Vet inte"),
    ({"consequence": ["gladje"]}, "consequence", CHOICE),
    ({"recurrence": "ibland"}, "recurrence", CHOICE),
    ({"reporter_category": "pengar"}, "reporter_category", CHOICE),
    ({"raised_directly": "kanske"}, "raised_directly", CHOICE),
    ({"suggestion": "x" * 501}, "suggestion", "Korta förslaget till högst 500 tecken"),
    ({"wants_feedback": "1", "feedback_email": ""}, "feedback_email", EMAIL),
    ({"wants_feedback": "1", "feedback_email": "namn@kommun"}, "feedback_email", EMAIL),
    ({"wants_feedback": "1", "feedback_email": f"{'n' * 300}@kommun.se"}, "feedback_email", EMAIL),
    ({"may_paraphrase": "kanske"}, "may_paraphrase", CHOICE),
    ({"description": f"{TEXT} Det gällde Anna Svensson."}, "pii_confirmed", "Ta bort ”Anna Svensson” eller bekräfta"),
]

PERSONAL = [
    ("Det gäller 850312-1234 sedan i våras.", "ett personnummer"),
    ("Det gäller 19850372-1234 sedan i våras.", "ett samordningsnummer"),
    ("Ring 070-123 45 67 om det här ärendet.", "ett telefonnummer"),
    ("Skriv till anna.svensson@kommun.se om det här.", "en e-postadress"),
    ("Det gäller ärende dnr 2026/12345 hos oss.", "ett ärendenummer"),
]


def test_each_mistake_is_said_above_the_form_and_at_its_field_and_stores_nothing(site: Site) -> None:
    visitor = site.sign_in("reporter")
    tokens = visitor.tokens()
    for changes, field, message in MISTAKES:
        response = visitor.send(**tokens | changes)
        assert response.status_code == 422, changes
        assert "<title>Fel: " in response.text, changes
        summary = response.text.split('class="lh-error-summary"')[1].split("</div>")[0]
        assert f'<a href="#{field}">{message}' in summary, (changes, summary)
        assert f'id="{field}"' in response.text, changes
        at_field = re.search(f'id="{field}-error"><span class="lh-vh">Fel: </span>([^<]*)', response.text)
        assert at_field, changes
        assert at_field.group(1).startswith(message), changes
        assert_kept(changes, html.unescape(response.text))
    assert [site.count(table) for table in (Report, Outbox, Draft, Slice)] == [0, 0, 0, 0]


def assert_kept(changes: dict[str, Any], shown: str) -> None:
    """What was typed is still in the form, as it was typed."""
    for name, typed in ({"description": TEXT} | changes).items():
        if name in ("description", "suggestion", "occurred_on", "feedback_email", "counterpart_other"):
            assert str(typed or "").strip("\x00").strip() in shown, (changes, name)
    if "occurred" not in changes:
        assert re.search(r'name="occurred" value="week"[^>]* checked', shown), changes


def test_several_mistakes_are_listed_in_the_order_of_the_form(site: Site) -> None:
    response = site.sign_in("reporter").send(counterpart=None, description="kort", occurred=None, recurrence="x")
    summary = response.text.split('class="lh-error-summary"')[1].split("</div>")[0]
    found = re.findall(r'<a href="#(\w+)"', summary)
    assert found == ["counterpart", "description", "occurred", "recurrence"]


@pytest.mark.parametrize("field", ["description", "suggestion", "counterpart_other"])
def test_what_points_to_a_person_is_stopped_in_every_free_text(site: Site, field: str) -> None:
    visitor = site.sign_in("reporter")
    other = {"counterpart": "annan", "counterpart_other": "Kriminalvården", "pii_confirmed": "1"} | visitor.tokens()
    for words, kind in PERSONAL:
        for button in ("send", "draft"):
            response = visitor.send(**other | {field: f"{words} Vi kom inte fram till någon.", "do": button})
            assert response.status_code == 422
            shown = html.unescape(response.text)
            said = re.search(
                f"Texten innehåller något som liknar {kind} \\(”([^”]+)”\\). Ta bort det och försök igen", shown
            )
            assert said
            assert said.group(1) in words
            assert words in shown
    assert [site.count(table) for table in (Report, Outbox, Draft)] == [0, 0, 0]


def test_a_day_at_the_edge_of_the_chosen_time_is_taken(site: Site) -> None:
    days = {"today": "2026-11-16", "week": "2026-11-09", "month": "2026-10-16", "earlier": "2016-11-16"}
    visitor = site.sign_in("reporter")
    for occurred, day in days.items():
        visitor.file_report(occurred=occurred, occurred_on=day)
    assert site.count(Report) == len(days)


def test_all_kinds_of_what_is_stopped_are_named_at_once(site: Site) -> None:
    words = "Ring 070-123 45 67 om 850312-1234 eller 070-123 45 68, så att någon svarar."
    response = site.sign_in("reporter").send(description=words)
    what = "ett telefonnummer (”070-123 45 67”) och ett personnummer (”850312-1234”). Ta bort dem och försök igen"
    assert f"Texten innehåller något som liknar {what}" in response.text


def test_marks_that_nobody_sees_do_not_hide_a_number(site: Site) -> None:
    visitor = site.sign_in("reporter")
    hidden = "Det gäller 8503\u200e12\u202e-12\u206634 sedan i våras."
    for button in ("send", "draft"):
        assert visitor.send(description=hidden, do=button).status_code == 422
    assert [site.count(table) for table in (Report, Draft)] == [0, 0]


def test_a_likely_name_is_asked_about_once_and_passes_when_confirmed(site: Site) -> None:
    visitor = site.sign_in("reporter")
    named = f"{TEXT} Det gällde Anna Svensson."
    asked = visitor.send(description=named)
    assert asked.status_code == 422
    assert "Vi undrar över: ”Anna Svensson”" in html.unescape(asked.text)
    assert "Vi undrar över" not in visitor.send(description="kort").text
    visitor.file_report(description=named, pii_confirmed="1")
    assert site.only_report().description == named
