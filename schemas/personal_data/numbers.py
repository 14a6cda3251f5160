"""Personnummer and samordningsnummer, however they are written.

A wrong check digit is still a person's number with a slip of the pen, so the check digit decides only
where the shape alone says too little. The day of a samordningsnummer is raised by 60 (Skatteverket,
SKV 704 and SKV 707).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.personal_data.births import find_births, find_spoken_numbers
from schemas.personal_data.text import Hit, Kind

# A date with the same sign, or none, between its parts; then the gap; then the last four.
_CENTURY = r"(?:(?P<century>1[89]|20)[ -]?)?"
_SAID = (
    r",? (?:streck(?:et)?|bindestreck(?:et)?|minus|plus|och sedan|och sen|sedan|sen) |"
    r"[,;:]? (?:(?:och|med|de|dom|samt) ){0,3}(?:fyra )?sista (?:fyra )?(?:siffrorna |siffror )?(?:(?:är|var) ?|: ?)?"
)
_GAP = rf"(?P<gap>{_SAID}|\s?[-+]{{1,2}}\s?|[.,/_:;\\|~*·]{{1,2}} ?|[)\]] ?[-+(\[]?|\s?[/|(\[]\s?|\s{{0,2}})"
_LAST = r"(?P<last>\d\d ?\d\d|[xX*]{4})"
_DATED = re.compile(
    rf"(?<!\d){_CENTURY}(?P<year>\d\d)(?P<sign>[ ./_-]?)(?P<month>\d\d)(?P=sign)(?P<day>\d\d)"
    rf"{_GAP}{_LAST}(?![\d*])(?![./:-]\d)",
    re.IGNORECASE,
)
# The hyphen alone in the date and none between month and day: 1985-0312-1234.
_HALF = re.compile(
    r"(?<!\d)(?P<century>1[89]|20)(?P<year>\d\d)[ -](?P<month>\d\d)(?P<day>\d\d)(?P<gap>[ +-])(?P<last>\d{4})(?!\w)"
)
# The shape with a hyphen is a person's even with a day that does not exist; an organisation's month is 20 or more.
_SHAPE = re.compile(r"(?<![\d-])(?:(?:1[89]|20)\d\d|\d\d)[01]\d\d\d[-+]\d{4}(?![\d-])")
# O and l typed for 0 and 1.
_SLIPPED = re.compile(r"(?<!\w)(?=[\dOoIl]{6,8}[-+])(?:[\dOoIl]{2})?[\dOoIl]{6}[-+][\dOoIl]{4}(?!\w)")
_UNSLIP = str.maketrans("OoIl", "0011")
# Care and authorities number those who have no number of their own: a birth date and a mark with letters.
_RESERVE = re.compile(
    r"(?<!\d)(?:1[89]|20)?\d\d(?:0\d|1[0-2])[0-3]\d[-+ ]?(?=[A-ZÅÄÖ\d]{4}(?!\w))[A-ZÅÄÖ]+\d[A-ZÅÄÖ\d]*"
)
# Ten or twelve digits one by one, or in any other groups with single spaces.
_ONE_BY_ONE = re.compile(r"(?<![\d.,:-])\d(?:[ .,+/_-]{1,3}\d){9,11}(?!\w)")
_GROUPS = re.compile(r"(?<![\d.,:+-])\d{1,12}(?:[ .-]\d{1,12}){1,11}(?![\w.,: -]?\d)")
_FIGURE = re.compile(r"\d")
_MORE_FIGURES = re.compile(r" \d")
_AMOUNT = re.compile(r"\s*(?:kr\b|kronor|sek\b|tkr|mkr|%|procent|:-)", re.IGNORECASE)
_CLOCK = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d\Z")
_MOBILE = re.compile(r"07[02369]\d{7}\Z|010\d{7}\Z")
_LUHN_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def find_personal_numbers(text: str) -> Iterator[Hit]:
    """Every personnummer, samordningsnummer, reserve number and numeric birth date in a folded text.

    Arguments: text - as `fold` gives it.
    """
    yield from find_spoken_numbers(text)
    if not _FIGURE.search(text):
        return
    yield from _dated(text)
    for match in _RESERVE.finditer(text):
        yield Hit(match.start(), match.end(), "personnummer")
    yield from _slipped(text)
    for match in _ONE_BY_ONE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) in (10, 12) and (kind := _kind_of(digits)):
            yield Hit(match.start(), match.end(), kind)
    for match in _GROUPS.finditer(text):
        yield from _in_groups(match, text)
    yield from find_births(text)


def _dated(text: str) -> Iterator[Hit]:
    for pattern in (_DATED, _HALF):
        for match in pattern.finditer(text):
            kind = _kind(match["month"], match["day"])
            if kind and not (_weak_gap(match) and _reads_otherwise(match, text)):
                yield Hit(match.start(), match.end(), kind)


def _slipped(text: str) -> Iterator[Hit]:
    """The right shape with a wrong date, or with letters in the place of figures."""
    for match in _SHAPE.finditer(text):
        yield Hit(match.start(), match.end(), "personnummer")
    for match in _SLIPPED.finditer(text):
        digits = re.sub(r"\D", "", match[0].translate(_UNSLIP))
        if sum(letter.isdigit() for letter in match[0]) >= len(digits) // 2 and (kind := _kind_of(digits)):
            yield Hit(match.start(), match.end(), kind)


def _kind(month: str, day: str) -> Kind | None:
    """What a month and day (two digits each) can belong to; None when to nothing."""
    if "01" <= month <= "12" and "01" <= day <= "31":
        return "personnummer"
    return "samordningsnummer" if "00" <= month <= "12" and "60" <= day <= "91" else None


def _kind_of(digits: str) -> Kind | None:
    if len(digits) == 12 and digits[:2] not in ("18", "19", "20"):
        return None
    return _kind(digits[-8:-6], digits[-6:-4])


def _weak_gap(match: re.Match[str]) -> bool:
    """No hyphen or plus before the last four, and no word for them: the figures might be something else."""
    return not re.search(r"[-+a-z]", match["gap"], re.IGNORECASE)


def _reads_otherwise(match: re.Match[str], text: str) -> bool:
    """A phone number in one piece, a list of figures, an amount, or the date and hour of a recent event."""
    digits = re.sub(r"\D", "", match[0])
    if match.groupdict().get("sign") == " " and (
        text[max(0, match.start() - 2) : match.start()].strip().isdigit() or _MORE_FIGURES.match(text, match.end())
    ):
        return True
    if match["gap"] == "":
        return bool(_MOBILE.match(digits))
    if _AMOUNT.match(text, match.end()):
        return True
    # Someone born after 2015 may be meant too: then the check digit decides.
    recent = "15" <= match["year"] <= "39" and match.groupdict().get("century") in (None, "20")
    return recent and bool(_CLOCK.match(match["last"])) and not _luhn(digits)


def _in_groups(match: re.Match[str], text: str) -> Iterator[Hit]:
    """Odd groupings (850 312 1234) are believed only with a right check digit: they might be amounts."""
    digits = re.sub(r"\D", "", match[0])
    if len(digits) not in (10, 12) or _MOBILE.match(digits) or _AMOUNT.match(text, match.end()):
        return
    if (kind := _kind_of(digits)) and _luhn(digits):
        yield Hit(match.start(), match.end(), kind)


def _luhn(digits: str) -> bool:
    """The check digit of the last ten figures (ISO/IEC 7812-1, annex B)."""
    numbers = [int(digit) for digit in digits[-10:]]
    return len(numbers) == 10 and (sum(numbers[1::2]) + sum(_LUHN_DOUBLED[n] for n in numbers[::2])) % 10 == 0
