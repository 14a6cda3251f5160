"""Likely names. Nothing here is sure, so a name is confirmed by the writer, never stopped.

A word's own evidence and that of its neighbours are added (`evidence`). What follows a name directly
with a capital belongs to it. Initials count too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.personal_data.evidence import ENOUGH, exempt, is_first_name, word
from schemas.personal_data.lists import lists
from schemas.personal_data.neighbours import SMALL, Place, around
from schemas.personal_data.text import Hit
from schemas.personal_data.tokens import NOBODY, Token, tokens

_INITIALS = re.compile(r"(?<![\w.])[A-ZÅÄÖ]\. ?(?:[A-ZÅÄÖ]\. ?)?[A-ZÅÄÖ](?:\.(?::s)?(?!\w)|(?::s|s)?(?![\w.]))")
_INITIAL_AND_SURNAME = re.compile(r"(?<![\w.])[A-ZÅÄÖ]\. ?(?=[A-ZÅÄÖ][a-zåäö]{2})")
_MARKED = re.compile(
    r"\b(?:klient|brukar|patient|kund|elev|ungdom|deltagar|pojk|flick|pat|person)[a-zåäö]{0,3}\s(?P<initials>[A-ZÅÄÖ]{2})"
    r"(?::?s)?(?![\w-])",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"(?:AF|FK|BC|KV|HR|IT|SE|MI|UV|AC|LK|SN|KS|BB|IF|VC|GY|ÖV|AA|OK|NN|XX)\Z")
_PARTICLES = frozenset(("von", "af", "de", "van", "der", "el", "al", "bin", "ben", "da", "dos", "la", "le", "ibn"))
_LONGEST = 4  # words of one name


def find_names(text: str) -> Iterator[Hit]:
    """Likely names in a folded text, a first name and the surname behind it as one."""
    yield from _initials(text)
    found = tokens(text)
    covered = 0
    for place, token in enumerate(found):
        if token.start < covered or (not token.written[0].isupper() and len(token.lower) < 3):
            continue
        if _score(found, place, text, covered) >= ENOUGH:
            covered = _end(found, place, text)
            yield Hit(token.start, covered, "name", sure=False)


def _score(found: list[Token], place: int, text: str, covered: int) -> float:
    token = found[place]
    alone = word(token)
    before = found[place - 1] if place else NOBODY
    if alone == 0.0 and not token.written[0].isupper():
        return _named_in_lower_case(token, before)
    if len(token.lower) < 2 or alone <= -0.5:
        return 0.0
    after = found[place + 1] if place + 1 < len(found) else NOBODY
    here = Place(token, before, after, _behind(found, place, text), text, covered)
    return alone + around(here) + _pair(here, alone)


def _named_in_lower_case(token: Token, before: Token) -> float:
    """heter ali, ringde eva: a short name or one that is a word too, right behind a cue."""
    known = lists()
    ordinary = token.lower in known.ordinary
    if before.lower in ("heter", "hette") and (token.lower in known.words or is_first_name(token.lower)):
        return 0.9
    if ordinary or not is_first_name(token.lower):
        return 0.0
    sure = before.lower in known.cues["naming"] or before.lower in known.cues["person"]
    return 0.6 if sure or (before.lower in known.cues["asks"] and before.lower not in SMALL) else 0.0


def _behind(found: list[Token], place: int, text: str) -> Token:
    """The first small word behind the capitals that follow, or the last capital when its ending tells what it is."""
    body = lists().cues["body"]
    previous = found[place]
    for token in found[place + 1 : place + 4]:
        if text[previous.end : token.start] != " ":
            break
        if not token.capital or token.lower in body:
            return token
        previous = token
    return NOBODY


def _pair(here: Place, alone: float) -> float:
    """A surname behind speaks for a first name; two unknown words with capitals side by side speak for each other."""
    after = here.after
    if not (here.token.capital and here.beside() and after.capital and len(after.lower) > 2) or exempt(after):
        return 0.0
    next_one = word(after)
    if alone > 0.1 and next_one >= 0.5:
        return 0.4
    return 0.2 if alone >= 0.3 <= next_one else 0.0


def _end(found: list[Token], place: int, text: str) -> int:
    """Where the whole name ends: words with capitals that follow it directly belong to it."""
    first = found[place]
    end = first.end
    for previous, token in zip(found[place : place + _LONGEST], found[place + 1 : place + _LONGEST + 1], strict=False):
        if text[previous.end : token.start] != " " or not _belongs(first, token):
            break
        end = token.end if token.lower not in _PARTICLES else end
    return end


def _belongs(first: Token, token: Token) -> bool:
    if token.lower in _PARTICLES:
        return True
    if not first.written[0].isupper():
        return word(token) >= ENOUGH or _is_surname_in_lower_case(token.lower)
    if len(token.written) == 1:
        return token.written.isupper()
    if token.shouted:
        return first.shouted and word(token) > 0
    return token.capital and not exempt(token) and token.lower not in lists().ordinary


def _is_surname_in_lower_case(lower: str) -> bool:
    known = lists()
    return lower in known.surnames or (len(lower) > 5 and lower.endswith(known.weak) and lower not in known.ordinary)


def _initials(text: str) -> Iterator[Hit]:
    if "." in text:
        for match in _INITIALS.finditer(text):
            yield Hit(match.start(), match.end(), "name", sure=False)
        for match in _INITIAL_AND_SURNAME.finditer(text):
            surname = tokens(text[match.end() : match.end() + 40])[0]
            if word(Token(0, 0, surname.written, surname.lower, False)) >= ENOUGH:
                yield Hit(match.start(), match.end() + surname.end, "name", sure=False)
    for match in _MARKED.finditer(text):
        if match["initials"].isupper() and not _ABBREVIATION.match(match["initials"]):
            yield Hit(match.start("initials"), match.end("initials"), "name", sure=False)
