"""A disposal (gallring): a protocol that is frozen, then carried out in batches, then a receipt. Kept for ever.

No function of ours deletes one or changes what it has frozen; the sums tell when somebody else has.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Word, word_column
from models.retention import RecordKind, RetentionRule


class DisposalState(Word):
    PROTOCOL = "protocol", "Protokoll"
    ORDERED = "ordered", "Pågår"
    DONE = "done", "Genomförd"
    DROPPED = "dropped", "Avbruten"


class Disposal(Base):
    """`protocol` names the rule, its decision and every item by its reference; `kept` are the items that were held
    back when it was carried out, each with the reason; `done` tells how many items the worker has been through."""

    __tablename__ = "disposal"
    id: Mapped[int] = mapped_column(primary_key=True)
    federation_id: Mapped[int] = mapped_column(ForeignKey("federation.id"), index=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("retention_rule.id"))
    kind: Mapped[RecordKind] = mapped_column(word_column(RecordKind))
    before: Mapped[date]
    state: Mapped[DisposalState] = mapped_column(word_column(DisposalState), default=DisposalState.PROTOCOL)
    protocol: Mapped[dict[str, Any]] = mapped_column(JSON)
    protocol_sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    made_as: Mapped[str] = mapped_column(String(200))
    ordered_at: Mapped[datetime | None]
    ordered_as: Mapped[str] = mapped_column(String(200), default="")
    done: Mapped[int] = mapped_column(default=0)
    kept: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    receipt: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    receipt_sha256: Mapped[str | None] = mapped_column(String(64))
    rule: Mapped[RetentionRule] = relationship()

    @property
    def items(self) -> list[str]:
        """References of reports, or numbers of events of the log."""
        found: list[str] = self.protocol["items"]
        return found


def fingerprint(facts: Mapping[str, Any]) -> str:
    """The SHA-256 of what was frozen, as anybody can work it out: JSON with sorted keys, no spaces, in UTF-8."""
    plain = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def disposals_of(federation_id: int) -> Select[Disposal]:
    """The disposals of a federation, newest first."""
    return select(Disposal).where(Disposal.federation_id == federation_id).order_by(Disposal.id.desc())


def disposed_events(session: Session) -> set[int]:
    """The numbers of the events that a disposal has emptied, in every federation: the chain is one."""
    rows = session.scalars(select(Disposal).where(Disposal.kind == RecordKind.LOG, Disposal.done > 0))
    return {int(number) for row in rows for number in row.items[: row.done]}
