"""Settings: production names every fault at once; the embedded product guesses well and keeps its secret to itself."""

from __future__ import annotations

from pathlib import Path

import pytest

import settings
from settings import Settings, SettingsError, load, version_faults

SECRET = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
GOOD = {
    "LEXHELLER_PROFILE": "production",
    "LEXHELLER_SECRET_KEY": SECRET,
    "LEXHELLER_DATABASE_URL": "postgresql+psycopg://lexheller:hemligt@db/lexheller",
    "LEXHELLER_BROKER_URL": "redis://:hemligt@valkey:6379/0",
    "LEXHELLER_TRUSTED_HOSTS": "lexheller.example.org, www.example.org",
    "LEXHELLER_PUBLIC_URL": "https://lexheller.example.org/",
    "LEXHELLER_MAIL_URL": "smtps://lexheller:hemligt@mail.example.org",
    "LEXHELLER_MAIL_FROM": "lexheller@example.org",
}


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load(environ)
    return str(caught.value)


def test_production_takes_what_is_complete() -> None:
    loaded = load(GOOD | {"LEXHELLER_PROXIES": "2"})
    assert loaded.production
    assert loaded.secret_key == SECRET
    assert loaded.trusted_hosts == ("lexheller.example.org", "www.example.org")
    assert (loaded.proxies, loaded.debug, loaded.demo) == (2, False, False)
    assert (loaded.public_url, loaded.mail_from) == ("https://lexheller.example.org", "lexheller@example.org")
    assert (loaded.mail_url, loaded.mail_folder) == ("smtps://lexheller:hemligt@mail.example.org", None)
    assert (loaded.review_days, loaded.answer_days) == (5, 60)


def test_production_names_all_that_is_missing_at_once() -> None:
    told = refusal({"LEXHELLER_PROFILE": "production"}).splitlines()
    assert told[0] == "The production profile cannot start:"
    assert [line.split()[1] for line in told[1:]] == [
        "LEXHELLER_DATABASE_URL",
        "LEXHELLER_BROKER_URL",
        "LEXHELLER_TRUSTED_HOSTS",
        "LEXHELLER_PUBLIC_URL",
        "LEXHELLER_MAIL_URL",
        "LEXHELLER_MAIL_FROM",
        "LEXHELLER_SECRET_KEY",
    ]


