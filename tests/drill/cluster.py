"""Three nodes of PostgreSQL under Patroni and etcd, HAProxy before them: provisioning/ha, really run.

Each node is a machine of `tools.faults.namespaces`. HAProxy listens on a Unix socket: central needs no way
into the namespaces.
"""

import os
import pwd
import secrets
import shutil
import signal
import string
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from tools.faults.namespaces import NETWORK, Machine, machines

TEMPLATES = Path(__file__).parents[2] / "provisioning" / "ha"
PROGRAMS = ("etcd", "patroni", "haproxy")
USER = "postgres"
NODES = ("pg1", "pg2", "pg3")
CONNECT_TIMEOUT_S = 3


class NoCluster(Exception):
    """Patroni, etcd or HAProxy is not here; the text says which."""


@dataclass
class Cluster:
    """`address` is of central's database, through HAProxy; `pgpass` holds the passwords."""

    home: Path
    hub: Machine
    nodes: dict[str, Machine]
    passwords: dict[str, str]
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def address(self) -> str:
        """The address of central's database."""
        return self._address("officine", "officine")

    @property
    def pgpass(self) -> Path:
        """The password file of those who come through HAProxy."""
        return self.home / "pgpass"

    def start_node(self, name: str) -> None:
        """Switch a node on: etcd and Patroni, which starts PostgreSQL."""
        node, state = self.nodes[name], self.home / name
        config = state / "etcd.yml", state / "patroni.yml"
        self.processes += [
            node.start(("etcd", "--config-file", str(config[0])), state / "etcd.log", user=USER),
            node.start(("patroni", str(config[1])), state / "patroni.log", user=USER),
        ]

    def start_proxy(self) -> None:
        """Switch HAProxy on, where central lives."""
        command = ("haproxy", "-db", "-f", str(self.home / "haproxy.cfg"))
        self.processes.append(self.hub.start(command, self.home / "haproxy.log"))

    def kill_node(self, name: str) -> None:
        """Take a node's power away."""
        self.nodes[name].kill_all()
        for process in self.processes:
            process.poll()

    def kill_database(self, name: str) -> None:
        """Kill the server process of a node alone, as its own bug would."""
        pid = int((self.home / name / "data" / "postmaster.pid").read_text().split()[0])
        assert pid in self.nodes[name].pids()
        os.kill(pid, signal.SIGKILL)

    def primary(self) -> str | None:
        """Who is the primary for those who come through HAProxy; None while there is none."""
        rows = self.ask("SELECT host(inet_server_addr()) WHERE NOT pg_is_in_recovery()")
        return next((name for name, node in self.nodes.items() if rows == [(node.address,)]), None)

    def followers(self) -> dict[str, str]:
        """The nodes that follow the primary at this moment, and how (sync, potential, async)."""
        rows = self.ask(
            "SELECT application_name, sync_state FROM pg_stat_replication WHERE state = 'streaming'"
        )
        return {str(name): str(state) for name, state in rows}

    def is_whole(self) -> bool:
        """A primary and two that follow it, one of them so that no commit is answered without it."""
        followers = self.followers()
        return len(followers) == len(self.nodes) - 1 and "sync" in followers.values()

    def ask(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Ask whoever HAProxy leads to; nothing while nobody answers."""
        with suppress(psycopg.Error), self._connect(database) as connection:
            return connection.execute(sql.encode()).fetchall()
        return []

    def make_database(self) -> None:
        """The role and the database of central, as docs/scale.md says."""
        with self._connect("postgres") as connection:
            connection.execute(f"CREATE ROLE officine LOGIN PASSWORD '{self.passwords['officine']}'".encode())
            connection.execute(b"CREATE DATABASE officine OWNER officine ENCODING 'UTF8' TEMPLATE template0")

    def logs(self) -> str:
        """The end of every log, for a failure."""
        files = sorted([*self.home.glob("*/*.log"), self.home / "haproxy.log"])
        return "\n".join(f"== {file}\n{_tail(file)}" for file in files if file.exists())

    def _connect(self, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            self._address(USER, database),
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT_S,
            passfile=str(self.pgpass),
            options="-c statement_timeout=3000",
        )

    def _address(self, user: str, database: str) -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self.home / 'proxy'), safe='')}"


@contextmanager
def a_cluster() -> Iterator[Cluster]:
    """Three nodes and the proxy, started; nobody waits here until there is a primary.

    Raises: NoCluster, NoNamespaces.
    """
    for program in PROGRAMS:
        if shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin") is None:
            raise NoCluster(f"{program} is not installed")
    home = Path(tempfile.mkdtemp(prefix="officine-ha-"))
    home.chmod(0o755)
    try:
        with machines(("hub", *NODES)) as made:
            nodes = {name: made[name] for name in NODES}
            names = ("superuser", "replication", "rewind", "officine")
            passwords = {name: secrets.token_hex(16) for name in names}
            cluster = Cluster(home, made["hub"], nodes, passwords)
            _write_configuration(cluster)
            for name in NODES:
                cluster.start_node(name)
            cluster.start_proxy()
            yield cluster
        for process in cluster.processes:
            process.wait(10)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _write_configuration(cluster: Cluster) -> None:
    user = pwd.getpwnam(USER)
    addresses = {name: node.address for name, node in cluster.nodes.items()}
    shared = {f"{name.upper()}_PASSWORD": password for name, password in cluster.passwords.items()} | {
        "NETWORK": NETWORK,
        "ETCD_PEERS": ",".join(f"{name}=http://{address}:2380" for name, address in addresses.items()),
        "ETCD_HOSTS": ",".join(f"{address}:2379" for address in addresses.values()),
        "LISTEN": f"unix@{cluster.home / 'proxy' / '.s.PGSQL.5432'} mode 600",
    }
    shared |= {f"ADDRESS_{number}": address for number, address in enumerate(addresses.values(), start=1)}
    (cluster.home / "proxy").mkdir(mode=0o700)
    _fill_in("haproxy.cfg", cluster.home, shared)
    for name, address in addresses.items():
        state = cluster.home / name
        state.mkdir(mode=0o700)
        own = shared | {"NAME": name, "ADDRESS": address, "STATE": str(state)}
        files = [_fill_in(file, state, own) for file in ("etcd.yml", "patroni.yml")]
        for path in (state, *files):
            os.chown(path, user.pw_uid, user.pw_gid)
    lines = [
        f"*:*:*:{name}:{cluster.passwords[of]}"
        for name, of in ((USER, "superuser"), ("officine", "officine"))
    ]
    cluster.pgpass.write_text("\n".join(lines) + "\n", encoding="ascii")
    cluster.pgpass.chmod(0o600)


def _fill_in(file: str, into: Path, values: dict[str, str]) -> Path:
    path = into / file
    template = string.Template((TEMPLATES / file).read_text(encoding="utf-8").replace("${...}", "$${...}"))
    path.write_text(template.substitute(values), encoding="utf-8")
    path.chmod(0o600)
    return path


def _tail(file: Path, lines: int = 15) -> str:
    return "\n".join(file.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
