"""The guard's corpus: texts with what must be found marked as `{kind:words}`, and how much of it is found."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from schemas.personal_data import Finding, screen
from schemas.personal_data.lists import LISTS

PARTS = ("dev", "held_out")
GROUPS = {
    "numbers": ("personnummer", "samordningsnummer"),
    "contacts": ("phone", "email", "address", "online"),
    "references": ("case_number", "account", "vehicle", "property"),
    "names": ("name",),
}
_MARK = re.compile(r"\{(?P<kind>[a-z_]+):(?P<words>[^{}]*)\}")


@dataclass(frozen=True)
class Marked:
    """A text and the places in it that point to a person: start, end, kind."""

    text: str
    places: tuple[tuple[int, int, str], ...]


@dataclass
class Score:
    """Counts over one part. A place is found when a finding of any kind overlaps it, whatever its grade."""

    wanted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    right: int = 0
    wrong: int = 0
    clean: int = 0
    touched: int = 0

    def recall(self, group: str) -> float:
        """Share of the places of a group (0-1) that were found."""
        kinds = GROUPS[group]
        return sum(self.found[kind] for kind in kinds) / sum(self.wanted[kind] for kind in kinds)

    @property
    def precision(self) -> float:
        """Share of all findings (0-1), those in clean texts included, that overlap a marked place."""
        return self.right / (self.right + self.wrong)

    @property
    def false_alarms(self) -> float:
        """Share of the clean texts (0-1) that were stopped or questioned."""
        return self.touched / self.clean


def read(part: str, folder: Path = LISTS / "corpus") -> list[Marked]:
    """The texts of one part, one a line; `#` starts a comment."""
    lines = (folder / f"{part}.txt").read_text(encoding="utf-8").split("\n")
    return [_parse(line) for line in lines if line and not line.startswith("#")]


def _parse(line: str) -> Marked:
    text, places, at = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[at : mark.start()]
        places.append((len(text), len(text) + len(mark["words"]), mark["kind"]))
        text, at = text + mark["words"], mark.end()
    return Marked(text + line[at:], tuple(places))


def score(texts: list[Marked]) -> Score:
    """Screens every text and compares."""
    total = Score()
    for marked in texts:
        found = screen(marked.text)
        total.clean += not marked.places
        total.touched += bool(found) and not marked.places
        for place in marked.places:
            total.wanted[place[2]] += 1
            total.found[place[2]] += any(_overlap(one, place) for one in found)
        right = sum(any(_overlap(one, place) for place in marked.places) for one in found)
        total.right += right
        total.wrong += len(found) - right
    return total


def _overlap(one: Finding, place: tuple[int, int, str]) -> bool:
    return one.start < place[1] and one.end > place[0]
