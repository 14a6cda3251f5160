"""Every number of a text, in digits or in Swedish words, with its value and what it stands beside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

ONES = dict(
    zip(("ett", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio"), (1, *range(1, 10)), strict=True)
)
TEENS = ("tio", "elva", "tolv", "tretton", "fjorton", "femton", "sexton", "sjutton", "arton", "nitton")
TENS = ("tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio")
DOZENS = {"dussin": 12, "tjog": 20, "noll": 0, "båda": 2, "bägge": 2, "ett par": 2}
VALUES = {
    **ONES,
    **{word: value for value, word in enumerate(TEENS, start=10)},
    **{word: 10 * value for value, word in enumerate(TENS, start=2)},
    **DOZENS,
    "hundra": 100,
    "tusen": 1000,
}
PAIRS = ("båda", "bägge", "ett par")  # They speak of two, but of parties as often as of reports.

_ATOM = re.compile("|".join(sorted(VALUES, key=len, reverse=True)))
_ONES, _TEENS, _TENS = "|".join(ONES), "|".join(TEENS), "|".join(TENS)
_TO_99 = rf"(?:(?:{_TENS})(?:[ -]?(?:{_ONES})\b)?|{_TEENS}|{_ONES})"
_TO_999 = rf"(?:(?:(?:{_ONES})[ -]?)?hundra(?:[ -]?{_TO_99})?|{_TO_99})"
# What a number in words looks like, up to 999 999; its end must be looked for by whoever uses it.
WORDS = rf"(?:{'|'.join(DOZENS)}|(?:{_TO_999}[ -]?)?tusen(?:[ -]?{_TO_999})?|{_TO_999})"
DIGITS = r"\d{1,3}(?:[ .]\d{3})+(?!\d)|\d+(?:,\d+)?"
ANY = rf"(?:{DIGITS}|\b{WORDS})"
_NUMBER = re.compile(rf"(?P<digits>{DIGITS})|\b(?P<words>{WORDS})(?:-?tal(?:s|et)?)?\b")
_BOUND = re.compile(r"(?:(?P<below>(?:färre|mindre) än|under|<)|(?P<least>minst)) ?$")
_NEXT = re.compile(r"[^\w.;:!?,]*(\w+)")


@dataclass(frozen=True, slots=True)
class Number:
    """A number where it stands. `bound` is `below` in "färre än fem" and `least` in "minst fem"; `beside` is the word
    that follows it in the same clause."""

    start: int
    end: int
    value: float
    bound: str
    beside: str

    @property
    def key(self) -> tuple[float, str]:
        """What makes two numbers the same statement, whatever they count."""
        return self.value, self.bound


def plain(text: str) -> str:
    """The text with every sign that is another way to write a digit or a space as that digit or space (NFKC)."""
    return unicodedata.normalize("NFKC", text)


def masked(text: str, harmless: re.Pattern[str]) -> str:
    """The text, as long as before, with what is harmless made unreadable."""
    return harmless.sub(lambda found: "·" * len(found[0]), text.lower())


def numbers(text: str) -> Iterator[Number]:
    """The numbers of a text in small letters, in their order. An article ("en", "ett") is a number too."""
    for found in _NUMBER.finditer(text):
        bound = _BOUND.search(text[max(0, found.start() - 12) : found.start()])
        beside = _NEXT.match(text, found.end())
        value = _digits(found["digits"]) if found["digits"] else _words(found["words"])
        yield Number(found.start(), found.end(), value, (bound and bound.lastgroup) or "", beside[1] if beside else "")


def _digits(written: str) -> float:
    return float(re.sub(r"[ .]", "", written).replace(",", "."))


def _words(written: str) -> float:
    """Adds up the parts: hundreds multiply what stands before them, thousands all of it."""
    total = part = 0
    for atom in _ATOM.findall(written):
        if atom == "hundra":
            part = 100 * max(part, 1)
        elif atom == "tusen":
            total, part = 1000 * max(part, 1), 0
        else:
            part += VALUES[atom]
    return total + part
