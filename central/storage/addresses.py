"""The addresses of databases."""

from pathlib import Path
from urllib.parse import unquote

from central.storage.interface.common import DatabaseRefused

_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql://", "postgres://")


def is_postgres(url: str) -> bool:
    """Whether an address is of a PostgreSQL server."""
    return url.startswith(_POSTGRES)


def sqlite_path(url: str) -> Path:
    """The file of a SQLite address.

    Raises: DatabaseRefused: another kind of address, or no file.
    """
    scheme, _, _ = url.partition(":")
    path = unquote(url.removeprefix(_SQLITE))
    if not url.startswith(_SQLITE):
        raise DatabaseRefused(
            why=f"{scheme}: is not a known kind of address. Write sqlite:///relative/path,"
            " sqlite:////absolute/path or postgresql://user@host/database in OFFICINE_DATABASE."
        )
    if not path or path.startswith(":") or "\0" in path:
        raise DatabaseRefused(why=f"{url!r} names no file. Write sqlite:///path in OFFICINE_DATABASE.")
    return Path(path)
