"""Birth dates, and personal numbers that are written out in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.personal_data.text import Hit

_MONTHS = "jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec"
_CUE = (
    r"(?<![\w])(?:född|fött|född(?:a)?|f|födelse(?:dag|datum|data|tid|nr|nummer|år)(?:et|en)?|"
    r"p(?:ers)?\.?[ -]?n(?:umme)?r(?:et)?|personn(?:umme)?r(?:et)?|personnr)"
)
_BIRTH = re.compile(
    rf"{_CUE}\b[\s.:=(]{{0,3}}(?:(?:är|den|var) ){{0,2}}(?P<date>"
    r"(?:1[89]|20)?\d\d[-./ ]?(?:0[1-9]|1[0-2])[-./ ]?(?:0[1-9]|[12]\d|3[01])(?!\d)|"
    rf"[0-3]?\d(?:[:.]?[ea])? (?:{_MONTHS})[a-z]* (?:(?:1[89]|20)\d\d|-?\d\d)\b|"
    r"[0-3]?\d[/.-][01]?\d[/ .-]{1,2}(?:(?:1[89]|20)\d\d|\d\d)\b)",
    re.IGNORECASE,
)
_UNITS = "noll ett två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton"
_TENS = "tjugo trettio fyrtio femtio sextio sjuttio åttio nittio"
_ONES = "nolla etta tvåa trea fyra femma sexa sjua åtta nia"


def _figures() -> dict[str, str]:
    """Every word for a number below a hundred, in figures."""
    words = {word: str(value) for value, word in enumerate(_ONES.split())}
    words |= {word: str(value) for value, word in enumerate(_UNITS.split())}
    for ten, tens in enumerate(_TENS.split(), start=2):
        words[tens] = f"{ten}0"
        words |= {f"{tens}{one}": f"{ten}{value}" for value, one in enumerate(_UNITS.split()[:10]) if value}
    return words


_FIGURES = _figures()
_WORDS = "|".join(sorted(_FIGURES, key=len, reverse=True))
_SPOKEN = re.compile(
    rf"\b(?:{_WORDS})(?:[ ,-]{{1,2}}(?:(?:bindestreck|streck) )?(?:{_WORDS})){{4,11}}\b", re.IGNORECASE
)
_NUMBER = re.compile(r"(?:1[89]|20)?\d\d(?:0\d|1[0-2])(?:0[1-9]|[12]\d|3[01]|[67]\d|8\d|9[01])\d{4}\Z")


def find_births(text: str) -> Iterator[Hit]:
    """Whole birth dates behind a word that says so; a year alone points to nobody."""
    for match in _BIRTH.finditer(text):
        yield Hit(match.start("date"), match.end("date"), "personnummer")


def find_spoken_numbers(text: str) -> Iterator[Hit]:
    """Ten or twelve figures in words that make up a personal number."""
    for match in _SPOKEN.finditer(text):
        words = re.findall(r"\w+", match[0].lower())
        if _NUMBER.match("".join(_FIGURES.get(word, "") for word in words)):
            yield Hit(match.start(), match.end(), "personnummer")
