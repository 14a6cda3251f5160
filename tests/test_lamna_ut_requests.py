"""A request to hand out is taken in, timed and logged, and only the area's coordinators see it."""

from __future__ import annotations

from sqlalchemy import select

from models import AuditEvent, Handout
from tests.desk import errors, send
from tests.handouts import NAME, NEW, PAGE, asked, begin, copies, decide
from tests.site import Site

__all__ = ["asked"]  # a fixture

NO_REQUESTS: tuple[tuple[dict[str, str], str], ...] = (
    ({"subject": ""}, "Skriv vad som har begärts, inte av vem"),
    ({"subject": f"Begärt av {NAME}"}, f"Ta bort ”{NAME}” eller bekräfta att det inte är ett namn"),
    ({"area": "nassjo"}, "Välj ett av alternativen"),
    ({"asked_on": "2026-11-17"}, "Begäran kan inte ha kommit i framtiden"),
    ({"references": ""}, "Skriv referensnummer, eller en första och en sista dag"),
    ({"references": "0001"}, "Skriv numren som LH-2026-0001, ett på varje rad"),
    ({"references": "LH-2026-0009"}, "Det finns ingen rapport LH-2026-0009 i det området"),
    (
        {"references": "", "first_day": "2026-11-02", "last_day": "2026-11-01"},
        "Sista dagen kan inte komma före den första",
    ),
    ({"references": "", "first_day": "2025-01-01", "last_day": "2025-01-02"}, "Ingen rapport kom in de dagarna"),
)


def test_a_request_that_cannot_be_is_refused(asked: Site) -> None:
    coordinator = asked.sign_in("coordinator")
    for changes, message in NO_REQUESTS:
        form = NEW | {"references": "LH-2026-0001"} | changes
        answer = send(coordinator, f"{PAGE}/ny", f"{PAGE}/ny", **form)
        assert answer.status_code == 422, changes
        assert any(message in found for found in errors(answer)), errors(answer)
    assert asked.count(Handout) == 1


def test_a_request_by_days_finds_what_came_in(asked: Site) -> None:
    assert begin(asked, first_day="2026-11-16", last_day="2026-11-16").status_code == 303
    assert [copy.handout_id for copy in copies(asked)] == [1, 1, 2, 2]


def test_nobody_else_sees_or_touches_it(asked: Site) -> None:
    addresses = ("", "/1", "/1/LH-2026-0001", "/1/beslut", "/1.csv", "/1.pdf")
    for name in ("neighbour", "far-coordinator", "administrator", "reporter", "member"):
        visitor = asked.sign_in(name)
        for address in addresses:
            answer = visitor.get(PAGE + address)
            listed = address == "" and name in ("neighbour", "far-coordinator")
            assert answer.status_code == (200 if listed else 404), (name, address)
            assert "UT-2026" not in answer.text
        tokens = visitor.tokens("/konto")
        for address in ("1/besluta", "1/aterta", "1/LH-2026-0001/maskera", "1/LH-2026-0001/bestammelse"):
            fields = {"verdict": "refused", "reasons": "Skäl.", "mask_words": "Remissen", "ground": "25:1", **tokens}
            assert visitor.post(f"{PAGE}/{address}", data=fields).status_code == 404, (name, address)
    answer = begin(asked, "neighbour", area="nassjo", references="LH-2026-0001")
    assert "Det finns ingen rapport LH-2026-0001 i det området" in errors(answer)


def test_the_clock_runs_from_the_day_that_somebody_asked(asked: Site) -> None:
    assert "0 arbetsdagar sedan begäran" in asked.sign_in("coordinator").get(PAGE).text
    asked.advance(days=3)
    assert "Försenad" not in asked.sign_in("coordinator").get(PAGE).text
    asked.advance(days=1)
    page = asked.sign_in("coordinator").get(PAGE).text
    assert "4 arbetsdagar sedan begäran" in page
    assert "Försenad" in page


def test_reading_and_deciding_are_in_the_log(asked: Site) -> None:
    coordinator = asked.sign_in("coordinator")
    coordinator.get(f"{PAGE}/1/LH-2026-0001")
    decide(coordinator, "refused", reasons="Uppgifterna rör en enskild.")
    coordinator.get(f"{PAGE}/1/beslut")
    coordinator.get(f"{PAGE}/1.csv")
    with asked.database.read() as session:
        events = session.execute(select(AuditEvent.action, AuditEvent.subject).order_by(AuditEvent.id)).all()
    noted = [tuple(event) for event in events if event.action.startswith("lamna_ut")]
    assert noted == [
        ("lamna_ut.new", ""),
        ("lamna_ut.show_copy", "1/LH-2026-0001"),
        ("lamna_ut.decide", "1"),
        ("lamna_ut.letter", "1"),
        ("lamna_ut.export", "1"),
    ]
