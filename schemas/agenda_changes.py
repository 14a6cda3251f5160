"""What has changed between two agendas, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# What an item is made of, and what it is called.
PARTS = {"title": "rubriken", "question": "frågan", "minutes": "tiden", "reports": "rapporterna"}
FIRST = "Mötet hade ingen dagordning då."
REORDERED = "Ärendena har en annan ordning."


def agenda_changes(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sentences on what is new, changed, gone and moved; none when nothing is.

    Arguments: items with `id`, `title`, `question`, `minutes` and `reports` (ids), in their order.
    """
    if not before:
        return [FIRST] if now else []
    then, here = {item["id"]: item for item in before}, {item["id"]: item for item in now}
    told = [f"Nytt ärende: {item['title']}" for key, item in here.items() if key not in then]
    told += [_changed(then[key], item) for key, item in here.items() if key in then]
    told += [f"Borttaget ärende: {item['title']}" for key, item in then.items() if key not in here]
    kept, keeps = ([key for key in one if key in other] for one, other in ((then, here), (here, then)))
    return [text for text in told if text] + ([REORDERED] if kept != keeps else [])


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    parts = [name for part, name in PARTS.items() if before[part] != now[part]]
    return f"Ändrat ärende: {now['title']} ({', '.join(parts)})" if parts else ""
