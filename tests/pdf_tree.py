"""A PDF as an aid reads it: its tree of tags, and which words and strokes belong to which tag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from tests.pdf_text import read_alphabet, read_string

# What leaves something to see on the page (ISO 32000-1, table 51), but for the text operators below.
PAINTS = {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "BI"}
WRITES = {"Tj", "TJ", "'", '"'}


@dataclass(frozen=True)
class Mark:
    """A piece of a page's content that a tag may point at."""

    page: int
    mcid: int


@dataclass
class Node:
    """A tag. `kids` are tags and marks in reading order; `thing` is the element itself."""

    kind: str
    thing: Any
    kids: list[Node | Mark] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        yield self
        for kid in self.kids:
            if isinstance(kid, Node):
                yield from kid.walk()

    def marks(self) -> Iterator[Mark]:
        for kid in self.kids:
            if isinstance(kid, Mark):
                yield kid
            else:
                yield from kid.marks()

    def nearest(self, *kinds: str) -> Iterator[Node]:
        """The tags of some kinds under this one, but not those within one of them."""
        for kid in self.kids:
            if isinstance(kid, Node):
                yield from [kid] if kid.kind in kinds else kid.nearest(*kinds)


@dataclass
class Painted:
    """What a page paints, in order: `words` of each marked piece, and what is neither marked nor an artifact."""

    words: dict[Mark, str] = field(default_factory=dict)
    loose: list[str] = field(default_factory=list)


def read_tree(document: pikepdf.Pdf) -> Node:
    """The tree of tags, under a node for its root. Raises: KeyError when the file has none."""
    pages = {page.objgen: number for number, page in enumerate(document.pages)}
    root = document.Root["/StructTreeRoot"]
    return Node("Root", root, _kids(root, pages))


def _kids(thing: Any, pages: dict[Any, int]) -> list[Node | Mark]:
    found: list[Node | Mark] = []
    here = thing.get("/K")
    for kid in here if isinstance(here, pikepdf.Array) else [] if here is None else [here]:
        if not isinstance(kid, pikepdf.Dictionary):
            found.append(Mark(pages[thing.Pg.objgen], int(kid)))
        elif "/S" in kid:
            found.append(Node(str(kid.S)[1:], kid, _kids(kid, pages)))
        elif "/MCID" in kid:
            found.append(Mark(pages[kid.get("/Pg", thing.get("/Pg")).objgen], int(kid.MCID)))
    return found


def read_painted(document: pikepdf.Pdf) -> list[Painted]:
    """What each page paints."""
    return [_paint(number, page) for number, page in enumerate(document.pages)]


def _paint(number: int, page: pikepdf.Page) -> Painted:
    painted, open_marks, alphabet = Painted(), list[Mark | None](), dict[bytes, str]()
    for instruction in pikepdf.parse_content_stream(page):
        operator, operands = str(instruction.operator), list(getattr(instruction, "operands", []))
        if operator in ("BMC", "BDC"):
            open_marks.append(_mark(number, operands))
            if open_marks[-1]:
                painted.words.setdefault(open_marks[-1], "")
        elif operator == "EMC":
            open_marks.pop()
        elif operator == "Tf":
            alphabet = read_alphabet(page.resources.Font[operands[0]])
        elif operator in PAINTS | WRITES:
            if not open_marks:
                painted.loose.append(operator)
            mark = next((mark for mark in reversed(open_marks) if mark), None)
            if mark and operator in WRITES:
                painted.words[mark] += read_string(operands[-1], alphabet)
    return painted


def _mark(page: int, operands: list[Any]) -> Mark | None:
    """Nothing for an artifact, which aids pass over."""
    facts = operands[1] if len(operands) > 1 else None
    return Mark(page, int(facts.MCID)) if isinstance(facts, pikepdf.Dictionary) and "/MCID" in facts else None


def words_of(node: Node, painted: list[Painted]) -> str:
    """The words under a tag, with single spaces and without the hyphens of line ends."""
    parts = [painted[mark.page].words.get(mark, "") for mark in node.marks()]
    return " ".join(" ".join(parts).replace("\u00ad", "").split())
