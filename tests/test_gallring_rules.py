"""A rule of disposal rests on a decision, overlaps no other, and says beforehand what it would take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

import worker.archive
from models import Disposal, RetentionRule
from schemas.retention import due_before
from tests.desk import errors, report_of, send
from tests.disposals import PAGE, add_rule, freeze, old, references
from tests.forums import Room
from tests.site import TEXT, Site

__all__ = ["old"]  # a fixture


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": ""}, "Välj vad regeln gäller"),
        ({"kind": "allt"}, "Välj ett av alternativen"),
        ({"decision": ""}, "Skriv beslutets diarienummer. Inget gallras utan beslut"),
        ({"decision": "vi bestämde det"}, "Skriv beslutets diarienummer som SFH 2026/14"),
        ({"decided_on": "2026-02-30"}, "Det datumet finns inte"),
        ({"decided_on": "i går"}, "Skriv datumet som ÅÅÅÅ-MM-DD, till exempel 2026-11-14"),
        ({"decided_on": "2026-11-17"}, "Beslutet kan inte vara fattat i framtiden"),
        ({"years": "1"}, "Minst 2 år: rapportören ska kunna läsa sin rapport medan åtgärder följs upp"),
        ({"kind": "log", "years": "4"}, "Minst 5 år: så lång är preskriptionstiden för dataintrång"),
        ({"kind": "log", "years": "5", "party": "1"}, "Innehållet i loggen är gemensamt. Välj alla parter"),
        ({"years": "två"}, "Skriv ett helt antal år, högst 100"),
        ({"years": "101"}, "Skriv ett helt antal år, högst 100"),
        ({"party": "999"}, "Välj ett av alternativen"),
        ({"decided_by": ""}, "Skriv vem som fattade beslutet"),
        ({"decided_by": "Zdravka Petrovska"}, "Ta bort ”Zdravka Petrovska” eller bekräfta att det inte är ett namn"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_in_plain_words(
    sqlite_rules: Site, changes: dict[str, str], message: str
) -> None:
    answer = add_rule(sqlite_rules, **changes)
    assert answer.status_code == 422
    assert any(message in found for found in errors(answer)), errors(answer)
    assert sqlite_rules.count(RetentionRule) == 0


@pytest.fixture(scope="module")
def sqlite_rules(furnished_sqlite: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all refused rules, since none of them stores anything."""
    from pathlib import Path

    from tests.conftest import copy_sqlite
    from tests.site import open_site

    folder = tmp_path_factory.mktemp("rules")
    with open_site(copy_sqlite(Path(str(furnished_sqlite)), folder), folder) as opened:
        yield opened


def test_rules_do_not_overlap_until_one_is_ended(site: Site) -> None:
    assert add_rule(site).status_code == 303
    message = "Beslut SFH 2026/14 gäller redan rapportens fritext för alla parter. Upphäv den regeln först"
    for changes in ({}, {"party": "1"}):
        assert message in errors(add_rule(site, **changes)), changes
    assert add_rule(site, kind="answer").status_code == 303
    send(site.sign_in("administrator"), PAGE, f"{PAGE}/regel/1/upphav")
    assert add_rule(site, party="1", years="5").status_code == 303
    assert add_rule(site, party="2").status_code == 303
    assert "Upphäv den regeln först" in "".join(errors(add_rule(site)))


def test_the_preview_counts_and_shows_no_text_and_changes_nothing(old: Site) -> None:
    add_rule(old)
    page = old.sign_in("administrator").get(f"{PAGE}/regel/1").text
    assert "3 att gallra, 0 hålls kvar" in page
    assert "Kommunen" in page or "kommun" in page.lower()
    assert TEXT[:20] not in page
    assert report_of(old, references(old)[0]).description == TEXT
    assert add_rule(old, kind="report", years="4").status_code == 303
    assert "Inget är gammalt nog än" in old.sign_in("administrator").get(f"{PAGE}/regel/2").text


def test_what_is_under_action_on_an_agenda_or_stopped_is_held_back_and_listed(old: Site) -> None:
    names, room = references(old), Room(old)
    room.item(room.meeting(days=30), names[0])
    stop = {"reference": names[1], "reason": "Granskas av revisionen."}
    assert send(old.sign_in("coordinator"), f"{PAGE}/stopp", f"{PAGE}/stopp", **stop).status_code == 303
    add_rule(old)
    admin = old.sign_in("administrator")
    page = admin.get(f"{PAGE}/regel/1").text
    assert "1 att gallra, 2 hålls kvar" in page
    assert "på en kommande dagordning" in page
    assert "gallringsstopp" in page
    address = freeze(admin)
    later = {"reference": names[2], "reason": "Begärd av en domstol."}
    assert send(admin, f"{PAGE}/stopp", f"{PAGE}/stopp", **later).status_code == 303
    send(admin, PAGE, f"{address}/genomfor", compared="1")
    worker.archive.dispose(1)
    assert {report_of(old, name).description for name in names} == {TEXT}
    with old.database.read() as session:
        row = session.get_one(Disposal, 1)
        assert row.kept == [[names[2], "gallringsstopp"]]
        assert (row.receipt or {})["removed"] == 0
    assert send(admin, f"{PAGE}/stopp", f"{PAGE}/stopp/1/hav").status_code == 303
    assert "2 hålls kvar" in admin.get(f"{PAGE}/regel/1").text


def test_a_stop_on_somebody_elses_report_or_twice_is_refused(old: Site) -> None:
    stop = {"reference": references(old)[0], "reason": "Granskas av revisionen."}
    page = old.sign_in("coordinator").get(f"/granska/{stop['reference']}").text
    (address,) = re.findall(r'href="(/gallring/stopp[^"]*)"', page)
    assert f'value="{stop["reference"]}"' in old.sign_in("coordinator").get(address).text
    for name in ("neighbour", "far-coordinator", "far-administrator"):
        answer = send(old.sign_in(name), f"{PAGE}/stopp", f"{PAGE}/stopp", **stop)
        assert "Det finns ingen sådan rapport i dina områden" in errors(answer), name
    coordinator = old.sign_in("coordinator")
    send(coordinator, f"{PAGE}/stopp", f"{PAGE}/stopp", **stop)
    assert "Rapporten har redan ett gallringsstopp" in errors(
        send(coordinator, f"{PAGE}/stopp", f"{PAGE}/stopp", **stop)
    )
    assert send(old.sign_in("neighbour"), f"{PAGE}/stopp", f"{PAGE}/stopp/1/hav").status_code == 404


def test_a_year_counts_from_the_same_day_also_from_the_29th_of_february() -> None:
    assert due_before(date(2028, 2, 29), 2) == date(2026, 2, 28)
    assert due_before(date(2026, 11, 16), 2) == date(2024, 11, 16)
