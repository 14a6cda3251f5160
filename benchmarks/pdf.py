"""Seconds, memory and size of a printed summary, against bare WeasyPrint given the same page in a process of its own.

Bare means no walls, no limits, no check, and the style sheet and fonts read straight from their files. What we
measure against is WeasyPrint making the same kind of file (PDF/A-2a); plain PDF without tags stands beside it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from statistics import median
from typing import NamedTuple

import click
from sqlalchemy import select

from benchmarks.output import print_facts, print_table
from benchmarks.scratch import scratch_product
from models.base import Database, utc_now
from models.forum import Forum
from models.snapshot import take_snapshot
from models.summary import Summary, SummaryKind
from schemas.months import add_months, month_of
from settings import ROOT
from worker.page import write_page
from worker.pdf import BUNDLED
from worker.summary import write_summary

DOCUMENTS = (
    ("monthly report, one area", "styrgrupp-samverk-savsjo", SummaryKind.MONTHLY),
    ("monthly report, federation", "hoglandet-styrelsen", SummaryKind.MONTHLY),
    ("yearly report, federation", "hoglandet-styrelsen", SummaryKind.YEARLY),
    ("meeting pack", "lsg-tranas", SummaryKind.MEETING),
)
BASIS = "bare, PDF/A-2a"
BARE = "import sys, weasyprint; weasyprint.HTML(string=sys.stdin.read()).write_pdf(sys.stdout.buffer, **{})"
# What is timed, in a fresh process whose only child is the renderer, as the kernel knows the peak of all children.
FRAME = """
import json, resource, subprocess, sys, time
from worker import pdf
html, code = json.load(sys.stdin)
begun = time.perf_counter()
if code:
    document = subprocess.run([sys.executable, "-c", code], input=html.encode(), capture_output=True, check=True).stdout
else:
    document = pdf.render(html)
seconds = time.perf_counter() - begun
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6, len(document) / 1e3]))
"""


class Figures(NamedTuple):
    """Wall time until the bytes are there; the renderer's processor time; its peak memory in MB of 10^6 bytes; the
    file's size in kB of 10^3."""

    seconds: float
    processor: float
    megabytes: float
    kilobytes: float


def main(reports: int = 2000, rounds: int = 7) -> None:
    """Arguments: reports - fictitious ones behind the documents; rounds - of the three ways in turn, medians count."""
    with scratch_product() as product, tempfile.TemporaryDirectory() as folder:
        print_facts(product.home, product.settings.database_url)
        product.run("load-demo", "--reports", str(reports))
        database = Database(product.settings.database_url)
        rows = []
        for name, code, kind in DOCUMENTS:
            html = _page(database, code, kind)
            found = _measure(html, _with_files(html, Path(folder)), rounds)
            rows += [(f"{name}: {way}", *figures, *_ratios(figures, found[BASIS])) for way, figures in found.items()]
        database.dispose()
    print_table(("document", "seconds", "cpu s", "peak MB", "kB", "ratio", "cpu ratio"), rows)


def _ratios(figures: Figures, basis: Figures) -> tuple[float, float]:
    return figures.seconds / basis.seconds, figures.processor / basis.processor


def _page(database: Database, code: str, kind: SummaryKind) -> str:
    now = utc_now()
    periods = {
        SummaryKind.MONTHLY: add_months(month_of(now), -1),
        SummaryKind.YEARLY: date(now.year - 1, 1, 1),
        SummaryKind.MEETING: date(now.year + 1, 1, 15),
    }
    with database.read() as session:
        forum = session.scalars(select(Forum).where(Forum.code == code)).one()
        summary = Summary(forum=forum, kind=kind, period=periods[kind], version=1, ordered_at=now)
        return write_page(write_summary(take_snapshot(session, summary)))


def _with_files(html: str, folder: Path) -> str:
    """The same page for WeasyPrint as it is: our bundled names become addresses of files."""
    places = {name: path.as_uri() for name, (path, kind) in BUNDLED.items() if kind != "text/css"}
    for name, (path, kind) in BUNDLED.items():
        if kind == "text/css":
            style = folder / path.name
            style.write_text(_replaced(path.read_text(encoding="utf-8"), places), encoding="utf-8")
            html = html.replace(name, style.as_uri())
    return html


def _replaced(text: str, places: Mapping[str, str]) -> str:
    for name, place in places.items():
        text = text.replace(name, place)
    return text


def _measure(ours: str, bare: str, rounds: int) -> dict[str, Figures]:
    """The ways take turns, so that a busy moment of the machine does not fall on one of them."""
    ways = {
        "ours": (ours, ""),
        BASIS: (bare, BARE.format("{'pdf_variant': 'pdf/a-2a'}")),
        "bare, plain PDF": (bare, BARE.format("{}")),
    }
    found: dict[str, list[Figures]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (html, code) in ways.items():
            found[name].append(_run(html, code))
    return {name: Figures(*map(median, zip(*figures, strict=True))) for name, figures in found.items()}


def _run(html: str, code: str) -> Figures:
    command = [sys.executable, "-c", FRAME]
    done = subprocess.run(
        command, input=json.dumps([html, code]), capture_output=True, text=True, cwd=ROOT, check=False
    )
    if done.returncode:
        raise click.ClickException(done.stderr.strip().splitlines()[-1])
    return Figures(*json.loads(done.stdout))
