"""Measure on this machine: posts, freshness, pages, PDF, start, memory, classifier, signals, effects, faults, soak."""

from __future__ import annotations

import click

database_url = click.option(
    "--database-url",
    metavar="URL",
    help="a PostgreSQL server (postgresql+psycopg://...), in which a database is made and dropped again; else SQLite",
)


@click.group()
def command() -> None:
    """Print figures of one benchmark, with the machine and the command.

    Each makes a product of its own beside the data folder and takes it away afterwards.
    """


@command.command()
@click.option("--seconds", default=60.0, show_default=True, help="of steady load")
@click.option("--rate", default=20.0, show_default=True, help="posts a second under steady load")
@click.option("--burst", default=5.0, show_default=True, help="seconds of each round at full speed")
@click.option("--rounds", default=5, show_default=True, help="of form and bare endpoint in turn")
@database_url
def submit(seconds: float, rate: float, burst: float, rounds: int, database_url: str | None) -> None:
    """Form posts a second against a bare INSERT, and latency at a steady rate."""
    from benchmarks import submit as benchmark

    benchmark.main(seconds, rate, burst, rounds, database_url)


@command.command()
@click.option("--seconds", default=60.0, show_default=True, help="of steady load")
@click.option("--rate", default=20.0, show_default=True, help="posts a second under steady load")
@click.option("--idle-posts", default=40, show_default=True, help="sent one by one before")
@database_url
def freshness(seconds: float, rate: float, idle_posts: int, database_url: str | None) -> None:
    """Seconds from a post's answer until the report is classified and counted."""
    from benchmarks import freshness as benchmark

    benchmark.main(seconds, rate, idle_posts, database_url)


@command.command()
@click.option("--reports", default=20_000, show_default=True, help="in the database")
@click.option("--visits", default=200, show_default=True, help="of each page")
@click.option("--posts", default=200, show_default=True, help="of the report form")
@click.option("--database-url", required=True, metavar="URL", help="a PostgreSQL server, for its administrator")
def wall(reports: int, visits: int, posts: int, database_url: str) -> None:
    """Pages and posts with and without row security."""
    from benchmarks import wall as benchmark

    benchmark.main(reports, visits, posts, database_url)


@command.command()
@click.option("--reports", multiple=True, type=int, default=(1000, 50_000, 500_000), show_default=True, help="sizes")
@click.option("--visits", default=100, show_default=True, help="of each page by each coordinator")
@database_url
def dashboard(reports: tuple[int, ...], visits: int, database_url: str | None) -> None:
    """The coordinator's pages with few and with many reports."""
    from benchmarks import dashboard as benchmark

    benchmark.main(sorted(set(reports)), visits, database_url)


@command.command()
@click.option("--reports", multiple=True, type=int, default=(1000, 50_000, 500_000), show_default=True, help="sizes")
@database_url
def backup(reports: tuple[int, ...], database_url: str | None) -> None:
    """Seconds of a backup, of a restore, and of a scrape of /metrics."""
    from benchmarks import backup as benchmark

    benchmark.main(sorted(set(reports)), database_url)


@command.command()
@click.option("--starts", default=5, show_default=True, help="warm starts")
def start(starts: int) -> None:
    """Seconds until `./lexheller run --demo` answers, and until it has stopped."""
    from benchmarks import start as benchmark

    benchmark.main(starts)


@command.command()
@click.option("--imports", default=5, show_default=True, help="how often the import is timed")
@click.option("--requests", default=1000, show_default=True, help="before memory is read again")
def web(imports: int, requests: int) -> None:
    """Import time and memory of the web process."""
    from benchmarks import web as benchmark

    benchmark.main(imports, requests)


@command.command()
@click.option("--reports", default=2000, show_default=True, help="fictitious ones behind the documents")
@click.option("--rounds", default=7, show_default=True, help="of ours and bare WeasyPrint in turn")
def pdf(reports: int, rounds: int) -> None:
    """Time, memory and size of a PDF against bare WeasyPrint."""
    from benchmarks import pdf as benchmark

    benchmark.main(reports, rounds)


@command.command()
@click.option("--forums", default=300, show_default=True, help="that are owed one report each")
@click.option("--reports", default=2000, show_default=True, help="fictitious ones that they tell about")
def month(forums: int, reports: int) -> None:
    """The monthly run of a whole federation, by the real workers."""
    from benchmarks import month as benchmark

    benchmark.main(forums, reports)


@command.command()
def classifier() -> None:
    """How often suggestions are right, and texts a second."""
    from benchmarks.classifier import command as benchmark

    click.get_current_context().invoke(benchmark)


@command.command()
@click.option("--seed", default=1, show_default=True, help="the same seed gives the same reports")
def clusters(seed: int) -> None:
    """How well reports of the same problem are put together, and what it costs."""
    from benchmarks import clusters as benchmark

    benchmark.main(seed)


@command.command()
@click.option("--areas", default=200, show_default=True, help="simulated areas")
@click.option("--seed", default=1, show_default=True, help="the same seed gives the same months")
def signals(areas: int, seed: int) -> None:
    """How often signals are false, and how soon true ones come."""
    from benchmarks import signals as benchmark

    benchmark.main(areas, seed)


@command.command()
@click.option("--decisions", default=1000, show_default=True, help="simulated for each row")
@click.option("--seed", default=1, show_default=True, help="the same seed gives the same months")
def effect(decisions: int, seed: int) -> None:
    """How often the verdict on an action is right."""
    from benchmarks import effect as benchmark

    benchmark.main(decisions, seed)


@command.command()
@click.option("--seeds", default=20, show_default=True, help="how often each fault is made to happen")
@click.option("--jobs", default=2, show_default=True, help="products at a time; most of the time they wait")
@click.argument("words", nargs=-1)
def faults(seeds: int, jobs: int, words: tuple[str, ...]) -> None:
    """The fault suite: what was lost or doubled by each fault, and how long recovery took.

    WORDS go to pytest, after two dashes: -- -k beat
    """
    from benchmarks import faults as benchmark

    benchmark.main(seeds, jobs, words)


@command.command()
@click.option("--tasks", default=200_000, show_default=True, help="sent after the first 5 000")
@database_url
def soak(tasks: int, database_url: str | None) -> None:
    """Many tasks in a row: growth of memory, and what stays in Valkey for ever."""
    from benchmarks import soak as benchmark

    benchmark.main(tasks, database_url)


@command.command()
@click.option("--rounds", default=5, show_default=True, help="how often each text is timed; the best counts")
def screen(rounds: int) -> None:
    """How much the guard of personal data finds, how often it is wrong, and its time."""
    from benchmarks import screen as benchmark

    benchmark.main(rounds)


@command.command()
@click.option("--cells", default=100_000, show_default=True, help="hidden numbers of random publications to attack")
@click.option("--areas", default=5, show_default=True, help="simulated areas of each size, followed by the month")
@click.option("--federation", default=3, show_default=True, help="areas of the federation that is followed; 0 for none")
@click.option("--seed", default=1, show_default=True, help="the same seed gives the same reports")
def disclosure(cells: int, areas: int, federation: int, seed: int) -> None:
    """What an attacker recovers of hidden numbers, and what the audit takes."""
    from benchmarks import disclosure as benchmark

    benchmark.main(cells, areas, federation, seed)
