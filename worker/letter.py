"""Writing a mail: fixed words, a number and a link. Nothing that a person wrote comes into it, headers least of all.

Python's own mail library can be made to write a header of the sender's choice (CPython issues 121650 and 144125), so
what goes into a header is let through by what it is, not searched for what it must not be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from models.delivery import DeliveryKind
from worker.page import environment

REFERENCE = re.compile(r"LH-\d{4}-\d{4,9}", re.ASCII)
# The part before the @ as RFC 5322 has it without quotation marks; a "=" could begin an encoded word, so it is out.
_ATOM = r"[A-Za-z0-9!#$%&'*+/^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*", re.ASCII)
LONGEST_ADDRESS = 254  # characters (RFC 5321, section 4.5.3.1.3)
SUBJECTS = {
    DeliveryKind.ANSWER: "Det finns ett svar på {reference}",
    DeliveryKind.QUESTION: "Det finns en fråga om {reference}",
    DeliveryKind.DECISION: "Ni sa, vi gjorde: beslut om {reference}",
    DeliveryKind.CLOSED: "{reference} är avslutad hos oss",
    DeliveryKind.AGREEMENT: "En överenskommelse går snart ut",
    DeliveryKind.OVERDUE: "En åtgärd är försenad",
}
PLACES = {
    DeliveryKind.ANSWER: "/mina-rapporter/{reference}",
    DeliveryKind.QUESTION: "/mina-rapporter/{reference}",
    DeliveryKind.DECISION: "/mina-rapporter",
    DeliveryKind.CLOSED: "/mina-rapporter/{reference}",
    DeliveryKind.AGREEMENT: "/forum",
    DeliveryKind.OVERDUE: "/atgarder/{subject_id}",
}


class LetterError(ValueError):
    """A mail that cannot be written. The message is plain Swedish, for the page of deliveries."""


@dataclass(frozen=True)
class Parcel:
    """What is known of a mail: the row's id, what it tells of, and where it goes (`to` is empty where nobody asked
    for mail). `tried_at` is the attempt that it was taken for."""

    delivery_id: int
    kind: DeliveryKind
    subject_id: int
    reference: str
    to: str
    ordered_at: datetime
    tried_at: datetime


def write_letter(parcel: Parcel, sender: str, public_url: str) -> EmailMessage:
    """The mail. The same row gives the same Message-ID, so that a mail that did come twice can be told by it.

    Arguments: sender - our own address; public_url - what links begin with.
    Raises: LetterError.
    """
    if not parcel.to:
        raise LetterError("Det finns ingen adress att skicka till")
    to = _ascii(parcel.to)
    if len(to) > LONGEST_ADDRESS or not ADDRESS.fullmatch(to):
        raise LetterError("Adressen går inte att skicka till")
    if "{reference}" in SUBJECTS[parcel.kind] and not REFERENCE.fullmatch(parcel.reference):
        raise LetterError("Rapportens nummer går inte att skriva i ett mejl")
    facts = {"reference": parcel.reference, "subject_id": parcel.subject_id}
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["To"] = sender, to
    letter["Subject"] = SUBJECTS[parcel.kind].format(**facts)
    letter["Date"] = format_datetime(parcel.tried_at)
    letter["Message-ID"] = f"<{parcel.delivery_id}.{parcel.ordered_at:%Y%m%d%H%M%S}@{sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers it.
    link = public_url + PLACES[parcel.kind].format(**facts)
    text = environment().get_template(f"mail/{parcel.kind.value}.html").render(reference=parcel.reference, link=link)
    letter.set_content(text.strip() + "\n", cte="quoted-printable")
    return letter


def _ascii(address: str) -> str:
    """The address with its domain in the letters of the name system. Raises: LetterError."""
    name, _, domain = address.rpartition("@")
    try:
        return f"{name}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise LetterError("Adressen går inte att skicka till") from error
