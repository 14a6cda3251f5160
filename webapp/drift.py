"""/drift: how the product is doing, and what has stopped and waits for somebody. For administrators.

Figures are of the whole product. What a job is about, and the button that tries it again, are shown to the
administrators of its own federation only.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models.delivery import Delivery, DeliveryState
from models.operations import Step, by_state, heartbeats, mails_in_trouble, steps, unattended_of, uncounted
from models.outbox import Outbox, Task, try_again
from models.report import Report
from models.summary import Summary, title
from schemas.months import LOCAL
from webapp.requests import logger, now, parts, person, reading, writing
from webapp.vitals import ago, disk, last_backup, parts_at_work
from webapp.wall import FIGURES, JOBS, opened

blueprint = Blueprint("drift", __name__)
SHOWN = 50  # jobs on the page; the button for all takes those that are not shown too
MEANING = {
    Task.CLASSIFY_REPORT: "Rapporten är sparad och kan granskas, men har inget förslag till kategori.",
    Task.BUILD_SUMMARY: "Forumet har inte fått sin sammanställning. Inga rapporter är påverkade.",
    Task.TRAIN_MODEL: "Klassificeraren läser rapporter som förut. Inga rapporter är påverkade.",
    Task.DISPOSE: "Det som redan är gallrat är borta. Resten står kvar tills arbetet görs om.",
    Task.PRINT_HANDOUT: "Beslutet finns som sida att skriva ut, men har ingen PDF-fil.",
    Task.DELIVER: "Mottagaren har inte fått mejlet, men ser på sina sidor det som mejlet berättar om.",
}


@blueprint.get("/drift")
def show() -> str:
    session, beats = reading(), heartbeats(reading())
    with opened(session, JOBS):
        found = session.scalars(unattended_of(person().federation_id).limit(SHOWN + 1)).all()
        jobs = [_job(session, job) for job in found]
    with opened(session, FIGURES):
        mails, counting = by_state(session, Delivery.state, DeliveryState), _counting(uncounted(session))
    return render_template(
        "web/drift.html",
        jobs=jobs[:SHOWN],
        more=len(jobs) > SHOWN,
        mails_in_trouble=mails_in_trouble(session, person().federation_id),
        steps=[*map(_step, steps(session)), counting],
        mails=[(state.label, number) for state, number in mails.items()],
        vitals=[*parts_at_work(beats, now()), last_backup(beats, now()), disk(parts().settings.home)],
        version=parts().settings.version,
        moment=f"{now().astimezone(LOCAL):%H.%M}",
    )


def _job(session: Session, job: Outbox) -> dict[str, Any]:
    return {
        "id": job.id,
        "task": job.task.label,
        "about": _about(session, job),
        "fault": (job.fault or "arbetet avbröts").removeprefix("Kräver granskning: "),  # as the heading says
        "meaning": MEANING[job.task],
        "age": ago(now() - job.created_at),
    }


def _about(session: Session, job: Outbox) -> str:
    """A number or a title that people know it by; never a text that somebody wrote."""
    if job.task is Task.CLASSIFY_REPORT:
        return session.get_one(Report, job.subject_id).reference
    if job.task is Task.BUILD_SUMMARY:
        return title(session.get_one(Summary, job.subject_id))
    return ""


def _step(step: Step) -> dict[str, Any]:
    oldest = ago(now() - step.oldest) if step.oldest else ""
    return {"label": step.task.label, "waiting": step.waiting, "oldest": oldest, "stopped": step.stopped}


def _counting(waiting: int) -> dict[str, Any]:
    """Counting has no job: a slice that is dirty stays so until it is counted."""
    return {"label": "Räkna om områden och månader", "waiting": waiting, "oldest": "", "stopped": 0}


@blueprint.post("/drift/<int:job_id>/igen")
def retry(job_id: int) -> Response:
    """Let one job try again. Pressed twice, or by two at once, it is tried once."""
    return _retry(job_id)


@blueprint.post("/drift/igen")
def retry_all() -> Response:
    """Let every job of the federation that has stopped try again."""
    return _retry(None)


def _retry(job_id: int | None) -> Response:
    """Whoever comes second finds the rows waiting already, since each is locked before it is judged."""
    stopped = unattended_of(person().federation_id).with_for_update()
    with writing() as session, opened(session, JOBS):
        jobs = session.scalars(stopped if job_id is None else stopped.where(Outbox.id == job_id)).all()
        for job in jobs:
            try_again(session, job.task, job.subject_id, now())
    for job in jobs:
        parts().doorbell.ring(job.task.value, job.task.queue, job.subject_id)
    if jobs:
        logger.info("jobs_tried_again", user_id=person().id, jobs=[job.id for job in jobs])
    one = "Arbetet är köat igen." if len(jobs) == 1 else f"{len(jobs)} arbeten är köade igen."
    flash(one if jobs else "Inget att göra: arbetet är redan köat eller klart.")
    return redirect(url_for("drift.show"), 303)
