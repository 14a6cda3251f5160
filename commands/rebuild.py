"""Print released summaries anew from their frozen data: the same bytes as stored, or a line that says what differs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from commands._database import opened
from models.base import Database
from models.summary import Summary
from worker import pdf
from worker.building import rewrite


@click.command()
@click.argument("reference", required=False)
def command(reference: str | None) -> int:
    """Print released summaries anew, all or those with one REFERENCE; exit code 1 when any comes out otherwise."""
    with opened() as database:
        faults = 0
        for name, fault in _compare(database, reference):
            faults += fault is not None
            click.echo(f"FAULT  {name}: {fault}" if fault else f"ok     {name}")
    return 1 if faults else 0


def _compare(database: Database, reference: str | None) -> Iterator[tuple[str, str | None]]:
    """Each summary by its reference, with what is wrong with it or None."""
    query = select(Summary.id).where(Summary.released_at.is_not(None)).order_by(Summary.id)
    with database.read() as session:
        ids = list(session.scalars(query.where(Summary.reference == reference) if reference else query))
    if reference and not ids:
        raise click.ClickException(f"no released summary has the reference {reference}")
    for summary_id in ids:
        with database.read() as session:
            yield _compare_one(session, summary_id)


def _compare_one(session: Session, summary_id: int) -> tuple[str, str | None]:
    parts = [undefer(part) for part in (Summary.snapshot, Summary.edits, Summary.content, Summary.pdf)]
    summary = session.get_one(Summary, summary_id, options=parts)
    return summary.reference or str(summary_id), _fault(session, summary)


def _fault(session: Session, summary: Summary) -> str | None:
    if hashlib.sha256(summary.pdf or b"").hexdigest() != summary.pdf_sha256:
        return "the stored file does not have its checksum"
    content = rewrite(session, summary)
    if content != summary.content:
        differing = sorted(name for name in content if content[name] != (summary.content or {}).get(name))
        return f"the frozen data give another text in: {', '.join(differing)}"
    return None if pdf.render_summary(content) == summary.pdf else "the same text gives a file with other bytes"
