"""Give PostgreSQL the three roles that Lex Heller works with; doing it again changes nothing but passwords.

The owner of the tables changes the schema, the web and the workers cannot. The web sees what the signed-in person may
see (models/wall.py); the workers see everything, as they count and build for all. No role is a superuser or may pass
by row security. Must be run by an administrator of the database: the settings' address is the administrator's.
"""

from __future__ import annotations

from pathlib import Path

import click
import psycopg
from psycopg import sql
from psycopg.rows import scalar_row
from sqlalchemy.engine import URL, make_url

import settings

LEAST_RIGHTS = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
# A backup is put back by the owner, into a database beside the one in use.
RIGHTS = {"owner": LEAST_RIGHTS.replace("NOCREATEDB", "CREATEDB"), "web": LEAST_RIGHTS, "worker": LEAST_RIGHTS}
# Tables and the rest that an older installation's administrator owns, and that are the product's.
OWNED = """
    SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') AND NOT EXISTS (
        SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype IN ('a', 'i', 'e') AND relkind = 'S')
    UNION ALL SELECT 'FUNCTION', proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"""
# What web and workers may do with the product's tables; with those that are to come, too.
GRANTS = (
    "GRANT CONNECT ON DATABASE {database} TO {web}, {worker}",
    "GRANT USAGE ON SCHEMA public TO {web}, {worker}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {web}, {worker}",
    "GRANT SELECT, USAGE ON ALL SEQUENCES IN SCHEMA public TO {web}, {worker}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
    " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {web}, {worker}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT SELECT, USAGE ON SEQUENCES TO {web}, {worker}",
)


@click.command()
@click.argument("owner", type=click.Path(path_type=Path))
@click.argument("web", type=click.Path(path_type=Path))
@click.argument("worker", type=click.Path(path_type=Path))
def command(owner: Path, web: Path, worker: Path) -> None:
    """Make the roles of OWNER, WEB and WORKER: files with the address that each signs in with."""
    administrator = make_url(settings.load().database_url)
    addresses = [make_url(file.read_text(encoding="utf-8").strip()) for file in (owner, web, worker)]
    if len({address.username for address in addresses}) != len(addresses):
        raise click.ClickException("owner, web and worker must be three different users")
    make_roles(administrator, *addresses)
    click.echo("owner, web and worker have their roles")


def make_roles(administrator: URL, owner: URL, web: URL, worker: URL) -> None:
    """Make or set right the roles, hand the tables to their owner, and grant the others what they need, no more.

    Raises: psycopg.Error when the administrator is none, or PostgreSQL is older than 16.
    """
    here = administrator.set(drivername="postgresql").render_as_string(hide_password=False)
    roles = zip(("owner", "web", "worker"), (owner, web, worker), strict=True)
    with psycopg.connect(here, row_factory=scalar_row) as connection:
        named = {name: sql.Identifier(_make(connection, address, RIGHTS[name])) for name, address in roles}
        named["database"] = sql.Identifier(connection.info.dbname)
        connection.execute(_filled("ALTER DATABASE {database} OWNER TO {owner}", named))
        connection.execute(_filled("REVOKE ALL ON DATABASE {database} FROM PUBLIC", named))
        _hand_over(connection, named["owner"])
        for words in GRANTS:
            connection.execute(_filled(words, named))
        # To see all rows takes to be a member of their owner. It brings none of the owner's rights along.
        connection.execute(_filled("GRANT {owner} TO {worker} WITH INHERIT FALSE, SET FALSE", named))


def _make(connection: psycopg.Connection[str], address: URL, rights: str) -> str:
    """A role with the name and the password of an address. The password reaches the server as its hash."""
    name, secret = address.username or "", address.password
    there = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    step = "ALTER ROLE {} " if there else "CREATE ROLE {} "
    connection.execute(sql.SQL(step + rights).format(sql.Identifier(name)))
    if secret:
        known = connection.pgconn.encrypt_password(str(secret).encode(), name.encode(), b"scram-sha-256").decode()
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(known)))
    return name


def _hand_over(connection: psycopg.Connection[str], owner: sql.Identifier) -> None:
    with connection.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        for kind, name in cursor.execute(OWNED).fetchall():
            step = f"ALTER {kind} public.{{}} OWNER TO {{}}"
            connection.execute(sql.SQL(step).format(sql.Identifier(name), owner))


def _filled(words: str, named: dict[str, sql.Identifier]) -> sql.Composed:
    return sql.SQL(words).format(**named)
