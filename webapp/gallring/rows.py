"""Rules, disposals and what is due, as the pages show them. Never a text that somebody reported."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for

from models.disposal import Disposal, DisposalState
from models.disposal_queries import Due
from models.retention import RecordKind, RetentionRule
from schemas.months import LOCAL, day_name, local_date

EVERYBODY = "Alla parter"
TAGS = {
    DisposalState.PROTOCOL: "granskas",
    DisposalState.ORDERED: "forum",
    DisposalState.DONE: "klar",
    DisposalState.DROPPED: "neutral",
}


def moment_name(moment: datetime | None) -> str:
    """For example `21 november 2026 kl. 10.14`; empty when it has not come."""
    return f"{day_name(local_date(moment))} kl. {moment.astimezone(LOCAL):%H.%M}" if moment else ""


def rule_row(rule: RetentionRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "kind": rule.kind.label,
        "party": rule.party.name if rule.party else EVERYBODY,
        "years": rule.years,
        "decision": rule.decision,
        "decided": f"{rule.decided_by}, {day_name(rule.decided_on)}",
        "ended": day_name(local_date(rule.ended_at)) if rule.ended_at else "",
        "href": url_for("gallring.preview", rule_id=rule.id),
    }


def disposal_row(row: Disposal) -> dict[str, Any]:
    return {
        "id": row.id,
        "href": url_for("gallring.protocol", disposal_id=row.id),
        "kind": row.kind.label,
        "party": row.protocol["party"],
        "day": day_name(local_date(row.made_at)),
        "count": len(row.items),
        "decision": row.protocol["decision"],
        "state": row.state.label,
        "tag": TAGS[row.state],
    }


def by_party(found: Sequence[Due]) -> list[dict[str, Any]]:
    """How many are due of each party, from when until when, and how many of them are held back."""
    grouped: defaultdict[str, list[Due]] = defaultdict(list)
    for one in found:
        grouped[one.party or EVERYBODY].append(one)
    return [
        {
            "party": party,
            "count": len(some),
            "oldest": day_name(local_date(min(one.day for one in some))),
            "newest": day_name(local_date(max(one.day for one in some))),
            "held": sum(bool(one.held) for one in some),
        }
        for party, some in sorted(grouped.items())
    ]


def reasons(kept: Sequence[Sequence[str]]) -> list[tuple[str, int]]:
    """Why some are held back, the most frequent reason first. Arguments: kept - pairs of item and reason."""
    return Counter(why for _, why in kept).most_common()


def item_names(row: Disposal, items: Sequence[str]) -> list[str]:
    """The items as people know them: reports by their reference, everything else by its number."""
    named = {RecordKind.LOG: "händelse", RecordKind.HANDOUT: "utlämnande"}.get(row.kind)
    return [f"{named} {item}" for item in items] if named else list(items)
