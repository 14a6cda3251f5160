"""Which numbers a summary prints itself: whoever writes one of its sentences anew may tell these and no others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from schemas.counts.harmless import TIMES_AND_LAWS
from schemas.counts.numbers import PAIRS, Number, masked, numbers, plain
from schemas.disclosure import THRESHOLD

# What a summary tells of its making, its numbers' limits and its days is no count of what it tells about.
NO_COUNTS = {
    *("format", "fingerprint", "reference", "verify_at", "approval", "correction", "made_on", "title", "subtitle"),
    *("first_month", "last_month", "meetings", "minutes", "due", "follow_up", "method", "labels", "legend"),
}
Statement = tuple[float, str, str]


def printed_statements(content: Any) -> set[Statement]:
    """Every number that is printed, as `_statement` has it. Arguments: content - of a summary, or a part of it."""
    every = (number for text in _texts(content) for number in _counting(text))
    return {_statement(number) for number in every if number.beside or not 0 < number.value < THRESHOLD}


def unprinted(text: str, printed: Collection[Statement]) -> list[str]:
    """The numbers of a text that are no date, time, span or law and that the summary does not print, as they read."""
    written = plain(text)
    return [written[number.start : number.end] for number in _counting(written) if _statement(number) not in printed]


def _statement(number: Number) -> Statement:
    """From five on a number may count anything; a smaller one is printed for parties and problems, never for reports,
    so it may only stand beside the word that it is printed with."""
    exact = not number.bound and number.value < THRESHOLD
    return number.value, number.bound, number.beside if exact else ""


def _counting(text: str) -> Iterator[Number]:
    """The numbers of a text without articles, and without "båda", which is said of parties."""
    small = masked(plain(text), TIMES_AND_LAWS)
    for number in numbers(small):
        article = number.value == 1 and not small[number.start].isdigit()
        if not article and small[number.start : number.end] not in PAIRS:
            yield number


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for name, part in content.items():
            if name not in NO_COUNTS:
                yield from _texts(part)
    elif isinstance(content, (list, tuple)):
        for part in content:
            yield from _texts(part)
