"""The server profile's files: valid, closed, pinned, and speaking of things that exist. What its command lines
do when they are run is shown by test_server_profile.py."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from sqlalchemy.engine import make_url

import settings
from models.outbox import Task
from settings import ROOT

BIN = Path(sys.executable).parent
COMPOSE: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
STORES = {"postgres", "valkey", "mailpit"}
PROGRAMS = {name: service for name, service in SERVICES.items() if name not in STORES}
# Folders of the repository that no image needs.
NOT_SHIPPED = {"tests", "benchmarks", "docs", "launch"}


def run(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [str(BIN / words[0]), *words[1:]]
    told = os.environ | environ
    return subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, timeout=60, check=False)


def words_of(service: str) -> list[str]:
    return [str(word) for word in SERVICES[service]["command"]]


def option(service: str, name: str) -> str:
    words = words_of(service)
    return words[words.index(name) + 1]


def test_compose_follows_its_schema() -> None:
    done = run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_finds_a_misspelt_word(tmp_path: Path) -> None:
    """Otherwise the test above would prove nothing."""
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text((ROOT / "docker-compose.yml").read_text(encoding="utf-8").replace("cap_drop:", "cap_dropp:"))
    assert run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(wrong)).returncode == 1


def test_the_dockerfile_passes_its_linter() -> None:
    done = run("hadolint", "Dockerfile")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_services_are_those_that_the_product_has() -> None:
    assert set(PROGRAMS) == {"roles", "migrate", "web", "worker-fast", "worker-slow", "beat", "backup"}
    assert set(SERVICES) - set(PROGRAMS) == STORES
    assert SERVICES["mailpit"]["profiles"] == ["dev"]
    assert SERVICES["beat"]["deploy"]["replicas"] == 1


def test_the_database_is_migrated_before_anything_asks_it() -> None:
    assert SERVICES["roles"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert SERVICES["migrate"]["depends_on"] == {"roles": {"condition": "service_completed_successfully"}}
    for name in set(PROGRAMS) - {"roles", "migrate"}:
        assert PROGRAMS[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully", name


def test_every_container_is_closed_in() -> None:
    for name, service in SERVICES.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["read_only"] is True, name
        assert service["stop_grace_period"] == "60s", name
        assert "privileged" not in service, name
        assert service.get("user", "10001:10001") not in ("root", "0"), name


def test_only_the_web_can_be_reached_and_only_from_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(published) == {"web", "mailpit"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    outside = {name for name, service in SERVICES.items() if "outside" in service["networks"]}
    assert outside == set(published)
    assert {name for name, service in SERVICES.items() if "mail" in service["networks"]} == {"worker-slow"}


def test_both_images_run_as_a_user_without_rights() -> None:
    stages = re.split(r"(?m)^FROM ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))[1:]
    final = {stage.split()[2]: stage for stage in stages if stage.startswith("base AS")}
    assert set(final) == {"web", "worker"}
    for stage in final.values():
        assert re.findall(r"(?m)^USER (.*)$", stage) == ["10001:10001"]
    assert "libpango" not in final["web"]
    assert "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in final["worker"]
    assert "-r requirements-web.txt" in final["web"]
    assert "-r requirements.txt" in final["worker"]
    assert {name: service["build"]["target"] for name, service in PROGRAMS.items()} == {
        "migrate": "worker", "web": "web", "worker-fast": "worker", "worker-slow": "worker", "beat": "worker",
        "backup": "worker", "roles": "worker",
    }  # fmt: skip


def test_the_images_hold_every_room_and_nothing_else() -> None:
    """A room that is missing in .dockerignore would be missing in the image; a secret must never be there."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and line[0] not in "#!"] == ["*", "**/__pycache__"]
    shipped = {line[1:] for line in lines if line.startswith("!")}
    assert all((ROOT / name).exists() for name in shipped)
    rooms = {path.parent.name for path in ROOT.glob("[a-z]*/*.py")} - NOT_SHIPPED
    modules = {path.name for path in ROOT.glob("*.py")}
    assert rooms | modules <= shipped
    assert shipped - rooms - modules == {"alembic.ini", "data", "requirements-web.txt", "requirements.txt", "templates"}


def test_each_queue_has_a_worker(tmp_path: Path) -> None:
    # In a process of its own, since worker.app reads the settings when it is imported.
    code = "from worker.app import celery; print(*(queue.name for queue in celery.conf.task_queues))"
    queues = set(run("python", "-c", code, LEXHELLER_HOME=str(tmp_path)).stdout.split())
    assert {task.queue for task in Task} <= queues
    workers = ("worker-fast", "worker-slow", "backup")
    assert {option(name, "-Q") for name in workers} == queues
    assert {option(name, "-A") for name in (*workers, "beat")} == {"worker.app"}
    assert {option(name, "--pool") for name in workers} == {"prefork"}


def test_backups_are_kept_in_a_volume_that_only_their_makers_see() -> None:
    keepers = {name for name, service in SERVICES.items() if "backups:/backups" in service.get("volumes", [])}
    assert keepers == {"backup", "migrate"}
    assert {SERVICES[name]["environment"]["LEXHELLER_BACKUPS"] for name in keepers} == {"/backups"}
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8").split("FROM base AS worker")[1]
    server = SERVICES["postgres"]["image"].removeprefix("postgres:").partition("-")[0]
    assert f"postgresql-client-{server} " in image, "pg_dump refuses a server that is newer than itself"
    assert "install -d -o 10001 -g 10001 -m 700 /backups" in image


