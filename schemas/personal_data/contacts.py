"""Phone numbers and e-mail addresses.

Each rule starts from a rare sign (a leading 0, a plus, an at sign), so that a long text without any of
them costs one pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.personal_data.text import Hit

# --- e-mail -------------------------------------------------------------------------------------
_AT = re.compile(r"\s?(?:@|[(\[{<] ?(?:at|a|ät|snabel-?a) ?[)\]}>]|\bsnabel-?a\b)\s?|\s(?:at|ät)\s", re.IGNORECASE)
_LOCAL = re.compile(r"[\w.+'-]{1,64}\Z")
_DOMAIN = re.compile(
    r"[\w-]{1,63}(?:(?:\.| ?[(\[{] ?(?:punkt|dot) ?[)\]}] ?| punkt | dot )[\w-]{1,63}){0,4}", re.IGNORECASE
)
_REAL_DOMAIN = re.compile(
    r"[\w-]+(?:\.[\w-]+)*(?:\.| punkt | dot |.{0,2}(?:dot|punkt).{0,2})[a-z]{2,10}\Z", re.IGNORECASE
)


def find_emails(text: str) -> Iterator[Hit]:
    """E-mail addresses, also with the at sign written out; a shared mailbox counts, as it may be one person's."""
    for at in _AT.finditer(text):
        local = _LOCAL.search(text, max(0, at.start() - 64), at.start())
        domain = _DOMAIN.match(text, at.end())
        if not local or not domain:
            continue
        if at[0] == "@" or _REAL_DOMAIN.match(domain[0].rstrip(".")):
            yield Hit(local.start(), domain.end(), "email")


# --- phone --------------------------------------------------------------------------------------
_PHONE = re.compile(
    r"(?<![\w.,:/+-])\(?(?:(?:\+|00)\s?\(?[1-9]\d{0,2}\)?|\(?0\d{1,3}\)?)(?:[ /.()-]{0,3}\d){5,13}(?!\w)"
    r"(?P<extension>,? ?(?:ankn(?:ytning)?|anknytn|ext)\.? ?\d{1,6}\b)?"
)
_SPOKEN = re.compile(
    r"\b(?:tel(?:efon)?\.?(?:nr|nummer)?|mobil(?:nr|nummer)?|mob|tfn|telnr|ring(?:a|er|t)?|nås|sms(?:a|:a)?|"
    r"direktnummer|anknytning(?:en)?|svarar (?:aldrig |inte )?på)\b[\s.:]{0,3}(?:(?:på|till|är|nr|nummer)\s)?"
    r"(?P<number>\d(?:[ -]?\d){4,9})(?![\w-]?\d|\w)",
    re.IGNORECASE,
)
# Freephone, shared cost and the health service's own short numbers lead to an authority, not to a person.
_SWITCHBOARD = re.compile(r"(?:0|46|0046)?(?:77\d|20\d)\d{5,6}\Z|11[2367]\d*\Z|11414\Z")
# So does a number that is called a switchboard's right before it.
_OFFICE = re.compile(
    r"\b(?:växel|växeln|växelnummer|växelnumret|kundtjänst|kundcenter|kundtorg|receptionen|reception|huvudnummer|"
    r"medborgarservice|kontaktcenter|servicecenter)[,:]?\s(?:(?:är|på|har|nr|nummer|numret|tel|ring)[.:]?\s){0,2}\Z",
    re.IGNORECASE,
)
# Switchboards of kommuner and regioner have round numbers: 036-10 50 00, 0383-971 00.
_EXCHANGE = re.compile(r"\A0(?!7).*00\Z")
_AREA_CODE = re.compile(r"0(?:8|[1-79]\d)")
_CLOCK_SPAN = re.compile(r"(?:[01]\d|2[0-4])[.]?[0-5]\d\s?-\s?(?:[01]\d|2[0-4])[.]?[0-5]\d\Z")
_DAY_SPAN = re.compile(r"0\d[-/.]\d\d?\b")
_QUANTITY = re.compile(r"\s*(?:kr\b|kronor|sek\b|tkr|mkr|%|procent|:-|personer|timmar|dagar|st\b)", re.IGNORECASE)
_ISO_DATE = re.compile(r"(?:19|20)?\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])\Z")


def find_phones(text: str) -> Iterator[Hit]:
    """Swedish and foreign phone numbers, but not the switchboards of authorities (0771, 020, 1177, 114 14)."""
    for match in _PHONE.finditer(text):
        number = match[0].removesuffix(match["extension"] or "")
        if _is_phone(number) and not _QUANTITY.match(text, match.end()) and not _is_office(match.start(), text):
            yield Hit(match.start(), match.end(), "phone")
    for match in _SPOKEN.finditer(text):
        number = match["number"]
        if not (_SWITCHBOARD.match(digits_of(number)) or is_date(number) or _QUANTITY.match(text, match.end())):
            yield Hit(match.start("number"), match.end("number"), "phone")


def digits_of(written: str) -> str:
    """The figures alone, without the (0) that some write behind the country code."""
    return re.sub(r"\D", "", written.replace("(0)", ""))


def is_date(written: str) -> bool:
    """Whether figures read as a year, a month and a day."""
    return bool(_ISO_DATE.match(written))


def _is_office(start: int, text: str) -> bool:
    return bool(_OFFICE.search(text, max(0, start - 50), start))


def _is_phone(written: str) -> bool:
    digits = digits_of(written)
    if _SWITCHBOARD.match(digits) or _CLOCK_SPAN.match(written):
        return False
    if written.startswith(("+", "(+")) or digits.startswith("00"):
        return 8 <= len(digits.removeprefix("00")) <= 15
    if _EXCHANGE.match(digits):
        return False
    # 01-02 2025 is a span of months: only Stockholm's area code is as short as two figures.
    starts_as_a_day = bool(_DAY_SPAN.match(written)) and not written.startswith("08")
    return 8 <= len(digits) <= 11 and bool(_AREA_CODE.match(digits)) and not starts_as_a_day
