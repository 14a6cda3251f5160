"""The word lists of the guard, read once: data/personal_data/README.md tells what each of them means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

LISTS = Path(__file__).resolve().parent.parent.parent / "data" / "personal_data"
Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Cue:
    """Words, and endings of words, that tell what stands beside them."""

    words: Words = frozenset()
    endings: tuple[str, ...] = ()

    def __contains__(self, lower: object) -> bool:
        return isinstance(lower, str) and (lower in self.words or bool(self.endings and lower.endswith(self.endings)))


@dataclass(frozen=True, slots=True)
class Lists:
    """Names by what they may be taken for, words that are no names, and cues."""

    first: Words
    rarer: Words
    capital: Words
    words: Words
    surnames: Words
    places: Words
    others: Words
    ordinary: Words
    strong: tuple[str, ...]
    weak: tuple[str, ...]
    thing: tuple[str, ...]
    body_endings: tuple[str, ...]
    cues: dict[str, Cue] = field(default_factory=dict)


@cache
def lists() -> Lists:
    """Read at the first text: a process that never screens pays nothing."""
    surnames = _sections("surname_endings.txt")
    endings = _sections("not_name_endings.txt")
    return Lists(
        first=_read("first_names.txt"),
        rarer=_read("rarer_first_names.txt"),
        capital=_read("names_only_with_capital.txt"),
        words=_read("names_that_are_words.txt"),
        surnames=_read("surnames.txt"),
        places=_read("places.txt"),
        others=_read("not_names.txt"),
        ordinary=_read("ordinary_words.txt"),
        strong=tuple(surnames["strong"]),
        weak=tuple(surnames["weak"]),
        thing=tuple(endings["thing"]),
        body_endings=tuple(endings["body"]),
        cues={name: _cue(words) for name, words in _sections("cues.txt").items()},
    )


def _lines(name: str) -> Iterator[str]:
    lines = (LISTS / name).read_text(encoding="utf-8").splitlines()
    return (line for line in lines if not line.startswith("#"))


def _read(name: str) -> Words:
    return frozenset(word for line in _lines(name) for word in line.split())


def _sections(name: str) -> dict[str, list[str]]:
    """Words under their titles, which start with an at sign."""
    found: dict[str, list[str]] = {}
    for line in _lines(name):
        if line.startswith("@"):
            found[line[1:]] = []
        else:
            found[next(reversed(found))] += line.split()
    return found


def _cue(written: list[str]) -> Cue:
    endings = tuple(word[1:] for word in written if word.startswith("-"))
    return Cue(frozenset(word for word in written if not word.startswith("-")), endings)
