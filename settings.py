"""Settings: one frozen value, read once from the environment and handed in.

Only `create_app`, `worker/app.py`, `migrations/env.py`, `launch` and `commands` call `load`.
Two profiles share all code: *embedded* (SQLite and a Valkey of our own, on one machine) and
*production* (PostgreSQL and Redis/Valkey by URL). In production nothing is guessed: every
missing or weak value is named in one error, so that the operator mends them in one go.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

VERSION = "0.1.0"
ROOT = Path(__file__).resolve().parent
MIN_SECRET_LENGTH = 32
WEAK_SECRETS = ("secret", "changeme", "change-me", "password", "example", "lexheller")
# What holds when nothing else is said, and at most: days until a report is reviewed (working days) and answered, and
# how many reports one account may file within an hour. Nobody at a desk writes one a minute; a program run wild does.
NUMBERS = {
    "LEXHELLER_REVIEW_DAYS": (5, 60),
    "LEXHELLER_ANSWER_DAYS": (60, 365),
    "LEXHELLER_REPORTS_PER_HOUR": (60, 1_000_000),
}
# Older kombu hangs after a Redis restart; older WeasyPrint lets a page past its URL fetcher.
VERSION_FLOORS = {"kombu": (5, 7, 0), "weasyprint": (70, 0)}


class SettingsError(Exception):
    """The environment cannot be used. The message names every fault, one per line."""


@dataclass(frozen=True)
class Settings:
    """What the environment says. `home` is the folder that holds the embedded product's data. `mail_url` is empty
    where mail is laid in a folder instead of being sent; `public_url` is what links in mail begin with.
    `backups` is the folder where backups are kept; `metrics_token` opens /metrics from elsewhere;
    `issuers` is the file that lists the employers' own sign-ins."""

    profile: str
    home: Path
    database_url: str = field(repr=False)
    broker_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    demo: bool = False
    debug: bool = False
    proxies: int = 0
    trusted_hosts: tuple[str, ...] = ()
    public_url: str = "http://127.0.0.1:8000"
    mail_url: str = field(default="", repr=False)
    mail_from: str = "lexheller@localhost"
    review_days: int = NUMBERS["LEXHELLER_REVIEW_DAYS"][0]
    answer_days: int = NUMBERS["LEXHELLER_ANSWER_DAYS"][0]
    reports_per_hour: int = NUMBERS["LEXHELLER_REPORTS_PER_HOUR"][0]
    backups: Path = ROOT / "var" / "backups"
    metrics_token: str = field(default="", repr=False)
    version: str = VERSION
    issuers: Path | None = None

    @property
    def production(self) -> bool:
        return self.profile == "production"

    @property
    def mail_folder(self) -> Path | None:
        """Where mail is laid for people to look at; None when it is sent."""
        return None if self.mail_url else self.home / "mail"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Arguments: environ - the variables to read, `os.environ` when left out.
    Raises: SettingsError, naming all faults at once.
    """
    values = os.environ if environ is None else environ
    profile = values.get("LEXHELLER_PROFILE", "embedded")
    if profile == "production":
        return _production(values)
    if profile == "embedded":
        return _embedded(values)
    raise SettingsError(f"LEXHELLER_PROFILE must be embedded or production, not {profile!r}")


def _embedded(values: Mapping[str, str]) -> Settings:
    if faults := _wrong_numbers(values):
        raise SettingsError("\n".join(faults))
    home = Path(values.get("LEXHELLER_HOME") or ROOT / "var").resolve()
    return Settings(
        profile="embedded",
        home=home,
        database_url=values.get("LEXHELLER_DATABASE_URL") or f"sqlite:///{home / 'lexheller.sqlite3'}",
        broker_url=values.get("LEXHELLER_BROKER_URL", ""),
        secret_key=values.get("LEXHELLER_SECRET_KEY") or _kept_secret(home / "secret_key"),
        demo=values.get("LEXHELLER_DEMO") == "1",
        debug=values.get("LEXHELLER_DEBUG") == "1",
        proxies=int(values.get("LEXHELLER_PROXIES", "0")),
        trusted_hosts=_listed(values.get("LEXHELLER_TRUSTED_HOSTS", "")),
        public_url=(values.get("LEXHELLER_PUBLIC_URL") or Settings.public_url).rstrip("/"),
        mail_url=values.get("LEXHELLER_MAIL_URL", ""),
        mail_from=values.get("LEXHELLER_MAIL_FROM") or Settings.mail_from,
        review_days=_number(values, "LEXHELLER_REVIEW_DAYS"),
        answer_days=_number(values, "LEXHELLER_ANSWER_DAYS"),
        reports_per_hour=_number(values, "LEXHELLER_REPORTS_PER_HOUR"),
        **_watching(values, home),
    )


def _production(values: Mapping[str, str]) -> Settings:
    secret = _value_or_file(values, "LEXHELLER_SECRET_KEY")
    database_url = _value_or_file(values, "LEXHELLER_DATABASE_URL")
    broker_url = _value_or_file(values, "LEXHELLER_BROKER_URL")
    mail_url = _value_or_file(values, "LEXHELLER_MAIL_URL")
    faults = [
        *_missing(database_url, broker_url, values),
        *_no_mail(mail_url, values),
        *_wrong_numbers(values),
        *_weak(secret),
        *_unsafe(values),
        *_short_token(values),
        *version_faults(),
    ]
    if faults:
        raise SettingsError("The production profile cannot start:\n" + "\n".join(f"- {fault}" for fault in faults))
    home = Path(values.get("LEXHELLER_HOME") or ROOT / "var").resolve()
    return Settings(
        profile="production",
        home=home,
        database_url=database_url,
        broker_url=broker_url,
        secret_key=secret,
        proxies=int(values.get("LEXHELLER_PROXIES", "0")),
        trusted_hosts=_listed(values["LEXHELLER_TRUSTED_HOSTS"]),
        public_url=values["LEXHELLER_PUBLIC_URL"].rstrip("/"),
        mail_url=mail_url,
        mail_from=values["LEXHELLER_MAIL_FROM"],
        review_days=_number(values, "LEXHELLER_REVIEW_DAYS"),
        answer_days=_number(values, "LEXHELLER_ANSWER_DAYS"),
        reports_per_hour=_number(values, "LEXHELLER_REPORTS_PER_HOUR"),
        **_watching(values, home),
    )


def _watching(values: Mapping[str, str], home: Path) -> dict[str, Any]:
    folder = values.get("LEXHELLER_BACKUPS")
    token = _value_or_file(values, "LEXHELLER_METRICS_TOKEN")
    issuers = values.get("LEXHELLER_ISSUERS_FILE")
    return {
        "backups": Path(folder).resolve() if folder else home / "backups",
        "metrics_token": token,
        "issuers": Path(issuers).resolve() if issuers else None,
    }


def _missing(database_url: str, broker_url: str, values: Mapping[str, str]) -> list[str]:
    faults = []
    if not database_url.startswith("postgresql"):
        faults.append("LEXHELLER_DATABASE_URL must name a PostgreSQL database (postgresql+psycopg://...)")
    if not broker_url.startswith(("redis://", "rediss://", "redis+socket://")):
        faults.append("LEXHELLER_BROKER_URL must name a Redis or Valkey server (redis://... or rediss://...)")
    if not values.get("LEXHELLER_TRUSTED_HOSTS"):
        faults.append("LEXHELLER_TRUSTED_HOSTS must list the host names that the service answers to")
    if not values.get("LEXHELLER_PROXIES", "0").isdigit():
        faults.append("LEXHELLER_PROXIES must be the number of proxies in front of the service")
    return faults


def _no_mail(mail_url: str, values: Mapping[str, str]) -> list[str]:
    faults = []
    public, mail = _split(values.get("LEXHELLER_PUBLIC_URL", "")), _split(mail_url)
    if public[0] != "https" or not public[1]:
        faults.append("LEXHELLER_PUBLIC_URL must be the address that people type (https://...); links in mail begin so")
    if mail[0] not in ("smtp", "smtps") or not mail[1]:
        faults.append(
            "LEXHELLER_MAIL_URL must name a mail server (smtp://host?starttls=1 or smtps://user:password@host)"
        )
    elif mail[2] and mail[0] == "smtp" and "starttls=1" not in mail[3].split("&"):
        faults.append("LEXHELLER_MAIL_URL would send its password in the open: use smtps:// or ?starttls=1")
    if not re.fullmatch(r"[\w.+-]+@[\w.-]+", values.get("LEXHELLER_MAIL_FROM", ""), re.ASCII):
        faults.append("LEXHELLER_MAIL_FROM must be the address that mail is sent from")
    return faults


def _split(url: str) -> tuple[str, str, str, str]:
    """(scheme, host, password, query); all empty when it is no address at all."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # A port that is no number is found out only when it is asked for.
    except ValueError:
        return "", "", "", ""
    return parts.scheme, parts.hostname or "", parts.password or "", parts.query


