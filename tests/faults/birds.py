"""The way of one report with a word of its own in each text, walked by people while parts of the product fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import AgendaItem, Federation, Forum, ForumMember, Meeting, Summary
from models.base import utc_now
from models.delivery import Delivery, DeliveryState
from models.organisation import Party
from models.report import Report
from models.summary import SummaryState
from schemas.months import local_date
from tests.faults.people import Person, Register, file_report
from tests.faults.stage import Stage, eventually
from tests.server_profile import Answer
from tests.site import report_answers
from tests.web_forms import forms_of

Found = TypeVar("Found")
BIRD = "kanarie"
LSG, SEAT = "lsg-savsjo", "enhetschef@region.example.org"
JUDGED = {"category": "contact_route", "counterpart": "psykiatri", "do": "stay", "pii_confirmed": "1"}


def words(name: str) -> str:
    return f"Enligt {BIRD}{name} kom remissen tillbaka tre gånger."


@dataclass
class Walk:
    """One report on its way."""

    stage: Stage
    reporter: Person
    coordinator: Person
    reference: str = ""
    meeting_id: int = 0
    summary_id: int = 0

    def ask(self, question: Callable[[Session], Found]) -> Found:
        with self.stage.database.read() as session:
            return question(session)

    def fill(self, person: Person, page: str, ending: str, **fields: object) -> Answer:
        """Send the form of a page whose address ends so, as it stands there, with some fields filled in."""
        answer = person.insist(lambda: person.browser.get(page))
        forms = [form for form in forms_of(page, answer.text)[0] if form.action.split("?")[0].endswith(ending)]
        assert forms, f"{page} has no form to {ending}: {answer.status}"
        got = person.send(forms[0].action, forms[0].values | fields)
        assert got.status == 303, f"{page} {ending}: {got.status} {got.text}"
        return got

    def go(self) -> None:
        """All of it. Each `arm` is something that fails once, on the step that follows it."""
        self._draft()
        self._file()
        self._review()
        self._call_a_meeting()
        self._make_its_documents()
        self._decide()
        self._answer()

    def _draft(self) -> None:
        self.stage.arm("draft.before_commit", "raise")
        form = report_answers() | {"description": words("utkastet"), "pii_confirmed": "1", "do": "draft"}
        assert self.reporter.send("/rapportera", form | self.reporter.hidden("/rapportera")).status == 303

    def _file(self) -> None:
        for point in ("receive.before_commit", "doorbell.before_send", "recount.half_way"):
            self.stage.arm(point, "raise")
        self.stage.arm("classify.suggested", "kill")
        form = report_answers() | {"description": words("beskrivningen"), "suggestion": words("forslaget")}
        form |= {"counterpart": "annan", "counterpart_other": f"{BIRD}motparten", "may_paraphrase": "1"}
        form |= {"wants_feedback": "1", "feedback_email": "reporter@example.org", "pii_confirmed": "1", "do": "send"}
        self.reference = file_report(self.reporter, Register(), form | self.reporter.hidden("/rapportera"))
        here = select(Report.classified_at).where(Report.reference == self.reference)
        eventually(lambda: self.ask(lambda session: session.scalar(here)), "the report to be classified")

    def _review(self) -> None:
        page, own = f"/granska/{self.reference}", f"/mina-rapporter/{self.reference}"
        self.stage.arm("change.before_commit", "raise")
        self.fill(self.coordinator, page, page, **JUDGED, destination="ask", question=words("fragan"))
        self.fill(self.reporter, own, "/komplettering", completion=words("svaret"), pii_confirmed="1")
        forum_id = self.ask(lambda session: session.scalars(select(Forum.id).where(Forum.code == LSG)).one())
        paraphrase = f"Svar dröjde, enligt {BIRD}omskrivningen."
        self.fill(self.coordinator, page, page, **JUDGED, destination=f"forum-{forum_id}", paraphrase=paraphrase)

    def _call_a_meeting(self) -> None:
        """A meeting with the report on its agenda, and one seat that has a mailbox."""
        with self.stage.database.write() as session:
            forum = session.scalars(select(Forum).where(Forum.code == LSG)).one()
            meeting = Meeting(forum_id=forum.id, starts_at=utc_now() + timedelta(days=10))
            session.add(meeting)
            session.execute(update(Federation).values(mail_domains="region.example.org"))
            seat = select(ForumMember).join(Party).where(ForumMember.forum_id == forum.id, Party.code == "region")
            session.scalars(seat).one().email = SEAT
            session.flush()
            self.meeting_id = meeting.id
        page = f"/forum/{LSG}/moten/{self.meeting_id}/arenden/ny"
        item = {"item_title": f"Väg in, {BIRD}arendet", "item_question": words("arendefragan"), "item_minutes": "20"}
        self.fill(self.coordinator, page, page, **item, item_reports=[self.reference], pii_confirmed="1")

    def _make_its_documents(self) -> None:
        """The meeting's pack: ordered, built, approved, printed and mailed to the seat."""
        for point in ("build.before_content", "pdf.before_printing", "deliver.taken"):
            self.stage.arm(point, "raise")
        meeting = self.ask(lambda session: session.get_one(Meeting, self.meeting_id))
        form = {"forum": LSG, "kind_period": f"meeting/{local_date(meeting.starts_at)}"}
        answer = self.coordinator.send("/rapporter", self.coordinator.hidden("/rapporter") | form)
        assert answer.status == 303, answer.status
        newest = select(Summary.id).where(Summary.kind == "meeting").order_by(Summary.id.desc()).limit(1)
        self.summary_id = eventually(lambda: self.ask(lambda session: session.scalar(newest)), "an order")
        page = f"/rapporter/{self.summary_id}/granska"
        eventually(lambda: self._state() is SummaryState.BUILT, "the draft")
        eventually(lambda: self._approve(page), "the approval")
        told = select(Delivery.state).where(Delivery.state == DeliveryState.SENT)
        eventually(lambda: self.ask(lambda session: session.scalars(told).first()), "the seat to be told")

    def _state(self) -> SummaryState:
        return self.ask(lambda session: session.get_one(Summary, self.summary_id)).state

    def _approve(self, page: str) -> bool:
        """The counts may still be on their way; then the page says so, and a person tries again."""
        if self._state() is SummaryState.BUILT:
            self.fill(self.coordinator, page, "/godkann")
        released = self.ask(lambda session: session.get_one(Summary, self.summary_id)).released_at
        return released is not None

    def _decide(self) -> None:
        with self.stage.database.write() as session:
            moment = utc_now() - timedelta(hours=2)
            session.execute(update(Meeting).where(Meeting.id == self.meeting_id).values(starts_at=moment))
            item = session.scalars(select(AgendaItem.id).where(AgendaItem.meeting_id == self.meeting_id)).one()
        page = f"/forum/{LSG}/moten/{self.meeting_id}/arenden/{item}/beslut"
        self.stage.arm("change.before_commit", "raise")
        said = {"decision_text": words("beslutet"), "decision_plain": words("klartext"), "outcome": "stays"}
        self.fill(self.coordinator, page, page, **said, pii_confirmed="1")

    def _answer(self) -> None:
        page = f"/granska/{self.reference}/svar"
        said = {"cause": words("orsaken"), "action": words("atgarden"), "action_kind": "taken", "pii_confirmed": "1"}
        self.fill(self.coordinator, page, page, **said)
        waiting = select(Delivery.id).where(Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING)))
        eventually(lambda: self.ask(lambda session: session.scalars(waiting).first()) is None, "all mail to be sent")
