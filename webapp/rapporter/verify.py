"""/rapporter/kontrollera: whether a file or a reference is genuine. Open to all, since whoever holds a copy may ask.

A file that is sent here is hashed and let go of. The answer tells of released summaries only, and of them nothing but
what stands on their covers; whatever else is asked for is unknown, a draft like a forgery.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from models.forum import Forum
from models.release import correction
from models.summary import Summary, SummaryState, title
from schemas.months import day_name, local_date
from webapp.requests import UPLOADS, reading, through
from webapp.wall import OPEN_PAGES

blueprint = Blueprint("kontrollera", __name__)
LARGEST_FILE = 3 * 1024 * 1024  # bytes; our files are about a tenth of it
SHA256 = re.compile(r"[0-9a-f]{64}")
REFERENCE = re.compile(r"[a-z0-9-]{1,100}")
MOST = 5  # federations whose forums happen to have the same code
NOTHING = "Skriv en referens eller en kontrollsumma, eller välj en PDF-fil"
MALFORMED = "Det liknar varken en referens eller en kontrollsumma. Kontrollera att allt kom med"

UPLOADS["kontrollera.verify"] = LARGEST_FILE + 16 * 1024  # with what the browser writes around the file


@blueprint.route("/rapporter/kontrollera", methods=["GET", "POST"])
def verify() -> tuple[str, int]:
    if request.method == "GET":
        return _page()
    file = request.files.get("file")
    document = file.read(LARGEST_FILE + 1) if file else b""
    if document:
        return _page(asked=hashlib.sha256(document).hexdigest(), of_file=True)
    typed = request.form.get("asked", "")
    asked = re.sub(r"\s", "", typed).lower().removeprefix("sha-256").lstrip(":")
    if not asked:
        return _page(typed=typed, errors={"asked": NOTHING})
    if not (SHA256.fullmatch(asked) or REFERENCE.fullmatch(asked)):
        return _page(typed=typed[:200], errors={"asked": MALFORMED})
    return _page(asked=asked, typed=typed[:200])


def _page(
    asked: str = "", typed: str = "", of_file: bool = False, errors: dict[str, str] | None = None
) -> tuple[str, int]:
    html = render_template(
        "web/rapporter-kontrollera.html",
        asked=asked,
        typed=typed,
        of_file=of_file,
        by_reference=not SHA256.fullmatch(asked),
        found=_found(asked) if asked else [],
        errors=errors or {},
    )
    return html, 422 if errors else 200


@through(OPEN_PAGES)
def _found(asked: str) -> list[dict[str, Any]]:
    return [_tell(summary, asked) for summary in _find(asked)]


def _find(asked: str) -> list[Summary]:
    """The released summaries that go by a reference, by the checksum of their file, or by the one that they print."""
    known = or_(Summary.reference == asked, Summary.pdf_sha256 == asked, Summary.content_sha256 == asked)
    nearby = joinedload(Summary.forum)
    query = select(Summary).where(Summary.released_at.is_not(None), known).order_by(Summary.id).limit(MOST)
    return list(reading().scalars(query.options(nearby.selectinload(Forum.names), nearby.joinedload(Forum.federation))))


def _tell(summary: Summary, asked: str) -> dict[str, Any]:
    newer = correction(reading(), summary)
    approved = day_name(local_date(summary.approved_at)) if summary.approved_at else ""
    return {
        "title": title(summary),
        "forum": summary.forum.name_on(local_date(summary.ordered_at)),
        "federation": summary.forum.federation.name,
        "reference": summary.reference,
        "version": summary.version,
        "approved": f"{approved} av {summary.approved_as}",
        "sha256": summary.pdf_sha256,
        "printed": summary.content_sha256 == asked,
        "holds": summary.state is SummaryState.APPROVED,
        "replaced_by": newer.reference if newer else "",
    }
