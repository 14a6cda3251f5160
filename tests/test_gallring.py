"""Disposal: nothing goes without a decision, what is due goes in batches and can be broken off, and the counts stay."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import worker.archive
from models import (
    Answer,
    AuditEvent,
    Classification,
    Disposal,
    Handout,
    Outbox,
    Publication,
    Report,
    RetentionRule,
    StateChange,
    User,
    disposal_queries,
)
from models.audit import first_broken
from models.disposal import disposed_events
from models.invariants import check
from models.month_count import MonthCount
from models.outbox import Task
from models.report import ReportState
from schemas.retention import DISPOSED, RecordKind, due_before
from tests.desk import decide, give_post, report_of, send
from tests.forums import Room
from tests.site import TEXT, Site, Visitor
from tests.test_nothing_left import in_files, in_tables
from tests.workshop import Workshop
from webapp.gallring import protocols
from worker import disposal

RULE = {"kind": "report_text", "party": "", "years": "2", "decision": "SFH 2026/14"}
RULE |= {"decided_on": "2026-10-01", "decided_by": "Förbundsstyrelsen"}
PAGE = "/gallring"
YEARS = timedelta(days=3 * 366)


@pytest.fixture
def old(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Three reports that were classified, counted and closed more than three years ago; and one of today."""
    shop = Workshop(site, monkeypatch)
    monkeypatch.setattr(worker.archive, "utc_now", lambda: site.moment)
    give_post(site, "coordinator", "savsjo")
    site.moment -= YEARS
    reporter, coordinator = site.sign_in("reporter"), site.sign_in("coordinator")
    for _ in range(3):
        reference = reporter.file_report(suggestion="En gemensam ingång.", feedback_email="a@savsjo.se")
        classify(shop)
        closing = {"destination": "no_forum", "reason": "Det löste sig i ett samtal."}
        assert decide(coordinator, site, reference, **closing).status_code == 303
    site.moment += YEARS
    site.sign_in("reporter").file_report()
    classify(shop)
    with site.database.write() as session:
        first = update(Report).where(Report.reference.in_(references(site)[:3]))
        session.execute(first.values(state=ReportState.CLOSED, closed_at=site.moment - YEARS))
    shop.count()
    return site


def classify(shop: Workshop) -> None:
    from worker import tasks

    with shop.site.database.read() as session:
        waiting = list(session.scalars(select(Outbox.subject_id).where(Outbox.task == Task.CLASSIFY_REPORT)))
    for report_id in waiting:
        tasks.classify_report(report_id)


def references(site: Site) -> list[str]:
    with site.database.read() as session:
        return list(session.scalars(select(Report.reference).order_by(Report.id)))


def add_rule(site: Site, **changes: str) -> TestResponse:
    return send(site.sign_in("administrator"), PAGE, f"{PAGE}/regel", **(RULE | changes))


def freeze(admin: Visitor, rule_id: int = 1) -> str:
    """The address of the protocol."""
    answer = send(admin, PAGE, f"{PAGE}/regel/{rule_id}/protokoll")
    assert "/gallring/protokoll/" in answer.location, answer.location
    return answer.location


def run(site: Site, kind: str, years: str = "3") -> str:
    """Decide, freeze and carry out. Returns: the page of the receipt."""
    answer = add_rule(site, kind=kind, years=years)
    assert answer.status_code == 303, errors(answer)
    admin = site.sign_in("administrator")
    with site.database.read() as session:
        rule_id = max(session.scalars(select(RetentionRule.id)))
    address = freeze(admin, rule_id)
    assert send(admin, PAGE, f"{address}/genomfor", compared="1").status_code == 303
    with site.database.read() as session:
        newest = max(session.scalars(select(Disposal.id)))
    worker.archive.dispose(newest)
    return admin.get(address).text


def errors(answer: TestResponse) -> list[str]:
    return re.findall(r'class="lh-error"[^>]*>(?:<span[^>]*>[^<]*</span>)?([^<]*)<', answer.text)


def counts(site: Site) -> list[tuple[object, ...]]:
    with site.database.read() as session:
        columns = list(MonthCount.__table__.columns)
        return sorted(tuple(map(str, row)) for row in session.execute(select(*columns)))


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
        ({"decided_by": "Zdravka Petrovska"}, "Ta bort ordet eller bekräfta att det inte är ett namn"),
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


