"""The last look at a file before it leaves: whether it is the one that was approved, and a whole, tagged document."""

from __future__ import annotations

import hashlib
import io

from pypdf import PdfReader

DAMAGED = "Filen stämmer inte med sin kontrollsumma. Inget har skickats"
UNSOUND = "Filen är inte en hel PDF: {what}. Inget har skickats"


class UnsoundError(ValueError):
    """The file must not leave. The message is plain Swedish, for the page of deliveries."""


def check_pdf(document: bytes, sha256: str) -> None:
    """Recompute the checksum and open the file.

    Arguments: sha256 - 64 hexadecimal digits, from when the file was made.
    Raises: UnsoundError when it is another file, cannot be read, is blank, or lacks its tags, language or title.
    """
    if hashlib.sha256(document).hexdigest() != sha256:
        raise UnsoundError(DAMAGED)
    try:
        missing = _missing(PdfReader(io.BytesIO(document), strict=True))
    except Exception as error:  # Whatever a reader stumbles over, its recipient would stumble over too.
        raise UnsoundError(UNSOUND.format(what="den går inte att öppna")) from error
    if missing:
        raise UnsoundError(UNSOUND.format(what=missing))


def _missing(reader: PdfReader) -> str:
    """What a document lacks, or nothing."""
    root = reader.root_object
    title = reader.metadata.title if reader.metadata else None
    checks = {
        "den saknar sidor": len(reader.pages) >= 1,
        "den saknar taggar": "/StructTreeRoot" in root and bool(root.get("/MarkInfo", {}).get("/Marked")),
        "den saknar språk": bool(root.get("/Lang")),
        "den saknar titel": bool(title and title.strip()),
    }
    faults = [fault for fault, sound in checks.items() if not sound]
    if not faults and not reader.pages[0].extract_text().strip():
        faults = ["den är tom"]
    return faults[0] if faults else ""
