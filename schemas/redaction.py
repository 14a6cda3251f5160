"""Taking out of a text what points to a person. A text is masked or shortened, never written anew."""

from __future__ import annotations

import re
from dataclasses import dataclass

from schemas.personal_data import screen

MASK = "[maskerat]"
SHORT_MASK = "–"  # where the mask would make a text longer than its field
LEAST_LETTERS = 10  # that a masked text must keep
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Piece:
    """A part of a text; `marked` says that it may point to a person."""

    text: str
    marked: bool


def pieces(text: str) -> list[Piece]:
    """The whole text in pieces, with what may point to a person marked; an earlier mask is left alone."""
    found: list[Piece] = []
    at = 0
    for finding in screen(text):
        found += [Piece(text[at : finding.start], False), Piece(text[finding.start : finding.end], True)]
        at = finding.end
    return [piece for piece in [*found, Piece(text[at:], False)] if piece.text]


def masked(text: str, limit: int) -> str:
    """The text with every marked piece replaced by a mask. Arguments: limit - characters that the text may hold."""
    parts = pieces(text)
    whole = "".join(MASK if piece.marked else piece.text for piece in parts)
    if len(whole) <= limit:
        return whole
    return "".join(SHORT_MASK if piece.marked else piece.text for piece in parts)


def only_shortened(before: str, after: str) -> bool:
    """Whether every word of a text, but for masks, stands in the one before it, in the same order.

    A coordinator may take away what points to a person but never put words into a reporter's mouth.
    """
    words = iter(_WORD.findall(before.casefold().replace(MASK, " ")))
    return all(word in words for word in _WORD.findall(after.casefold().replace(MASK, " ")))


def readable(text: str) -> bool:
    """Whether a text still tells anything besides its masks: `LEAST_LETTERS` letters or more."""
    return sum(letter.isalpha() for letter in text.replace(MASK, "")) >= LEAST_LETTERS


def copied(text: str, source: str, words: int = 6) -> bool:
    """Whether a text repeats a run of words of another one; reporters are promised never to be quoted.

    Arguments: words - how long a run of equal words makes a quotation.
    """
    here, there = (_WORD.findall(value.casefold()) for value in (text, source))
    runs = {tuple(there[at : at + words]) for at in range(len(there) - words + 1)}
    return any(tuple(here[at : at + words]) in runs for at in range(len(here) - words + 1))
