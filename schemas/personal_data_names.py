"""Likely names. Nothing here is sure, so a name is confirmed by the writer, never stopped.

A name is a listed first name, a surname by list or ending, an unknown word with a capital after a
cue (the caseworker X), a pair of unknown words with capitals inside a sentence, or initials. Places,
authorities, laws and programmes are no names. The lists are our own: data/personal_data/README.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.personal_data_text import Hit

LISTS = Path(__file__).resolve().parent.parent / "data" / "personal_data"
_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
_INITIALS = re.compile(r"(?<![\w.])[A-ZÅÄÖ]\. ?(?:[A-ZÅÄÖ]\. ?)?[A-ZÅÄÖ]\.(?::s)?(?!\w)")
_SENTENCE_END = re.compile(r"[.!?:;\n\u2022\"()*>-]\s*\Z|\A\s*\Z")
_AT_A_PLACE = frozenset({"i", "från", "på", "inom", "runt", "utanför", "nära"})
_LEX = frozenset({"lex", "sankt", "sankta", "s:t"})
_SHORTEST_LOWER_CASE = 4


@dataclass(frozen=True, slots=True)
class _Lists:
    first: frozenset[str]
    capital: frozenset[str]
    words: frozenset[str]
    surnames: frozenset[str]
    strong: tuple[str, ...]
    weak: tuple[str, ...]
    places: frozenset[str]
    others: frozenset[str]
    person: frozenset[str]
    institution: frozenset[str]
    body: frozenset[str]


@cache
def _lists() -> _Lists:
    """Read once, at the first text: a process that never screens pays nothing."""
    endings = _sections("surname_endings.txt", ("strong", "weak"))
    cues = _sections("cues.txt", ("person", "institution", "body"))
    return _Lists(
        first=_read("first_names.txt"),
        capital=_read("names_only_with_capital.txt"),
        words=_read("names_that_are_words.txt"),
        surnames=_read("surnames.txt"),
        strong=tuple(sorted(endings["strong"])),
        weak=tuple(sorted(endings["weak"])),
        places=_read("places.txt"),
        others=_read("not_names.txt"),
        person=frozenset(cues["person"]),
        institution=frozenset(cues["institution"]),
        body=frozenset(cues["body"]),
    )


def _words_of(name: str) -> list[str]:
    lines = (LISTS / name).read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def _read(name: str) -> frozenset[str]:
    return frozenset(_words_of(name))


def _sections(name: str, titles: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in _words_of(name):
        if word in titles:
            found[word] = []
        else:
            found[next(reversed(found))].append(word)
    return found


@dataclass(frozen=True, slots=True)
class _Token:
    """A word with its place, its lower case and whether it opens a sentence."""

    start: int
    end: int
    written: str
    lower: str
    opens: bool

    @property
    def capital(self) -> bool:
        """Written like a name: a capital and then small letters (FK and SIP are no names)."""
        return self.written[0].isupper() and not (len(self.written) > 1 and self.written.isupper())


def find_names(text: str) -> Iterator[Hit]:
    """Likely names in a folded text, a first name and the surname behind it as one."""
    tokens = [_token(match, text) for match in _WORD.finditer(text)]
    last = _Token(len(text), len(text), ".", ".", True)
    covered = 0
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else last
        after = tokens[place + 1] if place + 1 < len(tokens) else last
        if token.start < covered or not _is_name(token, before, after, text):
            continue
        end = _end(tokens, place, text)
        covered = end
        yield Hit(token.start, end, "name")
    for match in _INITIALS.finditer(text):
        yield Hit(match.start(), match.end(), "name")


def _token(match: re.Match[str], text: str) -> _Token:
    before = text[max(0, match.start() - 3) : match.start()]
    return _Token(match.start(), match.end(), match[0], match[0].lower(), bool(_SENTENCE_END.search(before)))


def _is_name(token: _Token, before: _Token, after: _Token, text: str) -> bool:
    if len(token.lower) < 2:
        return False
    lists = _lists()
    if not token.written[0].isupper():
        return len(token.lower) >= _SHORTEST_LOWER_CASE and any(part in lists.first for part in _stems(token.lower))
    if before.lower in _LEX or (_beside(token, after, text) and after.lower in lists.body):
        return False
    surname_follows = _beside(token, after, text) and after.capital and _is_surname(after, strict=False)
    if token.lower in lists.words and _in_a_title(token, before, after, text):
        return False
    if _is_first_name(token, before, surname_follows):
        return not (before.lower in lists.institution and not surname_follows)
    if not token.capital or _exempt(token.lower) or before.lower in lists.institution:
        return False
    if _is_surname(token, strict=token.opens):
        return True
    if token.opens or len(token.lower) < 3:
        return False
    return before.lower in lists.person or _is_unknown_pair(token, before, after, text)


def _in_a_title(token: _Token, before: _Token, after: _Token, text: str) -> bool:
    """Bra Liv, Mina Sidor: a word that is also a name, beside another word of a title."""
    left = _beside(before, token, text) and before.capital and before.lower in _lists().others
    return left or (_beside(token, after, text) and after.capital and after.lower in _lists().others)


def _stems(lower: str) -> Iterator[str]:
    """The word, its parts between hyphens, and each without the s of the genitive."""
    parts = [lower] if "-" not in lower else [lower, *lower.split("-")]
    for part in parts:
        yield part
        if part.endswith("s") and len(part) > 3:
            yield part[:-1].rstrip("'")


def _is_first_name(token: _Token, before: _Token, surname_follows: bool) -> bool:
    lists = _lists()
    stems = list(_stems(token.lower))
    if any(stem in lists.places for stem in stems) and before.lower in _AT_A_PLACE:
        return False
    if any(stem in lists.first or stem in lists.capital for stem in stems):
        # ANA and IDA in capitals may be abbreviations; a longer word in capitals is shouting.
        return token.capital or len(token.lower) > 4
    inside = not token.opens and token.capital
    return any(stem in lists.words for stem in stems) and (inside or surname_follows)


def _is_surname(token: _Token, strict: bool) -> bool:
    """By list or ending. `strict` is for the first word of a sentence, which has its capital anyway."""
    lists = _lists()
    if not token.capital or _exempt(token.lower):
        return False
    stems = [stem for stem in _stems(token.lower) if len(stem) > 4]
    if any(stem.endswith(lists.strong) for stem in stems) and len(token.lower) < 16:
        return True
    return not strict and any(stem in lists.surnames or stem.endswith(lists.weak) for stem in [token.lower, *stems])


def _exempt(lower: str) -> bool:
    lists = _lists()
    parts = lower.split("-")
    return all(any(stem in lists.places or stem in lists.others for stem in _stems(part)) for part in parts)


def _is_unknown_pair(token: _Token, before: _Token, after: _Token, text: str) -> bool:
    """Two unknown words with capitals side by side inside a sentence, with none more around them."""
    alone = not (before.written[0].isupper() and _beside(before, token, text) and not before.opens)
    pair = _beside(token, after, text) and after.capital and len(after.lower) > 2 and not _exempt(after.lower)
    return alone and pair


def _beside(left: _Token, right: _Token, text: str) -> bool:
    return text[left.end : right.start] == " "


def _end(tokens: list[_Token], place: int, text: str) -> int:
    """Where the whole name ends: words with capitals that follow it directly belong to it."""
    end = tokens[place].end
    for previous, token in zip(tokens[place : place + 3], tokens[place + 1 : place + 4], strict=False):
        if not (_beside(previous, token, text) and token.capital and not _exempt(token.lower)):
            break
        end = token.end
    return end
