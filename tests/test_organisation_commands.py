"""Loading organisations and adding accounts from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from commands import add_user, load_organisation
from models import Forum, Unit, User
from models.base import Base, Database
from models.user import Role
from settings import ROOT
from tests.site import PASSWORD, Site, address_of

FILE = ROOT / "data" / "hoglandet.json"
NEW = {"--email": "ny@example.org", "--role": "reporter", "--title": "Handläggare, AME", "--federation": "hoglandet"}


@pytest.fixture
def load(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[dict[str, Any]], Result]:
    """Loads an organisation from a file into an empty migrated database."""
    monkeypatch.setenv("LEXHELLER_DATABASE_URL", database_url)
    monkeypatch.setenv("LEXHELLER_HOME", str(tmp_path))

    def load_it(data: dict[str, Any], *more: str) -> Result:
        path = tmp_path / "organisation.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        return CliRunner().invoke(load_organisation.command, [str(path), *more])

    return load_it


def hoglandet() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return data


def everything(database: Database) -> dict[str, list[str]]:
    with database.read() as session:
        tables = Base.metadata.sorted_tables
        return {table.name: sorted(repr(row) for row in session.execute(select(table))) for table in tables}


def test_loading_twice_changes_nothing_but_the_rules_ids(load: Callable[..., Result], database: Database) -> None:
    """Rules are replaced whole; everything that others point at stays where it is."""
    for _ in range(2):
        assert load(hoglandet()).exit_code == 0
    before = everything(database)
    assert load(hoglandet()).exit_code == 0
    after = everything(database)
    for name in before.keys() - {"routing_rule"}:
        assert after[name] == before[name], name
    assert len(after["routing_rule"]) == len(before["routing_rule"])


def test_a_forum_that_is_there_is_left_to_the_product(load: Callable[..., Result], database: Database) -> None:
    data = hoglandet()
    load(data)
    forum = data["areas"][0]["forums"][0]
    with database.read() as session:
        before = session.scalars(select(Forum).where(Forum.code == forum["code"])).one()
    forum["name"] = "Samverkansgruppen"
    assert load(data).exit_code == 0
    with database.read() as session:
        after = session.scalars(select(Forum).where(Forum.code == forum["code"])).one()
    assert (after.id, after.active_from, after.name) == (before.id, before.active_from, before.name)


def test_a_unit_that_is_added_gets_its_place(load: Callable[..., Result], database: Database) -> None:
    data = hoglandet()
    load(data)
    data["parties"][0]["units"].append({"code": "skuldradgivning", "name": "Skuldrådgivning"})
    assert load(data).exit_code == 0
    with database.read() as session:
        assert session.scalars(select(Unit.name).where(Unit.code == "skuldradgivning")).one() == "Skuldrådgivning"


def test_a_file_with_a_code_that_stands_twice_loads_nothing(load: Callable[..., Result], database: Database) -> None:
    data = hoglandet()
    data["parties"][1]["units"].append({"code": "forsorjningsstod", "name": "En till"})
    result = load(data)
    assert result.exit_code != 0
    assert "forsorjningsstod" in result.output
    assert everything(database)["federation"] == []


POINTING = {
    "name": ("Arbetsgrupp 850312-9812", "personnummer"),
    "convener": ("zdravka.petrovska@kommun.se", "email"),
    "note": ("Sammankallas av Zdravka Petrovska", "name"),
}


@pytest.mark.parametrize("field", POINTING)
def test_a_file_that_points_to_a_person_loads_nothing(
    field: str, load: Callable[..., Result], database: Database
) -> None:
    data, (words, kind) = hoglandet(), POINTING[field]
    data["areas"][0]["forums"][0][field] = words
    result = load(data)
    assert result.exit_code != 0
    assert f"areas[1].forums[1].{field} ({kind})" in result.output
    assert words.split()[-1] not in result.output
    assert everything(database)["federation"] == []
    confirmed = load(data, "--no-names")
    assert (confirmed.exit_code == 0) == (kind == "name")


@pytest.fixture
def add(site: Site, site_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """Adds an account to a furnished site; words that are None are left out."""
    monkeypatch.setenv("LEXHELLER_DATABASE_URL", site_url)
    monkeypatch.setenv("LEXHELLER_HOME", str(tmp_path))

    def add_it(password: str = PASSWORD, areas: tuple[str, ...] = (), **changes: str | None) -> Result:
        words = NEW | {"--unit": "arbetsmarknadsenhet"} | {f"--{name}": value for name, value in changes.items()}
        listed = [word for name, value in words.items() if value is not None for word in (name, value)]
        for area in areas:
            listed += ["--area", area]
        return CliRunner().invoke(add_user.command, listed, input=f"{password}\n")

    return add_it


def find(site: Site, email: str) -> User:
    with site.database.read() as session:
        user = session.scalars(select(User).where(User.email == email)).one()
        assert user.areas
        return user


def test_a_new_account_signs_in_with_its_role_and_areas(site: Site, add: Callable[..., Result]) -> None:
    result = add(areas=("savsjo", "aneby"))
    assert result.exit_code == 0, result.output
    user = find(site, "ny@example.org")
    assert (user.role, [area.code for area in user.areas], user.is_example) == (
        Role.REPORTER,
        ["aneby", "savsjo"],
        False,
    )
    assert user.password_hash.startswith("$argon2id$")
    assert PASSWORD not in user.password_hash
    visitor = site.visitor()
    words = {"email": "ny@example.org", "password": PASSWORD, **visitor.tokens("/logga-in")}
    assert visitor.post("/logga-in", data=words).status_code == 302


def test_an_account_without_areas_gets_all_of_the_federation(site: Site, add: Callable[..., Result]) -> None:
    assert add(email="  NY@Example.org ").exit_code == 0
    areas = [area.code for area in find(site, "ny@example.org").areas]
    assert len(areas) == len(hoglandet()["areas"])


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"password": "fjorton tecken"}, "at least 15 characters"),
    ({"password": ""}, "at least 15 characters"),
    ({"unit": None}, "needs --unit"),
    ({"unit": None, "role": "forum_member"}, "needs --unit"),
    ({"unit": "tandvard"}, "no such unit: tandvard"),
    ({"areas": ("habo", "savsjo")}, "no such area: habo"),
    ({"federation": "gotland"}, "name the federation"),
    ({"federation": None}, "name the federation"),
    ({"email": address_of("reporter")}, "has an account already"),
    ({"email": address_of("reporter").upper()}, "has an account already"),
    ({"title": "Zdravka Petrovska"}, "personal data in --title (name)"),
    ({"email": "ingen adress"}, "not an email address"),
    ({"email": f"{'x' * 300}@example.org"}, "not an email address"),
    ({"role": "king"}, "king"),
]


def test_what_cannot_be_an_account_is_refused_with_the_reason(site: Site, add: Callable[..., Result]) -> None:
    before = site.count(User)
    for changes, reason in REFUSED:
        result = add(**changes)
        assert result.exit_code != 0, changes
        assert reason in result.output, (changes, result.output)
    assert site.count(User) == before


def test_a_coordinator_needs_no_unit(site: Site, add: Callable[..., Result]) -> None:
    assert add(role="coordinator", unit=None, areas=("savsjo",)).exit_code == 0
    assert find(site, "ny@example.org").unit_id is None
