"""How strongly a word alone speaks for a person's name; `neighbours` adds what stands around it.

The weights are set by hand on data/personal_data/corpus/dev.txt; a sum of `ENOUGH` makes a likely name.
"""

from __future__ import annotations

from schemas.personal_data.lists import lists
from schemas.personal_data.tokens import Token

ENOUGH = 0.49
_SHORTEST_LOWER_CASE = 4
_DEFINITE = ("en", "et", "er", "an", "na", "ns", "ts")


def word(token: Token) -> float:
    """What the word alone says, from -1 to 1."""
    known = lists()
    stems = list(token.stems())
    if not token.written[0].isupper():
        return _lower(token, stems)
    if token.shouted:
        return _loud(token, stems)
    if _made_up(token):
        return -1.0
    ordinary = token.lower in known.ordinary
    if any(is_first_name(stem) for stem in stems) and not (ordinary and token.opens):
        return _first(token, stems)
    if any(stem in known.words for stem in stems) or (ordinary and is_first_name(token.lower)):
        return 0.15 if token.opens else 0.55
    if exempt(token):
        return -0.2
    return _surname(token, stems) or _unknown(token)


def is_first_name(lower: str) -> bool:
    """Whether a word is a first name by list, whatever else it may be."""
    known = lists()
    return lower in known.first or lower in known.rarer or lower in known.capital


def _first(token: Token, stems: list[str]) -> float:
    """A listed first name says less when it is a feast or a place too, and nothing before -veckan or -området."""
    known = lists()
    tail = token.lower.rpartition("-")[2]
    if tail != token.lower and not is_first_name(tail) and _thing(tail):
        return -0.5
    if any(stem in known.others for stem in stems):
        return 0.15
    return 0.55 if any(stem in known.places for stem in stems) else 0.9


def _loud(token: Token, stems: list[str]) -> float:
    """In capitals alone; a short one may be the abbreviation of a method."""
    if _strong(token, stems):
        return 0.9
    known = lists()
    if not any(is_first_name(stem) for stem in stems):
        return 0.3 if any(stem in known.surnames for stem in stems) else -1.0
    return 0.9 if len(token.lower) > 5 else 0.35


def _made_up(token: Token) -> bool:
    """SoL and SharePoint: a capital inside a word, unless a hyphen, an apostrophe or Mac stands before it."""
    inner = next((at for at, letter in enumerate(token.written) if at and letter.isupper()), 0)
    return inner > 0 and token.written[inner - 1].isalpha() and not token.lower.startswith(("mc", "mac"))


def _thing(lower: str) -> bool:
    known = lists()
    return lower in known.ordinary or lower.endswith(known.thing) or lower.endswith(known.body_endings)


def _lower(token: Token, stems: list[str]) -> float:
    known = lists()
    if token.lower in known.ordinary:
        return 0.0
    if len(token.lower) >= _SHORTEST_LOWER_CASE and any(stem in known.first for stem in stems):
        return 0.9
    if len(token.lower) >= _SHORTEST_LOWER_CASE and any(stem in known.rarer for stem in stems):
        return 0.3
    return 0.9 if len(token.lower) > 6 and _strong(token, stems) else 0.0


def _strong(token: Token, stems: list[str]) -> bool:
    return any(len(stem) > 4 and stem.endswith(lists().strong) for stem in stems) and len(token.lower) < 18


def _surname(token: Token, stems: list[str]) -> float:
    """By list or ending. The first word of a sentence has its capital anyway, and says less."""
    known = lists()
    if _strong(token, stems):
        return 0.7
    if any(stem in known.surnames for stem in stems):
        return 0.3 if token.opens else 0.6
    ordinary = token.lower in known.ordinary or token.lower.endswith(known.thing)
    if not ordinary and any(len(stem) > 4 and stem.endswith(known.weak) for stem in stems):
        return 0.25 if token.opens else 0.5
    return 0.0


def _unknown(token: Token) -> float:
    known = lists()
    if len(token.lower) < 3:
        return -0.5
    if token.lower in known.ordinary or token.lower.endswith(known.thing):
        return -0.1
    if token.lower.endswith(known.body_endings):
        return -0.2
    # -en, -et, -na: what is talked about usually stands in its definite form, above all where a sentence opens.
    definite = token.lower.endswith(_DEFINITE)
    if token.opens:
        return -0.2 if definite else 0.05
    return 0.15 if definite else 0.3


def exempt(token: Token) -> bool:
    """Whether every part of a word is a place, a body, a law or a programme by list."""
    known = lists()
    parts = token.lower.split("-")
    return all(part in known.places or part in known.others or _genitive(part) for part in parts)


def _genitive(part: str) -> bool:
    known = lists()
    return len(part) > 3 and part.endswith("s") and (part[:-1] in known.places or part[:-1] in known.others)
