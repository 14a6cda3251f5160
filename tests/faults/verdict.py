"""The verdict after each fault: what was promised is there once, and nothing that must always hold is broken."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select

from models.base import utc_now
from models.invariants import check
from models.report import Report
from tests.faults.people import Register
from tests.faults.stage import Stage

RECORD = "FAULTS_RECORD"  # names the file that each verdict is added to, one line of JSON each


@dataclass(frozen=True)
class Verdict:
    """`recovery` are the seconds from the fault until what it hit was done after all."""

    fault: str
    seed: int
    database: str
    lost: int
    doubled: int
    broken: list[str]
    recovery: float | None


def judge(stage: Stage, register: Register, fault: str, seed: int, recovery: float | None = None) -> Verdict:
    """Wait until all is quiet, and look."""
    stage.disarm()
    stage.wait_until_quiet()
    return look(stage, register, fault, seed, recovery)


def look(stage: Stage, register: Register, fault: str, seed: int, recovery: float | None = None) -> Verdict:
    """Write the verdict down as it is now, whatever goes on, and fail when anything was lost, doubled or broken."""
    broken = [str(breach) for breach in check(stage.database, utc_now())]
    verdict = Verdict(fault, seed, stage.kind, *_compare(stage, register), broken, recovery)
    if path := os.environ.get(RECORD):
        with Path(path).open("a", encoding="utf-8") as record:
            record.write(json.dumps(asdict(verdict), ensure_ascii=False) + "\n")
    assert (verdict.lost, verdict.doubled, verdict.broken) == (0, 0, []), verdict
    return verdict


def _compare(stage: Stage, register: Register) -> tuple[int, int]:
    """Reports that were promised and are not there, and what is there or was promised more than once."""
    until_now = register.copy()  # Whoever files meanwhile is promised something that is read too late here.
    with stage.database.read() as session:
        filed = Counter(dict.fromkeys(until_now, 0))
        references: dict[str, str] = {}
        for key, reference in session.execute(select(Report.form_key, Report.reference)):
            filed[key] += 1
            references[key] = reference
    wrong = [key for key, promised in until_now.items() if promised != {references.get(key)}]
    lost = sum(1 for key in wrong if key not in references)
    doubled = sum(number - 1 for number in filed.values() if number > 1) + len(wrong) - lost
    doubled += _mails_sent_twice(stage)
    return lost, doubled


def _mails_sent_twice(stage: Stage) -> int:
    taken = stage.smtp.taken if stage.smtp else []
    sent = Counter(str(mail.letter["Message-ID"]) for mail in taken)
    return sum(number - 1 for number in sent.values())
