"""A decision to hand out is made once, with its grounds, and what is decided is frozen."""

from __future__ import annotations

from sqlalchemy import select

from models import Outbox, Report
from tests.desk import errors, report_of, send
from tests.handouts import NAME, PAGE, PLACE, asked, copies, decide, mask, mask_all
from tests.site import Site, Visitor

__all__ = ["asked"]  # a fixture


def letter_of(visitor: Visitor) -> str:
    """What the page of the decision says, without the token above it."""
    return visitor.get(f"{PAGE}/1/beslut").text.split("<main")[1]


NO_DECISIONS = (
    ("", "Skäl.", "Välj vad du har kommit fram till"),
    ("kanske", "Skäl.", "Välj ett av alternativen"),
    ("granted", "", "Det finns maskeringar. Välj Lämnas ut med maskeringar, eller ta bort dem"),
    ("partly", "", "Skriv skälen. Den som får avslag har rätt till dem"),
    ("refused", "", "Skriv skälen. Den som får avslag har rätt till dem"),
)


def test_a_decision_that_cannot_be_is_refused(asked: Site) -> None:
    coordinator = asked.sign_in("coordinator")
    mask_all(coordinator)
    for verdict, reasons, message in NO_DECISIONS:
        answer = decide(coordinator, verdict, reasons=reasons)
        assert answer.status_code == 422, verdict
        assert message in errors(answer), verdict
    assert coordinator.get(f"{PAGE}/1/beslut").status_code == 404


def test_a_refusal_shows_nothing_of_the_reports(asked: Site) -> None:
    coordinator = asked.sign_in("coordinator")
    assert decide(coordinator, "refused", reasons="Uppgifterna rör en enskild.").status_code == 303
    page, table = coordinator.get(f"{PAGE}/1/beslut").text, coordinator.get(f"{PAGE}/1.csv").text
    assert "kammarrätten" in page
    assert "Remissen" not in page
    assert "LH-2026" not in page + table


def test_what_is_granted_whole_has_nothing_masked_and_no_appeal(asked: Site) -> None:
    coordinator = asked.sign_in("coordinator")
    page = f"{PAGE}/1/LH-2026-0001"
    for found in copies(asked)[0].masks:
        send(coordinator, page, f"{page}/visa", field=found["field"], start=found["start"])
    assert "Inget är maskerat" in coordinator.get(page).text
    assert "Inget är maskerat. Välj Lämnas ut i sin helhet" in "".join(
        errors(decide(coordinator, "partly", reasons="a b"))
    )
    assert decide(coordinator, "granted").status_code == 303
    text = coordinator.get(f"{PAGE}/1/beslut").text
    assert NAME in text
    assert "kammarrätten" not in text


def test_a_decision_is_made_once_and_changes_no_more(asked: Site) -> None:
    coordinator = asked.sign_in("coordinator")
    mask_all(coordinator)
    assert decide(coordinator, "partly", reasons="Uppgifterna rör en enskild.").status_code == 303
    tokens = coordinator.tokens("/konto")
    for address in ("besluta", "aterta", "LH-2026-0001/maskera", "LH-2026-0001/visa", "LH-2026-0001/om"):
        fields = {"verdict": "granted", "mask_words": "Remissen", "ground": "25:1", **tokens}
        assert coordinator.post(f"{PAGE}/1/{address}", data=fields).status_code == 404, address
    before = letter_of(coordinator)
    with asked.database.write() as session:
        session.scalars(select(Report).where(Report.reference == "LH-2026-0001")).one().description = "Något annat."
    assert letter_of(coordinator) == before
    assert asked.count(Outbox) == 3  # two reports to classify, and the file to print


def test_a_text_that_changed_meanwhile_has_to_be_masked_anew(asked: Site) -> None:
    coordinator = asked.sign_in("coordinator")
    mask_all(coordinator)
    page = "/granska/LH-2026-0001"
    version = report_of(asked, "LH-2026-0001").version
    assert send(coordinator, page, f"{page}/maskera", version=version).status_code == 303
    answer = decide(coordinator, "partly", reasons="Uppgifterna rör en enskild.")
    assert "LH-2026-0001: Texten har ändrats sedan den maskerades. Börja om med maskeringen." in errors(answer)
    page = f"{PAGE}/1/LH-2026-0001"
    assert "Börja om med maskeringen" in coordinator.get(page).text
    assert send(coordinator, page, f"{page}/om").status_code == 303
    mask(coordinator, PLACE)
    assert decide(coordinator, "partly", reasons="Uppgifterna rör en enskild.").status_code == 303
