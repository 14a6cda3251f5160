"""What is due goes, each kind by its own rule, and the counts and the chain of the log stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

import worker.archive
from models import Answer, AuditEvent, Classification, Handout, Publication, Report, StateChange, User
from models.audit import first_broken
from models.disposal import disposed_events
from models.invariants import check
from models.month_count import MonthCount
from schemas.retention import DISPOSED
from tests.desk import report_of, send
from tests.disposals import PAGE, YEARS, add_rule, freeze, old, references, run
from tests.site import TEXT, Site
from tests.test_nothing_left import in_files, in_tables

__all__ = ["old"]  # a fixture


def counts(site: Site) -> list[tuple[object, ...]]:
    with site.database.read() as session:
        columns = list(MonthCount.__table__.columns)
        return sorted(tuple(map(str, row)) for row in session.execute(select(*columns)))


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