def test_free_text_goes_and_counts_and_invariants_stay(old: Site) -> None:
    names, before = references(old), counts(old)
    page = run(old, "report_text")
    gone = [report_of(old, name) for name in names[:3]]
    assert {report.description for report in gone} == {DISPOSED}
    assert {(report.suggestion, report.feedback_email, report.close_reason) for report in gone} == {("", None, "")}
    assert report_of(old, names[3]).description == TEXT
    with old.database.read() as session:
        ids = [report.id for report in gone]
        whys = set(session.scalars(select(StateChange.why).where(StateChange.report_id.in_(ids))))
        reasons = session.scalars(select(Classification).where(Classification.report_id.in_(ids)))
        assert whys == {""}
        assert [row.reasons for row in reasons] == [[], [], []]
    assert in_tables(old, "En gemensam ingång") == in_files(old, "En gemensam ingång") == []
    old.recount()
    assert counts(old) == before
    assert check(old.database, old.moment + timedelta(hours=1)) == []
    assert "Kvitto" in page
    assert "Genomförd" in page
    assert DISPOSED in old.sign_in("reporter").get(f"/mina-rapporter/{names[0]}").text


def test_a_whole_report_leaves_the_line_that_is_counted_and_nobody_behind_it(old: Site) -> None:
    names, before = references(old), counts(old)
    run(old, "report")
    with old.database.read() as session:
        reporter = session.scalars(
            select(User).join(Report, Report.reporter_id == User.id).where(Report.reference == names[0])
        ).one()
        assert (reporter.title, reporter.email) == ("Gallrad", "gallrad-1@lexheller.invalid")
        assert (
            session.scalars(select(StateChange).where(StateChange.report_id == report_of(old, names[0]).id)).all() == []
        )
    assert counts(old) == before
    old.recount()
    assert counts(old) == before
    assert check(old.database, old.moment + timedelta(hours=1)) == []
    assert names[0] not in old.sign_in("reporter").get("/mina-rapporter").text
    assert old.sign_in("coordinator").get(f"/avvikelser/{names[0]}").status_code == 200
    assert "Gallrad" not in old.sign_in("administrator").get("/konton").text
    assert "Inget är gammalt nog än" in old.sign_in("administrator").get(f"{PAGE}/regel/1").text


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


def test_a_run_that_is_broken_off_goes_on_and_one_that_is_ordered_twice_is_done_once(
    old: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disposal, "BATCH", 1)
    add_rule(old)
    admin = old.sign_in("administrator")
    address = freeze(admin)
    for _ in range(2):
        send(admin, PAGE, f"{address}/genomfor", compared="1")
    assert old.count(Outbox) == 1
    take, calls = disposal.TAKE_AWAY[RecordKind.REPORT_TEXT], []

    def die_on_the_second(session: Session, row: Disposal, items: list[str]) -> None:
        calls.append(items)
        take(session, row, items)
        if len(calls) == 2:
            raise RuntimeError

    monkeypatch.setitem(disposal.TAKE_AWAY, RecordKind.REPORT_TEXT, die_on_the_second)
    with pytest.raises(RuntimeError):
        worker.archive.dispose(1)
    names = references(old)
    assert [report_of(old, name).description for name in names[:3]] == [DISPOSED, TEXT, TEXT]
    assert "1 av 3 är gjorda" in admin.get(address).text
    worker.archive.dispose(1)
    worker.archive.dispose(1)
    assert [report_of(old, name).description for name in names[:3]] == [DISPOSED] * 3
    assert calls == [[names[0]], [names[1]], [names[1]], [names[2]]]
    assert old.count(Outbox) == 0


def test_the_protocol_is_frozen_and_the_receipt_says_who_when_and_why(old: Site) -> None:
    run(old, "report_text")
    with old.database.read() as session:
        row = session.get_one(Disposal, 1)
    plain = json.dumps(row.protocol, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(plain.encode()).hexdigest() == row.protocol_sha256
    receipt = row.receipt or {}
    assert (receipt["removed"], receipt["ordered_as"]) == (3, "Administratör administrator")
    assert receipt["decision"] == "SFH 2026/14, Förbundsstyrelsen, 1 oktober 2026"
    assert receipt["protocol_sha256"] == row.protocol_sha256
    admin = old.sign_in("administrator")
    assert "Protokollet har ändrats" not in admin.get("/gallring/protokoll/1").text
    with old.database.write() as session:
        session.get_one(Disposal, 1).protocol = {**row.protocol, "items": row.items[:2]}
    assert "Protokollet har ändrats" in admin.get("/gallring/protokoll/1").text


def test_nothing_is_carried_out_unless_it_was_compared_and_the_rule_still_holds(old: Site) -> None:
    add_rule(old)
    admin = old.sign_in("administrator")
    address = freeze(admin)
    answer = send(admin, PAGE, f"{address}/genomfor")
    assert "Bekräfta att du har jämfört protokollet med beslutet" in errors(answer)
    send(admin, PAGE, f"{PAGE}/regel/1/upphav")
    answer = send(admin, PAGE, f"{address}/genomfor", compared="1")
    assert answer.status_code == 422
    assert "Regeln är upphävd" in answer.text
    assert send(admin, PAGE, f"{address}/avbryt").status_code == 303
    assert old.count(Outbox) == 0
    assert "Avbruten" in admin.get(address).text
    for name in ("far-administrator", "coordinator", "reporter", "member"):
        assert old.sign_in(name).get(address).status_code == 404, name


def test_the_log_loses_who_and_what_and_its_chain_can_still_be_proved(old: Site) -> None:
    with old.database.write() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.user_id.is_not(None)).order_by(AuditEvent.id)
        ).all()
        assert events
    old.advance(days=366 * 6)
    run(old, "log", "5")
    with old.database.read() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        emptied = [row for row in rows if row.action == "emptied"]
        assert len(emptied) >= len(events) - 1
        assert {(row.user_id, row.subject, row.request_id) for row in emptied} == {(None, "", "")}
        assert first_broken(rows) == emptied[0].id
        assert first_broken(rows, disposed_events(session)) is None
        assert rows[-1].action == "gallring.carried_out" or rows[-2].action == "gallring.carried_out"
    with old.database.write() as session:
        session.get_one(AuditEvent, rows[-1].id).action = "emptied"
    with old.database.read() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        assert first_broken(rows, disposed_events(session)) == rows[-1].id


