"""The guard at the way in that is no form: the words of a file or a command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemas.personal_data import screen


def check_words(words: Any, confirmed: bool = False) -> None:
    """Look for personal data in a text, or in every text of a list or a dictionary.

    Arguments: confirmed - somebody has seen to it that words like names are none.
    Raises: ValueError telling where and what kind, and never the words themselves, which would end up in a log.
    """
    found = {
        (where, finding.type)
        for where, text in _texts(words)
        for finding in screen(text)
        if finding.action == "stop" or not confirmed
    }
    if found:
        told = ", ".join(sorted(f"{where or 'the text'} ({kind})" for where, kind in found))
        raise ValueError(f"there may be personal data in {told}")


def _texts(words: Any, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(words, str):
        yield where, words
    elif isinstance(words, dict):
        for name, value in words.items():
            yield from _texts(value, f"{where}.{name}".lstrip("."))
    elif isinstance(words, list):
        for number, value in enumerate(words, start=1):
            yield from _texts(value, f"{where}[{number}]")