def test_production_names_faults_of_every_kind_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_installed_version", {"kombu": "5.6.2", "weasyprint": "69.1"}.get)
    told = refusal(
        GOOD
        | {
            "LEXHELLER_SECRET_KEY": "changeme",
            "LEXHELLER_DATABASE_URL": "sqlite:///lexheller.sqlite3",
            "LEXHELLER_BROKER_URL": "memory://",
            "LEXHELLER_TRUSTED_HOSTS": "",
            "LEXHELLER_PROXIES": "one",
            "LEXHELLER_PUBLIC_URL": "http://lexheller.example.org",
            "LEXHELLER_MAIL_URL": "",
            "LEXHELLER_MAIL_FROM": "Lex Heller",
            "LEXHELLER_ANSWER_DAYS": "soon",
            "LEXHELLER_DEBUG": "1",
            "LEXHELLER_DEMO": "1",
        }
    )
    for word in (
        *("SECRET_KEY is weak", "DATABASE_URL", "BROKER_URL", "TRUSTED_HOSTS", "PROXIES", "debug is on", "DEMO is set"),
        *("PUBLIC_URL", "MAIL_URL", "MAIL_FROM", "ANSWER_DAYS"),
        *("kombu 5.6.2 is older than 5.7.0", "weasyprint 69.1 is older than 70.0"),
    ):
        assert word in told
    assert len(told.splitlines()) == 14


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("LEXHELLER_SECRET_KEY", "", "is missing"),
        ("LEXHELLER_SECRET_KEY", SECRET[:31], "is weak"),
        ("LEXHELLER_SECRET_KEY", "ab" * 32, "is weak"),
        ("LEXHELLER_SECRET_KEY", SECRET + "-changeme", "is weak"),
        ("LEXHELLER_DATABASE_URL", "mysql://db/lexheller", "must name a PostgreSQL database"),
        ("LEXHELLER_BROKER_URL", "amqp://broker", "must name a Redis or Valkey server"),
        ("LEXHELLER_PROXIES", "-1", "must be the number of proxies"),
        ("LEXHELLER_PUBLIC_URL", "", "must be the address that people type"),
        ("LEXHELLER_PUBLIC_URL", "http://lexheller.example.org", "must be the address that people type"),
        ("LEXHELLER_PUBLIC_URL", "https://", "must be the address that people type"),
        ("LEXHELLER_PUBLIC_URL", "https://[", "must be the address that people type"),
        ("LEXHELLER_MAIL_URL", "mail.example.org", "must name a mail server"),
        ("LEXHELLER_MAIL_URL", "smtp://", "must name a mail server"),
        ("LEXHELLER_MAIL_URL", "smtp://mail.example.org:post", "must name a mail server"),
        ("LEXHELLER_MAIL_URL", "smtp://user:hemligt@mail.example.org", "would send its password in the open"),
        ("LEXHELLER_MAIL_URL", "smtp://user:hemligt@mail.example.org?starttls=10", "would send its password in the"),
        ("LEXHELLER_MAIL_FROM", "", "must be the address that mail is sent from"),
        ("LEXHELLER_MAIL_FROM", "a@example.org\nBcc: b@example.org", "must be the address that mail is sent from"),
        ("LEXHELLER_REVIEW_DAYS", "0", "must be a number from 1 to 60"),
        ("LEXHELLER_REVIEW_DAYS", "five", "must be a number from 1 to 60"),
        ("LEXHELLER_REPORTS_PER_HOUR", "0", "must be a number from 1 to 1000000"),
        ("LEXHELLER_ANSWER_DAYS", "366", "must be a number from 1 to 365"),
        ("LEXHELLER_ANSWER_DAYS", "²", "must be a number from 1 to 365"),
        ("FLASK_DEBUG", "1", "debug is on"),
        ("LEXHELLER_DEBUG", "1", "debug is on"),
        ("LEXHELLER_DEMO", "1", "demo sign-ins never exist in production"),
    ],
)
def test_production_refuses_each_fault_alone(name: str, value: str, fault: str) -> None:
    told = refusal(GOOD | {name: value})
    assert fault in told
    assert len(told.splitlines()) == 2


def test_a_refusal_never_shows_a_secret() -> None:
    told = refusal(GOOD | {"LEXHELLER_SECRET_KEY": "short-and-private", "LEXHELLER_PROXIES": "x"})
    assert "short-and-private" not in told
    assert "hemligt" not in told


def test_a_profile_that_does_not_exist_is_refused() -> None:
    assert "'prod'" in refusal(GOOD | {"LEXHELLER_PROFILE": "prod"})


@pytest.mark.parametrize(
    ("installed", "faults"),
    [
        ({"kombu": "5.7.0", "weasyprint": "70.0"}, []),
        ({"kombu": "5.10.1", "weasyprint": "71.2.1"}, []),
        ({"kombu": "5.6.9", "weasyprint": "70.0"}, ["kombu"]),
        ({"kombu": "5.7.0", "weasyprint": "68.1"}, ["weasyprint"]),
        ({"kombu": "5.7.0"}, []),  # The web's image has no renderer.
    ],
)
def test_versions_below_the_floor_are_faults(installed: dict[str, str], faults: list[str]) -> None:
    assert [fault.split()[0] for fault in version_faults(installed)] == faults


def test_what_is_installed_here_is_not_below_the_floor() -> None:
    assert version_faults() == []


def test_secrets_may_stand_in_files(tmp_path: Path) -> None:
    names = ("LEXHELLER_SECRET_KEY", "LEXHELLER_DATABASE_URL", "LEXHELLER_BROKER_URL", "LEXHELLER_MAIL_URL")
    environ = {name: value for name, value in GOOD.items() if name not in names}
    for name in names:
        (tmp_path / name).write_text(GOOD[name] + "\n")
        environ[f"{name}_FILE"] = str(tmp_path / name)
    assert load(environ) == load(GOOD | {"LEXHELLER_HOME": ""})


