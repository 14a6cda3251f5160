"""A forum that is renamed keeps its history: every page calls it what it was called then."""

from __future__ import annotations

from datetime import date

from models import ForumName, Summary
from models.summary import SummaryKind, SummaryState
from tests.forums import LSG, PAGE, Room, room, send

__all__ = ["room"]  # a fixture


def test_a_renamed_forum_keeps_its_history(room: Room) -> None:
    held, coming = room.meeting(days=-40), room.meeting(days=40)
    with room.site.database.write() as session:
        forum = room.forum(LSG)
        facts = {"kind": SummaryKind.MONTHLY, "period": date(2026, 10, 1), "state": SummaryState.BUILT}
        old = Summary(forum_id=forum.id, ordered_at=room.site.moment, **facts)
        session.add(old)
    room.site.advance(days=1)
    client = room.site.sign_in("coordinator")
    assert send(client, f"{PAGE}/namn", PAGE, new_name="Samråd Sävsjö").status_code == 303
    page = client.get(PAGE).text
    assert "<h1>Samråd Sävsjö</h1>" in page
    assert "LSG Sävsjö" in page
    assert "<h1>LSG Sävsjö</h1>" in client.get(f"{PAGE}/moten/{held}").text
    assert "<h1>Samråd Sävsjö</h1>" in client.get(f"{PAGE}/moten/{coming}").text
    summaries = client.get("/rapporter").text
    assert "LSG Sävsjö" in summaries.split("</table>")[0]


def test_names_are_dated_and_a_correction_on_the_same_day_is_one_name(room: Room) -> None:
    client = room.site.sign_in("coordinator")
    for name, day in (("Samråd", "2026-11-01"), ("Samrådet", "2026-11-01"), ("Rådet", "")):
        assert send(client, f"{PAGE}/namn", PAGE, new_name=name, name_from=day).status_code == 303
    assert [(row.name, row.valid_from) for row in room.forum(LSG).names] == [
        ("LSG Sävsjö", date(2026, 10, 1)),
        ("Samrådet", date(2026, 11, 1)),
        ("Rådet", date(2026, 11, 16)),
    ]
    assert room.forum(LSG).name == "Rådet"


BAD_NAMES = (
    ("", "", "Skriv forumets nya namn"),
    ("LSG Sävsjö", "", "Forumet heter redan så"),
    ("Rådet", "2026-12-24", "ligger i framtiden"),
    ("Rådet", "24 december", "Skriv datumet som"),
    ("Anna Anderssons grupp", "", "bekräfta att det inte är ett namn"),
)


def test_a_bad_name_is_refused(room: Room) -> None:
    client = room.site.sign_in("coordinator")
    for name, day, message in BAD_NAMES:
        refused = send(client, f"{PAGE}/namn", PAGE, new_name=name, name_from=day)
        assert refused.status_code == 422, (name, day)
        assert message in refused.text, (name, day)
    assert room.site.count(ForumName) == 0
    assert room.forum(LSG).name == "LSG Sävsjö"
