"""What hinders a start is answered with one line that says what to do."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

import pytest

from tests.launched import LINUX_ONLY, launch

pytestmark = LINUX_ONLY


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--port", "abc"), "--port ska vara ett tal från 0 till 65535, inte 'abc'. Till exempel: --port 8000"),
        (("--port", "99999"), "--port ska vara ett tal från 0 till 65535, inte '99999'. Till exempel: --port 8000"),
        (("--port", "-1"), "--port ska vara ett tal från 0 till 65535, inte '-1'. Till exempel: --port 8000"),
        (("--prot", "80"), "Okänt val: --prot. Hjälp: ./lexheller run --help"),
        (("--port",), "Kommandot går inte att tolka. Hjälp: ./lexheller run --help"),
        (("nu",), "Kommandot går inte att tolka. Hjälp: ./lexheller run --help"),
    ],
)
def test_a_mistyped_command_is_answered_with_one_line(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    process = launch(tmp_path, *words)
    answer, _ = process.communicate(timeout=30)
    assert (process.returncode, answer) == (1, f"{said}\n")


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to be looked at" * 50, b"SQLite format 3\0" * 300]
)
def test_a_broken_database_file_is_answered_with_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lexheller.sqlite3").write_bytes(content)
    process = launch(tmp_path, "--port", "0")
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert said.splitlines()[1:] == [
        f"Databasen {tmp_path / 'lexheller.sqlite3'} är trasig. Lägg tillbaka en säkerhetskopia: ./lexheller restore"
    ]


def test_a_taken_port_is_answered_with_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = launch(tmp_path, "--port", str(port))
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert said == f"Port {port} är upptagen. Välj en annan, till exempel: ./lexheller run --port {port + 1}\n"


def test_an_unwritable_data_folder_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    process = launch(blocked / "home")
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert str(blocked) in said
    assert "Traceback" not in said


def test_production_is_not_started_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {
        "LEXHELLER_PROFILE": "production",
        "LEXHELLER_DATABASE_URL": "postgresql+psycopg://db/lexheller",
        "LEXHELLER_BROKER_URL": "redis://queue",
        "LEXHELLER_TRUSTED_HOSTS": "lexheller.example",
        "LEXHELLER_PUBLIC_URL": "https://lexheller.example",
        "LEXHELLER_MAIL_URL": "smtp://mail",
        "LEXHELLER_MAIL_FROM": "lexheller@lexheller.example",
        "LEXHELLER_SECRET_KEY": secrets.token_hex(32),
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    process = launch(tmp_path)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "docker-compose.yml" in said
