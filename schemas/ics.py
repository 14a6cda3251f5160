"""A calendar as text (iCalendar, RFC 5545). Pure: events in, text out. It carries no free text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

LONGEST_LINE = 75  # octets without the line break (section 3.1)
MAKER = "-//Lex Heller//Lex Heller//SV"


@dataclass(frozen=True)
class Event:
    """One meeting. `uid` never changes; `minutes` is 0 where nobody has said how long it takes."""

    uid: str
    starts_at: datetime
    title: str
    minutes: int = 0
    cancelled: bool = False


def calendar(name: str, events: Iterable[Event], stamp: datetime) -> str:
    """The whole file, with line breaks as the format wants them.

    Arguments: stamp - when the facts were read (DTSTAMP).
    Raises: ValueError when a moment has no time zone.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{MAKER}", "METHOD:PUBLISH", f"X-WR-CALNAME:{escape(name)}"]
    lines += [line for event in events for line in _event(event, stamp)]
    return "".join(f"{fold(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(event: Event, stamp: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escape(event.uid)}"
    yield f"DTSTAMP:{in_utc(stamp)}"
    yield f"DTSTART:{in_utc(event.starts_at)}"
    if event.minutes:
        yield f"DURATION:PT{event.minutes}M"
    yield f"SUMMARY:{escape(event.title)}"
    if event.cancelled:
        yield "STATUS:CANCELLED"
    yield "END:VEVENT"


def in_utc(moment: datetime) -> str:
    """For example `20261127T120000Z` (section 3.3.5, form 2).

    Raises: ValueError when the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without time zone has no place in a calendar")
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%S}Z"


def escape(text: str) -> str:
    """A text value (section 3.3.11): four characters are written otherwise, control characters not at all."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return "".join(character for character in text if character >= " " and character != "\x7f")


def fold(line: str) -> str:
    """A line in pieces of at most 75 octets, each after the first led by a space; no letter is cut in two."""
    pieces, piece, size = [], "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > LONGEST_LINE:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + character, size + octets
    return "\r\n".join([*pieces, piece])
