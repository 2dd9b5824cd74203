"""What central is told at start: frozen settings, and the secret keys it keeps in a file of its own."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec

from central.storage.addresses import is_postgres, sqlite_path
from central.storage.interface.common import DatabaseRefused
from wire.files import write_private
from wire.settings import PORT_MAX, Faults

KEY_BYTES: Final = 32
LogLevel = Literal["debug", "info", "warning", "error"]
STOP_GRACE_S_MAX: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class CentralSettings:
    """How one central runs. `port` 0 takes a free one; `secrets_file` is made on the first start."""

    database: str
    secrets_file: Path
    host: str = "127.0.0.1"
    port: int = 8080
    log_level: LogLevel = "info"
    stop_grace_s: int = 10
    """Requests under way at a stop get this long to finish."""
    public_url: str = ""
    """Where members' pages are reached from outside; empty: nowhere, and nobody is sent a link."""

    def __post_init__(self) -> None:
        """Raises: SettingRefused."""
        faults = Faults("central")
        if not is_postgres(self.database):
            try:
                sqlite_path(self.database)
            except DatabaseRefused as error:
                faults.note("database", self.database, str(error.params["why"]))
        faults.address("host", self.host)
        faults.between("port", self.port, lowest=0, highest=PORT_MAX)
        faults.between("stop_grace_s", self.stop_grace_s, lowest=0, highest=STOP_GRACE_S_MAX)
        if self.public_url:
            faults.http_url("public_url", self.public_url)
        faults.tell()


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The keys of one central: `master_key` wraps members' keys, `quote_key` signs quotes."""

    master_key: bytes
    quote_key: bytes

    def __repr__(self) -> str:
        return "Secrets(...)"


class SecretsFileBroken(Exception):
    """The secrets file cannot be used; its text says why and what to do."""


class _SecretsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    master_key: str
    quote_key: str


def new_secrets() -> Secrets:
    """Fresh random keys."""
    return Secrets(master_key=secrets.token_bytes(KEY_BYTES), quote_key=secrets.token_bytes(KEY_BYTES))


def load_secrets(path: Path) -> Secrets:
    """Read the keys; on the first start make them, readable by the owner only (0600).

    Without the master key no member's name can be read again: the file belongs in the backup.
    Raises: SecretsFileBroken: readable by others, or not the file this program wrote.
    """
    if not path.exists():
        return _create(path, new_secrets())
    if path.stat().st_mode & 0o077:
        raise SecretsFileBroken(f"{path} can be read by others. Run: chmod 600 {path}")
    try:
        data = msgspec.json.decode(path.read_bytes(), type=_SecretsFile)
        found = Secrets(master_key=bytes.fromhex(data.master_key), quote_key=bytes.fromhex(data.quote_key))
    except (msgspec.DecodeError, ValueError) as error:
        raise SecretsFileBroken(f"{path} is damaged ({error}). Restore it from the backup.") from error
    if data.version != 1 or {len(found.master_key), len(found.quote_key)} != {KEY_BYTES}:
        raise SecretsFileBroken(f"{path} was written by another version. Restore the one of this version.")
    return found


def _create(path: Path, keys: Secrets) -> Secrets:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = _SecretsFile(version=1, master_key=keys.master_key.hex(), quote_key=keys.quote_key.hex())
    try:
        write_private(path, msgspec.json.encode(content))
    except FileExistsError:
        return load_secrets(path)
    return keys
