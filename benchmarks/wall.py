"""What the wall in PostgreSQL costs: the same pages and posts of one database, through a web before which it stands
and through one that has none. Visits go to both in turn, so a busy moment of the machine falls on both alike."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import replace
from itertools import cycle

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from benchmarks.dashboard import WARMING, fill
from benchmarks.output import percentile, print_facts, print_table
from benchmarks.posts import FormPoster
from benchmarks.scratch import Product, scratch_product
from benchmarks.visitor import VisitError, Visitor
from commands.roles import make_roles
from models import wall
from webapp import create_app
from webapp import wall as openings

PAGES = (
    ("/oversikt", "koordinator@example.org"),
    ("/granska", "koordinator@example.org"),
    ("/avvikelser", "forbund@example.org"),
    ("/mina-rapporter", "forsorjningsstod@example.org"),
)
HEADINGS = ("page", "without p50 ms", "with p50 ms", "ratio", "without p95 ms", "with p95 ms", "ratio")
WITHOUT, WITH = "without", "with"
Times = dict[str, dict[str, list[float]]]


def main(reports: int, visits: int, posts: int, database_url: str) -> None:
    """Arguments: reports - in the database; visits - of each page; posts - of the report form."""
    with scratch_product(database_url) as product:
        print_facts(product.home, product.settings.database_url)
        fill(product, reports)
        product.start_valkey()
        webs = {WITHOUT: product.start_web("benchmarks.wall:without_wall")[0], WITH: _behind(product).start_web()[0]}
        times = _visit(webs, visits) | _post(product, webs, posts)
    print_table(HEADINGS, [_row(name, found) for name, found in times.items()])


def without_wall() -> Flask:
    """A web that tells the database nothing, as before there was a wall. It signs in as a superuser, who sees all."""
    event.remove(Session, "after_begin", wall.tell)
    for module in (wall, openings):
        setattr(module, "let_see", lambda session, sees: session.info.update(sees=sees))  # noqa: B010 - not its own name
    return create_app()


def _behind(product: Product) -> Product:
    """The same product whose web goes by the web's own role."""
    here = make_url(product.settings.database_url)
    roles = [here.set(username=f"lexheller_bench_{role}") for role in ("owner", "web", "worker")]
    make_roles(here, *roles)
    told = {**product.parts.environ, "LEXHELLER_DATABASE_URL": roles[1].render_as_string(hide_password=False)}
    return replace(product, parts=replace(product.parts, environ=told))


def _visit(webs: dict[str, str], visits: int) -> Times:
    times: Times = {}
    for page, email in PAGES:
        visitors = {name: Visitor(where) for name, where in webs.items()}
        for visitor in visitors.values():
            visitor.sign_in(email)
        found: dict[str, list[float]] = defaultdict(list)
        for _ in range(WARMING + visits):
            for name, visitor in visitors.items():
                begun = time.perf_counter()
                visitor.get(page)
                found[name].append((time.perf_counter() - begun) * 1000)
        times[f"GET {page}"] = {name: spent[WARMING:] for name, spent in found.items()}
    return times


def _post(product: Product, webs: dict[str, str], posts: int) -> Times:
    posters = {name: FormPoster(where, product.settings, 0) for name, where in webs.items()}
    found: dict[str, list[float]] = defaultdict(list)
    for (name, poster), _ in zip(cycle(posters.items()), range(2 * (WARMING + posts)), strict=False):
        body = poster.prepare()
        begun = time.perf_counter()
        status, _ = poster.send(body)
        if status != poster.expected:
            raise VisitError(f"a post was answered with {status}")
        found[name].append((time.perf_counter() - begun) * 1000)
    return {"POST /rapportera": {name: spent[WARMING:] for name, spent in found.items()}}


def _row(name: str, found: dict[str, list[float]]) -> tuple[object, ...]:
    half = {which: percentile(spent, 0.5) for which, spent in found.items()}
    most = {which: percentile(spent, 0.95) for which, spent in found.items()}
    one = (half[WITHOUT], half[WITH], half[WITH] / half[WITHOUT])
    return (name, *one, most[WITHOUT], most[WITH], most[WITH] / most[WITHOUT])
