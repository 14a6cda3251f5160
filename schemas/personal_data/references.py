"""Case numbers, bank accounts and vehicles: references that a register leads back to a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.personal_data.contacts import digits_of, is_date
from schemas.personal_data.text import Hit

# --- case numbers -------------------------------------------------------------------------------
_NUMBERED = re.compile(
    r"\b(?P<word>d(?:iarie)?(?:nr|nummer(?:et)?)|diarie|ärende(?:t|nr|nummer|id|-id)?|mål(?:et|nr|nummer)?|"
    r"akt(?:en|nr|nummer)?|journal(?:nr|nummer)|ref(?:erens)?(?:nr|nummer)?|handläggningsnummer|kundnummer|"
    r"medlemsnummer|registreringsnummer|beteckning|anmälan|utredning|dossier(?:nr|nummer)?|lma-?(?:nr|nummer|kort)?|"
    r"beslutsnummer|patientnummer)\b"
    r"(?P<sign>[\s.:#]{0,3}(?:(?:nr|nummer|id|med|har|är)\b[\s.:]{0,2}){0,2})"
    r"(?P<number>(?-i:[A-ZÅÄÖ][A-ZÅÄÖa-zåäö]{0,5}[ /-]?)?\d[\d/:.-]{1,20}(?: \d{4}(?!\d))?)",
    re.IGNORECASE,
)
_SURE_WORDS = re.compile(
    r"d(?:iarie)?(?:nr|nummer)|diarie|.*(?:nr|nummer(?:et)?|id)\Z|ref\Z|beteckning|dossier|lma", re.IGNORECASE
)
# SN 2026-00123, KS2025/123, SOC-2026-0001; the second part is not a year, a month or a day.
_REGISTRY = re.compile(
    r"(?<![\w/:-])(?P<prefix>(?:Af|Fk|[A-ZÅÄÖ]{1,6})(?:-[A-ZÅÄÖ]{1,4})?)?[ -]?"
    r"(?P<year>(?:19|20)\d\d)(?P<sign>[-/:.])(?P<serial>\d{3,7})(?![\w/:-]*\d)"
)
# 012345-2026: the number first, as Försäkringskassan writes it.
_SERIAL_FIRST = re.compile(r"(?<![\w/:.-])\d{5,7}-20\d\d(?![\w/:-])")
# Ä 1234-25, T 123-24: a court's case.
_COURT = re.compile(r"(?<![\w.])(?:Ä|T|B|Ö|K|P|M|FT|UM|ÄB|PMT)[ -]?\d{3,6}-\d\d(?![\w-])")
_YEAR = re.compile(r"(?:19|20)\d\d[.:]?\Z")
# Our own reference (LH-2026-0413) points to a report, and these to rules and published rulings.
_OURS = ("LH", "SFS", "SOSFS", "SOU", "PROP", "HSLF-FS", "TSFS", "JO", "HFD", "RÅ", "DS", "FFS", "FK", "EU", "NJA")


def find_case_numbers(text: str) -> Iterator[Hit]:
    """Registry, court and client case numbers, but no laws, school years or spans of years."""
    for match in _NUMBERED.finditer(text):
        number = match["number"].rstrip(".:/-")
        if _is_case(match["word"], number):
            yield Hit(match.start("number"), match.start("number") + len(number), "case_number")
    for match in _REGISTRY.finditer(text):
        if _is_registry(match):
            yield Hit(match.start(), match.end(), "case_number")
    for pattern in (_COURT, _SERIAL_FIRST):
        for match in pattern.finditer(text):
            yield Hit(match.start(), match.end(), "case_number")


def _is_registry(match: re.Match[str]) -> bool:
    prefix = (match["prefix"] or "").upper()
    if prefix in _OURS or _span_of_years(match["year"], match["serial"]):
        return False
    # Without a registry's letters only a slash is telling; a law has a colon, a date hyphens and points.
    return bool(prefix and (match["sign"] in "-/" or match["prefix"].isupper())) or match["sign"] == "/"


def _is_case(word: str, number: str) -> bool:
    if number.upper().startswith("LH"):
        return False
    digits = digits_of(number)
    if _SURE_WORDS.match(word):
        return len(digits) >= 3
    # "ärendet 2025" and "utredning 2026-11-14" tell when, not which.
    return len(digits) >= 4 and not _YEAR.match(number) and not is_date(number)


def _span_of_years(first: str, second: str) -> bool:
    return len(second) == 4 and first <= second <= "2060"


# --- accounts -----------------------------------------------------------------------------------
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}(?: ?[A-Z\d]{1,4})?(?!\w)")
_ACCOUNT = re.compile(
    r"\b(?P<word>(?:bank|löne|privat|spar)?konto(?:t|nr|nummer|numret)?|clearing(?:nr|nummer|numret)?|swish(?:a|ar|as|"
    r"at|nr|nummer|numret)?)\b[^\d\n.]{0,25}(?P<number>\d[\d ,-]{2,28}\d)",
    re.IGNORECASE,
)


def find_accounts(text: str) -> Iterator[Hit]:
    """Bank accounts, by their IBAN or behind a word that says so."""
    for match in _IBAN.finditer(text):
        if sum(sign.isdigit() for sign in match[0]) >= 10:
            yield Hit(match.start(), match.end(), "account")
    for match in _ACCOUNT.finditer(text):
        fewest = 4 if match["word"].lower().startswith("clearing") else 7
        if len(digits_of(match["number"])) >= fewest and not is_date(match["number"]):
            yield Hit(match.start("number"), match.end("number"), "account")


# --- vehicles -----------------------------------------------------------------------------------
# Three letters (no I, Q, V, Å, Ä, Ö), two figures and a figure or a letter but O (Transportstyrelsen, since 2019).
_PLATE = re.compile(r"(?<![\w-])[A-HJ-PR-UW-Z]{3} ?\d\d[\dA-NP-Z](?![\w:§/-])", re.IGNORECASE)
_VEHICLE = re.compile(
    r"\b(?:bil|bilen|bilens|fordon|fordonet|reg\.?-?(?:nr|nummer|numret)|registrerings(?:nr|nummer|numret)|moped|mopeden|"
    r"volvo|saab|golf|skylt|skylten|nummerplåt|mc|motorcykel|husvagn|släp|leasing|kör|körde|kia|bmw|audi|toyota|"
    r"volkswagen|passat|polo|skoda|ford|opel|mazda|hyundai|peugeot|renault|tesla|mercedes|nissan)\b",
    re.IGNORECASE,
)
_NO_PLATE = re.compile(
    r"(?:AFS|LSS|SFS|HSL|SOL|OSL|SFB|GDP|FKF|KBT|DBT|BUP|LSG|AME|KAA|SIP|ICD|DSM|ASI|WHO|SKR|PTL|RUM|FAS|DEL|KAP|SAL|HUS)\b"
)
_NEAR = 60  # characters on either side in which a vehicle is named


def find_vehicles(text: str) -> Iterator[Hit]:
    """Registration numbers: sure beside a word for a vehicle, else a question."""
    for match in _PLATE.finditer(text):
        near = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
        named = bool(_VEHICLE.search(near))
        if named or (match[0][:3].isupper() and not _NO_PLATE.match(match[0][:3])):
            yield Hit(match.start(), match.end(), "vehicle", named)
