"""What a backup says of itself, so that it can be judged before anything is touched."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

UNREADABLE = "Backupens innehållsförteckning går inte att läsa. Filen är skadad eller inte en backup från Lex Heller."


class BackupError(Exception):
    """A backup could not be made or put back. The message is plain Swedish and holds nothing from the database."""


@dataclass(frozen=True)
class Manifest:
    """`kind` is the database's dialect, `revision` its schema, `rows` how many rows each table held; `size` (bytes)
    and `sha256` are those of the copy as it lies in the archive."""

    made_at: datetime
    version: str
    kind: str
    revision: str
    rows: dict[str, int]
    size: int
    sha256: str

    def dump(self) -> str:
        return json.dumps(asdict(self) | {"made_at": self.made_at.isoformat()}, indent=1, sort_keys=True)


def load(text: bytes) -> Manifest:
    """Raises: BackupError when it is not one of ours."""
    try:
        found = json.loads(text)
        return Manifest(**found | {"made_at": datetime.fromisoformat(found["made_at"])})
    except (ValueError, TypeError, KeyError) as error:
        raise BackupError(UNREADABLE) from error