def test_a_year_counts_from_the_same_day_also_from_the_29th_of_february() -> None:
    assert due_before(date(2028, 2, 29), 2) == date(2026, 2, 28)
    assert due_before(date(2026, 11, 16), 2) == date(2024, 11, 16)


def test_a_decision_to_hand_out_goes_by_a_rule_of_its_own(old: Site) -> None:
    name = references(old)[0]
    asked = {"subject": "Rapporter om psykiatrin", "area": "savsjo", "asked_on": "2026-11-16", "references": name}
    coordinator = old.sign_in("coordinator")
    assert send(coordinator, "/lamna-ut/ny", "/lamna-ut/ny", **asked).status_code == 303
    add_rule(old)
    admin = old.sign_in("administrator")
    assert "1 begärd att lämnas ut" in admin.get(f"{PAGE}/regel/1").text
    assert send(coordinator, "/lamna-ut/1", "/lamna-ut/1/besluta", verdict="granted").status_code == 303
    assert "3 att gallra, 0 hålls kvar" in admin.get(f"{PAGE}/regel/1").text
    old.advance(days=366 * 3)
    run(old, "handout", "2")
    with old.database.read() as session:
        row = session.get_one(Handout, 1)
        assert (row.letter, row.pdf) == (None, None)
        assert row.letter_sha256
    coordinator = old.sign_in("coordinator")
    assert "Beslutet med sina kopior är gallrat" in coordinator.get("/lamna-ut/1").text
    assert coordinator.get("/lamna-ut/1/beslut").status_code == 404


def test_answers_go_and_what_was_taken_off_the_open_page_with_them(old: Site) -> None:
    name, cause = references(old)[0], "Ingen ägde den gemensamma frågan."
    with old.database.write() as session:
        report = session.scalars(select(Report).where(Report.reference == name)).one()
        facts = {"cause": cause, "action": cause, "action_kind": "taken", "consequence": "", "follow_up": ""}
        answer = Answer(report_id=report.id, made_at=old.moment - YEARS, function="Samverkanskoordinator", **facts)
        session.add(answer)
        session.flush()
        page: dict[str, Any] = {
            "answer_id": answer.id,
            "report_id": report.id,
            "federation_id": report.federation_id,
            "party_id": 1,
        }
        page |= {"category": "rules", "month": report.month, "paraphrase": "", "is_example": False}
        session.add(Publication(**page, **facts, published_at=old.moment - YEARS))
    add_rule(old, kind="answer")
    assert "1 står bland besvarade avvikelser" in old.sign_in("administrator").get(f"{PAGE}/regel/1").text
    with old.database.write() as session:
        session.scalars(select(Publication)).one().withdrawn_at = old.moment
    admin = old.sign_in("administrator")
    assert send(admin, PAGE, f"{freeze(admin)}/genomfor", compared="1").status_code == 303
    worker.archive.dispose(1)
    assert in_tables(old, cause) == []
    assert report_of(old, name).description == TEXT


def test_a_protocol_takes_the_oldest_and_leaves_the_rest_for_the_next(
    old: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (disposal_queries, protocols):
        monkeypatch.setattr(module, "MOST_ITEMS", 2)
    add_rule(old)
    assert "Ett protokoll omfattar högst 2 poster" in old.sign_in("administrator").get(f"{PAGE}/regel/1").text
    admin = old.sign_in("administrator")
    assert send(admin, PAGE, f"{freeze(admin)}/genomfor", compared="1").status_code == 303
    worker.archive.dispose(1)
    names = references(old)
    assert [report_of(old, name).description for name in names[:3]] == [DISPOSED, DISPOSED, TEXT]
    page = old.sign_in("administrator").get(f"{PAGE}/regel/1").text
    assert "1 att gallra, 0 hålls kvar" in page
    assert "Ett protokoll omfattar högst" not in page
