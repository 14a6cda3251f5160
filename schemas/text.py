"""Cleaning free text at the way in, so that what is stored can be shown, printed and searched anywhere."""

from __future__ import annotations

import re
import unicodedata

# Invisible marks that turn the direction of writing can make a text read differently from what it says.
DIRECTION_MARKS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
# The control characters and surrogates of Unicode (categories Cc and Cs), but for tab and line break.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
FIRST_MARK = "\u0300"
MOST_MARKS = 3  # combining marks after one letter; more is never language


def clean(text: str) -> str:
    """The text in composed form (NFC), without control characters, lone surrogates, direction marks or
    heaps of combining marks; line breaks as \\n; no space at the ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(DIRECTION_MARKS)
    return _thin_marks(unicodedata.normalize("NFC", CONTROLS.sub("", text))).strip()


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
