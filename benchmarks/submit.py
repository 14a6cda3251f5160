"""The form: how many posts a second against a bare INSERT, and how long a post takes at a steady rate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
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
BARE_APP = "benchmarks.bare:create_app"


def main(seconds: float, rate: float, burst: float, rounds: int, database_url: str | None) -> None:
    """Arguments: seconds and rate - the steady load; burst - seconds of each round at full speed, in which the
    form and the bare endpoint take turns; database_url - a PostgreSQL server, SQLite when None."""
    with scratch_product(database_url) as product:
        print_facts(product.home, product.settings.database_url)
        product.start_valkey()
        product.start_workers()
        measure_steady(product, seconds, rate)
        product.supervisor.stop()
        product.start_valkey()
        measure_ratio(product, burst, rounds)


def measure_ratio(product: Product, burst: float, rounds: int) -> None:
    """At full speed over as many connections as the server has threads; the workers rest, so that both
    have the machine to themselves."""
    bare = Server("bare", *product.start_web(BARE_APP))
    form = Server("form", *product.start_web())
    stored = count_reports(product)
    for _ in range(rounds):
        bare.take_round(product, burst)
        form.take_round(product, burst)
    check_answers(bare.answers, BarePoster.expected)
    check_answers(form.answers, FormPoster.expected)
    rows = [("bare INSERT", *bare.figures()), ("form post", *form.figures())]
    print_table(("full speed", "posts/s", "p50 ms", "p95 ms", "p99 ms", "CPU ms/post"), rows)
    ratios = [ours / theirs for ours, theirs in zip(form.speeds, bare.speeds, strict=True)]
    click.echo(f"ratio form/bare {median(ratios):.2f}, in rounds {', '.join(f'{ratio:.2f}' for ratio in ratios)}")
    check_stored(len(form.answers), count_reports(product) - stored)


@dataclass
class Server:
    """One of the two servers that are compared, and what it has shown."""

    kind: str
    where: str
    child: Child
    speeds: list[float] = field(default_factory=list)
    answers: list[load.Answer] = field(default_factory=list)
    cpu: float = 0.0

    def take_round(self, product: Product, seconds: float) -> None:
        begun: list[float] = []
        plan = load.Load(self.where, product.settings, self.kind, seconds, CONNECTIONS)
        got = load.run(plan, lambda: begun.append(self._cpu()))
        self.cpu += self._cpu() - begun[0]
        self.answers += got
        self.speeds.append(len(got) / (got[-1].ended - got[0].begun))

    def figures(self) -> tuple[float, ...]:
        """Posts a second (median of the rounds), latencies, and CPU time of the server for each post in ms."""
        return median(self.speeds), *latencies(self.answers), self.cpu / len(self.answers) * 1000

    def _cpu(self) -> float:
        return cpu_seconds(self.child.process.pid) if self.child.process else math.nan


def measure_steady(product: Product, seconds: float, rate: float) -> None:
    """At a constant rate with Valkey, worker and beat at work; latency counts from the moment a post was due."""
    where, _ = product.start_web()
    answers = load.run(load.steady(where, product.settings, seconds, rate))
    check_answers(answers, FormPoster.expected)
    headings = ("steady load, whole product", "posts", "p50 ms", "p95 ms", "p99 ms", "max ms")
    slowest = max(answer.milliseconds for answer in answers)
    print_table(headings, [(f"{rate:g} posts/s for {seconds:g} s", len(answers), *latencies(answers), slowest)])
    check_stored(len(answers), count_reports(product))


def latencies(answers: Sequence[load.Answer]) -> tuple[float, float, float]:
    """p50, p95 and p99 in milliseconds."""
    taken = [answer.milliseconds for answer in answers]
    return percentile(taken, 0.5), percentile(taken, 0.95), percentile(taken, 0.99)


def check_answers(answers: Sequence[load.Answer], expected: int) -> None:
    """Raises: click.ClickException when a post was answered with anything else, for then the figures are of nothing."""
    others = [answer.status for answer in answers if answer.status != expected]
    if others:
        raise click.ClickException(f"{len(others)} of {len(answers)} posts failed, with status {sorted(set(others))}")


def count_reports(product: Product) -> int:
    """How many reports are stored."""
    database = Database(product.settings.database_url)
    with database.read() as session:
        stored = session.scalar(select(func.count()).select_from(Report)) or 0
    database.dispose()
    return stored


def check_stored(posts: int, stored: int) -> None:
    """Raises: click.ClickException unless each receipt has its one report."""
    if stored != posts:
        raise click.ClickException(f"{posts} receipts, but {stored} reports")
    click.echo(f"{posts} receipts, {stored} reports stored, 0 errors")
