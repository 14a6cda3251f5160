"""What a mail to a seat of a forum is to carry, looked up when it is about to leave: the seat may be gone by then, its
mailbox another, the summary corrected. Whatever does not hold any more is told on the mail's row."""

from __future__ import annotations

from sqlalchemy.orm import Session, undefer

from models.delivery import Delivery
from models.summary import Summary, SummaryState, title
from schemas.mail_domains import plain_address, read_domains, refusal
from schemas.summary_edits import holds_free_text
from worker.letter import Enclosure

GONE = "Platsen finns inte längre i forumet. Inget har skickats"
NO_ADDRESS = "Platsen saknar adress. Skriv in den på forumets sida och skicka igen"
NO_MORE = "Sammanställningen har ersatts. Inget har skickats"


class RefusedError(ValueError):
    """Nothing may be sent to this seat. The message is plain Swedish, for the page of deliveries."""


def enclose(session: Session, row: Delivery) -> tuple[str, Enclosure]:
    """The mailbox of a seat as it stands now, and what the mail tells.

    Raises: RefusedError with what does not hold any more.
    """
    whole = [undefer(Summary.pdf), undefer(Summary.content)]
    summary = session.get(Summary, row.subject_id, options=whole, populate_existing=True)
    if summary is None or summary.state is not SummaryState.APPROVED or summary.pdf is None:
        raise RefusedError(NO_MORE)
    return _mailbox(row, summary), _enclosure(summary)


def _mailbox(row: Delivery, summary: Summary) -> str:
    if row.seat is None or row.seat.forum_id != summary.forum_id:
        raise RefusedError(GONE)
    address = plain_address(row.seat.email or "")
    if address is None:
        raise RefusedError(NO_ADDRESS)
    refused = refusal(address, read_domains(summary.forum.federation.mail_domains)[0])
    if refused:
        raise RefusedError(refused)
    return address


def _enclosure(summary: Summary) -> Enclosure:
    """The file goes along to be checked; it is attached only where the federation has chosen so and rules wrote it."""
    attached = summary.forum.federation.attach_summaries and not holds_free_text(summary.content or {"": True})
    return Enclosure(
        reference=summary.reference or "",
        title=title(summary),
        version=summary.version,
        sha256=summary.pdf_sha256 or "",
        document=summary.pdf or b"",
        attached=attached,
    )
