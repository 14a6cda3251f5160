"""What the guard at the way in finds, and what it must leave alone.

In the tables `[...]` marks the place that must be found; a text without it must be left alone. All
persons, numbers and addresses are invented.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.personal_data import Finding, screen

DATA = Path(__file__).resolve().parent.parent / "data"

PERSONNUMMER = [
    "Personen [850312-1234] väntar.",
    "Personen [19850312-1234] väntar.",
    "Pnr [198503121234], ingen svarar.",
    "Pnr [8503121234] i remissen.",
    "Det gäller [850312 1234].",
    "Det gäller [19850312 1234].",
    "Äldre person, [120312+1234].",
    "Född [1985-03-12-1234] enligt kortet.",
    "Född [1985-03-12 1234].",
    "Född [85-03-12-1234].",
    "Född [85 03 12 12 34].",
    "Född [19 85 03 12 12 34] i Nässjö.",
    "Nummer [850312–1234] med tankstreck.",
    "Nummer [850312—1234] med långt streck.",
    "Nummer [850312 - 1234] med luft.",
    "Nummer [8 5 0 3 1 2 1 2 3 4] glest.",
    "Nummer [1 9 8 5 0 3 1 2 - 1 2 3 4] glest.",
    "Nummer [850312-1230] med fel sista siffra.",
    "Nummer [８５０３１２－１２３４] med breda siffror.",
    "Nummer [850312\u2009-\u20091234] med smala mellanrum.",
    "Nummer [85\u00ad0312-12\u200b34] med dolda tecken.",
    "Nummer [850312-\n1234] över radbrytning.",
    "Nummer [850312-XXXX] halvt dolt.",
    "Barnet (20[]) är fött [20190412-2391].".replace("[]", "19"),
    "pnr[850312-1234]saknas",
    "Nummer [1985.03.12.1234].",
    "Nummer [1985-0312-1234].",
]
SAMORDNINGSNUMMER = [
    "Samordningsnummer [850372-1234] gäller.",
    "Samordningsnummer [19850372-1234] gäller.",
    "Samordningsnummer [198503721234] gäller.",
    "Samordningsnummer [850391 1234] gäller.",
    "Samordningsnummer [850361–1234] gäller.",
]
PHONE = [
    "Ring mig på [070-123 45 67] om detta.",
    "Ring mig på [0701234567].",
    "Ring [073 123 45 67] före lunch.",
    "Mobil [+46 70 123 45 67].",
    "Mobil [+46701234567].",
    "Mobil [0046 70 123 45 67].",
    "Mobil [+46 (0)70-123 45 67].",
    "Växel [0380-51 81 23] i Nässjö.",
    "Nås på [036-12 34 56].",
    "Nås på [08-123 456 78].",
    "Nås på [08/123 45 67].",
    "Hennes nummer är [0383 123 45].",
    "Tel: [123 45 67] dagtid.",
    "Telefon [12 34 56] går inte fram.",
    "Danskt nummer [+45 12 34 56 78].",
    "Nummer [０７０－１２３ ４５ ６７] med breda siffror.",
    "Nummer [070–123 45 67] med tankstreck.",
    "Direktnummer [010-123 45 67].",
]
EMAIL = [
    "Skriv till [anna.karlsson@example.org] om det.",
    "Skriv till [a.k@kommun.example.se].",
    "Brevlådan [sip@region.example] läses inte.",
    "Adressen [namn_efternamn+sip@example.com], inget svar.",
    "Adressen [förnamn.efternamn@nässjö.example].",
    "Adressen [anna(at)example.org] inget svar.",
    "Adressen [anna snabel-a example punkt org].",
    "Adressen [anna.k @ example.org] studsar.",
]
CASE_NUMBER = [
    "Se dnr [2025/1234] för detaljer.",
    "Dnr [SN 2026-00123] är registrerat.",
    "Diarienummer [2026-00123].",
    "Diarienr: [SOC-2026-123].",
    "Beslutet [SN 2026-00123] kom aldrig.",
    "Beslutet [SOC2026/0456] överklagades.",
    "Se [2025/12345] i akten.",
    "I ärende [123456] svarade ingen.",
    "I ärendenummer [AB-123456] svarade ingen.",
    "Ärendenr [12345] stängdes.",
    "Domen i [Ä 1234-25] kom sent.",
    "Målet [T 123-24] pågår.",
    "Mål nr [1234-25] i förvaltningsrätten.",
    "Journalnr [987654] skickades fel.",
    "Ref.nr [7788990] saknas hos mottagaren.",
    "Kundnummer [445566] krävs i växeln.",
]
NAME = [
    "Jag ringde [Anna] två gånger.",
    "[Anna] svarade inte.",
    "[Anna Karlsson] på kommunen svarade inte.",
    "Enligt [Mohammed] var mötet inställt.",
    "Vi bad [Fatima Hassan] komma.",
    "[Annas] läkare kom inte.",
    "Det var [Anna-Karins] möte.",
    "Jag talade med [anna] om planen.",
    "handläggaren heter [fatima] och svarar inte",
    "Chefen [Lindqvist] avböjde.",
    "Handläggaren [Zdravka] avböjde.",
    "Klienten [Xhevdet] fick inget svar.",
    "Vi väntade på [Nowak] hela dagen.",
    "Enligt [Wretmark Holmlund] saknas rutin.",
    "Remissen skrevs av [dr]. ".replace("[dr]", "doktor [Abrahamsson]"),
    "[Svensson] tackade nej till mötet.",
    "[Andersdotter] tackade nej till mötet.",
    "När [Hans] ringde var telefonen avstängd.",
    "Då sa [Per Nilsson] att det inte gick.",
    "[Per Nilsson] sa att det inte gick.",
    "Brukaren [A.K.] har väntat.",
    "Brukaren [A. K.] har väntat.",
    "Mötet med [A\u030asa] blev inställt.",
    "Mötet med [Asa\u030a Öberg] blev inställt.".replace("Asa\u030a", "Åsa"),
    "Vi träffade [Farzin Golshiri] på kontoret.",
    "Pappan [Yonas] fick fel besked.",
    "Mamma till [Liam] ringde.",
    "Mvh [Birgitta]",
    "Kontakta [Nguyen] hos AF.",
    "Samtal med [Nora] i Nora.",
]
CLEAN_NUMBERS = [
    "Mötet var 2026-11-14 kl. 10.30 på AF.",
    "Mötet den 14 november 2026 ställdes in.",
    "Mötet 2026-11-14 1030 ställdes in.",
    "Perioden 240101-241231 saknar plan.",
    "Perioden 200101-201231 saknar plan.",
    "Insatsen pågick 2025-01-15 - 2025-02-15 utan plan.",
    "Insatsen pågick 2019-2021 utan plan.",
    "Öppet 0900-1630 men ingen svarar.",
    "Öppet kl 08.00-12.00 vardagar.",
    "Under 01-02 2025 låg ärendet stilla.",
    "Skulden är 12 500 kr och växer.",
    "Skulden är 1 250 000 kronor.",
    "Kostnaden blev 070 000 kr.",
    "Enligt 7 § 2 p gäller annat.",
    "Insatsen LSS 9 § 10 p nekades.",
    "Enligt 2010:110 (SFB) krävs intyg.",
    "SFS 2001:453 är tydlig.",
    "Enligt prop. 2024/25:89 ska det ändras.",
    "Läsåret 2025/26 saknas plats.",
    "Åren 2024/2025 var lika illa.",
    "Ring AF på 0771-416 416, kön är en timme.",
    "FK:s 0771-524 524 ger bara kötid.",
    "Vi hänvisades till 1177 igen.",
    "Ring 112 vid fara och 114 14 annars.",
    "Numret 020-12 34 56 är gratis.",
    "Fyra av 12 möten blev av under 2025.",
    "Rapport LH-2026-0413 handlar om samma sak.",
    "Moment 22 för 30 personer under 6 månader.",
    "Vi hade 30 ärenden 2025 och 42 ärenden 2026.",
    "Ärendet 2025 lades ned utan besked.",
    "Beslut 25 % sjukpenning, sedan 50 %.",
    "Rum 3, plan 2, Storgatan 14.",
    "Intyg dag 8, 15, 90, 180 och 365.",
    "Vi försökte 3 gånger: 1/9, 15/9 och 30/9 2026.",
    "Kl 9 10 11 12 13 14 15 16 ringde vi.",
    "Vecka 46-48 2026 var ingen på plats.",
    "Version 1.2.3.4 av blanketten 7804.",
    "Blankett FK 7263 ersattes av 7804.",
    "FK 2024-2025 ändrade arbetssätt.",
    "Organisationsnumret 212000-0530 behövs.",
    "100 000 invånare delar på 2 coacher.",
    "Vi ses @ kontoret på fredag.",
]
CLEAN_NAMES = [
    "En person i Habo fick ingen kallelse.",
    "Sävsjö kommun och Region Jönköpings län är oense.",
    "Lex Sarah gäller inte här, inte heller Lex Maria.",
    "Lex Heller ska visa var det skaver.",
    "Bräcke Diakoni tog över rehabiliteringen.",
    "Samverk Nässjö har inte mötts i år.",
    "Arena Habo har ingen plats.",
    "Arbetsförmedlingen och Försäkringskassan hänvisar till varandra.",
    "AF sa nej, FK sa nej och BUP svarade inte.",
    "I november och december stod allt stilla.",
    "SIP kallades men Psykiatrin uteblev.",
    "Hans handläggare svarar inte.",
    "Inga platser finns och inga besked ges, den ena parten skyller på den andre.",
    "Per telefon går det inte att nå någon.",
    "Bo kvar hemma var enda rådet.",
    "Max två timmar i veckan erbjöds.",
    "Dag efter dag utan besked.",
    "Min handläggare byttes ut.",
    "Klara besked saknas från regionen.",
    "Love och omtanke räcker inte.".replace("Love", "Vilja"),
    "Tim för tim ändrades planen.".replace("Tim för tim", "Timme för timme"),
    "Vi på AME vill bo nära, per definition, dag som natt.",
    "Det är en ros till samarbetet, en vår i sikte.",
    "Personen är sann mot sig själv och ville klara sig.",
    "Södra Vätterbygden har en annan rutin.",
    "Höglandets samordningsförbund betalar.",
    "Supported Employment avslutades utan överlämning.",
    "Case Management saknas i Tranås.",
    "Vårdcentralen Bra Liv tar inte emot.",
    "Vårdcentralen Gripen tar inte emot.",
    "Mötet i Microsoft Teams fungerade inte.",
    "Kallelsen låg i Mina Sidor hos FK.",
    "Socialtjänstlagen och Offentlighets- och sekretesslagen krockar.",
    "Rädda Barnen och Röda Korset fick rycka in.",
    "Sankt Görans sjukhus tar inte emot.",
    "T.ex. sa en handläggare nej, d.v.s. inget hände.",
    "Svenska Kyrkan hjälpte till.",
    "Personen talar arabiska och bor i Finspång.",
    "Staden Falkenberg och orten Linderås nämndes.",
    "Enligt Socialstyrelsen är det kommunens ansvar.",
    "Daglig verksamhet i Vetlanda sa upp platsen.",
    "En kvinna, en man och deras son väntar.",
    "Läkaren på BUP i Eksjö skrev inget intyg.",
    "Chefen på Arbetsförmedlingen svarade aldrig.",
    "Handläggare A hänvisade till handläggare B.",
    "Person A och person B fick olika besked.",
    "Vi bad Kronofogden och Skatteverket om svar.",
    "KAA, gymnasieskolan och BUP drar åt olika håll.",
    "På Höglandssjukhuset i Eksjö finns ingen rehabkoordinator.",
    "Psykiatrin: remissen avslogs. Kommunen: vi kan inget göra.",
    "GK hölls digitalt via Zoom utan läkare.",
]
BY_KIND = {
    "personnummer": PERSONNUMMER,
    "samordningsnummer": SAMORDNINGSNUMMER,
    "phone": PHONE,
    "email": EMAIL,
    "case_number": CASE_NUMBER,
    "name": NAME,
}
MARKED = [(kind, marked) for kind, texts in BY_KIND.items() for marked in texts]


def spans(text: str) -> list[tuple[str, str]]:
    return [(found.type, text[found.start : found.end]) for found in screen(text)]


@pytest.mark.parametrize(("kind", "marked"), MARKED)
def test_what_points_to_a_person_is_found_where_it_stands(kind: str, marked: str) -> None:
    text = marked.replace("[", "").replace("]", "")
    expected = marked[marked.index("[") + 1 : marked.index("]")]
    assert spans(text) == [(kind, expected)]


@pytest.mark.parametrize("text", CLEAN_NUMBERS + CLEAN_NAMES)
def test_ordinary_words_and_figures_are_left_alone(text: str) -> None:
    assert spans(text) == []


def test_numbers_and_addresses_stop_but_a_name_asks() -> None:
    found = screen("Anna har 850312-1234 och 070-123 45 67.")
    assert [(one.type, one.action) for one in found] == [
        ("name", "confirm"),
        ("personnummer", "stop"),
        ("phone", "stop"),
    ]


def test_several_finds_come_in_the_order_of_the_text() -> None:
    text = "Ring Anna Karlsson på 070-123 45 67 eller anna@example.org om dnr 2025/1234."
    assert spans(text) == [
        ("name", "Anna Karlsson"),
        ("phone", "070-123 45 67"),
        ("email", "anna@example.org"),
        ("case_number", "2025/1234"),
    ]


def test_published_cases_pass_without_a_stop() -> None:
    cases = (DATA / "sample-cases.jsonl").read_text(encoding="utf-8").splitlines()
    assert [found for case in cases for found in screen(json.loads(case)["text"])] == []


def test_the_classifier_training_texts_pass_without_a_question() -> None:
    texts = (DATA / "classifier" / "training.jsonl").read_text(encoding="utf-8").splitlines()
    assert [found for text in texts for found in screen(json.loads(text)["text"])] == []


ODD = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("0123456789 -+./@\0\u200b\u030a\u2013\ud800\uff10\n"),
        st.sampled_from(list("AaÅåKs.")),
    ),
    max_size=300,
)


@given(ODD)
@settings(max_examples=300, deadline=None)
@example("\0")
@example("\ud800\udfff850312-1234")
@example("8" * 3000)
@example("0 " * 3000)
@example("a@" * 2000)
@example("\u030a" * 50)
@example("dnr " * 1000)
def test_no_text_breaks_the_guard_and_every_span_lies_within_it(text: str) -> None:
    found = screen(text)
    edges = [edge for one in found for edge in (one.start, one.end)]
    assert edges == sorted(edges)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert {one.action for one in found if one.type == "name"} <= {"confirm"}
    assert {one.action for one in found if one.type != "name"} <= {"stop"}


@given(before=ODD.filter(lambda text: not text or not (text[-1].isalnum() or text[-1] in "-+./,:*")))
@settings(max_examples=200, deadline=None)
def test_a_personnummer_is_stopped_whatever_stands_before_it(before: str) -> None:
    text = f"{before} och 19850312-1234."
    last = screen(text)[-1]
    assert last == Finding(len(text) - 14, len(text) - 1, "personnummer", "stop")


def test_ten_thousand_words_are_read_to_the_end() -> None:
    text = "handläggaren svarade inte " * 3334 + "850312-1234"
    assert [one.start for one in screen(text)] == [len(text) - 11]
