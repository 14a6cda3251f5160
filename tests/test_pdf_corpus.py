"""Every kind of summary in every odd case: valid PDF/A-2a and PDF/UA-1, and true to our own rules for what is inside.

The validator knows the standards; tests/pdf_checks.py knows what we mean by them. Each rule is shown to fail too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

import page
import pikepdf
import pytest

from models.summary import SummaryKind
from tests.packs import action, decision
from tests.pdf_checks import CHECKS, faults
from tests.pdf_text import read_pages
from tests.summaries import LONG_PARTIES, PARTIES, Row, busy_rows, make_agenda, make_item, make_snapshot
from worker import pdf
from worker.summary import write_summary
from worker.summary.finish import finish, stamp

pytestmark = pytest.mark.skipif(pdf.available() is not None, reason=f"no PDF can be made here: {pdf.available()}")

KINDS = {SummaryKind.MONTHLY: "2026-11-01", SummaryKind.YEARLY: "2026-01-01", SummaryKind.MEETING: "2026-12-12"}
COMPOUND = "Samverkansrehabiliteringskommunområdesstyrgruppsverksamheten"
EVIL = '<td colspan=100000><style>*{display:none}</style><svg onload=x><img src="file:///etc/passwd">{{ 7*7 }}'
KEPT = {"previous": "2026-09-10", "decisions": [decision(0), decision()], "actions": [action(late=True), action()]}
# Five dozen parties that all report about the next one.
THIRTY = [(f"p{number}", f"Samverkanspart {number}", f"P{number}") for number in range(29)] + [PARTIES[-1]]


def around(parties: Any) -> list[Row]:
    codes = [code for code, _, _ in parties[:-1]]
    return [(giver, codes[place - 1], ago, "rules", 9, 4) for place, giver in enumerate(codes) for ago in range(24)]


def named(name: str) -> dict[str, Any]:
    """Everything that carries a name carries this one."""
    agenda = [make_item(title=name, question=name, paraphrases=[name], origin={"forum": name, "day": "2026-10-02"})]
    kept = {
        "previous": "2026-09-10",
        "decisions": [decision(0, text=name), decision(title=name, text=name)],
        "actions": [action(what=name, owner=name, owner_party=name, area=name)],
    }
    forum = {"forum_name": name, "forum_areas": [name], "forum_federation": name}
    parties = [(code, name, short) for code, _, short in PARTIES]
    return {"rows": busy_rows(), "items": agenda, "followup": kept, "parties": parties, **forum}


CASES: dict[str, dict[str, Any]] = {
    "none": {},
    "one row": {"rows": [("fk", "af", 0, "rules", 1, 1)], "items": [make_item(count=1, people=1)], "example": True},
    "two colleagues": {"rows": [("fk", "af", ago, "rules", 9, 2) for ago in range(6)]},
    "much": {"rows": busy_rows(), "items": [make_item(number=n) for n in range(4)], "followup": KEPT},
    "twelve items": {
        "rows": busy_rows(),
        "agenda": make_agenda([make_item(number=n) for n in range(12)], replaces=1, changes=["Nytt ärende: SGI"]),
        "followup": KEPT | {"actions": [action(what=f"Åtgärd {n}") for n in range(12)]},
    },
    "federation": {
        "rows": busy_rows(),
        "forum_whole_federation": True,
        "forum_areas": [f"Kommun {n}" for n in range(12)],
        "forum_kind": "preparatory_group",
    },
    "long compounds": named(f"{COMPOUND} {COMPOUND.lower()}"),
    "eight long parties": {"rows": around(LONG_PARTIES), "parties": LONG_PARTIES, "example": True},
    "thirty parties": {"rows": around(THIRTY), "parties": THIRTY},
    "hostile": named(EVIL),
}


def content_of(kind: SummaryKind, case: str, **changes: Any) -> dict[str, Any]:
    facts = dict(CASES[case]) | changes
    rows = facts.pop("rows", ())
    return write_summary(make_snapshot(rows, kind=kind.value, period=KINDS[kind], **facts))


@cache
def printed(kind: SummaryKind, case: str) -> bytes:
    return pdf.render_summary(finish(content_of(kind, case)))


def stamped(kind: SummaryKind) -> bytes:
    """An approved correction with its address to check a copy at."""
    former = finish(content_of(kind, "much"))
    facts = {"rows": busy_rows(50), "version": 2}
    later = finish(content_of(kind, "much", **facts), "https://lexheller.example/rapporter/kontrollera", former=former)
    return pdf.render_summary(stamp(later, "samverkanskoordinator", "2026-12-02"))


def assert_valid(document: bytes) -> None:
    for profile in ("2a", "ua1"):
        report = page.validate_pdf_bytes(document, profile=profile)
        assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]
    assert faults(document) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CASES)
def test_every_kind_in_every_case_is_valid_and_keeps_our_rules(kind: SummaryKind, case: str) -> None:
    assert_valid(printed(kind, case))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_approved_and_corrected_is_valid_too(kind: SummaryKind) -> None:
    assert_valid(stamped(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_words_are_printed_as_they_were_typed(kind: SummaryKind) -> None:
    letters = "".join("".join(read_pages(printed(kind, "hostile"))).split())
    assert "<tdcolspan=100000><style>" in letters
    assert "{{7*7}}" in letters


@pytest.mark.parametrize(("case", "most"), [("none", 2), ("much", 2), ("twelve items", 6), ("long compounds", 3)])
def test_a_pack_is_two_pages_unless_its_agenda_is_long(case: str, most: int) -> None:
    assert len(read_pages(printed(SummaryKind.MEETING, case))) <= most


# Each rule of our own fails where it should


def mended(change: Callable[[pikepdf.Pdf], object]) -> list[str]:
    """The rules that a file breaks after a change."""
    changed = BytesIO()
    with pikepdf.open(BytesIO(printed(SummaryKind.MONTHLY, "much"))) as document:
        change(document)
        document.save(changed)
    return sorted({fault.split(":")[0] for fault in faults(changed.getvalue())})


def tag(document: pikepdf.Pdf, kind: str) -> Any:
    """The first tag of a kind that has something under it."""
    tags = (thing for thing in document.objects if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == kind)
    return next(thing for thing in tags if "/K" in thing and len(thing.K))


def change_heading(document: pikepdf.Pdf) -> None:
    tag(document, "/H2").S = pikepdf.Name.H4


def change_bookmark(document: pikepdf.Pdf) -> None:
    with document.open_outline() as outline:
        outline.root[0].title = "Något annat"


def change_metadata(document: pikepdf.Pdf) -> None:
    packet = document.Root.Metadata.read_bytes().replace(b'pdfuaid:part="1"', b'pdfuaid:part="2"')
    document.Root.Metadata = document.make_stream(packet, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)


def change_font(document: pikepdf.Pdf) -> None:
    for font in document.pages[0].resources.Font.values():
        del font.ToUnicode


def change_cell(document: pikepdf.Pdf) -> None:
    cells = [thing for thing in document.objects if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/TD"]
    cells[-1].A.Headers = pikepdf.Array()


def paint_outside(document: pikepdf.Pdf) -> None:
    document.pages[0].contents_add(document.make_stream(b"q 0 0 9 9 re f Q"))


def turn_around(document: pikepdf.Pdf) -> None:
    kids = document.Root.StructTreeRoot.K[0].K
    document.Root.StructTreeRoot.K[0].K = pikepdf.Array(list(kids)[::-1])


def add_link(document: pikepdf.Pdf) -> None:
    leads = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.org"))
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=leads)
    document.pages[0].Annots = pikepdf.Array([document.make_indirect(note)])


def add_script(document: pikepdf.Pdf) -> None:
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    document.Root.OpenAction = document.make_indirect(script)


CHANGES: dict[str, tuple[Callable[[pikepdf.Pdf], object], str]] = {
    "no language": (lambda document: document.Root.__delitem__("/Lang"), "says_what_it_is"),
    "no colours": (lambda document: document.Root.__delitem__("/OutputIntents"), "says_what_it_is"),
    "hidden title": (lambda document: document.Root.__delitem__("/ViewerPreferences"), "says_what_it_is"),
    "other standard": (change_metadata, "declares_both_standards"),
    "mute letters": (change_font, "ships_its_typefaces"),
    "mute figure": (lambda document: tag(document, "/Figure").__delitem__("/Alt"), "tells_its_figures"),
    "loose cell": (change_cell, "heads_its_tables"),
    "skipped level": (change_heading, "skips_no_heading"),
    "other bookmark": (change_bookmark, "bookmarks_its_headings"),
    "item outside": (lambda document: tag(document, "/L").__setitem__("/S", pikepdf.Name.Div), "makes_whole_lists"),
    "loose paint": (paint_outside, "marks_everything"),
    "backwards": (turn_around, "reads_as_it_is_laid_out"),
    "link away": (add_link, "stays_inside"),
    "script": (add_script, "does_nothing"),
    "attachment": (lambda document: document.attachments.__setitem__("x.txt", b"x"), "does_nothing"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_broken_rule_is_found(change: str) -> None:
    how, rule = CHANGES[change]
    assert rule in mended(how)


def test_every_rule_is_shown_to_fail() -> None:
    assert {rule for _, rule in CHANGES.values()} == {check.__name__ for check in CHECKS}
