"""The guard: phones, mail addresses, homes, accounts, cars, properties and profiles."""

from __future__ import annotations

import pytest

from schemas.personal_data import screen
from tests.marked import found_in, unmark

PHONE = [
    "Ring mig på [070-123 45 67] om detta.",
    "Ring mig på [0701234567].",
    "Ring [073 123 45 67] före lunch.",
    "Mobil [+46 70 123 45 67].",
    "Mobil [+46701234567].",
    "Mobil [0046 70 123 45 67].",
    "Mobil [+46 (0)70-123 45 67].",
    "Numret [0380-51 81 23] i Nässjö.",
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
ADDRESS = [
    "Hon bor på [Storgatan 3 B, 2 tr] utan hiss.",
    "Lägenheten på [Västra Esplanaden 12] står tom.",
    "Kallelsen gick till [Ekvägen 4, 571 31 Nässjö] i våras.",
    "hen bor på [storgatan 14] i andra hand",
]
ACCOUNT = ["Kontonummer [6123 456 789 012] är fel.", "IBAN [SE35 5000 0000 0549 1000 0003] godtas inte."]
VEHICLE = ["Bilen [ABC 12D] ska säljas.", "regnr [abc123] räknas"]
PROPERTY = ["Huset [Sävsjö Kvarnen 1:23] är osålt.", "Fastigheten [Björken 5] står tom."]
ONLINE = ["Se [facebook.com/anna.k].", "Skriv till [@anna_k85] där.", "Inloggad från [192.0.2.17] hela dagen."]
BY_KIND = {
    "phone": PHONE,
    "email": EMAIL,
    "address": ADDRESS,
    "account": ACCOUNT,
    "vehicle": VEHICLE,
    "property": PROPERTY,
    "online": ONLINE,
}
CLEAN = [
    "Växeln 0380-51 81 23 kopplar fel.",
    "Växel 036-32 10 00, tonval 3.",
    "Mötet var på kontoret på Storgatan 14.",
    "Öppenvården på Storgatan har stängt.",
    "Vi hade kontaktvägen 2 gånger på ett år.",
    "Måndag 13:30 var alla på plats.",
    "Enligt SoL 4:1 och OSL 26:1 gäller annat.",
    "LSS 101 och SFS 2001:453 är lagar.",
    "Läs mer på www.forsakringskassan.se.",
    "Kontot hos myndigheten spärrades 2025.",
]


@pytest.mark.parametrize(("kind", "marked"), [(kind, marked) for kind, texts in BY_KIND.items() for marked in texts])
def test_a_way_to_a_person_is_found_where_it_stands(kind: str, marked: str) -> None:
    text, expected = unmark(marked)
    assert found_in(text) == [(kind, expected)]


@pytest.mark.parametrize("text", CLEAN)
def test_a_way_to_an_authority_is_left_alone(text: str) -> None:
    assert found_in(text) == []


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("Hon bor på Storgatan 3.", "stop"),
        ("Paret på Storgatan 3 väntar.", "confirm"),
        ("Bilen ABC123 räknas.", "stop"),
        ("Det står ABC123 i listan.", "confirm"),
    ],
)
def test_what_may_belong_to_an_office_is_asked_about(text: str, action: str) -> None:
    assert [one.action for one in screen(text)] == [action]
