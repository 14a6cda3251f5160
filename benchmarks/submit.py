"""The form: how many posts a second against a bare INSERT, and how long a post takes at a steady rate."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import click
from sqlalchemy import func, select

from benchmarks import load
from benchmarks.output import percentile, print_facts, print_table
from benchmarks.posts import BarePoster, FormPoster
from benchmarks.process import cpu_seconds
from benchmarks.scratch import Product, scratch_product
from launch.children import Child
from models.base import Database
from models.report import Report

CONNECTIONS = 8  # as many as the web server has threads
STEADY_CONNECTIONS = 32  # so that a slow answer does not keep the next post from leaving in time
BARE_APP = "benchmarks.bare:create_app"


def main(seconds: float, rate: float, burst: float, rounds: int, database_url: str | None) -> None:
    """Arguments: seconds and rate - the steady load; burst - seconds of each round at full speed, in which the
    form and the bare endpoint take turns; database_url - a PostgreSQL server, SQLite when None."""
    with scratch_product(database_url) as product:
        print_facts(product.home, product.settings.database_url)
        product.start_valkey()
        measure_ratio(product, burst, rounds)
    with scratch_product(database_url) as product:
        product.start_valkey()
        product.start_workers()
        measure_steady(product, seconds, rate)


def measure_ratio(product: Product, burst: float, rounds: int) -> None:
    """At full speed over as many connections as the server has threads; the worker rests, so that both
    have the machine to themselves."""
    servers = {"bare": product.start_web(BARE_APP), "form": product.start_web()}
    speed: dict[str, list[float]] = {"bare": [], "form": []}
    answers: dict[str, list[load.Answer]] = {"bare": [], "form": []}
    cpu = {"bare": 0.0, "form": 0.0}
    for _ in range(rounds):
        for kind, (where, child) in servers.items():
            before = _cpu(child)
            got = load.run(load.Load(where, product.settings, kind, burst, CONNECTIONS))
            cpu[kind] += _cpu(child) - before
            answers[kind] += got
            speed[kind].append(len(got) / (got[-1].ended - got[0].begun))
    rows = [
        (name, median(speed[kind]), *latencies(answers[kind]), cpu[kind] / len(answers[kind]) * 1000)
        for name, kind in (("bare INSERT", "bare"), ("form post", "form"))
    ]
    print_table(("full speed", "posts/s", "p50 ms", "p95 ms", "p99 ms", "CPU ms/post"), rows)
    ratios = [form / bare for form, bare in zip(speed["form"], speed["bare"], strict=True)]
    click.echo(f"ratio form/bare {median(ratios):.2f}, in rounds {', '.join(f'{ratio:.2f}' for ratio in ratios)}")
    check_answers(answers["bare"], BarePoster.expected)
    check_answers(answers["form"], FormPoster.expected)
    check_stored(product, len(answers["form"]))


def measure_steady(product: Product, seconds: float, rate: float) -> None:
    """At a constant rate with Valkey, worker and beat at work; latency counts from the moment a post was due."""
    where, _ = product.start_web()
    answers = load.run(load.Load(where, product.settings, "form", seconds, STEADY_CONNECTIONS, rate))
    headings = ("steady load, whole product", "posts", "p50 ms", "p95 ms", "p99 ms", "max ms")
    slowest = max(answer.milliseconds for answer in answers)
    print_table(headings, [(f"{rate:g} posts/s for {seconds:g} s", len(answers), *latencies(answers), slowest)])
    check_answers(answers, FormPoster.expected)
    check_stored(product, len(answers))


def latencies(answers: Sequence[load.Answer]) -> tuple[float, float, float]:
    """p50, p95 and p99 in milliseconds."""
    taken = [answer.milliseconds for answer in answers]
    return percentile(taken, 0.5), percentile(taken, 0.95), percentile(taken, 0.99)


def check_answers(answers: Sequence[load.Answer], expected: int) -> None:
    """Raises: click.ClickException when a post was answered with anything else, for then the figures are of nothing."""
    others = [answer.status for answer in answers if answer.status != expected]
    if others:
        raise click.ClickException(f"{len(others)} of {len(answers)} posts failed, with status {sorted(set(others))}")


def check_stored(product: Product, posts: int) -> None:
    """Raises: click.ClickException unless each receipt has its one report."""
    database = Database(product.settings.database_url)
    with database.read() as session:
        stored = session.scalar(select(func.count()).select_from(Report)) or 0
    database.dispose()
    if stored != posts:
        raise click.ClickException(f"{posts} receipts, but {stored} reports")
    click.echo(f"{posts} receipts, {stored} reports stored, 0 errors")


def _cpu(child: Child) -> float:
    return cpu_seconds(child.process.pid) if child.process else 0.0
