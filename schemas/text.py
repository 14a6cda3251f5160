"""Cleaning free text at the way in, so that what is stored can be shown, printed and searched anywhere."""

from __future__ import annotations

import re
import unicodedata

# Invisible marks (category Cf) turn the direction of writing, hide words from the guard and fill a text with nothing.
# The two joiners are kept between two signs, where emoji and some scripts are spelled with them.
JOINERS = "\u200c\u200d"
JOINED = re.compile(f"[{JOINERS}]+")
# The control characters and surrogates of Unicode (categories Cc and Cs), but for tab and line break.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
FIRST_MARK = "\u0300"
MOST_MARKS = 3  # combining marks after one letter; more is never language


def clean(text: str) -> str:
    """The text in composed form (NFC), without control characters, lone surrogates, invisible marks or
    heaps of combining marks; line breaks as \\n; no space at the ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _without_invisible(CONTROLS.sub("", text))
    return _thin_marks(unicodedata.normalize("NFC", text)).strip()


def letters(text: str) -> int:
    """How many letters a text has: signs, digits and emoji tell nothing by themselves."""
    return sum(character.isalpha() for character in text)


def _without_invisible(text: str) -> str:
    if text.isascii():
        return text
    seen = (sign for sign in text if sign in JOINERS or unicodedata.category(sign) != "Cf")
    return JOINED.sub(_one_joiner, "".join(seen))


def _one_joiner(found: re.Match[str]) -> str:
    before, after = found.string[max(0, found.start() - 1) : found.start()], found.string[found.end() : found.end() + 1]
    return "" if (before + " ").isspace() or (after + " ").isspace() else found.group()[0]


def _thin_marks(text: str) -> str:
    if max(text, default="") < FIRST_MARK:  # As nearly every text.
        return text
    letters: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        if marks <= MOST_MARKS:
            letters.append(character)
    return "".join(letters)
