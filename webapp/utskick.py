"""/utskick: what became of each mail, for administrators and the coordinator of the federation's post."""

from __future__ import annotations

import email
import email.policy
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import Select, func, select
from werkzeug.wrappers import Response

from faults import fault
from models.delivery import SENDABLE_AGAIN, Delivery, DeliveryState, deliveries_of, drop, send_again
from models.organisation import Federation
from models.outbox import Task
from models.user import Role
from schemas.mail_rules import MailRulesSchema
from schemas.months import LOCAL, day_name
from webapp.desk import holds_federation_post
from webapp.form_input import Input, read_form
from webapp.requests import logger, now, parts, person, reading, writing

blueprint = Blueprint("utskick", __name__)
PAGE = 50
LARGEST = 100_000  # bytes of a mail that is shown; ours are about one thousand
TAGS = {
    DeliveryState.QUEUED: "neutral",
    DeliveryState.SENDING: "granskas",
    DeliveryState.SENT: "klar",
    DeliveryState.FAILED: "sen",
    DeliveryState.UNKNOWN: "sen",
    DeliveryState.DROPPED: "neutral",
}


@blueprint.get("/utskick")
def list_deliveries() -> tuple[str, int]:
    return page()


def page(typed: Input | None = None) -> tuple[str, int]:
    """Arguments: typed - the rules as they were refused."""
    typed = typed or Input()
    everything = _visible()
    trouble = everything.where(Delivery.state.in_(SENDABLE_AGAIN))
    total = reading().scalar(select(func.count()).select_from(everything.order_by(None).subquery())) or 0
    last = max(1, -(-total // PAGE))
    number = min(max(1, request.args.get("sida", 1, type=int)), last)
    html = render_template(
        "web/utskick.html",
        trouble=[row(delivery) for delivery in reading().scalars(trouble.limit(PAGE))],
        rows=[row(delivery) for delivery in reading().scalars(everything.offset((number - 1) * PAGE).limit(PAGE))],
        rules=person().federation,
        typed=typed,
        errors=typed.errors,
        folder=parts().settings.mail_folder is not None,
        pages={
            "current": number,
            "last": last,
            "prev_href": url_for("utskick.list_deliveries", sida=number - 1) if number > 1 else None,
            "next_href": url_for("utskick.list_deliveries", sida=number + 1) if number < last else None,
        },
    )
    return html, typed.status


def _visible() -> Select[Delivery]:
    """The mails of one's federation. Answers 404 to a coordinator who does not hold the federation's own post."""
    if person().role is not Role.ADMINISTRATOR and not holds_federation_post():
        abort(404)
    return deliveries_of(person().federation_id)


def row(delivery: Delivery) -> dict[str, Any]:
    """Whom a mail goes to is told by function; the address is nobody's business here."""
    moment = (delivery.sent_at or delivery.tried_at or delivery.ordered_at).astimezone(LOCAL)
    in_folder = parts().settings.mail_folder is not None and delivery.state is DeliveryState.SENT
    return {
        "id": delivery.id,
        "kind": delivery.kind.label,
        "reference": delivery.reference,
        "to": delivery.user.title if delivery.user else delivery.recipient,
        "state_label": delivery.state.label,
        "state_tag": TAGS[delivery.state],
        "fault": delivery.fault,
        "when": f"{day_name(moment.date())} kl. {moment:%H.%M}",
        "again": delivery.state in SENDABLE_AGAIN,
        "href": url_for("utskick.show_mail", delivery_id=delivery.id) if in_folder else "",
    }


@blueprint.post("/utskick/<int:delivery_id>/igen")
def send_once_more(delivery_id: int) -> Response:
    """Queue a mail that failed or is in doubt. Pressed twice it is queued once."""
    if reading().scalar(_visible().where(Delivery.id == delivery_id).with_only_columns(Delivery.id)) is None:
        abort(404)
    flash(queue_again(delivery_id))
    return redirect(url_for("utskick.list_deliveries"), 303)


def queue_again(delivery_id: int) -> str:
    """Queue a mail anew, if it failed or is in doubt. Whether it may be is the caller's. Returns: what to tell."""
    with writing() as session:
        queued = send_again(session, delivery_id, now())
        fault("send_again.before_commit")
    if queued:
        parts().doorbell.ring(Task.DELIVER.value, Task.DELIVER.queue, delivery_id)
        logger.info("mail_sent_again", user_id=person().id, delivery_id=delivery_id)
    return "Mejlet är köat." if queued else "Mejlet är redan köat eller skickat."


@blueprint.post("/utskick/<int:delivery_id>/avskriv")
def write_off(delivery_id: int) -> Response:
    """Let a mail be that failed or is in doubt. For one that is on its way again nothing happens."""
    if reading().scalar(_visible().where(Delivery.id == delivery_id).with_only_columns(Delivery.id)) is None:
        abort(404)
    with writing() as session:
        dropped = drop(session, delivery_id)
    if dropped:
        logger.info("mail_written_off", user_id=person().id, delivery_id=delivery_id)
    flash("Mejlet är avskrivet." if dropped else "Mejlet är redan köat, skickat eller avskrivet.")
    return redirect(url_for("utskick.list_deliveries"), 303)


@blueprint.post("/utskick/regler")
def set_rules() -> Response | tuple[str, int]:
    """Which domains summaries may be mailed to, and whether their files go along."""
    _visible()
    typed = read_form("rules", MailRulesSchema())
    if typed.errors:
        return page(typed)
    with writing() as session:
        federation = session.get_one(Federation, person().federation_id, with_for_update=True)
        federation.mail_domains = "\n".join(typed.data["mail_domains"])
        federation.attach_summaries = typed.data["attach_summaries"]
    logger.info("mail_rules_set", user_id=person().id, domains=len(typed.data["mail_domains"]))
    flash("Reglerna för utskick är sparade.")
    return redirect(url_for("utskick.list_deliveries"), 303)


@blueprint.get("/utskick/<int:delivery_id>")
def show_mail(delivery_id: int) -> str:
    """A mail that lies in the folder, as its recipient would have got it. Where mail is sent there is none to show."""
    folder = parts().settings.mail_folder
    found = reading().scalars(_visible().where(Delivery.id == delivery_id)).one_or_none()
    path = folder / f"{delivery_id}.eml" if folder else None
    if found is None or path is None or not path.is_file():
        abort(404)
    with path.open("rb") as file:
        letter = email.message_from_bytes(file.read(LARGEST), policy=email.policy.default)
    body = letter.get_body(("plain",))
    shown = [(label, str(letter[name])) for label, name in (("Från", "From"), ("Till", "To"), ("Ämne", "Subject"))]
    return render_template("web/mejl.html", mail=row(found), facts=shown, text=body.get_content() if body else "")
