"""Numbers that count neither reports nor people: dates, times, spans, laws; and what points to a place in a text."""

from __future__ import annotations

import re

from schemas.counts.nouns import COUNTED
from schemas.counts.numbers import ANY

_MONTH = (
    r"(?:januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december"
    r"|jan|feb|apr|aug|sept?|okt|nov|dec)\b"
)
_DAY = r"\d{1,2}(?::[ae])?"
_TO = r" ?(?:[-–—]|och|till|eller) ?"
_UNIT = (
    r"(?:(?:arbets|var|kalender|helg)?dagar(?:na)?s?|dygn(?:en)?s?|veckor(?:na)?s?|månader(?:na)?s?|(?:halv)?år(?:en)?s?"
    r"|kvartal(?:en)?s?|terminer(?:na)?s?|timmar(?:na)?s?|tim|minuter(?:na)?s?|min|sekunder(?:na)?s?|h)\b"
)
_WHICH = r"(?:(?:hela|senaste|närmaste|första|sista|nästa|kommande|gångna|följande|fulla|extra) )?"
_GLUED = r"-?(?:dagars|veckors|månaders|års|årig|timmars|minuters)\w*"
_CLOCK = rf"{ANY}(?:[.:]\d\d)?"
_CHAPTER = r"\d+ ?(?:[a-h]\b)?"
_WHEN = (
    r"\b\d{4}-\d{2}(?:-\d{2})?\b",
    rf"\b{_DAY}(?:{_TO}{_DAY})?\.? ?{_MONTH}(?: \d{{4}})?",
    rf"\b(?:den|senast|före|efter|till|från|och) \d{{1,2}}/\d{{1,2}}\b(?! (?:av\b|{COUNTED}))",
    rf"\bden {_DAY}\b(?! ?(?:\w+[ae] )?{COUNTED})",
    rf"\b(?:19|20)\d\d(?:[-–/]\d{{2,4}}|-talet)?\b(?! (?:\w+[ae] )?{COUNTED})",
    r"\b(?:vecka|veckorna|v\.?) ?\d{1,2}(?:" + _TO + r"\d{1,2})*\b",
    rf"\b(?:kl\.?|klockan) ?{_CLOCK}(?:{_TO}{_CLOCK})?\b",
    r"\b(?:[01]?\d|2[0-3])[.:][0-5]\d\b(?!\d)",
    rf"{ANY}(?:{_TO}{ANY})? ?{_WHICH}{_UNIT}",
    rf"{ANY}{_GLUED}",
    r"\b\d+:(?:e|a|de|dje|te)\b",
)
_LAW = (
    rf"{_CHAPTER}(?:(?:{_TO}|, ?){_CHAPTER})* ?§§?",
    rf"§§? ?{_CHAPTER}(?:(?:{_TO}|, ?){_CHAPTER})*",
    r"\b\d+ ?(?:kap\b\.?|kapitlet)",
    r"\b(?:artikel|art\.|paragraf|kapitel|kap\.?|prop\.|[a-z-]*fs) ?\d+(?:[:/]\d+)*",
    r"\b\d{4}[:/]\d+\b",
)
# What points to something by its number, and services that are called by theirs.
_POINTS = (
    r"\b(?:punkt(?:en|erna)?|steg(?:en)?|sid(?:a|an|orna)|bilag(?:a|an|orna)|fråg(?:a|an|orna)|nr\.?|nummer|del(?:en)?"
    r"|fas(?:en)?|version|alternativ(?:et|en)?|moment|nivå(?:n|erna)?|betyg|rum|sal|våning|plan|hus|ingång|väg|linje"
    r"|grupp|team|enhet|avdelning|område|spår(?:et)?|mål(?:en)?|prioritet|avsnitt|tabell|figur|rutin|blankett|modul"
    rf"|block|kategori|forum|par) {ANY}(?:(?:{_TO}|, ){ANY})*\b(?! (?:\w+[ae] )?{COUNTED})",
    r"\b[^\W\d]+-?\d[\w-]*",
    r"\b(?:112|1177|113 13|114 14|116 117)\b",
    rf"{ANY}(?:{_TO}{ANY})? gånger (?:om|per|varje|i (?:dagen|veckan|månaden|kvartalet|året))\b",
    rf"{ANY} (?:i taget|på rad)\b",
)
TIMES_AND_LAWS = re.compile("|".join((*_LAW, *_WHEN)))
HARMLESS = re.compile("|".join((*_LAW, *_WHEN, *_POINTS)))
