"""Handing out: what is masked leaves in no form, what is decided is frozen, and only the area's coordinators see it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

import worker.archive
from models import AuditEvent, Handout, HandoutCopy, Outbox, Report
from models.disposal import fingerprint
from models.invariants import check
from schemas.handout import Field, Mask, automatic, blackened, joined, places
from tests.desk import give_post, report_of, send
from tests.pdf_text import read_pages
from tests.site import Site, Visitor
from tests.test_nothing_left import in_tables
from tests.workshop import Workshop
from worker import pdf

PAGE = "/lamna-ut"
NAME, PLACE = "Zdravka Petrovska", "hemtjänstens lila bil"
TEXT = f"Remissen till {NAME} kom tillbaka tre gånger. Den låg i {PLACE} en vecka. Hemtjänstens lila  bil stod still."
NEW = {"subject": "Rapporter om psykiatrin", "area": "savsjo", "asked_on": "2026-11-16"}


@pytest.fixture
def asked(site: Site) -> Site:
    """A report with a name in it, and one without; somebody has asked for both."""
    give_post(site, "coordinator", "savsjo")
    reporter = site.sign_in("reporter")
    reporter.file_report(description=TEXT, pii_confirmed="1", suggestion="=HYPERLINK en väg in")
    reporter.file_report()
    assert begin(site, references="LH-2026-0001\nLH-2026-0002").status_code == 303
    return site


def begin(site: Site, name: str = "coordinator", **changes: str) -> TestResponse:
    return send(site.sign_in(name), f"{PAGE}/ny", f"{PAGE}/ny", **(NEW | changes))


def errors(answer: TestResponse) -> list[str]:
    return re.findall(r'class="lh-error"[^>]*>(?:<span[^>]*>[^<]*</span>)?([^<]*)<', answer.text)


def mask(visitor: Visitor, words: str, ground: str = "25:1") -> TestResponse:
    page = f"{PAGE}/1/LH-2026-0001"
    return send(visitor, page, f"{page}/maskera", mask_words=words, ground=ground)


def decide(visitor: Visitor, verdict: str, **more: str) -> TestResponse:
    return send(visitor, f"{PAGE}/1", f"{PAGE}/1/besluta", verdict=verdict, **more)


def letter_of(visitor: Visitor) -> str:
    """What the page of the decision says, without the token above it."""
    return visitor.get(f"{PAGE}/1/beslut").text.split("<main")[1]


def mask_all(visitor: Visitor) -> None:
    """The name by what the guard found, the car by hand."""
    page = f"{PAGE}/1/LH-2026-0001"
    assert send(visitor, page, f"{page}/bestammelse", ground="25:1").status_code == 303
    assert mask(visitor, PLACE, "26:1").status_code == 303


def test_the_way_from_the_question_to_the_decision(asked: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    Workshop(asked, monkeypatch)
    monkeypatch.setattr(worker.archive, "utc_now", lambda: asked.moment)
    coordinator = asked.sign_in("coordinator")
    page = coordinator.get(f"{PAGE}/1/LH-2026-0001").text
    copy = page.split("Kopian</h2>")[1].split("</section>")[0]
    assert NAME not in copy
    assert PLACE in copy
    assert "Välj bestämmelse för varje maskering" in "".join(
        errors(decide(coordinator, "partly", reasons="Sekretess."))
    )
    mask_all(coordinator)
    copy = coordinator.get(f"{PAGE}/1/LH-2026-0001").text.split("Kopian</h2>")[1].split("</section>")[0]
    assert "lila" not in copy.lower()
    assert "maskerat 26:1" in copy
    assert decide(coordinator, "partly", reasons="Uppgifterna rör en enskild.").status_code == 303
    leaves = everything_that_leaves(asked, coordinator)
    for secret in (NAME, "Zdravka", "Petrovska", "lila"):
        assert [kind for kind, text in leaves.items() if secret.lower() in text.lower()] == [], secret
    assert {kind for kind, text in leaves.items() if "tre gånger" in text} == {"page", "pdf", "row"}
    for words in ("kammarrätten", "inom tre veckor", "25 kap. 1 §", "26 kap. 1 §", "Uppgifterna rör en enskild."):
        assert words in leaves["page"], words
        assert words in leaves["pdf"], words
    assert asked.moment.strftime("%Y") in leaves["csv"]
    assert "HYPERLINK" not in leaves["csv"]
    assert check(asked.database, asked.moment + timedelta(hours=1)) == []


def everything_that_leaves(site: Site, visitor: Visitor) -> dict[str, str]:
    """The decision as page, PDF (its text and its bytes) and list, and the row that keeps it."""
    if pdf.available():
        pytest.skip(pdf.available() or "")
    worker.archive.print_handout(1)
    document = visitor.get(f"{PAGE}/1.pdf").data
    with site.database.read() as session:
        row = session.get_one(Handout, 1)
        letter = row.letter or {}
        assert fingerprint(letter) == row.letter_sha256
    return {
        "page": visitor.get(f"{PAGE}/1/beslut").text,
        "pdf": " ".join(" ".join(read_pages(document)).split()),
        "bytes": document.decode("latin-1"),
        "csv": visitor.get(f"{PAGE}/1.csv").text,
        "row": str(letter),
        "masks": str([list(copy.masks) for copy in copies(site)]),
    }


def copies(site: Site) -> list[HandoutCopy]:
    with site.database.read() as session:
        return list(session.scalars(select(HandoutCopy).order_by(HandoutCopy.id)))


def test_masked_words_are_kept_nowhere_but_in_the_report(asked: Site, caplog: pytest.LogCaptureFixture) -> None:
    coordinator = asked.sign_in("coordinator")
    mask_all(coordinator)
    decide(coordinator, "partly", reasons="Uppgifterna rör en enskild.")
    assert in_tables(asked, NAME) == in_tables(asked, PLACE) == ["report"]
    assert "lila" not in caplog.text
    assert "Zdravka" not in caplog.text


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


NO_REQUESTS: tuple[tuple[dict[str, str], str], ...] = (
    ({"subject": ""}, "Skriv vad som har begärts, inte av vem"),
    ({"subject": f"Begärt av {NAME}"}, "Ta bort ordet eller bekräfta att det inte är ett namn"),
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


def test_words_that_are_not_there_or_have_no_ground_mask_nothing(asked: Site) -> None:
    coordinator = asked.sign_in("coordinator")
    before = copies(asked)[0].masks
    assert "Orden finns inte i någon av rapporterna" in "".join(errors(mask(coordinator, "gul cykel")))
    assert errors(mask(coordinator, PLACE, "99:9")) == ["Välj ett av alternativen"]
    assert copies(asked)[0].masks == before


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


WORDS = st.lists(st.sampled_from(["Anna Svensson", "mötet", "070-123 45 67", "ALFA", "alfa", "ß", "\n"]), max_size=12)


@given(WORDS, st.sampled_from(["alfa", "mötet", "ß", "anna svensson"]))
def test_of_what_is_masked_nothing_is_in_the_pieces(words: list[str], secret: str) -> None:
    one = Field("a", "A", " ".join(words))
    masks = joined([*automatic([one]), *places([one], secret, "25:1")])
    left = "\x00".join(part.text for part in blackened(one, masks))
    assert secret.lower() not in left.lower()
    assert all(not part.text for part in blackened(one, masks) if part.ground is not None)
    assert "".join(part.text for part in blackened(one, [])) == one.text


def test_masks_that_overlap_are_one_and_a_chosen_ground_goes_before_none() -> None:
    masks: list[Any] = [Mask("a", 0, 5, ""), Mask("a", 3, 9, "26:1"), Mask("a", 9, 12, ""), Mask("b", 1, 2, "")]
    assert joined(masks) == [Mask("a", 0, 9, "26:1"), Mask("a", 9, 12, ""), Mask("b", 1, 2, "")]
