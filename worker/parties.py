"""Which parties a text names, beside the one that reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from worker.classification_concepts import Concepts

PARTIES = ("af", "fk", "kommun", "region")  # Each is an idea of data/classifier/concepts.json.


def mentioned(concepts: Concepts, words: Iterable[str]) -> set[str]:
    """The codes of the parties that lower-case words name."""
    return {idea for word in words for idea in concepts.of(word) if idea in PARTIES}


def named_parties(
    known: Mapping[str, tuple[float, float]], concepts: Concepts, words: Iterable[str], reporter: str | None
) -> tuple[tuple[str, float], ...]:
    """The parties that a text names, the surest first, each with the share of such texts that are about it.

    Arguments: known - by party: the share when the reporter is known, and when not; words - in lower case;
    reporter - the code of the reporting party, which is not looked for, or None.
    """
    found = mentioned(concepts, words) - {reporter}
    guesses = [(code, known[code][reporter is None]) for code in found if code in known]
    return tuple(sorted(guesses, key=lambda guess: (-guess[1], guess[0])))