def test_a_secret_file_that_is_not_there_is_a_missing_secret(tmp_path: Path) -> None:
    told = refusal(GOOD | {"LEXHELLER_SECRET_KEY": "", "LEXHELLER_SECRET_KEY_FILE": str(tmp_path / "gone")})
    assert "LEXHELLER_SECRET_KEY is missing" in told


def test_the_embedded_product_needs_nothing(tmp_path: Path) -> None:
    loaded = load({"LEXHELLER_HOME": str(tmp_path / "home")})
    assert not loaded.production
    assert loaded.database_url == f"sqlite:///{tmp_path / 'home' / 'lexheller.sqlite3'}"
    assert (loaded.broker_url, loaded.demo, loaded.debug, loaded.proxies) == ("", False, False, 0)
    assert loaded.trusted_hosts == ()


def test_the_embedded_product_lays_its_mail_in_a_folder(tmp_path: Path) -> None:
    loaded = load({"LEXHELLER_HOME": str(tmp_path)})
    assert loaded.mail_folder == tmp_path / "mail"
    assert load({"LEXHELLER_HOME": str(tmp_path), "LEXHELLER_MAIL_URL": "smtp://127.0.0.1:1025"}).mail_folder is None


def test_the_two_clocks_and_the_pace_can_be_set(tmp_path: Path) -> None:
    clocks = {"LEXHELLER_REVIEW_DAYS": "10", "LEXHELLER_ANSWER_DAYS": "90", "LEXHELLER_REPORTS_PER_HOUR": "7"}
    for environ in (GOOD, {"LEXHELLER_HOME": str(tmp_path)}):
        loaded = load(environ | clocks)
        assert (loaded.review_days, loaded.answer_days, loaded.reports_per_hour) == (10, 90, 7)


def test_the_embedded_product_names_a_clock_that_is_none(tmp_path: Path) -> None:
    told = refusal({"LEXHELLER_HOME": str(tmp_path), "LEXHELLER_REVIEW_DAYS": "-1"})
    assert told == "LEXHELLER_REVIEW_DAYS must be a number from 1 to 60"


def test_a_mail_server_without_password_may_be_asked_in_the_open() -> None:
    assert load(GOOD | {"LEXHELLER_MAIL_URL": "smtp://mailpit:1025"}).mail_url == "smtp://mailpit:1025"
    guarded = "smtp://user:hemligt@mail.example.org:587?starttls=1"
    assert load(GOOD | {"LEXHELLER_MAIL_URL": guarded}).mail_url == guarded


def test_the_embedded_product_makes_its_secret_once_and_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = load({"LEXHELLER_HOME": str(home)})
    assert len(first.secret_key) == 64
    assert load({"LEXHELLER_HOME": str(home)}) == first
    assert load({"LEXHELLER_HOME": str(tmp_path / "other")}).secret_key != first.secret_key
    assert (home / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_secret_is_never_shown() -> None:
    loaded = load(GOOD)
    assert SECRET not in repr(loaded)
    assert SECRET not in str(loaded)


def test_no_address_is_shown_with_its_password() -> None:
    assert "hemligt" not in repr(load(GOOD))


def test_settings_cannot_be_changed() -> None:
    loaded: Settings = load(GOOD)
    with pytest.raises(AttributeError):
        loaded.debug = True  # type: ignore[misc]


def test_backups_lie_with_the_data_unless_a_folder_is_named(tmp_path: Path) -> None:
    home = {"LEXHELLER_HOME": str(tmp_path)}
    assert load(home).backups == tmp_path / "backups"
    assert load(home | {"LEXHELLER_BACKUPS": str(tmp_path / "other")}).backups == tmp_path / "other"
    assert load(GOOD | home).backups == tmp_path / "backups"


def test_a_short_token_for_the_metrics_is_refused_in_production(tmp_path: Path) -> None:
    assert "METRICS_TOKEN needs 32" in refusal(GOOD | {"LEXHELLER_METRICS_TOKEN": "short"})
    (tmp_path / "token").write_text(f"{SECRET}\n")
    assert load(GOOD | {"LEXHELLER_METRICS_TOKEN_FILE": str(tmp_path / "token")}).metrics_token == SECRET
