"""Folds a text to plain characters and remembers where each of them stood.

People paste: full-width digits, thin spaces, figure dashes, soft hyphens, letters with their ring
written as a mark of its own. The rules should see `1` and `-` and `å`; the findings must point into
the text as it was written.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

Kind = Literal[
    "personnummer",
    "samordningsnummer",
    "phone",
    "email",
    "address",
    "online",
    "case_number",
    "account",
    "vehicle",
    "property",
    "name",
]

# Minus signs and the like that Unicode does not count as dashes.
DASHES = "\u2212\u02d7\u2043\u00af\u30fc"
# The at sign, dot and apostrophe in their other shapes.
LOOKALIKES = {"\u2019": "'", "\u00b4": "'", "\u02bc": "'", "\u3002": ".", "\u2024": "."}


class Hit(NamedTuple):
    """A find in the folded text. `sure` says that it never belongs in a report; else the writer is asked."""

    start: int
    end: int
    kind: Kind
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Folded:
    """The plain text; `starts` and `ends` are empty when every character kept its place."""

    text: str
    starts: Sequence[int] = ()
    ends: Sequence[int] = ()

    def span(self, hit: Hit) -> tuple[int, int]:
        """Where the hit stands in the text as it was written."""
        if not self.starts:
            return hit.start, hit.end
        return self.starts[hit.start], self.ends[hit.end - 1]


class _Plain(dict[int, str]):
    """A table for str.translate that works out each character when it is first asked for."""

    def __missing__(self, code: int) -> str:
        return _plain(code)


@lru_cache(maxsize=4096)
def _plain(code: int) -> str:
    """One character, or none where the character is invisible or a mark on the one before."""
    character = chr(code)
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me") or (category == "Cc" and character not in "\t\n\r\x0b\x0c\x1c\x1d\x1e\x85"):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "No" and (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)  # a figure in a ring or raised
    if category == "Pd" or character in DASHES:
        return "-"
    if category.startswith("Z"):
        return " "
    simple = unicodedata.normalize("NFKC", character)
    return LOOKALIKES.get(character) or (simple if len(simple) == 1 else character)


_PLAIN = _Plain()


def fold(text: str) -> Folded:
    """The text in plain characters.

    Arguments: text - any string at all, lone surrogates included.
    """
    folded = text if text.isascii() and "\0" not in text else text.translate(_PLAIN)
    # Each character becomes one or none, so an equal length means that all kept their places.
    return Folded(folded) if len(folded) == len(text) else _fold_with_places(text)


def _fold_with_places(text: str) -> Folded:
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, character in enumerate(text):
        plain = _plain(ord(character))
        if plain:
            letters.append(plain)
            starts.append(place)
            ends.append(place + 1)
        elif letters and unicodedata.combining(character):
            composed = unicodedata.normalize("NFC", letters[-1] + character)
            letters[-1] = composed if len(composed) == 1 else letters[-1]
            ends[-1] = place + 1
    return Folded("".join(letters), starts, ends)
