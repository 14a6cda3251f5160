"""Phone numbers, e-mail addresses and case numbers.

Each rule starts from a rare sign (a leading 0, a plus, an at sign, the word dnr), so that a long text
without any of them costs one pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.personal_data_text import Hit

# --- e-mail -------------------------------------------------------------------------------------
_AT = re.compile(r"\s?(?:@|[(\[{] ?(?:at|a|snabel-?a) ?[)\]}]|\bsnabel-?a\b)\s?", re.IGNORECASE)
_LOCAL = re.compile(r"[\w.+'-]{1,64}\Z")
_DOMAIN = re.compile(r"[\w-]{1,63}(?:(?:\.| punkt | dot )[\w-]{1,63}){0,4}", re.IGNORECASE)


def find_emails(text: str) -> Iterator[Hit]:
    """E-mail addresses, also with the at sign written out; a shared mailbox counts, as it may be one person's."""
    for at in _AT.finditer(text):
        local = _LOCAL.search(text, max(0, at.start() - 64), at.start())
        domain = _DOMAIN.match(text, at.end())
        if local and domain and (at[0] == "@" or "." in domain[0] or " " in domain[0]):
            yield Hit(local.start(), domain.end(), "email")


# --- phone --------------------------------------------------------------------------------------
_PHONE = re.compile(r"(?<![\w.,:/+-])(?:(?:\+|00)\s?[1-9]\d{0,2}|\(?0\d{1,3}\)?)(?:[ /.()-]{0,3}\d){5,13}(?!\w)")
_SPOKEN = re.compile(
    r"\b(?:tel(?:efon)?(?:nr|nummer)?|mobil(?:nr|nummer)?|mob|tfn|ring(?:a|er|t)?|nås|sms(?:a|:a)?|direktnummer|"
    r"anknytning(?:en)?)\b[\s.:]{0,3}(?:(?:på|till|är|nr|nummer)\s)?(?P<number>\d(?:[ -]?\d){4,9})(?![\w-]?\d|\w)",
    re.IGNORECASE,
)
# Freephone, shared cost and the health service's own short numbers lead to an authority, not to a person.
_SWITCHBOARD = re.compile(r"(?:0|46|0046)?(?:77\d|20\d)\d{5,6}\Z|11[2367]\d*\Z|11414\Z")
_AREA_CODE = re.compile(r"0(?:8|[1-79]\d)")
_CLOCK_SPAN = re.compile(r"(?:[01]\d|2[0-4])[.]?[0-5]\d\s?-\s?(?:[01]\d|2[0-4])[.]?[0-5]\d\Z")
_DAY_SPAN = re.compile(r"0\d[-/.]\d\d?\b")
_QUANTITY = re.compile(r"\s*(?:kr\b|kronor|sek\b|tkr|mkr|%|procent|:-|personer|timmar|dagar|st\b)", re.IGNORECASE)
_ISO_DATE = re.compile(r"(?:19|20)?\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])\Z")


def find_phones(text: str) -> Iterator[Hit]:
    """Swedish and foreign phone numbers, but not the switchboards of authorities (0771, 020, 1177, 114 14)."""
    for match in _PHONE.finditer(text):
        if _is_phone(match[0]) and not _QUANTITY.match(text, match.end()):
            yield Hit(match.start(), match.end(), "phone")
    for match in _SPOKEN.finditer(text):
        number = match["number"]
        if not (_SWITCHBOARD.match(_digits(number)) or _is_date(number) or _QUANTITY.match(text, match.end())):
            yield Hit(match.start("number"), match.end("number"), "phone")


def _digits(written: str) -> str:
    return re.sub(r"\D", "", written.replace("(0)", ""))


def _is_phone(written: str) -> bool:
    digits = _digits(written)
    if _SWITCHBOARD.match(digits) or _CLOCK_SPAN.match(written):
        return False
    if written.startswith("+") or digits.startswith("00"):
        return 8 <= len(digits.removeprefix("00")) <= 15
    # 01-02 2025 is a span of months: only Stockholm's area code is as short as two figures.
    starts_as_a_day = bool(_DAY_SPAN.match(written)) and not written.startswith("08")
    return 8 <= len(digits) <= 11 and bool(_AREA_CODE.match(digits)) and not starts_as_a_day


def _is_date(written: str) -> bool:
    return bool(_ISO_DATE.match(written))


# --- case numbers -------------------------------------------------------------------------------
_NUMBERED = re.compile(
    r"\b(?P<word>d(?:iarie)?(?:nr|nummer)|diarie|ärende(?:t|nr|nummer|id)?|mål(?:nr|nummer)?|akt(?:nr|nummer)?|"
    r"journal(?:nr|nummer)|ref(?:erens)?(?:nr|nummer)?|handläggningsnummer|kundnummer|medlemsnummer|"
    r"registreringsnummer|beteckning|anmälan|utredning)\b"
    r"(?P<sign>[\s.:#]{0,3}(?:(?:nr|nummer|id|med|har|är)\b[\s.:]{0,2}){0,2})"
    r"(?P<number>(?-i:[A-ZÅÄÖ]{1,6}[ /-]?)?\d[\d/:.-]{1,20})",
    re.IGNORECASE,
)
_SURE_WORDS = re.compile(r"d(?:iarie)?(?:nr|nummer)|diarie|.*(?:nr|nummer|id)\Z|ref\Z|beteckning", re.IGNORECASE)
# SN 2026-00123, KS2025/123, SOC-2026-0001; the second part is not a year, a month or a day.
_REGISTRY = re.compile(
    r"(?<![\w/:-])(?P<prefix>[A-ZÅÄÖ]{1,6}(?:-[A-ZÅÄÖ]{1,4})?)?[ -]?"
    r"(?P<year>(?:19|20)\d\d)(?P<sign>[-/])(?P<serial>\d{3,7})(?![\w/:-]*\d)"
)
# Ä 1234-25, T 123-24: a court's case.
_COURT = re.compile(r"(?<![\w.])(?:Ä|T|B|Ö|K|P|M|FT|UM|ÄB|PMT)[ -]?\d{3,6}-\d\d(?![\w-])")
_YEAR = re.compile(r"(?:19|20)\d\d[.:]?\Z")
# Our own reference (LH-2026-0413) points to a report, not to a person.
_OURS = ("LH", "SFS", "SOSFS", "SOU", "PROP", "HSLF-FS", "TSFS")


def find_case_numbers(text: str) -> Iterator[Hit]:
    """Registry, court and client case numbers, but no laws, school years or spans of years."""
    for match in _NUMBERED.finditer(text):
        if _is_case(match["word"], match["number"].rstrip(".:/-")):
            yield Hit(match.start("number"), match.start("number") + len(match["number"].rstrip(".:/-")), "case_number")
    for match in _REGISTRY.finditer(text):
        prefix = match["prefix"] or ""
        bare = not prefix and match["sign"] == "-"
        if not (bare or prefix in _OURS or _span_of_years(match["year"], match["serial"])):
            yield Hit(match.start(), match.end(), "case_number")
    for match in _COURT.finditer(text):
        yield Hit(match.start(), match.end(), "case_number")


def _is_case(word: str, number: str) -> bool:
    if number.upper().startswith("LH"):
        return False
    digits = _digits(number)
    if _SURE_WORDS.match(word):
        return len(digits) >= 3
    # "ärendet 2025" and "utredning 2026-11-14" tell when, not which.
    return len(digits) >= 4 and not _YEAR.match(number) and not _is_date(number)


def _span_of_years(first: str, second: str) -> bool:
    return len(second) == 4 and first <= second <= "2060"
