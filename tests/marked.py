"""Texts in which `[...]` marks what the guard must find."""

from __future__ import annotations

from schemas.personal_data import screen


def unmark(marked: str) -> tuple[str, str]:
    """The text as it would be written, and what stands between the brackets."""
    return marked.replace("[", "").replace("]", ""), marked[marked.index("[") + 1 : marked.index("]")]


def found_in(text: str) -> list[tuple[str, str]]:
    """Kind and words of everything the guard finds."""
    return [(found.type, text[found.start : found.end]) for found in screen(text)]
