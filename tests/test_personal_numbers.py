"""The guard: personal numbers and case numbers, in the shapes people write them in.

In the tables `[...]` marks the place that must be found; a text without it must be left alone. All
persons, numbers and addresses are invented.
"""

from __future__ import annotations

import pytest

from tests.marked import found_in, unmark

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
    "Barnet (2019) är fött [20190412-2391].",
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
BY_KIND = {"personnummer": PERSONNUMMER, "samordningsnummer": SAMORDNINGSNUMMER, "case_number": CASE_NUMBER}


@pytest.mark.parametrize(("kind", "marked"), [(kind, marked) for kind, texts in BY_KIND.items() for marked in texts])
def test_a_number_is_found_where_it_stands(kind: str, marked: str) -> None:
    text, expected = unmark(marked)
    assert found_in(text) == [(kind, expected)]


@pytest.mark.parametrize("text", CLEAN_NUMBERS)
def test_ordinary_figures_are_left_alone(text: str) -> None:
    assert found_in(text) == []
