"""What counts reports or people in a text that others read, and what a summary's edited sentences may tell."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema

from schemas.action import ActionChoices, ActionSchema
from schemas.agenda import ForumDecisionSchema, ItemSchema
from schemas.answer import AnswerSchema
from schemas.counts.numbers import numbers
from schemas.counts.told import instead, small_counts, told_counts, without_small_counts
from schemas.review import Choices, DecisionSchema
from schemas.summary_edits import edit_form, texts_of
from tests.summaries import busy_rows, make_snapshot
from worker.summary import write_summary

# A text, what is quoted of it, and what to write instead.
TOLD = [
    ("Två rapporter ledde till en ny rutin", "Två rapporter", "några rapporter"),
    ("Rutinen kom efter 3 rapporter i oktober", "3 rapporter", "några rapporter"),
    ("Fyra handläggare har klagat", "Fyra handläggare", "några handläggare"),
    ("Femtio rapporter kom in i oktober, ett rekord.", "Femtio rapporter", "flera rapporter"),
    ("Alla tre kom från psykiatrin", "Alla tre kom", "Alla kom"),
    ("Rapporterna var fyra", "fyra", "några"),
    ("Rapporterna blev till slut 47.", "47", "flera"),
    ("3st rapporter", "3st rapporter", "några rapporter"),
    ("Fyra stycken avvikelser", "Fyra stycken avvikelser", "några avvikelser"),
    ("47 händelser på en vecka", "47 händelser", "flera händelser"),
    ("10 nya svåra rapporter", "10 nya svåra rapporter", "flera nya svåra rapporter"),
    ("tjugo fem ärenden", "tjugo fem ärenden", "flera ärenden"),
    ("etthundratjugo händelser", "etthundratjugo händelser", "flera händelser"),
    ("bara en rapport handlar om detta", "en rapport", "någon rapport"),
    ("båda rapporterna gällde det", "båda rapporterna", "rapporterna"),
    ("de 3–4 rapporterna", "de 3–4 rapporterna", "rapporterna"),
    ("Tre av fyra rapporter gäller AF", "Tre av fyra rapporter", "några rapporter"),
    ("Samtliga 3 fall", "Samtliga 3 fall", "Samtliga fall"),
    ("Rapporter (4)", "4", "några"),
    ("Antal avvikelser: 3", "3", "några"),
    ("40 procent av rapporterna", "40 procent av rapporterna", "en del av rapporterna"),
    ("Det har hänt tre gånger i höst", "tre gånger", "några gånger"),
    ("３ rapporter i full bredd", "3 rapporter", "några rapporter"),
    ("två av våra brukare", "två av våra brukare", "några av våra brukare"),
    ("2 socialsekreterare slutade", "2 socialsekreterare", "några socialsekreterare"),
    ("fyra patienter på 3 veckor", "fyra patienter", "några patienter"),
    ("under fem personer", "fem personer", "några personer"),
]
UNTOLD = """
Svar ges inom 14 dagar
Mötet är den 2 mars kl. 13.00, eller 13:00–14:30
Sekretess enligt 25 kap. 1 § OSL och 10 kap. 1 och 2 §§ offentlighets- och sekretesslagen (2009:400)
Två parter är överens
En ny rutin
En person kan hamna mellan två myndigheter
En rapport skrivs till styrgruppen
Den tredje punkten, den 14:e varje månad
Läkarintyget gäller i 3 månader, de senaste tre månaderna
Rutinen prövas i sex månader och följs upp 2026-12-01
Alla fyra parter bidrar, och alla fyra ska vara med
De fyra parterna är överens
Moment 22 uppstår när två myndigheter väntar på varandra
Ring 1177 eller 112
Samråd två gånger om året
Vi kallade tre gånger. Ingen kunde säga vem som är fast vårdkontakt.
Se punkt 4, steg 1, 2 och 3 i planen
100 procent av tjänsten, 5 000 kronor
Tre av fyra kommuner är med
Färre än fem rapporter, eller färre än tre personer, ligger bakom
Vecka 45, mellan kl. 9 och 11
Senast den 14 ska alla ha svarat
På ett eller annat sätt
Två möten om rapporterna
Projektet pågår 2025–2027, år 2027 rapporteras det
Båda parter
Två myndigheter skriver rapporter
Rapporterna tas upp i styrgruppen den 4 december.
En brevlåda öppnas, en person ansvarar
"""
WORDS = ("två", "tre", "fyra", "sju", "tolv", "tjugofem", "hundra", "2", "3", "4", "17", "250")
THINGS = ("rapporter", "avvikelser", "händelser", "personer", "kollegor", "ärenden", "kunder", "handläggare")
HARMLESS = ("dagar", "månader", "parter", "kommuner", "möten", "år", "forum", "rutiner", "procent", "kronor")
AROUND = (
    "{n} {t} kom in.",
    "Vi såg {n} nya {t} i höst",
    "Efter {n} olika svåra {t} ändrades rutinen",
    "{n} av våra {t}",
    "Alla {n} {t}: samma sak",
    "Beslut: {n} {t}, en rutin",
    "bland {n} st {t}.",
)


@pytest.mark.parametrize(("text", "quote", "said"), TOLD)
def test_a_count_is_quoted_with_what_to_write_instead(text: str, quote: str, said: str) -> None:
    first = told_counts(text)[0]
    assert (first.quote, first.instead) == (quote, said)
    assert not told_counts(first.instead)


@pytest.mark.parametrize("text", UNTOLD.strip().split("\n"))
def test_what_people_write_rightly_passes(text: str) -> None:
    assert told_counts(text) == []


@pytest.mark.parametrize("around", AROUND)
def test_every_number_of_reports_and_people_is_found_and_no_number_of_other_things(around: str) -> None:
    for number in WORDS:
        for text in (number, number.capitalize(), number.upper()):
            assert all(told_counts(around.format(n=text, t=thing)) for thing in THINGS), text
        if "av våra" not in around:
            assert not any(told_counts(around.format(n=number, t=thing)) for thing in HARMLESS), number


def test_one_message_tells_every_count() -> None:
    text = "Alla 3 rapporterna och 2 personer från AME säger samma sak: 4 avvikelser"
    assert instead(told_counts(text)) == (
        "Skriv ”Alla rapporterna” i stället för ”Alla 3 rapporterna” och ”några personer” i stället för ”2 personer” "
        "och ”några avvikelser” i stället för ”4 avvikelser”. Exakta antal kan peka ut någon"
    )


@pytest.mark.parametrize(
    ("words", "value"),
    [("tjugofem", 25), ("tjugo fem", 25), ("etthundratjugo", 120), ("tretusen", 3000), ("tvåhundratusen", 200_000)],
)
def test_words_have_values(words: str, value: int) -> None:
    assert [number.value for number in numbers(words)] == [value]
    assert [number.value for number in numbers(f"{value:,}".replace(",", " "))] == [value]


PIECES = (
    *WORDS,
    *THINGS,
    *HARMLESS,
    "alla",
    "de",
    "av",
    "eller",
    "–",
    ",",
    ".",
    "från",
    "var",
    "rapporterna",
    "kl.",
    "nya",
)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join) | st.text(max_size=60))
def test_no_small_count_is_left_in_a_text_that_was_made_vague(text: str) -> None:
    assert small_counts(without_small_counts(text)) == []


# The forms

OFFERED = ActionChoices((), (), (), (), (), date(2026, 11, 15))
REVIEWED = Choices((), (), (), (), assessed=True, may_paraphrase=True, description="", outside="")
FORMS: list[tuple[Schema, tuple[str, ...]]] = [
    (ItemSchema([]), ("item_title", "item_question")),
    (ForumDecisionSchema(), ("decision_text", "decision_plain")),
    (ActionSchema(OFFERED), ("what", "owner")),
    (AnswerSchema(), ("cause", "action", "consequence", "follow_up")),
    (DecisionSchema(REVIEWED), ("paraphrase",)),
]


@pytest.mark.parametrize(("form", "names"), FORMS)
def test_no_text_that_others_read_tells_a_count(form: Schema, names: tuple[str, ...]) -> None:
    for name in names:
        [said] = form.validate({name: "Två rapporter ledde till en ny rutin"})[name]
        assert said == "Skriv ”några rapporter” i stället för ”Två rapporter”. Exakta antal kan peka ut någon"
        assert name not in form.validate({name: "Två parter svarar inom 14 dagar, kl. 13.00 den 2 mars"})


def test_what_points_to_a_person_is_said_first() -> None:
    [said] = AnswerSchema().validate({"cause": "Fyra rapporter om 19811218-9876 kom"})["cause"]
    assert "personnummer" in said
    assert "Fyra" not in said


# An edited sentence of a summary

REFUSED = """
Femtio rapporter kom in i oktober, ett rekord.
Alla tre kom från psykiatrin
4 kom från AME, 2 från FK
Fyra handläggare har klagat
Rapporterna var fyra
3st rapporter
47 händelser på en vecka
Rapporterna blev 47
Sjuttio rapporter
10 nya svåra rapporter
Hela 47 rapporter gäller samma sak.
En rapport gällde AF.
Fem rapporter kom in.
Det rör 13 olika verksamheter
Psykiatrin står för sju
Sexton gånger så många
47 i veckan
33 procent fler
Ett femtital anmälningar, 51 st
Färre än tre rapporter
"""
ALLOWED = """
Omkring 120 rapporter kom in i november.
Etthundratjugo rapporter kom in, mot omkring 95 en vanlig månad.
Kontaktvägarna behöver styrgruppens hjälp inom 14 dagar.
Frågan tas upp den 2 mars kl. 13.00, enligt 25 kap. 1 § OSL.
Under 2026 har det blivit fler, på tolv månader 1 175.
En rutin saknas, och båda parter vet det.
Tre problem återkommer.
"""


@lru_cache(maxsize=1)
def content() -> dict[str, Any]:
    return write_summary(make_snapshot(rows=busy_rows()))


def refused(text: str) -> dict[str, Any]:
    return edit_form(content()).validate(texts_of(content()) | {"sentences_0_text": text})


@pytest.mark.parametrize("text", REFUSED.strip().split("\n"))
def test_an_edit_tells_no_number_that_the_summary_does_not_print(text: str) -> None:
    assert list(refused(text)) == ["sentences_0_text"]


@pytest.mark.parametrize("text", ALLOWED.strip().split("\n"))
def test_an_edit_may_tell_what_the_summary_prints_and_when_things_are(text: str) -> None:
    assert refused(text) == {}


@lru_cache(maxsize=1)
def printed_numbers() -> set[str]:
    """What the summary prints of reports: the texts of its cells and figures, and what its sentences tell. The limits
    of the map's shades are no counts."""
    told = content() | {"heat_map": content()["heat_map"] | {"legend": []}}
    return set(re.findall(r'(?:omkring |"text": "|[+−])(\d+)', json.dumps(told, ensure_ascii=False).lower()))


@settings(deadline=None, max_examples=200)
@given(number=st.integers(1, 1899), around=st.sampled_from([*AROUND, "{n} {t}", "Det blev {n}.", "{n} i {t}"]))
def test_of_all_numbers_only_those_that_are_printed_pass(number: int, around: str) -> None:
    text = around.format(n=number, t="rapporter")
    small = number < 5  # printed only of other things, such as problems
    assert bool(refused(text)) == (small or str(number) not in printed_numbers()), text


def test_a_summary_that_stands_as_it_was_passes_and_so_does_an_original_that_comes_back() -> None:
    assert edit_form(content()).validate(texts_of(content())) == {}
    edits = [{"original": {"claim": "Fyra par har 15 rapporter vardera.", "text": "Så stod det."}}]
    words = texts_of(content()) | {"sentences_0_claim": "Fyra par har 15 rapporter vardera."}
    assert list(edit_form(content()).validate(words)) == ["sentences_0_claim"]
    assert edit_form(content(), edits).validate(words) == {}
