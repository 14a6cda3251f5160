"""Everything of a report that would leave with a copy of it, as texts that can be masked; and its masks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.handout import HandoutCopy
from models.report import Report
from models.review import Answer, InfoRequest
from schemas.handout import Field, Mask
from schemas.months import day_name, local_date
from webapp.report_rows import category_of

FACTS = ("received", "from", "about", "category", "state")  # what the list without free text holds
ANSWERED = (("cause", "Orsak"), ("action", "Åtgärd"), ("consequence", "Konsekvens"), ("follow_up", "Uppföljning"))


def texts_of(session: Session, report: Report) -> list[Field]:
    """The texts of one report in the order of a copy. Who filed it is none of them."""
    found = [*_facts(report), *_written(report), *_asked(session, report), *_answered(session, report)]
    return [one for one in found if one.text]


def _facts(report: Report) -> Iterator[Field]:
    yield Field("received", "Kom in", day_name(local_date(report.received_at)))
    yield Field("from", "Från", report.from_unit.name)
    yield Field("about", "Om", report.about_unit.name)
    yield Field("category", "Kategori", category_of(report))
    yield Field("state", "Läge", report.state.label)


def _written(report: Report) -> Iterator[Field]:
    yield Field("occurred_on", "Dag", day_name(report.occurred_on) if report.occurred_on else "")
    yield Field("counterpart_other", "Annan motpart", report.counterpart_other)
    yield Field("description", "Vad hände?", report.description)
    yield Field("suggestion", "Rapportörens förslag", report.suggestion)


def _asked(session: Session, report: Report) -> Iterator[Field]:
    query = select(InfoRequest).where(InfoRequest.report_id == report.id).order_by(InfoRequest.id)
    for row in session.scalars(query):
        yield Field(f"question-{row.id}", "Koordinatorns fråga", row.question)
        yield Field(f"reply-{row.id}", "Rapportörens svar", row.answer)


def _answered(session: Session, report: Report) -> Iterator[Field]:
    for row in session.scalars(select(Answer).where(Answer.report_id == report.id).order_by(Answer.id)):
        for name, label in ANSWERED:
            yield Field(f"{name}-{row.id}", label, getattr(row, name))


def masks_of(copy: HandoutCopy) -> list[Mask]:
    return [Mask(**stored) for stored in copy.masks]


def stored(masks: Iterable[Mask]) -> list[dict[str, Any]]:
    """Masks as they are kept: places and grounds, no words."""
    return [mask._asdict() for mask in masks]


def words_under(texts: Sequence[Field], mask: Mask) -> str:
    """What a mask hides, for the eyes of whoever sets it."""
    by_code: Mapping[str, str] = {one.code: one.text for one in texts}
    return by_code.get(mask.field, "")[mask.start : mask.end]
