"""Agendas to try: the words of an item and of a decision, and a decision sent as the form sends it."""

from __future__ import annotations

from tests.forums import LSG, Room, send

WORDS = {"item_title": "Kontaktväg", "item_question": "Vem öppnar en kontaktväg?", "item_minutes": "20"}
DECIDED = {"decision_text": "En gemensam brevlåda öppnas.", "decision_plain": "Det finns nu en väg in."}


def page_of(meeting_id: int, code: str = LSG) -> str:
    return f"/forum/{code}/moten/{meeting_id}"


def decide(room: Room, meeting_id: int, item_id: int, outcome: str, code: str = LSG, name: str = "coordinator") -> int:
    client, page = room.site.sign_in(name), f"{page_of(meeting_id, code)}/arenden/{item_id}/beslut"
    return send(client, page, page, outcome=outcome, **DECIDED).status_code
