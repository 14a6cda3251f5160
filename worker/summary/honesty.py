"""The gate that a sentence of ours passes before it is told: no trend without a proof, no cause and no blame. Pure.

Rules choose their words from the same bounds that are proved here, so in everyday use the gate is silent. It is there
for the day when somebody writes a new sentence: then nothing is printed, rather than something that may be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marshmallow import ValidationError

from schemas.disclosure import Protected, surely_above

# "Färre än fem" is how a hidden number is written and no trend.
TREND = re.compile(
    r"\b(fler|färre(?! än (fem|tre))|öka[rt]?|ökning|minska[rt]?|minskning|sjunk\w+|stig\w+)\b", re.IGNORECASE
)
CAUSE = re.compile(
    r"\b(på grund av|beror på|berodde på|därför att|tack vare|orsak\w*|har hjälpt|hjälpte|ledde till|lett till|"
    r"skuld\w*|skyldig\w*|misslyck\w*|slarv\w*|försumma\w*)\b",
    re.IGNORECASE,
)
UNPROVED = "En mening säger mer än antalen visar."
BLAMES = "En mening berättar en orsak eller lägger skuld."


@dataclass(frozen=True)
class Proof:
    """That one number lies at least `by` reports above another, however the rounding fell out."""

    above: Protected
    below: Protected
    by: int

    @property
    def holds(self) -> bool:
        return surely_above(self.above, self.below, self.by)


def honest(sentence: Mapping[str, str], proofs: Sequence[Proof] = (), *, tested: bool = False) -> dict[str, str]:
    """The sentence itself, when its numbers bear it.

    Arguments: proofs - for the trends that it tells; tested - that it tells the outcome of an exact test
    (worker/effect.py), which is proof enough.
    Raises: marshmallow.ValidationError, as for everything that may not leave.
    """
    # What stands in quotation marks was written by a person and screened elsewhere; it claims nothing of ours.
    ours = re.sub("”[^”]*”", "", " ".join(sentence.values()))
    if CAUSE.search(ours):
        raise ValidationError(BLAMES)
    if not all(proof.holds for proof in proofs) or (TREND.search(ours) and not proofs and not tested):
        raise ValidationError(UNPROVED)
    return dict(sentence)
