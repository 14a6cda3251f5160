"""An opening in the wall reaches as far as it says and ends with its block, and there are no others."""

from __future__ import annotations

import ast

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from models import Report
from models.wall import Reach, reaching
from settings import ROOT
from tests.site import Site
from tests.wall import asking, town
from webapp import wall
from webapp.requests import reading, writing
from webapp.wall import Opening, opened

__all__ = ["town"]  # a fixture


def test_an_opening_ends_with_its_block_however_it_ends(town: Site) -> None:
    with asking(town, "member"):
        with opened(reading(), wall.AGENDA):
            assert len(reading().scalars(select(Report)).all()) == 3
            with opened(reading(), wall.FIGURES):
                assert reading().scalar(select(func.count()).select_from(Report)) == 4
            assert reading().scalar(select(func.count()).select_from(Report)) == 3
        assert reading().scalar(select(func.count()).select_from(Report)) == 0
        with pytest.raises(KeyError), opened(reading(), wall.AGENDA):
            raise KeyError
        assert reading().scalar(select(func.count()).select_from(Report)) == 0
        with pytest.raises(ProgrammingError), opened(reading(), wall.AGENDA):
            reading().execute(text("SELECT nothing_of_the_kind"))
        reading().rollback()
        assert reading().scalar(select(func.count()).select_from(Report)) == 0


def test_what_is_changed_in_an_opening_is_written_in_it(town: Site) -> None:
    with asking(town, "member"), writing() as session, opened(session, wall.AGENDA):
        report = session.scalars(select(Report).order_by(Report.id)).all()[0]
        report.advice = "skrivet"
    with town.database.read() as session:
        assert session.get_one(Report, report.id).advice == "skrivet"


def test_a_session_that_sees_all_goes_through_an_opening_unchanged(town: Site) -> None:
    with town.database.read() as session:
        with reaching(session, Reach.PUBLIC):
            assert session.scalar(select(func.count()).select_from(Report)) == 4
        assert session.scalar(select(func.count()).select_from(Report)) == 4


def test_every_opening_is_used_and_nothing_else_in_the_web_reaches_further() -> None:
    openings = {name: found for name, found in vars(wall).items() if isinstance(found, Opening)}
    assert all(len(opening.why) > 30 for opening in openings.values())
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "webapp").rglob("*.py")}
    used: set[str] = set()
    for path, code in texts.items():
        if path.name == "wall.py":
            continue
        nodes = list(ast.walk(ast.parse(code)))
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        used |= names & openings.keys()
        assert not names & {"Reach", "Sees", "reaching", "let_see"}, path
    assert used == openings.keys()