def _wrong_numbers(values: Mapping[str, str]) -> list[str]:
    def fits(text: str, most: int) -> bool:
        return text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most

    given = {name: (values.get(name), most) for name, (_, most) in NUMBERS.items()}
    return [
        f"{name} must be a number from 1 to {most}"
        for name, (text, most) in given.items()
        if text and not fits(text, most)
    ]


def _number(values: Mapping[str, str], name: str) -> int:
    return int(values.get(name) or NUMBERS[name][0])


def _weak(secret: str) -> list[str]:
    if not secret:
        return ["LEXHELLER_SECRET_KEY is missing; make one with: openssl rand -hex 32"]
    too_plain = len(set(secret)) < 10 or any(word in secret.lower() for word in WEAK_SECRETS)
    if len(secret) < MIN_SECRET_LENGTH or too_plain:
        return [f"LEXHELLER_SECRET_KEY is weak; it needs {MIN_SECRET_LENGTH} random characters: openssl rand -hex 32"]
    return []


def _short_token(values: Mapping[str, str]) -> list[str]:
    token = _value_or_file(values, "LEXHELLER_METRICS_TOKEN")
    weak = token and len(token) < MIN_SECRET_LENGTH
    return (
        [f"LEXHELLER_METRICS_TOKEN needs {MIN_SECRET_LENGTH} random characters: openssl rand -hex 32"] if weak else []
    )


