"""A word of its own is written into every field of every form. Afterwards it stands in the column of its field alone.

Whether a form was accepted or refused: no other table, no log line, no address and no error page holds it. The worker's
side, the mails, the PDFs and Valkey are looked at with the same kind of word in test_logs, test_letter, test_pdf and
test_server_profile.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text

from models.base import Base, Database
from tests.site import Site
from tests.test_every_field import every_field, furnished, sent

__all__ = ["furnished"]  # a fixture
BIRD = "kanarie"
# What the walk gets accepted, and the columns it may then stand in: one, and for a forum's name its history too.
KEPT = {
    ("rapportera.report", "description"): {"report.description"},
    ("komplettering.withdraw", "withdrawal"): {"state_change.why"},
    ("komplettering.answer", "completion"): {"info_request.answer"},
    ("signaler.dismiss", "why-1"): {"signal.dismissed_why"},
    ("granska.decide", "paraphrase"): {"report.paraphrase"},
    ("forum_upkeep.add_seat", "seat_function"): {"forum_member.function"},
    ("forum_upkeep.rename", "new_name"): {"forum.name", "forum_name.name"},
    ("agenda.record", "decision_text"): {"decision.text"},
    ("gallring.stop", "reason"): {"retention_stop.reason"},
}


def columns(database: Database, word: str) -> set[str]:
    """Every column of every table in which a word stands."""
    found = set()
    with database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(text(f'SELECT * FROM "{table.name}"')).mappings():  # noqa: S608 - our own names
                found |= {f"{table.name}.{name}" for name, value in row.items() if word in str(value)}
    return found


def test_a_word_stands_in_its_own_column_alone(furnished: Site, caplog: pytest.LogCaptureFixture) -> None:
    places = {}
    for number, (visitor, form, endpoint, field) in enumerate(every_field(furnished)):
        word = BIRD + "".join(chr(ord("a") + int(digit)) for digit in f"{number:03}")
        places[word] = (endpoint, field)
        answer = sent(visitor, form, field, f"Enligt {word} kom remissen tillbaka tre gånger", pii_confirmed="1")
        assert answer.status_code < 500, places[word]
        assert BIRD not in (answer.location or "")
    stands = {place: columns(furnished.database, word) for word, place in places.items()}
    assert {place: found for place, found in stands.items() if not found <= KEPT.get(place, set())} == {}
    assert sum(bool(found) for found in stands.values()) >= len(KEPT) - 1  # a form may have been answered before
    assert len(caplog.records) > len(places)
    assert BIRD not in caplog.text


@pytest.mark.parametrize("name", ["reporter", "coordinator", "administrator"])
def test_an_error_page_repeats_nothing_that_was_asked_for(site: Site, name: str) -> None:
    visitor = site.sign_in(name)
    answers = [
        visitor.get(f"/{BIRD}"),
        visitor.get(f"/mina-rapporter/{BIRD}"),
        visitor.get(f"/avvikelser?fran={BIRD}&kategori={BIRD}"),
        visitor.get("/om", headers={"X-Request-Id": BIRD, "Referer": f"http://localhost/{BIRD}"}),
        visitor.post(f"/forum/{BIRD}/namn", data={"new_name": BIRD}),
        visitor.post("/granska/LH-2026-9999/beslut", data={"question": BIRD}),
        visitor.open("/om", method="PROPFIND", headers={"Depth": BIRD}),
        visitor.post("/logga-in", data={"email": f"{BIRD}@example.org" * 100_000}),
    ]
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    assert [answer.request.path for answer in answers if BIRD in answer.text] == []
