"""A text in words, each with what its neighbours need to know about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"(?:[.!?:;\n\u2022*>]|[-\u2192] |(?:^|[\s.:;!?])[\"'()/]{1,2})\s*\Z|\A\W*\Z")


@dataclass(slots=True)  # not frozen: a frozen one takes three times as long to make
class Token:
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

    @property
    def shouted(self) -> bool:
        """All in capitals."""
        return len(self.written) > 1 and self.written.isupper()

    def stems(self) -> Iterator[str]:
        """The word, its parts between hyphens, and each without the s of the genitive."""
        parts = [self.lower] if "-" not in self.lower else [self.lower, *self.lower.split("-")]
        for part in parts:
            yield part
            if part.endswith("s") and len(part) > 3:
                yield part[:-1].rstrip("'")


NOBODY = Token(0, 0, ".", ".", True)


def tokens(text: str) -> list[Token]:
    """Every word of a folded text."""
    return [_token(match, text) for match in WORD.finditer(text)]


def _token(match: re.Match[str], text: str) -> Token:
    start, word = match.start(), match[0]
    # Only a word with a capital is ever asked whether it has it from its place.
    opens = word[0].isupper() and bool(_SENTENCE_END.search(text[max(0, start - 4) : start]))
    return Token(start, match.end(), word, word.lower(), opens)