def _unsafe(values: Mapping[str, str]) -> list[str]:
    faults = []
    if values.get("LEXHELLER_DEBUG", "0") != "0" or values.get("FLASK_DEBUG", "0") not in ("", "0"):
        faults.append("debug is on: unset LEXHELLER_DEBUG and FLASK_DEBUG")
    if values.get("LEXHELLER_DEMO", "0") != "0":
        faults.append("LEXHELLER_DEMO is set: demo sign-ins never exist in production")
    if values.get("LEXHELLER_FAULTS"):
        faults.append("LEXHELLER_FAULTS is set: nothing is made to fail in production")
    return faults


def version_faults(installed: Mapping[str, str] | None = None) -> list[str]:
    """Which libraries are older than their floor. A library that is not installed is no fault:
    the web image holds no renderer.

    Arguments: installed - name to version; read from the environment when left out.
    """
    faults = []
    for name, floor in VERSION_FLOORS.items():
        found = (_installed_version(name) if installed is None else installed.get(name)) or ""
        if found and _numbers(found) < floor:
            faults.append(f"{name} {found} is older than {'.'.join(map(str, floor))}, the oldest safe version")
    return faults


def _installed_version(name: str) -> str | None:
    try:
        return version(name)
    except ModuleNotFoundError:
        return None


def _numbers(found: str) -> tuple[int, ...]:
    return tuple(int(part) for part in found.split(".") if part.isdigit())


def _value_or_file(values: Mapping[str, str], name: str) -> str:
    """A secret may stand in a file (NAME_FILE), as container platforms hand them over."""
    path = values.get(f"{name}_FILE")
    try:
        return Path(path).read_text(encoding="utf-8").strip() if path else values.get(name, "")
    except OSError:
        return values.get(name, "")  # What cannot be read is missing, and is named with everything else.


def _kept_secret(path: Path) -> str:
    """The embedded product makes its secret once and keeps it beside its database."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