@pytest.mark.parametrize(("hours", "healthy"), [(1, True), (25, True), (27, False), (None, False)])
def test_a_backup_service_without_a_fresh_backup_is_unhealthy(tmp_path: Path, hours: int | None, healthy: bool) -> None:
    if hours is not None:
        made = tmp_path / "lexheller-20261116T020000Z.zip"
        made.touch()
        os.utime(made, (time.time() - hours * 3600,) * 2)
    words = [str(word) for word in SERVICES["backup"]["healthcheck"]["test"][1:]]
    assert (run(*words, LEXHELLER_BACKUPS=str(tmp_path)).returncode == 0) == healthy


def test_every_command_but_those_of_the_launcher_is_there_in_the_images() -> None:
    code = (
        "import sys; sys.modules['launch'] = None; import click; from commands.__main__ import group as g;"
        "print([name for name in g.list_commands(None) if not isinstance(g.get_command(None, name), click.Command)])"
    )
    done = run("python", "-c", code)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_the_web_command_names_the_application() -> None:
    module, call = words_of("web")[-1].split(":")
    assert call == "create_app()"
    assert callable(importlib.import_module(module).create_app)


def test_every_setting_in_compose_is_one_that_the_product_reads() -> None:
    source = (ROOT / "settings.py").read_text(encoding="utf-8")
    for name in {name for program in PROGRAMS.values() for name in program["environment"]} - {"LEXHELLER_PULSE"}:
        assert f'"{name.removesuffix("_FILE")}"' in source or name == "WEB_CONCURRENCY", name


@pytest.mark.parametrize("service", sorted(PROGRAMS))
def test_no_program_starts_without_its_settings(service: str, tmp_path: Path) -> None:
    bind = ["--bind", "127.0.0.1:0"] if service == "web" else []
    bare = {name: "" for name in os.environ if name.startswith("LEXHELLER_")}
    done = run(*words_of(service), *bind, **bare, LEXHELLER_PROFILE="production", LEXHELLER_HOME=str(tmp_path))
    assert done.returncode != 0
    for name in ("SECRET_KEY", "DATABASE_URL", "BROKER_URL", "TRUSTED_HOSTS", "PUBLIC_URL", "MAIL_URL", "MAIL_FROM"):
        assert f"- LEXHELLER_{name} " in done.stdout + done.stderr, name


def recipe() -> str:
    """The shell lines of docs/operations.md that make the secrets."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    found = re.search(r"```sh\n(umask.*?)```", text, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")
def test_the_recipe_makes_every_secret_and_production_accepts_them(tmp_path: Path) -> None:
    subprocess.run(["/bin/sh", "-eu", "-c", recipe()], cwd=tmp_path, check=True)
    files = {name: tmp_path / secret["file"] for name, secret in COMPOSE["secrets"].items()}
    assert all(file.is_file() for file in files.values())
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o004 for file in files.values())
    written = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines())
    told = {name: str(value) for name, value in SERVICES["web"]["environment"].items()}
    told |= {name: value.replace("/run/secrets", str(tmp_path / "secrets")) for name, value in told.items()}
    loaded = settings.load(told | written | {"LEXHELLER_PROXIES": "1"})
    password = files["database_password"].read_text().strip()
    administrators = f"postgresql+psycopg://lexheller:{password}@postgres/lexheller"
    assert files["database_url"].read_text().strip() == administrators
    assert loaded.database_url == files["web_url"].read_text().strip()
    roles = {name: make_url(files[f"{name}_url"].read_text().strip()) for name in ("owner", "web", "worker")}
    assert {name: role.username for name, role in roles.items()} == {name: f"lexheller_{name}" for name in roles}
    assert len({password, *(role.password for role in roles.values())}) == len(roles) + 1
    assert loaded.broker_url.startswith("redis://:")
    assert f"requirepass {loaded.broker_url[9:].split('@')[0]}\n" == files["valkey_conf"].read_text()
    assert loaded.trusted_hosts == ("lexheller.example.org",)
    assert loaded.public_url == "https://lexheller.example.org"
    assert loaded.mail_url.startswith("smtps://")


def test_only_the_roles_are_made_as_administrator_and_only_the_schema_is_changed_as_owner() -> None:
    signs_in = {name: program["environment"]["LEXHELLER_DATABASE_URL_FILE"] for name, program in PROGRAMS.items()}
    wanted = {"roles": "database_url", "migrate": "owner_url", "web": "web_url"}
    assert signs_in == {name: f"/run/secrets/{wanted.get(name, 'worker_url')}" for name in PROGRAMS}


def test_each_service_is_given_the_secrets_that_it_reads() -> None:
    for name, service in SERVICES.items():
        words = [*map(str, service.get("environment", {}).values()), *map(str, service.get("command", []))]
        read = {found for word in words for found in re.findall(r"/run/secrets/(\w+)", word)}
        assert read == set(service.get("secrets", [])), name
        assert read <= set(COMPOSE["secrets"]), name


def test_the_web_starts_without_renderer_queue_and_worker() -> None:
    unwanted = ("weasyprint", "pydyf", "scipy", "numpy", "celery", "kombu", "redis", "worker", "commands", "launch")
    code = f"import sys, webapp; print([m for m in sys.modules if m.split('.')[0] in {unwanted!r}])"
    done = run("python", "-c", code)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
