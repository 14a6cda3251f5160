"""The guard: names, and the words, places and bodies that look like them."""

from __future__ import annotations

import pytest

from tests.marked import found_in, unmark

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
    "Remissen skrevs av doktor [Abrahamsson].",
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
    "Klienten heter [ali] och väntar.",
    "[Anna K] missade mötet.",
    "Klient [XZ] har två handläggare.",
    "Brevet kom från [A. Karlsson] på FK.",
    "[ANNA KARLSSON] SVARAR ALDRIG",
    "[Glad], handläggare på AF, gick hem.",
    "[Max] mamma vill ha en plan.",
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
    "Vilja och omtanke räcker inte.",
    "Timme för timme ändrades planen.",
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
    "Astrid Lindgrens barnsjukhus svarade inte.",
    "Per Brahegymnasiet svarade inte.",
    "Downs syndrom och Parkinson bedöms lika.",
    "S:t Lars-området och Lucia-veckan är två saker.",
    "Kvinnojouren Vera och boendet Stigen är fulla.",
    "Finns ingen plan? Dina svar dröjer.",
]


@pytest.mark.parametrize("marked", NAME)
def test_a_name_is_found_where_it_stands(marked: str) -> None:
    text, expected = unmark(marked)
    assert found_in(text) == [("name", expected)]


@pytest.mark.parametrize("text", CLEAN_NAMES)
def test_places_laws_and_bodies_are_left_alone(text: str) -> None:
    assert found_in(text) == []
