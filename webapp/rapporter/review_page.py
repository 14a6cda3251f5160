"""/rapporter/<id>/granska: what a coordinator sees before approving a summary, and what became of its mails after."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from models.delivery import deliveries_to_seats
from models.forum import ForumMember
from models.release import OPEN, being_counted, correction, last_released, outdated
from models.summary import Summary, SummaryState
from models.user import addresses_with_account
from schemas.disclosure import Reason
from schemas.mail_domains import plain_address, read_domains, refusal
from schemas.summary_changes import differences
from schemas.summary_edits import EDITABLE, dropped_edits, editable_items, field_name, holds_free_text
from webapp.form_input import Input
from webapp.rapporter.reading import reference
from webapp.rapporter.rows import row
from webapp.requests import reading, through
from webapp.utskick import row as mail_row
from webapp.wall import SUMMARY

WHOLE = (undefer(Summary.content), undefer(Summary.snapshot), undefer(Summary.edits))
NO_ADDRESS = "Adress saknas. Skriv in den på forumets sida"
ALONE = "Ingen har konto med den adressen: den som läser brevlådan behöver ett eget för att öppna länken"
LABELS = {
    "claim": "Påstående",
    "text": "Förklaring",
    "heading": "Rubrik",
    "question": "Fråga",
    "background": "Bakgrund",
}
NAMES = {"sentences": "Det viktigaste", "questions": "Förslag", "cases": "Ärende"}


@through(SUMMARY)
def page(summary: Summary, typed: Input | None = None) -> tuple[str, int]:
    """Arguments: summary - read with `WHOLE`; typed - a form that was refused."""
    typed = typed or Input()
    draft, content = summary.state is SummaryState.BUILT, summary.content
    html = render_template(
        "web/rapporter-granska.html",
        summary=row(summary, keeps=True) | _state(summary),
        content=content,
        counting=being_counted(reading(), summary),
        outdated=content is not None and outdated(reading(), summary),
        news=_news(summary) if content else None,
        withheld=_withheld(summary),
        parts=_parts(summary, typed) if draft and content else [],
        dropped=dropped_edits(content or {}, summary.edits or []),
        seats=_receivers(summary),
        deliveries=_deliveries(summary),
        typed=typed,
        errors=typed.errors,
    )
    return html, typed.status


def _state(summary: Summary) -> dict[str, Any]:
    newer = correction(reading(), summary)
    federation = summary.forum.federation
    return {
        "id": summary.id,
        "build": summary.build,
        "draft": summary.state is SummaryState.BUILT,
        "open": summary.state in OPEN,
        "under_way": summary.state is SummaryState.QUEUED,
        "approving": summary.state is SummaryState.QUEUED and summary.approved_at is not None,
        "holds": summary.state is SummaryState.APPROVED,
        "released": summary.released_at is not None,
        "approved_as": summary.approved_as,
        "replaced_by": {"reference": reference(newer), "href": url_for("rapporter.show", summary_id=newer.id)}
        if newer
        else None,
        "forum_href": url_for("forum.show_forum", code=summary.forum.code),
        "attached": federation.attach_summaries and not holds_free_text(summary.content or {"": True}),
        "wants_attached": federation.attach_summaries,
    }


def _news(summary: Summary) -> dict[str, Any]:
    """What a reader of the last summary would find changed."""
    before = last_released(reading(), summary)
    if before is None or before.content is None or summary.content is None:
        return {"since": "", "lines": []}
    return {"since": reference(before), "lines": differences(before.content, summary.content)}


def _withheld(summary: Summary) -> list[dict[str, str]]:
    """What was hidden and why; a snapshot that was frozen before this was decided with it does not tell."""
    rows = (summary.snapshot or {}).get("withheld", [])
    return [{"table": row["table"], "cell": row["cell"], "reason": Reason(row["reason"]).label} for row in rows]


def _parts(summary: Summary, typed: Input) -> list[dict[str, Any]]:
    """The texts that may be written otherwise, as fields with what stands in them now."""
    content, originals = summary.content or {}, {(e["part"], e["index"]): e["original"] for e in summary.edits or []}
    return [
        {
            "legend": f"{NAMES[part]}, punkt {index + 1}",
            "text": _read_on(item[text] for text in EDITABLE[part]),
            "original": _read_on(originals.get((part, index), {}).values()) if item.get("edited") else "",
            "fields": [
                _field(field_name(part, index, text), LABELS[text], item[text], typed) for text in EDITABLE[part]
            ],
        }
        for part, index, item in editable_items(content)
    ]


def _read_on(texts: Iterable[str]) -> str:
    """Texts behind each other, each with a stop where it has none: a heading has not."""
    *before, last = [*texts] or [""]
    return " ".join([*(text if text.endswith((".", "?", "!", ":")) else f"{text}." for text in before), last])


def _field(name: str, label: str, value: str, typed: Input) -> dict[str, Any]:
    shown = typed.values.get(name, value) if typed.form == "edit" else value
    return {"name": name, "label": label, "value": shown, "error": typed.errors.get(name)}


def seats(summary: Summary) -> list[ForumMember]:
    """The seats of its forum, party by party."""
    query = select(ForumMember).where(ForumMember.forum_id == summary.forum_id).options(joinedload(ForumMember.party))
    return sorted(reading().scalars(query), key=lambda seat: (seat.party.position, seat.function))


def _receivers(summary: Summary) -> list[dict[str, str]]:
    """Whom it will be sent to, and what stands in the way."""
    federation = summary.forum.federation
    domains, known = read_domains(federation.mail_domains)[0], addresses_with_account(reading(), federation.id)
    return [{"title": seat.title, "fault": _fault(seat, domains, known)} for seat in seats(summary)]


def _fault(seat: ForumMember, domains: list[str], known: set[str]) -> str:
    address = plain_address(seat.email or "")
    if not address:
        return NO_ADDRESS
    return refusal(address, domains) or ("" if address in known else ALONE)


def _deliveries(summary: Summary) -> dict[str, Any]:
    """What became of each mail, and whether a seat has come since that has got none."""
    rows = deliveries_to_seats(reading(), summary.id)
    sent_to = {delivery.seat_id for delivery in rows}
    return {
        "rows": [mail_row(delivery) for delivery in rows],
        "missing": [seat.title for seat in seats(summary) if seat.id not in sent_to],
    }
