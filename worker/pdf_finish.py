"""What is done to a PDF after WeasyPrint has laid it out and before it is written. Loads nothing and reads nothing.

WeasyPrint declares one standard a file, leaves the lines that run along every page without a place in the tree of
tags, and binds cells to their headings in one of the two ways that readers know. Each step here mends one of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

END = b"\nendstream"
ACCESSIBLE = b"""<rdf:Description rdf:about=""
  xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
  xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>
<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that the file follows</pdfaProperty:description></rdf:li>
</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
"""


def finish(_document: object, pdf: Any) -> None:
    """Mend a file. Arguments: as WeasyPrint hands them to a finisher; `pdf` is a pydyf.PDF."""
    things = {thing.reference: thing for thing in pdf.objects}
    elements = list(_elements(things, pdf.catalog["StructTreeRoot"]))
    _declare_accessible(pdf)
    _pass_over_running_lines(pdf, things, elements)
    _scope_headings(things, elements)


def _elements(things: Mapping[bytes, Any], reference: bytes) -> Iterator[Any]:
    """The tags that the tree holds, from a tag down."""
    yield things[reference]
    for kid in things[reference].get("K", ()):
        if isinstance(kid, bytes):
            yield from _elements(things, kid)


def _declare_accessible(pdf: Any) -> None:
    """Say in the metadata that the PDF/A-2a file is PDF/UA-1 too; WeasyPrint declares one standard a file.

    PDF/A wants the foreign property described by an extension schema (ISO 19005-2, 6.6.2.3), and the
    metadata readable without unpacking.
    """
    for thing in pdf.objects:
        if getattr(thing, "extra", {}).get("Type") == "/Metadata":
            packet = thing.stream[0]
            thing.stream[0] = packet.replace(b"</rdf:RDF>", ACCESSIBLE + b"</rdf:RDF>")
            thing.compress = False


def _pass_over_running_lines(pdf: Any, things: Mapping[bytes, Any], elements: list[Any]) -> None:
    """Say of what no tag tells, the lines at the head and foot of each page, that it belongs to the paper.

    Content must be told or said to be an artifact (ISO 14289-1, 7.1); aids would read these lines between two
    paragraphs, or not know what to do with them.
    """
    told = {(tag["Pg"], kid) for tag in elements for kid in tag.get("K", ()) if isinstance(kid, int)}
    for page in pdf.page_references:
        stream = things[things[page]["Contents"]].stream
        for place, word in enumerate(stream):
            if word == b"BDC" and (page, stream[place - 1]["MCID"]) not in told:
                stream[place - 2] = "/Artifact"
                stream[place - 1].clear()
                stream[place - 1]["Type"] = "/Pagination"


def _scope_headings(things: Mapping[bytes, Any], elements: list[Any]) -> None:
    """Say which way a heading in a table looks. Some readers know this, others the list of headings in each cell."""
    for tag in elements:
        if tag.get("S") == "/TH":
            group = things[things[tag["P"]]["P"]]
            tag["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"


def end_streams_clearly(pydyf: Any) -> None:
    """Let no stream's last byte be taken for a part of the line break after it.

    PDF/A wants a stream to be as long as it says, without the line break before `endstream` (ISO 19005-2,
    6.1.7.1). pydyf breaks the line with LF alone, so data that happens to end with CR, as one packed stream in
    256 does, seems to be a byte too short. After CR the break is therefore CR LF.
    """
    written = pydyf.Stream.data.fget

    def data(stream: Any) -> bytes:
        lines: bytes = written(stream)
        return lines.removesuffix(END) + b"\r" + END if lines.endswith(b"\r" + END) else lines

    pydyf.Stream.data = property(data)
