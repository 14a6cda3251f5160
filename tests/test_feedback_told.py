"""Reporters hear back, by mail and on their own page, once and only where they asked for it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from models import Delivery, Forum, ForumName, Outbox, Report, User
from models.agenda import Decision, Outcome
from models.delivery import DeliveryKind
from models.outbox import Task
from models.report import ReportState
from tests.desk import decide
from tests.feedback import mails, write_answer
from tests.forums import LSG, Room, room
from tests.site import Site
from tests.site import address_of as mailbox
from webapp.feedback import plain_lines, tell, tell_reporters

__all__ = ["room"]  # a fixture

MAILED = {"wants_feedback": "1", "feedback_email": "handlaggare@example.org"}
LINE = "Det finns nu en gemensam väg in till psykiatrin."


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
