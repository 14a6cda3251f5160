"""Every named point of the code, with what leads there and what must come true in spite of the fault."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from models import outbox
from models.base import utc_now
from models.delivery import LONGEST_SENDING, Delivery, DeliveryKind, DeliveryState, order_delivery
from models.disposal import Disposal, DisposalState, fingerprint
from models.handout import Handout, HandoutState
from models.heartbeat import SWEEP, last_beat
from models.month_count import Slice
from models.organisation import Area
from models.report import Report, ReportState
from models.retention import RecordKind, RetentionRule
from models.summary import Summary
from models.turnaround import Turnaround
from models.user import User
from schemas.months import add_months, month_of
from settings import ROOT
from tests.faults.people import Person, Register, file_report, prepared
from tests.faults.stage import Stage, eventually
from tests.site import address_of
from worker.disposal import BATCH

Wish = Callable[[], bool]
LONGEST_PAUSE = timedelta(seconds=4)  # whoever has been at a mail for longer sleeps at no point: it has died
OF_MAIL = (outbox.Outbox.task == outbox.Task.DELIVER,)
_subjects = count(900_000)  # what the mails of these tests are about: nothing that is there
SOURCES = ("models", "webapp", "worker")


@dataclass
class Scene:
    """A stage with people on it."""

    stage: Stage
    register: Register
    reporter: Person
    coordinator: Person
    administrator: Person


def report_counted(scene: Scene, reference: str) -> bool:
    """Whether a report has its suggestion and stands in the counts."""
    with scene.stage.database.read() as session:
        row = session.scalars(select(Report).where(Report.reference == reference)).first()
        if row is None or row.classified_at is None:
            return False
        here = (Slice.area_id == row.area_id, Slice.month == row.month)
        return bool(session.scalar(select(Slice.id).where(*here, Slice.marked == Slice.counted)))


def file(scene: Scene) -> Wish:
    reference = file_report(scene.reporter, scene.register)
    return lambda: report_counted(scene, reference)


def save_draft(scene: Scene) -> Wish:
    answer = scene.reporter.send("/rapportera", prepared(scene.reporter) | {"do": "draft"})
    return lambda: answer.status == 303


def review(scene: Scene) -> Wish:
    """A coordinator's judgement, which counts for nothing or as a whole."""
    reference = file_report(scene.reporter, scene.register)
    form = {"category": "contact_route", "counterpart": "psykiatri", "destination": "stay", "do": "stay"}
    page = f"/granska/{reference}"
    scene.coordinator.send(page, form | scene.coordinator.hidden(page))

    def reviewed() -> bool:
        with scene.stage.database.read() as session:
            row = session.scalars(select(Report).where(Report.reference == reference)).one()
        return row.state is not ReportState.RECEIVED

    return reviewed


def order(scene: Scene) -> Wish:
    """A summary that a coordinator orders at once."""
    asked_at = utc_now()
    month = add_months(month_of(asked_at), -1)
    hidden = scene.coordinator.hidden("/rapporter")
    answer = scene.coordinator.send("/rapporter", {"kind_period": f"monthly/{month}"} | hidden)
    assert answer.status == 303, (hidden, answer.status)

    def built() -> bool:
        with scene.stage.database.read() as session:
            newest = session.scalar(select(func.max(Summary.built_at)))
        return newest is not None and newest > asked_at

    return built


def mail(scene: Scene) -> Wish:
    """A mail that is sent, or whose doubt is shown. The minutes until doubt is certain are taken off the row. Nobody
    rings for it, so it is as old as what the next tick rings for."""
    with scene.stage.database.write() as session:
        delivery_id = _order_mail(session)
    return lambda: _mail_done(scene, delivery_id)


def _order_mail(session: Session) -> int:
    user = session.scalars(select(User).where(User.email == address_of("coordinator"))).one()
    ordered_at = utc_now() - outbox.PATIENCE
    delivery_id = order_delivery(session, DeliveryKind.OVERDUE, next(_subjects), user.id, "", ordered_at)
    assert delivery_id is not None
    return delivery_id


def _mail_done(scene: Scene, delivery_id: int) -> bool:
    with scene.stage.database.read() as session:
        row = session.get_one(Delivery, delivery_id)
    now = utc_now()
    if row.state is DeliveryState.SENDING and row.tried_at and row.tried_at < now - LONGEST_PAUSE:
        with scene.stage.database.write() as session:
            stale = now - LONGEST_SENDING - timedelta(seconds=1)
            here = (Delivery.id == delivery_id, Delivery.state == DeliveryState.SENDING)
            session.execute(update(Delivery).where(*here).values(tried_at=stale))
    return row.state in (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN)


def mail_again(scene: Scene) -> Wish:
    """A mail that failed, and the button beside it pressed."""
    with scene.stage.database.write() as session:
        delivery_id = _order_mail(session)
        row = session.get_one(Delivery, delivery_id)
        row.state, row.fault = DeliveryState.FAILED, "Mejlservern säger nej (550)"
        session.execute(delete(outbox.Outbox).where(outbox.Outbox.subject_id == delivery_id, *OF_MAIL))
    scene.administrator.send(f"/utskick/{delivery_id}/igen", scene.administrator.hidden("/utskick"))
    return lambda: _mail_done(scene, delivery_id)


