"""Counts of reports and people that a person wrote, and what to write instead (docs/disclosure.md).

What the forum prints is protected: rounded, and hidden below five. A count that somebody writes beside it would tell
what is hidden, so no text that others read holds one. The look is at words, not at meaning: a number that counts a noun
of `schemas.counts.nouns`, or that stands for one ("alla tre kom från", "rapporterna var fyra"). Dates, times, spans,
laws, parties and everything else that is counted pass.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.counts.harmless import HARMLESS
from schemas.counts.nouns import COUNTED, ONE_COUNTED
from schemas.counts.numbers import ANY, PAIRS, Number, masked, numbers, plain
from schemas.disclosure import THRESHOLD

MOST_TOLD = 3  # counts in one message
INSTEAD = "Skriv {changes}. Exakta antal kan peka ut någon"

_BETWEEN = r"(?:\w+[ae]|av|dem|st\.?|stycken|procent|till|fler|%)"
_NOUN = re.compile(rf"[^\w.;:!?,·]*(?:{_BETWEEN}[^\w;:!?,·]+){{0,3}}?{COUNTED}")
_ONE_NOUN = re.compile(rf"[^\w.;:!?,·]*(?:\w+ )?{ONE_COUNTED}")
_ALL = re.compile(r"\b(?:alla|samtliga|dessa|de) $")
_RANGE = re.compile(rf"{ANY} ?(?:[-–—/]|och|eller|till) ?$")
_OWN_WORDS = re.compile(r"färre än (?:(?:fem|5) (?:rapporter|avvikelser)|(?:tre|3) (?:rapportörer|personer))\b")
_ONLY = re.compile(r"\b(?:bara|endast|enbart|blott|exakt|enda) $")
_STOOD = re.compile(
    r"\b(?:alla|samtliga|dessa|de|bara|endast|enbart|exakt|totalt|sammanlagt|var|är|blev|blir|blivit|varit|kom|inkom"
    r"|till slut|nu|cirka|ca|omkring|nästan)[ :]+$"
)
_SPOKEN = re.compile(rf"(?:{COUNTED}|\bantal(?:et)?\b)[^.;!?\n]*$")
# A verb or a preposition right after a number: the number stands for those it counts.
_ALONE = re.compile(
    r" (?:(?:nya|stycken|st\.?|fler|andra) )?(?:från|av|kom|kommer|inkom|har|hade|som|är|var|blev|hos|rör|rörde"
    r"|gäller|gällde|handlar|handlade|berör|berörde|i|på|inom|under|vid|hände|inträffade|beror|berodde|saknar|saknade"
    r"|klagar|klagade|skrev|säger|sa|fick|uteblev)\b"
)
_END = re.compile(r" ?(?:st\b\.?|stycken\b)? ?(?:$|[.;:!?,)\n])")
_JOINED = re.compile(rf" ?(?:[-–—/,]|och|eller|till|av) ?{ANY}")
_TIMES = re.compile(r"(?: \w+[ae])? gånger\b")
_HAPPENED = re.compile(
    r"\b(?:hänt|hände|händer|inträffa\w*|skett|skedde|brast|brustit|rapporterats?|anmälts?|missats?)\b"
)
_PIECES = re.compile(rf"^\W*(?:(?:st\.?|stycken|enda|procent|%|av {ANY})\W+)?(?:av (?=av\b))?")
_SENTENCE = re.compile(r"[.;!?\n]")


@dataclass(frozen=True, slots=True)
class Told:
    """A count in a text: where it stands, its number, how it reads, and what to write instead."""

    start: int
    end: int
    value: float
    quote: str
    instead: str


def told_counts(text: str) -> list[Told]:
    """The counts of reports and people in a text. Positions are those of `plain(text)`."""
    return list(_told(plain(text)))


def count_problems(data: Mapping[str, Any], names: Collection[str]) -> dict[str, str]:
    """What is wrong with texts that others will read, by the name of the field. Arguments: names - of those texts."""
    found = {name: told_counts(str(data.get(name) or "")) for name in names}
    return {name: instead(told) for name, told in found.items() if told}


def instead(told: Collection[Told]) -> str:
    """The message that quotes the counts and says what to write."""
    changes = dict.fromkeys(f"”{one.instead}” i stället för ”{one.quote}”" for one in told)
    return INSTEAD.format(changes=" och ".join(list(changes)[:MOST_TOLD]))


def small_counts(text: str) -> list[Told]:
    """Those that the rule of small numbers hides: from one to four."""
    return [one for one in told_counts(text) if 0 < one.value < THRESHOLD]


def without_small_counts(text: str) -> str:
    """A text that a person wrote, with every small count made vague: `några rapporter`."""
    while small := small_counts(text):
        written, first = plain(text), small[0]
        begin = first.instead[:1].upper() if first.quote[0].isupper() else first.instead[:1]
        text = written[: first.start] + begin + first.instead[1:] + written[first.end :]
    return text


def _told(written: str) -> Iterator[Told]:
    text = masked(written, HARMLESS)
    last = 0
    for number in numbers(text):
        end = _end_of_count(text, number) if number.start >= last else 0
        if end:
            last = end
            yield _tell(written, text, number, end)


def _end_of_count(text: str, number: Number) -> int:
    """Where the count ends that begins with a number; 0 when it is none."""
    if _OWN_WORDS.match(text, number.start - len("färre än ")):
        return 0  # How the service itself tells what is hidden.
    if number.value == 1 and not text[number.start].isdigit():
        only = _ONLY.search(text[: number.start]) or text.startswith(" enda ", number.end)
        noun = _ONE_NOUN.match(text, number.end)
        return noun.end() if only and noun else 0
    noun = _NOUN.match(text, number.end) or (_ONE_NOUN.match(text, number.end) if number.value != 1 else None)
    if noun:
        return noun.end()
    if text[number.start : number.end] in PAIRS or _JOINED.match(text, number.end):
        return 0
    return _alone(text, number)


def _alone(text: str, number: Number) -> int:
    """The same for a number without a noun: it stands for reports when a verb follows, or the sentence is of them."""
    before = text[: number.start]
    sentence = _SENTENCE.split(before)[-1]
    if alone := _ALONE.match(text, number.end):
        return alone.end()
    if _END.match(text, number.end) and (_STOOD.search(before) or _SPOKEN.search(sentence)):
        return number.end
    whole = sentence + _SENTENCE.split(text[number.end :])[0]
    times = _TIMES.match(text, number.end)
    return times.end() if times and _HAPPENED.search(whole) else 0


def _tell(written: str, text: str, number: Number, end: int) -> Told:
    before = text[: number.start]
    earlier = _RANGE.search(before)
    whole = _ALL.search(before[: earlier.start()] if earlier else before)
    start = next((found.start() for found in (whole, earlier) if found), number.start)
    rest = _PIECES.sub("", written[number.end : end])
    some = written[start : whole.end()].strip() if whole else _some(number, text[number.end : end])
    said = rest if some.lower() == "de" and " " not in rest else f"{some} {rest}"
    least = min(one.value for one in numbers(text[start:end]))
    return Told(start, end, least, written[start:end], said.strip() or some)


def _some(number: Number, rest: str) -> str:
    """What stands for the number. Arguments: rest - of the count, in small letters."""
    if "procent" in rest or "%" in rest:
        return "en del"
    if rest.endswith("na") and " av " not in rest:
        return ""
    if number.value <= 1:
        return "någon" if number.value else "inga"
    return "några" if number.value < 10 else "flera"
