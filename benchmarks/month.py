"""The first of a month: every forum is owed its report at once, and the real workers make them.

What is measured is the whole way, from the first tick of the sweep until the last file is stored: freezing, writing,
auditing, printing and storing, with Valkey between.
"""

from __future__ import annotations

import time
from pathlib import Path

import click
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from benchmarks.output import print_facts, print_table
from benchmarks.process import peak_megabytes
from benchmarks.scratch import scratch_product
from models import Area, Forum
from models.base import Database, utc_now
from models.forum import ForumKind
from models.summary import Summary, SummaryState
from schemas.months import add_months, month_of

RENDERER = b"worker.pdf"
PAUSE = 0.1  # seconds between two looks
LONGEST = 3600.0  # seconds
THROUGH = (SummaryState.BUILT, SummaryState.FAILED)


def main(forums: int = 300, reports: int = 2000) -> None:
    """Arguments: forums - that are owed one report each; reports - fictitious ones that they tell about."""
    with scratch_product() as product:
        print_facts(product.home, product.settings.database_url)
        product.run("load-demo", "--reports", str(reports))
        database = Database(product.settings.database_url)
        with database.write() as session:
            _found(session, forums)
        product.start_valkey()
        begun = time.monotonic()
        product.start_workers()
        peak = _wait(database, forums, begun)
        seconds, states = time.monotonic() - begun, _states(database)
        database.dispose()
    built, failed = (states.get(state, 0) for state in THROUGH)
    row = (f"{forums} forums", seconds, seconds / forums, built, failed, peak)
    print_table(("monthly run", "seconds", "s/report", "built", "failed", "peak MB"), [row])


def _found(session: Session, forums: int) -> None:
    """Forums that are owed exactly last month's report; those that were there are owed nothing."""
    this = month_of(utc_now())
    session.execute(update(Forum).values(active_from=this))
    areas = session.scalars(select(Area).order_by(Area.id)).all()
    for number in range(forums):
        area = areas[number % len(areas)]
        facts = {"code": f"bench-{number}", "name": f"Arbetsgrupp {number}", "kind": ForumKind.WORKING_GROUP}
        place = {"federation_id": area.federation_id, "area_id": area.id, "active_from": add_months(this, -1)}
        session.add(Forum(**facts, **place))


def _wait(database: Database, forums: int, begun: float) -> float:
    """Until every report is through. Returns: the most memory that a renderer has held, in MB of 10^6 bytes.

    Raises: click.ClickException when it takes too long.
    """
    peak = 0.0
    while sum(_states(database).get(state, 0) for state in THROUGH) < forums:
        if time.monotonic() - begun > LONGEST:
            raise click.ClickException(f"not all reports were through after {LONGEST:.0f} seconds")
        peak = max([peak, *map(peak_megabytes, _renderers())])
        time.sleep(PAUSE)
    return peak


def _renderers() -> list[int]:
    return [int(entry.parent.name) for entry in Path("/proc").glob("[0-9]*/cmdline") if RENDERER in _bytes(entry)]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # It has ended meanwhile.
        return b""


def _states(database: Database) -> dict[SummaryState, int]:
    with database.read() as session:
        rows = session.execute(select(Summary.state, func.count()).group_by(Summary.state))
        return dict(rows.tuples().all())