def look(scene: Scene) -> Wish:
    """An area that nobody has looked at for an hour."""
    eventually(file(scene), "a report in the area, without which there is nothing to look at")
    with scene.stage.database.write() as session:
        session.execute(delete(Turnaround))

    def seen() -> bool:
        with scene.stage.database.read() as session:
            return session.scalars(select(Turnaround.area_id)).first() is not None

    return seen


def dispose(scene: Scene) -> Wish:
    """A disposal of two batches, of decisions that nobody else on the stage asks for."""
    with scene.stage.database.write() as session:
        row = _order_disposal(session)

    def carried_out() -> bool:
        with scene.stage.database.read() as session:
            left = select(func.count()).where(Handout.id.in_(map(int, row.items)), Handout.letter.is_not(None))
            return session.get_one(Disposal, row.id).receipt is not None and session.scalar(left) == 0

    return carried_out


def _order_disposal(session: Session) -> Disposal:
    now, long_ago = utc_now(), utc_now() - timedelta(days=1500)
    area = session.scalars(select(Area).order_by(Area.id)).first()
    assert area is not None
    here, made = {"federation_id": area.federation_id}, {"made_at": long_ago, "made_as": "Administratör"}
    rule = RetentionRule(kind=RecordKind.HANDOUT, years=2, decision="SFH 2026/14", **here, **made)
    rule.decided_on, rule.decided_by = long_ago.date(), "Förbundsstyrelsen"
    facts = {"area_id": area.id, "asked_on": long_ago.date(), "subject": "Rapporter", "decided_at": long_ago}
    handouts = [Handout(state=HandoutState.DECIDED, letter={"a": 1}, **here, **made, **facts) for _ in range(BATCH + 1)]
    session.add_all([rule, *handouts])
    session.flush()
    frozen = {"items": [str(handout.id) for handout in handouts], "held": [], "decision": rule.decision}
    row = Disposal(rule_id=rule.id, kind=rule.kind, before=now.date(), state=DisposalState.ORDERED, **here, **made)
    row.protocol, row.protocol_sha256, row.kept = frozen, fingerprint(frozen), []
    session.add(row)
    session.flush()
    ordered_at = now - outbox.PATIENCE
    session.add(outbox.Outbox(task=outbox.Task.DISPOSE, subject_id=row.id, created_at=ordered_at))
    return row


def tick(scene: Scene) -> Wish:
    """Nothing but time: another tick after the one that was hit."""
    now = utc_now()

    def ticked() -> bool:
        with scene.stage.database.read() as session:
            seen = last_beat(session, SWEEP)
        return seen is not None and seen > now

    return ticked


# What a point is reached by. The order does not matter; every point of the code stands here, which a test sees to.
TRIGGERS: dict[str, Callable[[Scene], Wish]] = {
    "receive.before_commit": file,
    "receive.after_commit": file,
    "receive.before_answer": file,
    "draft.before_commit": save_draft,
    "doorbell.before_send": file,
    "doorbell.after_send": file,
    "classify.taken": file,
    "classify.suggested": file,
    "classify.before_commit": file,
    "classify.after_commit": file,
    "bell.before_send": file,
    "bell.after_send": file,
    "recount.half_way": file,
    "recount.before_commit": file,
    "recount.after_commit": file,
    "task.before_acknowledging": file,
    "change.before_commit": review,
    "change.after_commit": review,
    "order.before_commit": order,
    "order.after_commit": order,
    "build.taken": order,
    "build.before_content": order,
    "build.printed": order,
    "build.before_commit": order,
    "build.after_commit": order,
    "pdf.child_started": order,
    "pdf.before_printing": order,
    "deliver.taken": mail,
    "deliver.claimed": mail,
    "deliver.sent": mail,
    "deliver.before_commit": mail,
    "deliver.after_commit": mail,
    "mail.connected": mail,
    "mail.before_text": mail,
    "mail.taken": mail,
    "mail.half_laid": mail,
    "send_again.before_commit": mail_again,
    "dispose.taken": dispose,
    "dispose.between": dispose,
    "dispose.before_commit": dispose,
    "watch.before_commit": look,
    "watch.after_commit": look,
    "sweep.before_commit": tick,
    "sweep.after_commit": tick,
    "beat.before_tick": tick,
    "beat.after_tick": tick,
}
# Mail is laid in a folder on one machine, and goes to a server elsewhere.
ONLY = {
    "mail.half_laid": "sqlite",
    "mail.connected": "postgresql",
    "mail.before_text": "postgresql",
    "mail.taken": "postgresql",
}


def points_in_code() -> set[str]:
    """The names of all points, read from the source."""
    return {name for room in SOURCES for path in (ROOT / room).rglob("*.py") for name in _points(path.read_text())}


def _points(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "fault":
            yield str(ast.literal_eval(node.args[0]))
