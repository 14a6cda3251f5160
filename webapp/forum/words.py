"""Forums in words: who convenes, whether the agreement holds, when they meet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from models.forum import Agreement, Forum
from models.organisation import OUTSIDE_PARTY, Party
from schemas.months import LOCAL, day_name

TOGETHER = {"rotating": "Parterna turas om", "federation": "Samordningsförbundet"}


def conveners(parties: Iterable[Party]) -> dict[str, str]:
    """Who can convene: code to name."""
    return {party.code: party.name for party in parties if party.code != OUTSIDE_PARTY} | TOGETHER


def convener_name(forum: Forum, parties: Iterable[Party]) -> str:
    """Who convenes a forum; empty when nobody does."""
    return conveners(parties).get(forum.convener, forum.convener) if forum.convener else ""


def agreement_state(agreements: Sequence[Agreement], today: date) -> dict[str, str]:
    """Whether a forum's agreement holds: a label and the key of its tag, from the one that lasts longest."""
    if not agreements:
        return {"label": "Ingen inskriven", "tag": ""}
    last = max(agreements, key=lambda row: row.valid_until)
    if last.valid_until < today:
        return {"label": f"Har gått ut {day_name(last.valid_until)}", "tag": "sen"}
    if last.valid_until - timedelta(days=last.remind_days) <= today:
        return {"label": f"Går ut {day_name(last.valid_until)}", "tag": "sen"}
    return {"label": f"Gäller till {day_name(last.valid_until)}", "tag": ""}


def when(moment: datetime) -> str:
    """For example `27 november 2026 kl. 13.00`."""
    local = moment.astimezone(LOCAL)
    return f"{day_name(local.date())} kl. {local:%H.%M}"


def reports_word(count: int) -> str:
    return "1 rapport" if count == 1 else f"{count} rapporter"


def items_word(count: int) -> str:
    return "Inga ärenden än" if count == 0 else "1 ärende" if count == 1 else f"{count} ärenden"


def place(forum: Forum) -> str:
    return forum.area.name if forum.area else "Hela förbundet"
