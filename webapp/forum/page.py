"""The page of one forum: who sits there, what it is called and rests on, and when it meets."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, url_for

from models.agenda_queries import AgendaSize, agenda_sizes
from models.forum import Agreement, Forum, ForumMember, Meeting
from models.forum_queries import count_routed
from models.organisation import OUTSIDE_PARTY
from models.user import addresses_with_account
from schemas.forum import NOBODY
from schemas.mail_domains import plain_address
from schemas.months import day_name, local_date
from webapp.form_input import Input, seal
from webapp.forum.access import may_change, may_count
from webapp.forum.words import agreement_state, convener_name, conveners, items_word, place, when
from webapp.granska.decision_form import parties
from webapp.requests import now, reading, through
from webapp.wall import AGENDA

MOST_HELD = 12


@through(AGENDA)
def page(forum: Forum, typed: Input | None = None, agreement: Agreement | None = None) -> tuple[str, int]:
    """Arguments: typed - a form that was refused; agreement - the one that is to be changed."""
    typed, today = typed or Input(), local_date(now())
    keeps = may_change(forum)
    html = render_template(
        "web/forum-visa.html",
        forum=_facts(forum, today),
        keeps=keeps,
        routed=count_routed(reading(), forum.federation_id, [forum.id]).get(forum.id, (0, 0))
        if may_count(forum)
        else None,
        meetings=_meetings(forum),
        parties=[(party.code, party.name) for party in parties() if party.code != OUTSIDE_PARTY],
        conveners=[(NOBODY, "Ingen"), *conveners(parties()).items()],
        editing=_editing(agreement),
        typed=typed,
        errors=typed.errors,
    )
    return html, typed.status


def _facts(forum: Forum, today: date) -> dict[str, Any]:
    return {
        "code": forum.code,
        "name": forum.name,
        "kind": forum.kind.label,
        "place": place(forum),
        "convener": convener_name(forum, parties()),
        "convener_code": forum.convener or NOBODY,
        "note": forum.note,
        "seal": seal(forum.name, forum.convener),
        "members": _seats(forum),
        "names": [(row.name, day_name(row.valid_from)) for row in reversed(forum.names)],
        "agreement": agreement_state(forum.agreements, today),
        "agreements": [_agreement(forum, row, today) for row in reversed(forum.agreements)],
    }


def _seat_order(seat: ForumMember) -> tuple[int, str]:
    return seat.party.position, seat.function


def _seats(forum: Forum) -> list[dict[str, Any]]:
    """Each seat; and whether nobody signs in with its address, as a shared mailbox opens no page."""
    known = addresses_with_account(reading(), forum.federation_id)
    return [_seat(seat, known) for seat in sorted(forum.members, key=_seat_order)]


def _seat(seat: ForumMember, known: set[str]) -> dict[str, Any]:
    email = seat.email or ""
    alone = bool(email) and plain_address(email) not in known
    return {"id": seat.id, "party": seat.party.name, "function": seat.function, "email": email, "alone": alone}


def _agreement(forum: Forum, row: Agreement, today: date) -> dict[str, Any]:
    return {
        "title": row.title,
        "days": f"{day_name(row.valid_from)} – {day_name(row.valid_until)}",
        "state": agreement_state([row], today),
        "edit_href": url_for("forum.show_forum", code=forum.code, overenskommelse=row.id) + "#agreement-form",
    }


def _editing(row: Agreement | None) -> dict[str, Any] | None:
    """The agreement whose form stands open, as it was when the page was shown."""
    if row is None:
        return None
    return {
        "id": row.id,
        "agreement_title": row.title,
        "agreement_from": row.valid_from.isoformat(),
        "agreement_until": row.valid_until.isoformat(),
        "agreement_remind": row.remind_days,
        "seal": agreement_seal(row),
    }


def agreement_seal(row: Agreement) -> str:
    """What the page shows of an agreement, as a mark."""
    return seal(row.title, row.valid_from, row.valid_until, row.remind_days)


def _meetings(forum: Forum) -> dict[str, list[dict[str, Any]]]:
    """Coming meetings, and the last ones that were held or called off."""
    moment = now()
    coming = [meeting for meeting in forum.meetings if meeting.starts_at > moment and meeting.cancelled_at is None]
    rest = [meeting for meeting in reversed(forum.meetings) if meeting not in coming][:MOST_HELD]
    sizes = agenda_sizes(reading(), [meeting.id for meeting in [*coming, *rest]])
    return {name: [_meeting(forum, row, sizes) for row in rows] for name, rows in (("coming", coming), ("held", rest))}


def _meeting(forum: Forum, meeting: Meeting, sizes: dict[int, AgendaSize]) -> dict[str, Any]:
    size = sizes.get(meeting.id, AgendaSize())
    forgotten = size.undecided if meeting.starts_at <= now() and meeting.cancelled_at is None else 0
    return {
        "when": when(meeting.starts_at),
        "name": forum.name_on(local_date(meeting.starts_at)),
        "href": url_for("forum.show_meeting", code=forum.code, meeting_id=meeting.id),
        "items": items_word(size.items),
        "minutes": size.minutes,
        "forgotten": f"{items_word(forgotten)} utan beslut" if forgotten else "",
        "cancelled": meeting.cancelled_at is not None,
    }
