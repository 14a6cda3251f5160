"""What must always hold, whatever dies: I1 to I8. Reads any database of ours and changes nothing.

The suite that kills everything ends with this check, and so does `./lexheller check --invariants`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.base import Database
from models.invariants import counts, mails, papers, reports
from models.invariants.breach import Breach as Breach
from models.invariants.breach import Rule

RULES: tuple[Rule, ...] = (
    reports.every_receipt_has_its_report,
    reports.every_report_is_waiting_or_done,
    reports.every_job_has_its_subject,
    reports.no_form_is_filed_twice,
    reports.one_suggestion_of_a_model,
    reports.the_suggestion_that_counts_is_kept,
    counts.every_report_is_in_a_slice,
    counts.counts_are_what_a_recount_gives,
    papers.one_summary_of_a_version,
    papers.every_pdf_is_what_was_stored,
    papers.every_summary_is_waiting_or_done,
    mails.one_mail_for_each_recipient,
    mails.every_mail_is_waiting_or_done,
    mails.every_failure_has_a_reason,
)


def check(database: Database, now: datetime) -> list[Breach]:
    """Every rule against the database as it is at one moment. Empty when all hold.

    Arguments: now - the moment; some rules give those who are at work a little time.
    """
    with database.read() as session:
        _look_once(session)
        return [breach for rule in RULES for breach in rule(session, now)]


def _look_once(session: Session) -> None:
    """One view of everything, while others go on writing. SQLite's transactions are so by nature."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
