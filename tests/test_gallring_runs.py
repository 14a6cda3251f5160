"""Nothing is carried out but by a frozen protocol, once, in batches that can be broken off."""

from __future__ import annotations

import hashlib
import json

import pytest
from sqlalchemy.orm import Session

import worker.archive
from models import Disposal, Outbox, disposal_queries
from schemas.retention import DISPOSED, RecordKind
from tests.desk import errors, report_of, send
from tests.disposals import PAGE, add_rule, freeze, old, references, run
from tests.site import TEXT, Site
from webapp.gallring import protocols
from worker import disposal

__all__ = ["old"]  # a fixture


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
