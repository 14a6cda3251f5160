"""The command group: `python -m commands NAME`.

Every file `commands/some_name.py` is the command `some-name` and exposes a click command called
`command`. Files that start with an underscore are helpers, not commands. A command that returns
an integer exits with it.
"""

from __future__ import annotations

import ast
import importlib
import os
import sys
from pathlib import Path
from typing import NoReturn

import click
from sqlalchemy.exc import DatabaseError

from settings import SettingsError

ROOM = Path(__file__).resolve().parent


class LazyGroup(click.Group):
    """Loads a command's module only when that command is run, so that light commands start fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(path.stem.replace("_", "-") for path in ROOM.glob("[!_]*.py"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the first line of their docstrings, without importing any of them."""
        rows = [(name, _first_line(name)) for name in self.list_commands(ctx)]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def _first_line(name: str) -> str:
    source = (ROOM / f"{name.replace('-', '_')}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


@click.group(cls=LazyGroup, invoke_without_command=True)
@click.pass_context
def group(ctx: click.Context) -> None:
    """Lex Heller: reports of failed collaboration, from a caseworker's form to a steering group's PDF."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> NoReturn:
    """Run one command and exit: 0, or another code with one line on stderr.

    LEXHELLER_DEBUG=1 shows the traceback instead of the line.
    """
    try:
        code = group.main(prog_name="lexheller", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        _fail(error.format_message(), error.exit_code, error)
    except (click.Abort, KeyboardInterrupt) as error:
        _fail("stopped", 130, error)
    except SettingsError as error:
        _fail(str(error), 1, error)
    except BrokenPipeError:
        # The reader has what it wanted, as in `... | head`. What is still unwritten must go somewhere,
        # or the interpreter complains when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except DatabaseError as error:
        _fail(_database_words(error), 1, error)
    except OSError as error:
        _fail(f"{error.filename or 'a file'} cannot be used: {error.strerror or error}", 1, error)
    except Exception as error:
        # The last door: whatever went wrong becomes one line, with its kind, as a bare message may say nothing.
        _fail(f"{type(error).__name__}: {error}", 1, error)
    sys.exit(code if isinstance(code, int) else 0)


def _database_words(error: DatabaseError) -> str:
    """What is wrong with the database, without the statement and its address on the web."""
    if "no such table" in str(error.orig) or "does not exist" in str(error.orig):
        return "the database is empty: start once with ./lexheller run, or run alembic upgrade head"
    return f"the database does not answer: {error.orig}"


def _fail(message: str, code: int, error: BaseException) -> NoReturn:
    if os.environ.get("LEXHELLER_DEBUG") == "1":
        raise error
    line = " ".join(message.split())
    click.echo(f"lexheller: {line}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
