"""How a summary was made, told to its readers: sources, categories, small numbers, limits. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from schemas.disclosure import MIN_BASE, MIN_REPORTERS, THRESHOLD
from schemas.months import month_name
from worker.summary.looking_back import frozen
from worker.summary.words import listed, number_word

EXAMPLE = (
    "Rapporterna är exempeldata och har inte lämnats av någon handläggare. Dra inga slutsatser om hur samverkan "
    "fungerar i verkligheten."
)
CATEGORIES = (
    "En modell föreslår kategori och samverkanskoordinatorn kan ändra den. Förslag som ingen har hunnit granska "
    "räknas med. ”Behöver bedömas” betyder att modellen var för osäker för att föreslå något."
)
SMALL_NUMBERS = (
    f"Färre än {number_word(THRESHOLD)} rapporter skrivs <5. Så skrivs också rutor och kategorier där färre än "
    f"{number_word(MIN_REPORTERS)} personer har rapporterat. Alla andra antal, även summor, är avrundade till närmaste "
    f"fem, så delarna stämmer inte alltid med helheten. Procent räknas på avrundade tal och bara när de är minst "
    f"{MIN_BASE}. Kartan har inga summor, för att ingen ruta ska gå att räkna fram."
)
PROBLEMS = (
    "Ett problem är en kategori mellan två parter. Det visas när det har minst fem rapporter från minst tre personer "
    "på tolv månader. Omskrivningar är samverkanskoordinatorns ord; ingen person ska kunna kännas igen."
)
EFFECTS = (
    "Rapporterna före och efter ett beslut jämförs. ”Färre” och ”fler” skrivs bara när skillnaden är säker på 95 "
    "procents nivå, hur avrundningen än har fallit ut. Det visar inte vad en förändring beror på."
)
COMPARE = (
    "Fler rapporter kan bero på att fler känner till Lex Heller. Jämför helst samma ruta över tid, inte parter med "
    "varandra. ”Fler” och ”färre” än vanligt skrivs bara när det gäller hur avrundningen än har fallit ut. En vanlig "
    "månad är medianen av månaderna före."
)
QUESTIONS = (
    "Samverkanskoordinatorn svarar på frågor om rapporten. Lex Heller är ett förbättringsverktyg, inte tillsyn och "
    "inte en lag."
)


def describe(snapshot: Mapping[str, Any]) -> list[dict[str, str]]:
    """Headings and texts, in the order they are printed."""
    parts = {
        "Exempeldata": EXAMPLE if snapshot["example"] else "",
        "Underlag": _sources(snapshot),
        "Kategorier": CATEGORIES,
        "Små tal": SMALL_NUMBERS,
        "Problem": PROBLEMS if snapshot["kind"] != "meeting" else "",
        "Åtgärder": EFFECTS if snapshot["kind"] != "meeting" and frozen(snapshot)["actions"] else "",
        "Jämför försiktigt": COMPARE,
        "Frågor": QUESTIONS,
    }
    return [{"heading": heading, "text": text} for heading, text in parts.items() if text]


def _sources(snapshot: Mapping[str, Any]) -> str:
    first, last = (month_name(date.fromisoformat(snapshot["months"][index])) for index in (-12, -1))
    return (
        f"Rapporter som handläggare har lämnat i Lex Heller från och med {first} till och med {last} "
        f"{_where(snapshot)}.{_beginning(snapshot)} De räknas i den månad då de kom in; "
        "sammanslagna och återtagna räknas inte. Rapporterna är upplevelser, inte utredda händelser."
    )


def _beginning(snapshot: Mapping[str, Any]) -> str:
    """Readers must know when there is less than two years to look back on."""
    began = snapshot["first_month"]
    if began is None or began <= snapshot["months"][0]:
        return ""
    return f" Den första rapporten kom i {month_name(date.fromisoformat(began))}."


def _where(snapshot: Mapping[str, Any]) -> str:
    forum = snapshot["forum"]
    if forum["whole_federation"]:
        return f"i alla kommunområden: {listed(forum['areas'])}"
    return f"i kommunområdet {forum['areas'][0]}"
