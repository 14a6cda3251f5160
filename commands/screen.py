"""Find personal data in each JSON line on stdin."""

from __future__ import annotations

from dataclasses import asdict

import click

from commands._jsonl import Row, answer_lines, identity, text_field
from schemas import personal_data


@click.command("screen")
def command() -> None:
    """Find personal data in each JSON line on stdin.

    In: id, text.

    Out, in the same order: id, findings (start, end, type, action), offsets in characters, end excluded.
    """
    answer_lines(_answer)


def _answer(row: Row) -> Row:
    found = personal_data.screen(text_field(row, "text"))
    return {"id": identity(row), "findings": [asdict(finding) for finding in found]}
