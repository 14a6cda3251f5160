"""Actions (åtgärder) as the rows and facts that the pages show."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import url_for

from models.action import OPEN_STATUSES, Action, ActionStatus
from schemas.function import without_party
from schemas.months import NAMES, day_name, local_date
from schemas.taxonomy import category_label
from webapp.requests import now

TAGS = {
    ActionStatus.PLANNED: "neutral",
    ActionStatus.ONGOING: "forum",
    ActionStatus.DONE: "klar",
    ActionStatus.FOLLOWED_UP: "klar",
    ActionStatus.CANCELLED: "neutral",
}
LATE = "Försenad"


def late(action: Action, today: date) -> bool:
    """Whether an open action is past its due date."""
    return action.status in OPEN_STATUSES and action.due_on < today


def action_row(action: Action) -> dict[str, Any]:
    """A row of a list: what, who, decided where, by when, how it goes."""
    is_late = late(action, local_date(now()))
    return {
        "what": action.what,
        "href": url_for("atgarder.show_action", action_id=action.id),
        "area": action.area.name,
        "owner": f"{_function(action)}, {action.owner_party.short}",
        "forum": action.forum.name_on(action.decided_on) if action.forum else "",
        "due": _short(action.due_on),
        "due_iso": action.due_on.isoformat(),
        "late": is_late,
        "status": LATE if is_late else action.status.label,
        "tag": "sen" if is_late else TAGS[action.status],
    }


def _function(action: Action) -> str:
    return without_party(action.owner, action.owner_party.name, action.owner_party.short)


def _short(day: date) -> str:
    """For example `31 okt 2026`."""
    return f"{day.day} {NAMES[day.month - 1][:3]} {day.year}"


def pattern_words(action: Action) -> str:
    """What the action is to mend; an end that is left open means any."""
    giver = action.from_unit.name if action.from_unit else "alla"
    about = action.about_unit.name if action.about_unit else "alla"
    if not (action.from_unit or action.about_unit or action.category):
        return ""
    category = f": {category_label(action.category).lower()}" if action.category else ""
    return f"Från {giver} om {about}{category}"


def action_facts(action: Action) -> list[tuple[str, str]]:
    """Label and value, without what is not there."""
    pairs = [
        ("Ansvarig", f"{_function(action)}, {action.owner_party.name}"),
        ("Kommunområde", action.area.name),
        ("Forum", action.forum.name_on(action.decided_on) if action.forum else ""),
        ("Beslutad", day_name(action.decided_on)),
        ("Klart senast", day_name(action.due_on)),
        ("Följs upp", day_name(action.follow_up_on) if action.follow_up_on else ""),
        ("Blev klar", day_name(action.done_on) if action.done_on else ""),
        ("Ska minska", pattern_words(action)),
    ]
    return [(label, value) for label, value in pairs if value]


def effect_words(action: Action) -> dict[str, Any] | None:
    """Whether it helped: the sentence, and the counts before and after with bars of reports a month, on one scale."""
    effect = action.effect
    if effect is None:
        return None
    periods = [
        ("Före beslutet", effect.before_count, effect.before_months),
        ("Efter beslutet", effect.after_count, effect.after_months),
    ]
    rates = [count / months if months else 0.0 for _, count, months in periods]
    top = max([*rates, 0.001]) * 1.1
    rows = [
        {
            "label": label,
            "count": count,
            "months": months,
            "rate": f"{rate:.1f}".replace(".", ",") if months else "–",
            "share": round(rate / top * 100),
        }
        for (label, count, months), rate in zip(periods, rates, strict=True)
    ]
    return {"sentence": effect.sentence, "rows": rows, "day": day_name(local_date(effect.computed_at))}
