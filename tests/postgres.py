"""A PostgreSQL server of the tests' own, and cheap databases in it.

Debian's `postgresql` is enough; `OFFICINE_TEST_PG` names a running server instead (an address whose user may
make databases). Its data are thrown away, so `fsync` stays on but little else is tuned.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg

from central.storage.postgres.connection import connect
from central.storage.postgres.migrate import migrate

VERSION_MIN = 15
_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "max_wal_size": "512MB",
    "autovacuum": "off",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
}


def find_binaries() -> Path | None:
    """The directory of `initdb` and `postgres`, of the newest release that we can use."""
    versions = {int(path.parent.name): path for path in Path("/usr/lib/postgresql").glob("*/bin")}
    newest = max(versions, default=0)
    if newest >= VERSION_MIN:
        return versions[newest]
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@dataclass
class Server:
    """A running server; `address` is of its maintenance database."""

    address: str
    data: Path | None = None
    _numbers: Iterator[int] = field(default_factory=count)
    _washed: list[str] = field(default_factory=list)

    def address_of(self, database: str) -> str:
        """The address of one of its databases."""
        return urlsplit(self.address)._replace(path=f"/{database}").geturl()

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of a database for one test: our schema without rows. Washed and used again.

        A test that changed the schema of its own leaves it to nobody: that database is dropped.
        """
        name = self._washed.pop() if self._washed else self._make(has_schema=True)
        with psycopg.connect(self.address_of(name), autocommit=True) as connection:
            before = _schema(connection)
        yield self.address_of(name)
        with psycopg.connect(self.address_of(name), autocommit=True) as connection:
            _wash(connection)
            is_as_before = _schema(connection) == before
        if is_as_before:
            self._washed.append(name)
        else:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """The address of a database without anything in it."""
        name = self._make(has_schema=False)
        try:
            yield self.address_of(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def _make(self, *, has_schema: bool) -> str:
        name = f"officine_test_{os.getpid()}_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        if has_schema:
            with connect(self.address_of(name)) as connection:
                migrate(connection, 0)
        return name

    def run(self, sql: str) -> None:
        """One statement in the maintenance database."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(sql.encode())


@contextmanager
def running_server() -> Iterator[Server | None]:
    """The named server, or one of our own; None where there is neither."""
    named = os.environ.get("OFFICINE_TEST_PG")
    if named:
        yield Server(named)
        return
    binaries = find_binaries()
    if binaries is None:
        yield None
        return
    home = Path(tempfile.mkdtemp(prefix="officine-pg-"))
    try:
        with started(binaries, home) as server:
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def started(binaries: Path, home: Path) -> Iterator[Server]:
    """A server whose data and socket lie in `home`; ended with the block."""
    user = _server_user()
    if user is not None:
        os.chown(home, user.pw_uid, user.pw_gid)
    data = home / "data"
    if not data.exists():
        make: list[str | Path] = [
            binaries / "initdb",
            "--no-sync",
            "--data-checksums",
            "-A",
            "trust",
            "-U",
            "officine",
            "-E",
            "UTF8",
            "--locale=C",
        ]
        subprocess.run([*make, "-D", data], check=True, stdout=subprocess.DEVNULL, **_as(user))
    process = start(binaries, home)
    try:
        yield Server(f"postgresql://officine@/postgres?host={quote(str(home), safe='')}", data)
    finally:
        stop(process)


def start(binaries: Path, home: Path) -> "subprocess.Popen[bytes]":
    """Start the server of `home` and wait until it answers."""
    user = _server_user()
    options = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    with (home / "log").open("ab") as told:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", home / "data", "-k", home, *options],
            stdout=subprocess.DEVNULL,
            stderr=told,
            **_as(user),
        )
    ready: list[str | Path] = [binaries / "pg_isready", "-q", "-h", home, "-t", "30"]
    while subprocess.run(ready, check=False).returncode != 0:
        assert process.poll() is None, (home / "log").read_text()
    return process


_PAGE_BYTES = 8192
_MAKE_DATABASE = "CREATE DATABASE officine ENCODING 'UTF8' TEMPLATE template0"


class OwnServer:
    """A server in `home` with one empty database at `address`: it can be killed, and started again."""

    def __init__(self, binaries: Path, home: Path) -> None:
        self._binaries = binaries
        self._home = home
        with started(binaries, home) as server:
            self._server = server
            self.address = server.address_of("officine")
            server.run(_MAKE_DATABASE)
        self._process = start(binaries, home)

    def start(self) -> None:
        """Start it again, and wait until it answers."""
        self._process = start(self._binaries, self._home)

    def kill(self) -> None:
        """Kill the server and all its sessions at one moment, and wait until none is left."""
        server = self._process.pid
        os.kill(server, signal.SIGSTOP)  # from here on it starts no session
        sessions = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
        self._process.kill()
        for session in sessions:
            with suppress(ProcessLookupError):
                os.kill(int(session), signal.SIGKILL)
        self._process.wait(30)
        while any(Path(f"/proc/{session}").exists() for session in sessions):
            time.sleep(0.01)

    def spoil(self, table: str) -> None:
        """Flip bytes in every page of a table and its indexes while the server is away."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            rows = connection.execute(
                "SELECT pg_relation_filepath(oid) FROM pg_class WHERE oid = %(table)s::regclass"
                " OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = %(table)s::regclass)",
                {"table": table},
            ).fetchall()
        self.kill()
        for (name,) in rows:
            with (self._home / "data" / str(name)).open("r+b") as file:
                size = file.seek(0, os.SEEK_END)
                for at in range(_PAGE_BYTES // 2, size, _PAGE_BYTES):
                    file.seek(at)
                    file.write(os.urandom(64))
        self.start()

    def recreate(self) -> None:
        """Throw the database away, and make an empty one."""
        self._server.run("DROP DATABASE officine WITH (FORCE)")
        self._server.run(_MAKE_DATABASE)

    def stop(self) -> None:
        """End it in order."""
        stop(self._process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End the server, the sessions it has included."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)  # a fast shutdown
        process.wait(30)


def _wash(connection: psycopg.Connection) -> None:
    """Take all rows out, history too: triggers and foreign keys look away for this one transaction."""
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("SET LOCAL synchronous_commit = off")
        for (table,) in tables:
            if table != "migration":
                connection.execute(f'DELETE FROM "{table}"'.encode())


def _schema(connection: psycopg.Connection) -> list[tuple[Any, ...]]:
    """What tests may change of a schema: its columns, constraints, indexes, triggers and functions."""
    return connection.execute(
        "SELECT 'column', attrelid, attnum::text, attname::text || attnotnull || attisdropped"
        " FROM pg_attribute"
        " WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
        " UNION ALL SELECT 'constraint', conrelid, conname::text, '' FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace"
        " UNION ALL SELECT 'trigger', tgrelid, tgname::text, tgenabled::text FROM pg_trigger"
        " UNION ALL SELECT 'function', oid, proname::text, md5(prosrc) FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2, 3, 4"
    ).fetchall()


def _server_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; then it runs as the user that Debian made for it, or as nobody."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    if user is None:
        return {"cwd": "/"}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}
