"""A cell of a CSV file that no spreadsheet takes for a formula (OWASP ASVS 5.0, 1.2.10; CWE-1236)."""

from __future__ import annotations

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet might calculate it."""
    return f"'{text}" if text.lstrip(" \u00a0\x00").startswith(DANGEROUS) or text.startswith(DANGEROUS) else text
