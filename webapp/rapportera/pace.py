"""How many reports one account may file within an hour. What is one too many is not stored, and its text is kept."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.report import Report

TOO_MANY = (
    "Du har skickat många rapporter den senaste timmen, så den här är inte sparad än. "
    "Din text finns kvar. Spara den som utkast och skicka den senare."
)


class TooManyError(Exception):
    """The account has filed as many as it may."""


def keep_pace(session: Session, row: Report, most: int) -> None:
    """Count the reports of the hour that ends with a new one, inside the transaction that stores it.

    The number that it took already lets only one at a time through here, so that nobody slips past in parallel.
    Raises: TooManyError when it is one too many.
    """
    hour = Report.received_at > row.received_at - timedelta(hours=1)
    filed = select(func.count()).where(Report.reporter_id == row.reporter_id, hour)
    if (session.scalar(filed) or 0) > most:
        raise TooManyError
