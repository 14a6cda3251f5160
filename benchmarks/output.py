"""Printing: percentiles, tables, and the lines that stand above every table."""

from __future__ import annotations

import math
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from benchmarks import machine


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0-1) of the values do not exceed (nearest rank); NaN without values."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def print_facts(folder: Path, database_url: str) -> None:
    """On what, when, and with which command; the database's address may hold a password and is left out."""
    for label, value in [*machine.facts(folder, database_url), ("command", _command())]:
        click.echo(f"{label:<10}{value}")


def _command() -> str:
    words = [re.sub(r"[\w+]+://.*", "URL", word) for word in sys.argv[1:]]
    return shlex.join(["./lexheller", *words])


def print_table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table in plain text; the first column is words, the others are figures."""
    cells = [list(headings), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[index]) for row in cells) for index in range(len(headings))]
    click.echo()
    for row in cells:
        figures = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        click.echo("  ".join([row[0].ljust(widths[0]), *figures]).rstrip())


def _cell(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return "–" if math.isnan(value) else f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"
