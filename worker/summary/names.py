"""What the parties and categories of a snapshot are called, inside a sentence and alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.taxonomy import UNASSESSED
from worker.summary.words import inside, listed

Pair = tuple[str, str]  # codes of the party that reports and of the party that the report is about
# Reports that no category fits, or that nobody has judged yet, say nothing about what chafes.
VAGUE = ("other", UNASSESSED)


class Names:
    """What the parties and categories of a snapshot are called. `categories` stand in the order of the taxonomy."""

    def __init__(self, snapshot: Mapping[str, Any]) -> None:
        self._parties = {party["code"]: party for party in snapshot["parties"]}
        self.categories: dict[str, str] = dict(snapshot["categories"])

    def category(self, code: str) -> str:
        return self.categories.get(code, code)

    def quoted(self, code: str) -> str:
        return f"”{self.category(code)}”"

    def party(self, code: str) -> str:
        """A party's name where it stands alone; whoever is outside the register shares one."""
        party = self._parties[code]
        return "Annan" if party["outside"] else str(party["name"])

    def inside(self, code: str) -> str:
        party = self._parties[code]
        return "en annan aktör" if party["outside"] else inside(party["name"])

    def pair(self, pair: Pair) -> str:
        """`från kommunen om Försäkringskassan`, or `inom kommunen` when one part of it reports about another."""
        giver, counterpart = pair
        if giver == counterpart:
            return f"inom {self.inside(giver)}"
        return f"från {self.inside(giver)} om {self.inside(counterpart)}"

    def both(self, pair: Pair) -> str:
        """Who mends what chafes between two: `kommunen och Försäkringskassan`; one that has no seat is not told to."""
        known = [code for code in dict.fromkeys(pair) if not self._parties[code]["outside"]]
        if len(known) == 1 and pair[0] == pair[1]:
            return f"verksamheterna inom {self.inside(known[0])}"
        return listed([self.inside(code) for code in known]) or "parterna"
