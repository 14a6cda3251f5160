"""What a validator does not see, or sees in its own way: the rules that each of our PDFs keeps, one function a rule.

A validator says that a file may be called PDF/A-2a and PDF/UA-1. These rules say more: that the tags are the right
ones, that the order is that of the page, and that nothing is in the file but what is read. Sources: ISO 14289-1 (the
Matterhorn Protocol numbers its checkpoints), ISO 19005-2, ISO 32000-1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pikepdf

from settings import ROOT
from tests.pdf_tree import Mark, Node, Painted, read_painted, read_tree, words_of

# The typefaces that we ship, each with the licence that goes along.
LICENCES = {"Source-Sans-3": ROOT / "webapp" / "static" / "fonts" / "OFL.txt"}
HEADING = re.compile(r"H([1-6])\Z")
PARTS = {
    "{http://www.aiim.org/pdfa/ns/id/}part": "2",
    "{http://www.aiim.org/pdfa/ns/id/}conformance": "A",
    "{http://www.aiim.org/pdfua/ns/id/}part": "1",
}
ACTIVE = (
    "/JavaScript",
    "/JS",
    "/EmbeddedFiles",
    "/EmbeddedFile",
    "/Launch",
    "/AcroForm",
    "/OpenAction",
    "/AA",
    "/RichMedia",
)
Faults = Iterator[str]


class Printed:
    """A PDF that is looked at: the file, its tree of tags, and what its pages paint."""

    def __init__(self, document: bytes) -> None:
        self.pdf = pikepdf.open(BytesIO(document))
        self.tree: Node = read_tree(self.pdf)
        self.painted: list[Painted] = read_painted(self.pdf)

    def all(self, *kinds: str) -> list[Node]:
        return [node for node in self.tree.walk() if node.kind in kinds]

    def words(self, node: Node) -> str:
        return words_of(node, self.painted)


def faults(document: bytes) -> list[str]:
    """Every broken rule, with the name of the rule. Raises: KeyError when there is no tree of tags at all."""
    printed = Printed(document)
    return [f"{check.__name__}: {fault}" for check in CHECKS for fault in check(printed)]


def says_what_it_is(printed: Printed) -> Faults:
    """Language, a title that is shown, tags, colours: what aids and archives look for (checkpoints 06, 07, 11)."""
    root = printed.pdf.Root
    marks: Any = root.get("/MarkInfo", {})
    views: Any = root.get("/ViewerPreferences", {})
    wanted = {
        "Lang": str(root.get("/Lang", "")) == "sv",
        "Marked": bool(marks.get("/Marked", False)),
        "DisplayDocTitle": bool(views.get("/DisplayDocTitle", False)),
        "OutputIntent": any(
            intent.get("/S") == "/GTS_PDFA1" and "/DestOutputProfile" in intent
            for intent in root.get("/OutputIntents", [])
        ),
        "Title": bool(str(printed.pdf.docinfo.get("/Title", ""))),
        "Author": bool(str(printed.pdf.docinfo.get("/Author", ""))),
        "Tabs": all(page.get("/Tabs") == "/S" for page in printed.pdf.pages),
    }
    yield from (name for name, kept in wanted.items() if not kept)


def declares_both_standards(printed: Printed) -> Faults:
    """PDF/A-2a and PDF/UA-1 in metadata that can be read without unpacking, with the same title."""
    stream = printed.pdf.Root.get("/Metadata")
    if stream is None or "/Filter" in stream:
        yield "metadata are missing or packed"
        return
    packet = ElementTree.fromstring(stream.read_raw_bytes())  # noqa: S314 - our own file
    facts = {name: value for part in packet.iter() for name, value in part.attrib.items()}
    yield from (f"{name} is {facts.get(name)}" for name, value in PARTS.items() if facts.get(name) != value)
    titles = [part.text for part in packet.findall(".//{http://purl.org/dc/elements/1.1/}title//*") if part.text]
    if titles != [str(printed.pdf.docinfo.get("/Title", ""))]:
        yield f"the title is {titles} there"


def ships_its_typefaces(printed: Printed) -> Faults:
    """Every typeface is embedded, tells its letters, and has its licence in the project."""
    for page in printed.pdf.pages:
        for font in _fonts(page.resources):
            descendant = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            described = descendant.get("/FontDescriptor", {})
            name = str(font.BaseFont)
            if not any(part in described for part in ("/FontFile", "/FontFile2", "/FontFile3")):
                yield f"{name} is not embedded"
            if "/ToUnicode" not in font:
                yield f"{name} does not tell its letters"
            family = next((family for family in LICENCES if f"+{family}" in name), None)
            if family is None or "SIL Open Font License" not in LICENCES[family].read_text(encoding="utf-8"):
                yield f"{name} has no licence here"


def _fonts(resources: Any) -> Iterator[Any]:
    """Those of a page, and of the drawings on it."""
    yield from resources.get("/Font", {}).values()
    for thing in resources.get("/XObject", {}).values():
        if "/Resources" in thing:
            yield from _fonts(thing.Resources)


def tells_its_figures(printed: Printed) -> Faults:
    """Every drawing that is no decoration is told in words (checkpoint 13)."""
    for figure in printed.all("Figure", "Formula"):
        if len(str(figure.thing.get("/Alt", "")).split()) < 3:
            yield f"a figure says ”{figure.thing.get('/Alt', '')}”"


def heads_its_tables(printed: Printed) -> Faults:
    """Every cell with something in it is bound to its headings, and all rows are as long (checkpoint 15)."""
    for table in printed.all("Table"):
        rows = [row for row in table.walk() if row.kind == "TR"]
        if len({sum(_span(cell) for cell in row.nearest("TH", "TD")) for row in rows}) > 1:
            yield "rows are not of one length"
        known = {str(cell.thing.get("/ID")) for cell in table.walk() if cell.kind == "TH" and "/ID" in cell.thing}
        if not known:
            yield "a table has no headings"
        for cell in (cell for row in rows for cell in row.nearest("TD") if printed.words(cell)):
            named = {str(name) for name in _attributes(cell).get("/Headers", [])}
            if not named or not named <= known:
                yield f"”{printed.words(cell)}” has no headings"
        if any(not printed.words(cell) for row in rows for cell in row.nearest("TH")):
            yield "a heading is empty"


def _attributes(cell: Node) -> dict[str, Any]:
    given = cell.thing.get("/A", {})
    parts = list(given) if isinstance(given, pikepdf.Array) else [given]
    return {name: value for part in parts for name, value in part.items()}


def _span(cell: Node) -> int:
    return int(_attributes(cell).get("/ColSpan", 1))


def skips_no_heading(printed: Printed) -> Faults:
    """One first heading, at the beginning, and no level skipped on the way down (checkpoint 14)."""
    levels = [int(found[1]) for node in printed.tree.walk() if (found := HEADING.match(node.kind))]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield f"headings begin {levels[:3]}"
    yield from (f"H{high} is followed by H{low}" for high, low in pairwise(levels) if low > high + 1)
    yield from (
        "a heading is empty" for node in printed.tree.walk() if HEADING.match(node.kind) and not printed.words(node)
    )


def bookmarks_its_headings(printed: Printed) -> Faults:
    """The bookmarks are the headings below the first one, in their order and on their level."""
    told = [(level, _letters(printed.words(node))) for level in (2, 3) for node in printed.all(f"H{level}")]
    with printed.pdf.open_outline() as outline:
        kept = [(2, _letters(entry.title)) for entry in outline.root]
        kept += [(3, _letters(child.title)) for entry in outline.root for child in entry.children]
    if told != kept:
        yield f"{[row for row in told if row not in kept]} and {[row for row in kept if row not in told]}"


def _letters(text: str) -> str:
    """Words that were broken at the end of a line are the same words."""
    return re.sub(r"[\s\u00ad-]", "", text)


def makes_whole_lists(printed: Printed) -> Faults:
    """A list holds items, an item its body, and neither stands outside a list (checkpoint 16)."""
    for parent in printed.tree.walk():
        for kid in (kid for kid in parent.kids if isinstance(kid, Node)):
            if (kid.kind == "LI") != (parent.kind == "L") and kid.kind != "Caption":
                yield f"{kid.kind} in {parent.kind}"
            if kid.kind in ("Lbl", "LBody") and parent.kind != "LI":
                yield f"{kid.kind} in {parent.kind}"


def marks_everything(printed: Printed) -> Faults:
    """Whatever is painted is tagged or said to be decoration, and every tag has its content (checkpoint 01)."""
    for number, painted in enumerate(printed.painted, start=1):
        if painted.loose:
            yield f"page {number} paints {painted.loose[:5]} outside"
    told = list(printed.tree.marks())
    there = {mark for painted in printed.painted for mark in painted.words}
    if len(told) != len(set(told)):
        yield "a piece is told twice"
    if set(told) != there:
        yield f"{len(there - set(told))} pieces are untold, {len(set(told) - there)} tell nothing"


def reads_as_it_is_laid_out(printed: Printed) -> Faults:
    """The tags tell the pieces in the order in which the pages hold them (checkpoint 09)."""
    order = {mark: place for place, mark in enumerate(_laid_out(printed))}
    told = [order.get(mark, -1) for mark in printed.tree.marks()]
    broken = sum(later < earlier for earlier, later in pairwise(told))
    if broken:
        yield f"{broken} steps back"


def _laid_out(printed: Printed) -> Iterator[Mark]:
    for painted in printed.painted:
        yield from painted.words


def stays_inside(printed: Printed) -> Faults:
    """Links lead to places in the file, are tagged, and there is no other kind of note on a page."""
    for page in printed.pdf.pages:
        for note in page.get("/Annots", []):
            leads: Any = note.get("/A", {})
            if note.get("/Subtype") != "/Link":
                yield f"a note of kind {note.get('/Subtype')}"
            elif "/Dest" not in note and leads.get("/S") != "/GoTo":
                yield f"a link leads to {leads.get('/URI', 'somewhere')}"
            elif "/StructParent" not in note:
                yield "a link is not tagged"


def does_nothing(printed: Printed) -> Faults:
    """No script, no attachment, no form, no action, no encryption."""
    if printed.pdf.is_encrypted:
        yield "it is encrypted"
    if list(printed.pdf.attachments):
        yield "it has attachments"
    for thing in printed.pdf.objects:
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            yield from (
                name for name in ACTIVE if name in thing or thing.get("/S") == name or thing.get("/Type") == name
            )


CHECKS: tuple[Callable[[Printed], Faults], ...] = (
    says_what_it_is,
    declares_both_standards,
    ships_its_typefaces,
    tells_its_figures,
    heads_its_tables,
    skips_no_heading,
    bookmarks_its_headings,
    makes_whole_lists,
    marks_everything,
    reads_as_it_is_laid_out,
    stays_inside,
    does_nothing,
)
