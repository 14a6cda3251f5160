"""What the words around a word say about whether it is a person's name. The cues: data/personal_data/cues.txt."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.personal_data.lists import lists
from schemas.personal_data.tokens import Token

# Before a word in lower case these say nothing.
SMALL = frozenset("med till hos av åt för tack och eller mellan både samt även när då att".split())  # noqa: SIM905
# What may stand between a cue and the name it speaks for.
_JOINTS = (" ", ", ", ' "', " '", ': "', ": ", ' ("', " (", ', "', " /", ",\n", "\n", " - ", "\n/", " = ")
# What may stand between two names of a list.
_ANDS = ("och", ",", "&", "samt", "/", "\u2192", "eller")
_AUTHORITIES = ("arbetsf", "försäk", "kommun", "region", "social", "vård", "psyk")


@dataclass(frozen=True, slots=True)
class Place:
    """A word where it stands: its neighbours, the word behind the capitals that follow it, the end of the last name."""

    token: Token
    before: Token
    after: Token
    behind: Token
    text: str
    last_name_end: int

    def joined(self) -> bool:
        """Whether the word before belongs to the same phrase."""
        return self.before.end > 0 and self.text[self.before.end : self.token.start] in _JOINTS

    def beside(self) -> bool:
        """Whether the word after follows directly."""
        return self.text[self.token.end : self.after.start] == " "

    def listed_with_a_name(self) -> bool:
        """Whether a name stands before, with nothing but an and, a comma or an arrow between."""
        between = self.text[self.last_name_end : self.token.start].strip()
        return 0 < self.last_name_end < self.token.start and between in _ANDS


def around(place: Place) -> float:
    """What the neighbours add or take."""
    return _before(place) + _after(place)


def _before(place: Place) -> float:
    cues = lists().cues
    before, known = place.before.lower, lists()
    if place.listed_with_a_name():
        return 0.3
    if not place.joined():
        return 0.0
    if before in cues["institution"]:
        return -0.9
    if before in cues["naming"] or before in cues["person"]:
        return 0.6 if place.token.written[0].isupper() or before in cues["naming"] else 0.45
    if before in cues["place"]:
        return -0.45
    if before in ("på", "från"):
        return -0.1
    if before in cues["asks"] and (place.token.written[0].isupper() or before not in SMALL):
        return 0.2
    title = place.before.capital and not place.before.opens and before in known.others
    return -0.5 if title else 0.0


def _after(place: Place) -> float:
    cues = lists().cues
    after = place.after.lower
    if place.behind.lower in cues["body"]:
        return -1.2
    if not place.beside():
        return _apposition(place)
    if place.token.shouted and place.after.shouted and len(after) > 3:
        return 0.2
    if after in cues["speaks"]:
        return 0.4
    if after in cues["is"]:
        return 0.15
    if after in cues["relation"] and _owns(place.token):
        return 0.4
    if after == "på" and _names_a_body(place):
        return 0.2
    title = place.after.capital and after in lists().others
    return -0.5 if title else 0.0


def _owns(token: Token) -> bool:
    """Whether a word may be a genitive; hans and deras are, of nobody in particular."""
    return token.lower.endswith(("x", "z")) or (token.lower.endswith("s") and token.lower not in lists().ordinary)


def _apposition(place: Place) -> float:
    """Glad, handläggare på AF: who somebody is stands behind the comma."""
    comma = place.text[place.token.end : place.after.start] in (", ", " (")
    return 0.4 if comma and place.after.lower in lists().cues["person"] else 0.0


def _names_a_body(place: Place) -> bool:
    rest = place.text[place.after.end + 1 : place.after.end + 20]
    return rest[:2].isupper() or rest.lower().startswith(_AUTHORITIES)
