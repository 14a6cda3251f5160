"""Writing a mail: fixed words, a number and a link. Nothing that a person wrote comes into it, headers least of all.

Python's own mail library can be made to write a header of the sender's choice (CPython issues 121650 and 144125), so
what goes into a header is let through by what it is, not searched for what it must not be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from models.delivery import DeliveryKind
from schemas.mail_domains import plain_address
from worker.page import environment

REPORT = re.compile(r"LH-\d{4}-\d{4,9}", re.ASCII)
SUMMARY = re.compile(r"[a-z0-9-]{1,64}-\d{4}-\d\d(-\d\d)?-v\d{1,4}", re.ASCII)
TITLE = re.compile(r"[a-zåäöA-ZÅÄÖ0-9 ,]{1,80}")  # What a summary is called: its kind, its period and its version.
SUBJECTS = {
    DeliveryKind.ANSWER: "Det finns ett svar på {reference}",
    DeliveryKind.QUESTION: "Det finns en fråga om {reference}",
    DeliveryKind.DECISION: "Ni sa, vi gjorde: beslut om {reference}",
    DeliveryKind.CLOSED: "{reference} är avslutad hos oss",
    DeliveryKind.AGREEMENT: "En överenskommelse går snart ut",
    DeliveryKind.OVERDUE: "En åtgärd är försenad",
    DeliveryKind.SUMMARY: "Ny sammanställning: {title}",
    DeliveryKind.INVITATION: "Du har fått ett konto i Lex Heller",
    DeliveryKind.PASSWORD: "Välj ett nytt lösenord",
}
PLACES = {
    DeliveryKind.ANSWER: "/mina-rapporter/{reference}",
    DeliveryKind.QUESTION: "/mina-rapporter/{reference}",
    DeliveryKind.DECISION: "/mina-rapporter",
    DeliveryKind.CLOSED: "/mina-rapporter/{reference}",
    DeliveryKind.AGREEMENT: "/forum",
    DeliveryKind.OVERDUE: "/atgarder/{subject_id}",
    DeliveryKind.SUMMARY: "/rapporter/{subject_id}",
    DeliveryKind.INVITATION: "/losenord/{token}",
    DeliveryKind.PASSWORD: "/losenord/{token}",
}
VERIFY = "/rapporter/kontrollera"


class LetterError(ValueError):
    """A mail that cannot be written. The message is plain Swedish, for the page of deliveries."""


@dataclass(frozen=True)
class Enclosure:
    """The summary that a mail tells of. `document` is its PDF, which goes along only when it is `attached`."""

    reference: str
    title: str
    version: int
    sha256: str
    document: bytes = field(repr=False)
    attached: bool


@dataclass(frozen=True)
class Parcel:
    """What is known of a mail: the row's id, what it tells of, and where it goes (`to` is empty where nobody asked
    for mail). `tried_at` is the attempt that it was taken for, `refused` why it must not be sent after all, `token`
    what opens the account that an invitation is for, and `report_id` the report that it speaks of."""

    delivery_id: int
    kind: DeliveryKind
    subject_id: int
    reference: str
    to: str
    ordered_at: datetime
    tried_at: datetime
    enclosure: Enclosure | None = None
    refused: str = ""
    token: str = field(default="", repr=False)
    report_id: int | None = None


def write_letter(parcel: Parcel, sender: str, public_url: str) -> EmailMessage:
    """The mail. The same row gives the same Message-ID, so that a mail that did come twice can be told by it.

    Arguments: sender - our own address; public_url - what links begin with.
    Raises: LetterError.
    """
    if parcel.refused:
        raise LetterError(parcel.refused)
    if not parcel.to:
        raise LetterError("Det finns ingen adress att skicka till")
    to = plain_address(parcel.to)
    if to is None:
        raise LetterError("Adressen går inte att skicka till")
    title = parcel.enclosure.title if parcel.enclosure else ""
    if not _may_stand(parcel, title):
        raise LetterError("Numret går inte att skriva i ett mejl")
    facts = {"reference": parcel.reference, "title": title, "subject_id": parcel.subject_id, "token": parcel.token}
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["To"] = sender, to
    letter["Subject"] = SUBJECTS[parcel.kind].format(**facts)
    letter["Date"] = format_datetime(parcel.tried_at)
    letter["Message-ID"] = f"<{parcel.delivery_id}.{parcel.ordered_at:%Y%m%d%H%M%S}@{sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers it.
    link = public_url + PLACES[parcel.kind].format(**facts)
    words = {"reference": parcel.reference, "link": link, "verify": public_url + VERIFY, "summary": parcel.enclosure}
    text = environment().get_template(f"mail/{parcel.kind.value}.html").render(words)
    letter.set_content(text.strip() + "\n", cte="quoted-printable")
    if parcel.enclosure is not None and parcel.enclosure.attached:
        name = f"{parcel.reference}.pdf"
        letter.add_attachment(parcel.enclosure.document, maintype="application", subtype="pdf", filename=name)
    return letter


def _may_stand(parcel: Parcel, title: str) -> bool:
    """Whether what the subject and the text name is what we call it ourselves."""
    if parcel.enclosure is not None:
        return bool(SUMMARY.fullmatch(parcel.reference) and TITLE.fullmatch(title))
    return "{reference}" not in SUBJECTS[parcel.kind] or REPORT.fullmatch(parcel.reference) is not None
