"""`./lexheller run`: the whole system on this machine, until Ctrl-C."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

import click

import settings
from launch import address, valkey
from launch.folders import DATABASE, LaunchError, check_file, make_home, only_one, runtime_folder
from launch.parts import Parts, environment
from launch.supervisor import StopAsked, Supervisor


@click.command()
@click.option("--demo", is_flag=True, help="Ladda exempeldata och exempelinloggningar.")
@click.option("--port", default=8000, show_default=True, type=address.Port(), help="0 väljer en ledig.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Adress att lyssna på.")
def main(demo: bool, port: int, host: str) -> None:
    """Starta Lex Heller på den här datorn. Ctrl-C stoppar."""
    os.umask(0o077)  # Reports, logs and the secret are for the owner of the data folder only.
    supervisor = Supervisor(click.echo)
    supervisor.obey_signals()
    try:
        run(supervisor, settings.load(), demo=demo, host=host, port=port)
    except StopAsked:
        with suppress(OSError):  # The terminal may be what went away.
            click.echo("Lex Heller har stannat.")
    except (LaunchError, settings.SettingsError) as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"Det går inte att använda {error.filename or 'en fil'}: {error.strerror}.")


def run(supervisor: Supervisor, given: settings.Settings, *, demo: bool, host: str, port: int) -> None:
    """Start the parts in order and keep them running. What was started is stopped in reverse order, always.

    Raises: StopAsked, the ordinary end; LaunchError.
    """
    if given.production:
        raise LaunchError("run är för en dator. I produktion startas delarna var för sig, se docker-compose.yml.")
    make_home(given.home)
    with ExitStack() as stack:
        lock = stack.enter_context(only_one(given.home))
        port = address.free_port(host, port)
        sock = stack.enter_context(runtime_folder(given.home)) / "valkey.sock"
        stack.callback(supervisor.stop)
        told = environment(given, given.broker_url or f"redis+socket://{sock}", demo)
        # Links in mail begin with the address that is printed below, unless somebody has named another one.
        parts = Parts(given.home, {"LEXHELLER_PUBLIC_URL": f"http://{address.reachable(host, port)}"} | told)
        click.echo("Lex Heller startar ...")
        start_stores(supervisor, parts, None if given.broker_url else sock)
        where, sign_ins = start_programs(supervisor, parts, host, port, demo=demo)
        lock.write(f"http://{where}")
        lock.flush()
        click.echo(greeting(where, sign_ins, exposed=demo and not address.is_local(host)))
        supervisor.run_until_stopped()


def start_stores(supervisor: Supervisor, parts: Parts, sock: Path | None) -> None:
    """The queue, unless the environment names one of its own, and the database with its newest schema."""
    check_file(parts.home / DATABASE)
    queue = parts.valkey(sock) if sock else None
    if queue:
        supervisor.keep(queue)
    supervisor.run_once(parts.migration())
    if queue and sock:
        supervisor.wait_for(lambda: valkey.answers(sock), 30, queue)


def load_demo(supervisor: Supervisor, parts: Parts) -> str:
    """File the sample cases, which does nothing the second time. Returns the sign-ins to show."""
    click.echo("Exempeldata läses in. Första gången tar det några sekunder ...")
    with tempfile.TemporaryFile() as output:
        supervisor.run_once(parts.demo(output))
        output.seek(0)
        return output.read().decode("utf-8", errors="replace").strip("\n")


def start_programs(supervisor: Supervisor, parts: Parts, host: str, port: int, *, demo: bool) -> tuple[str, str]:
    """Web, workers and beat; example data is read while the first of them start. Nobody waits for the others.

    Returns: host and port where the web answers, and the sign-ins to show.
    """
    where = address.reachable(host, port)
    web = parts.web(host, port)
    supervisor.keep(parts.fast_worker())
    supervisor.keep(web)
    sign_ins = load_demo(supervisor, parts) if demo else ""
    supervisor.wait_for(lambda: address.answers(where), 60, web)
    supervisor.keep(parts.slow_worker())
    supervisor.keep(parts.beat())
    return where, sign_ins


def greeting(where: str, sign_ins: str, *, exposed: bool) -> str:
    """What the person at the console needs to know now."""
    warning = "Obs: exempelinloggningarna kan nu användas av alla på nätverket." if exposed else ""
    lines = [f"Lex Heller är igång. Öppna http://{where} i webbläsaren.", sign_ins, warning, "Stoppa med Ctrl-C."]
    return "\n\n".join(line for line in lines if line)


def start() -> None:
    """What is wrong with the words of the command is told in one line too."""
    try:
        main.main(prog_name="./lexheller run", standalone_mode=False)
    except click.NoSuchOption as error:
        sys.exit(f"Okänt val: {error.option_name}. Hjälp: ./lexheller run --help")
    except click.BadParameter as error:
        sys.exit(error.message)
    except click.UsageError:
        sys.exit("Kommandot går inte att tolka. Hjälp: ./lexheller run --help")


if __name__ == "__main__":
    start()
