"""Hearing back: who is told what by mail, what stands on the own page, who is reminded, and what the clocks say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from models import Action, Agreement, Area, Delivery, Forum, ForumName, Outbox, Party, Report, Turnaround, User
from models.action import ActionStatus
from models.agenda import Decision, Outcome
from models.clock_queries import late_for_answer
from models.delivery import DeliveryKind, DeliveryState, address_of
from models.outbox import Task
from models.report import ReportState
from tests.desk import decide, give_post
from tests.forums import LSG, PREPARATORY, Room
from tests.site import Site, Visitor, open_site
from tests.site import address_of as mailbox
from tests.workshop import Workshop
from webapp.feedback import plain_lines, tell, tell_reporters

MAILED = {"wants_feedback": "1", "feedback_email": "handlaggare@example.org"}
LINE = "Det finns nu en gemensam väg in till psykiatrin."


@pytest.fixture
def room(site: Site) -> Room:
    return Room(site)


def mails(site: Site) -> list[tuple[str, str, str]]:
    """(kind, reference, address) of every mail that was ordered."""
    with site.database.read() as session:
        rows = session.scalars(select(Delivery).order_by(Delivery.id)).all()
        return [(row.kind.value, row.reference, address_of(session, row) or "") for row in rows]


def write_answer(visitor: Visitor, site: Site, reference: str) -> None:
    page = f"/granska/{reference}/svar"
    with site.database.read() as session:
        version = session.scalar(select(Report.version).where(Report.reference == reference))
    words = {"cause": "Ingen visste.", "action": "En brevlåda är öppnad.", "action_kind": "taken", "version": version}
    assert visitor.post(page, data=words | visitor.tokens(page)).status_code == 303


def conclude(room: Room, *references: str, plain: str = LINE) -> None:
    """Let LSG Sävsjö decide on some reports today, and tell their reporters."""
    item_id = room.item(room.meeting(days=0), *references)
    with room.site.database.write() as session:
        words = {"decided_on": date(2026, 11, 16), "text": "En brevlåda öppnas.", "outcome": Outcome.STAYS}
        decision = Decision(agenda_item_id=item_id, plain=plain, function="Samverkanskoordinator", **words)
        session.add(decision)
        session.flush()
        with room.site.app.test_request_context():
            tell_reporters(session, decision, room.site.moment)


def test_an_answer_is_told_to_the_address_that_was_given_with_the_report(site: Site) -> None:
    reference = site.sign_in("reporter").file_report(**MAILED)
    write_answer(site.sign_in("coordinator"), site, reference)
    assert mails(site) == [("answer", reference, "handlaggare@example.org")]
    with site.database.read() as session:
        job = session.scalars(select(Outbox).where(Outbox.task == Task.DELIVER)).one()
        assert job.subject_id == session.scalars(select(Delivery.id)).one()


def test_whoever_asked_for_no_mail_gets_none(site: Site) -> None:
    reporter = site.sign_in("reporter")
    reference = reporter.file_report()
    write_answer(site.sign_in("coordinator"), site, reference)
    assert mails(site) == []
    assert "En brevlåda är öppnad." in reporter.get(f"/mina-rapporter/{reference}").text


def test_a_question_an_end_and_a_referral_are_told_once(site: Site) -> None:
    reporter, coordinator = site.sign_in("reporter"), site.sign_in("coordinator")
    asked, closed, referred = (reporter.file_report(**MAILED) for _ in range(3))
    decide(coordinator, site, asked, destination="ask", question="Vilken remiss gällde det?")
    decide(coordinator, site, closed, destination="no_forum", reason="Löst på telefon.")
    decide(coordinator, site, referred, destination="refer", referred_to="Regionen", refer_reason="Egen rutin gäller.")
    told = [(kind, reference) for kind, reference, _ in mails(site)]
    assert told == [("question", asked), ("closed", closed), ("closed", referred)]
    site.advance(minutes=1)
    decide(coordinator, site, closed, destination="stay")
    decide(coordinator, site, closed, destination="no_forum", reason="Löst på telefon, igen.")
    assert len(mails(site)) == 3


def test_what_was_answered_is_closed_without_another_mail(site: Site) -> None:
    reference = site.sign_in("reporter").file_report(**MAILED)
    coordinator = site.sign_in("coordinator")
    write_answer(coordinator, site, reference)
    site.advance(minutes=1)
    assert decide(coordinator, site, reference, destination="no_forum", reason="Klart.").status_code == 303
    assert [kind for kind, _, _ in mails(site)] == ["answer"]


def test_everybody_whose_report_fed_a_decision_reads_one_plain_line(site: Site, room: Room) -> None:
    reporter, colleague = site.sign_in("reporter"), site.sign_in("colleague")
    first, second = reporter.file_report(**MAILED), reporter.file_report(**MAILED)
    third = colleague.file_report(reporting_unit="psykiatri", counterpart="forsorjningsstod")
    untouched = colleague.file_report(reporting_unit="psykiatri", counterpart="sjukpenning")
    conclude(room, first, second, third)
    assert mails(site) == [("decision", first, "handlaggare@example.org")], "one mail, and none where none was wanted"
    for visitor in (reporter, colleague):
        page = visitor.get("/mina-rapporter").text
        assert page.count(LINE) == 1
        assert "16 november 2026 · LSG Sävsjö" in page.replace("\u00ad", "")
    assert untouched in colleague.get("/mina-rapporter").text


def test_a_merged_report_hears_of_the_decision_and_a_withdrawn_one_does_not(site: Site, room: Room) -> None:
    main = site.sign_in("reporter").file_report(**MAILED)
    colleague = site.sign_in("colleague")
    part = colleague.file_report(reporting_unit="psykiatri", counterpart="forsorjningsstod", **MAILED)
    decide(
        site.sign_in("coordinator"), site, part, destination="merge", merge_into=main, counterpart="forsorjningsstod"
    )
    conclude(room, main)
    assert {(kind, reference) for kind, reference, _ in mails(site)} == {("decision", main), ("decision", part)}
    assert LINE in colleague.get("/mina-rapporter").text
    with site.database.write() as session:
        session.execute(update(Report).where(Report.reference == part).values(state=ReportState.WITHDRAWN))
    assert LINE not in colleague.get("/mina-rapporter").text


def test_a_decision_without_a_plain_line_tells_nobody(site: Site, room: Room) -> None:
    reporter = site.sign_in("reporter")
    conclude(room, reporter.file_report(**MAILED), plain="")
    assert mails(site) == []
    assert "Ni sa, vi gjorde" not in reporter.get("/mina-rapporter").text


def test_the_line_names_the_forum_as_it_was_called(site: Site, room: Room) -> None:
    reporter = site.sign_in("reporter")
    conclude(room, reporter.file_report())
    forum_id = room.forum(LSG).id
    with site.database.write() as session:
        session.get_one(Forum, forum_id).name = "Chefsgruppen"
        session.add(ForumName(forum_id=forum_id, name="LSG Sävsjö", valid_from=date(2016, 1, 1)))
        session.add(ForumName(forum_id=forum_id, name="Chefsgruppen", valid_from=date(2026, 12, 1)))
    with site.database.read() as session:
        user_id = session.scalars(select(User.id).where(User.email == mailbox("reporter"))).one()
        assert [row["forum"] for row in plain_lines(session, user_id)] == ["LSG Sävsjö"]


def test_a_transaction_that_fails_tells_nobody(site: Site, room: Room) -> None:
    reference = site.sign_in("reporter").file_report(**MAILED)
    report = site.only_report()

    def fail() -> None:
        with site.app.test_request_context(), site.database.write() as session:
            tell(session, DeliveryKind.ANSWER, 1, report.reporter_id, reference, site.moment)
            raise RuntimeError("after all not")

    with pytest.raises(RuntimeError, match="after all"):
        fail()
    assert site.count(Delivery) == 0
    assert site.count(Outbox) == 1, "the classification of the report"


def test_telling_rings_when_the_transaction_commits_and_not_before(site: Site) -> None:
    reference = site.sign_in("reporter").file_report(**MAILED)
    report = site.only_report()
    rung: list[tuple[str, str, int]] = []
    site.app.extensions["lexheller"].doorbell.ring = lambda *bell: rung.append(bell)
    with site.app.test_request_context(), site.database.write() as session:
        tell(session, DeliveryKind.ANSWER, 1, report.reporter_id, reference, site.moment)
        assert rung == []
    assert rung == [("deliver", "slow", 1)]


# Reminders.


def action(site: Site, due_on: date, **facts: Any) -> int:
    with site.database.write() as session:
        area = session.scalars(select(Area).where(Area.code == "savsjo")).one()
        party = select(Party.id).where(Party.federation_id == area.federation_id).limit(1)
        words = {"what": "Öppna en brevlåda", "owner": "Enhetschef", "decided_on": date(2026, 10, 1), "due_on": due_on}
        row = Action(
            federation_id=area.federation_id, area_id=area.id, owner_party_id=session.scalar(party), **words | facts
        )
        session.add(row)
        session.flush()
        return row.id


def test_an_overdue_action_is_told_once_to_the_coordinators_of_its_area(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Workshop(site, monkeypatch)
    late = action(site, date(2026, 11, 15))
    action(site, date(2026, 11, 16))
    action(site, date(2026, 11, 1), status=ActionStatus.DONE)
    bells = shop.sweep()
    assert mails(site) == [("overdue", "", mailbox("coordinator"))]
    with site.database.read() as session:
        row = session.scalars(select(Delivery)).one()
    assert (row.subject_id, row.state) == (late, DeliveryState.QUEUED)
    assert ("deliver", row.id) in bells
    shop.sweep()
    site.advance(days=1)
    shop.sweep()
    assert [kind for kind, _, _ in mails(site)] == ["overdue", "overdue"], "the second action is late by now"


def test_an_agreement_that_runs_out_is_told_to_whoever_keeps_its_forum(
    site: Site, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Workshop(site, monkeypatch)
    give_post(site, "neighbour", None)
    with site.database.write() as session:
        for code, days in ((LSG, 90), (LSG, 91), (PREPARATORY, 10), (PREPARATORY, -1)):
            until = date(2026, 11, 16) + timedelta(days=days)
            facts = {"title": "Överenskommelse", "valid_from": date(2024, 1, 1), "valid_until": until}
            session.add(Agreement(forum_id=room.forum(code).id, remind_days=90, **facts))
    shop.sweep()
    shop.sweep()
    assert mails(site) == [("agreement", "", mailbox("coordinator")), ("agreement", "", mailbox("neighbour"))]


# The clocks.


def tile(page: str) -> str:
    """The text of the tile of what waits for an answer."""
    before = page.split("Saknar återkoppling")[0]
    return before.rsplit("<b>", 1)[1].split("</b>")[0]


def test_what_is_late_for_its_answer_is_on_the_dashboard_and_in_the_list(site: Site) -> None:
    reporter = site.sign_in("reporter")
    late, answered, closed = reporter.file_report(), reporter.file_report(), reporter.file_report()
    good = reporter.file_report(kind="good")
    coordinator = site.sign_in("coordinator")
    write_answer(coordinator, site, answered)
    decide(coordinator, site, closed, destination="no_forum", reason="Löst.")
    site.advance(days=60)
    site.recount()
    coordinator = site.sign_in("coordinator")
    assert tile(coordinator.get("/oversikt").text) == "0", "the last day is still in time"
    site.advance(days=1)
    coordinator = site.sign_in("coordinator")
    page = coordinator.get("/oversikt").text
    assert tile(page) == "1"
    assert "2 väntar för länge på granskning" in page, "the late one and the one of what worked"
    listed = coordinator.get("/avvikelser?status=sena&period=allt").text
    assert late in listed
    assert "1 avvikelse<" in listed
    for other in (answered, closed, good):
        assert other not in listed


def test_what_is_late_is_found_by_its_index(site: Site) -> None:
    query = select(Report.id).where(Report.area_id.in_([1, 2]), late_for_answer(date(2026, 11, 16))).limit(1000)
    with site.database.read() as session:
        sqlite = session.get_bind().dialect.name == "sqlite"
        if not sqlite:  # A small table is read from end to end, whatever indexes it has.
            session.execute(text("SET enable_seqscan = off"))
        words = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        plan = session.execute(text(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{words}")).all()
    assert "ix_report_unanswered" in str(plan)


def test_the_two_clocks_are_settings(site: Site) -> None:
    parts = site.app.extensions["lexheller"]
    clocks = replace(parts.settings, review_days=1, answer_days=10)
    site.app.extensions["lexheller"] = replace(parts, settings=clocks)
    reporter = site.sign_in("reporter")
    reference = reporter.file_report()
    report = site.only_report()
    assert (report.review_due_on, report.answer_due_on) == (date(2026, 11, 17), date(2026, 11, 26))
    receipt = reporter.get(f"/rapportera/kvitto/{reference}").text
    assert "Granskas senast 17 november 2026" in receipt
    assert "Besvaras senast 26 november 2026" in receipt


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "Det är för få rapporter för att säga hur lång tid ett svar tar."),
        ([(4, 12.0)], "Det är för få rapporter för att säga hur lång tid ett svar tar."),
        ([(5, None)], "Färre än hälften av rapporterna har fått svar"),
        ([(5, 12.4)], "Hälften av rapporterna får svar inom 12 dagar."),
        ([(5, 0.2)], "Hälften av rapporterna får svar inom en dag."),
        (
            [(5, 12.4), (50, 30.0)],
            "Hälften av rapporterna får svar inom 12 till 30 dagar, olika i olika kommunområden.",
        ),
    ],
)
def test_one_sentence_tells_how_long_it_takes(
    sqlite_site_url: str, tmp_path: Path, rows: list[tuple[int, float | None]], sentence: str
) -> None:
    with open_site(sqlite_site_url, tmp_path) as site:
        with site.database.write() as session:
            areas = session.scalars(select(Area.id).where(Area.code.in_(("savsjo", "aneby"))).order_by(Area.id))
            for area_id, (reports, days) in zip(list(areas), rows, strict=False):
                session.add(Turnaround(area_id=area_id, computed_at=site.moment, reports=reports, answer_days=days))
        assert sentence in site.sign_in("coordinator").get("/oversikt").text
