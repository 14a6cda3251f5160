"""JSON lines in, JSON lines out: what the commands that read texts have in common."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import click

Row = dict[str, Any]


def answer_lines(answer: Callable[[Row], Row]) -> None:
    """Answer each line of stdin with one on stdout, in the same order; empty lines are skipped.

    Arguments: answer - gives the answer to one row; it raises ValueError when the row cannot be used.
    Raises: click.ClickException naming the first bad line. What came before it is already answered.
    """
    for number, line in _lines(sys.stdin.buffer):
        try:
            write(answer(_row(line)))
        except (ValueError, RecursionError) as error:
            raise click.ClickException(f"line {number}: {_why(error)}") from error


def text_field(row: Row, name: str) -> str:
    """A field that must be text. Raises: ValueError."""
    if not isinstance(row.get(name), str):
        raise ValueError(f"the field {name!r} must be text")
    return str(row[name])


def optional_text(row: Row, name: str) -> str | None:
    """A field that may be text or left out. Raises: ValueError."""
    return None if row.get(name) is None else text_field(row, name)


def identity(row: Row) -> str | int:
    """The line's own id: text or a whole number. Raises: ValueError."""
    found = row.get("id")
    if isinstance(found, bool) or not isinstance(found, str | int):
        raise ValueError("the field 'id' must be text or a whole number")
    return found


def write(row: Row) -> None:
    """Write one line; letters as they are, unless one of them has no UTF-8 form."""
    try:
        line = json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        line = json.dumps(row).encode()
    sys.stdout.buffer.write(line + b"\n")


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(stream, start=1):
        if line.strip():
            yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line


def _row(line: bytes) -> Row:
    row = json.loads(line.decode())
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")
    return row


def _why(error: Exception) -> str:
    """A reason in one line that never repeats the text itself: it might hold what must not be shown."""
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON ({error.msg.lower()})"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
