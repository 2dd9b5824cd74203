"""Opening a store by its address."""

from pathlib import Path
from urllib.parse import unquote

from central.storage.base import DatabaseRefused, Store
from central.storage.sqlite.store import SqliteStore

_SQLITE = "sqlite:///"


async def open_store(url: str) -> Store:
    """Open the store at `sqlite:///relative/path` or `sqlite:////absolute/path`.

    Raises: DatabaseRefused.
    """
    return await SqliteStore.open(sqlite_path(url))


def sqlite_path(url: str) -> Path:
    """The file of a SQLite address.

    Raises: DatabaseRefused: another kind of address, or no file.
    """
    scheme, _, _ = url.partition(":")
    path = unquote(url.removeprefix(_SQLITE))
    if not url.startswith(_SQLITE):
        raise DatabaseRefused(
            why=f"{scheme}: is not a known kind of address. Write sqlite:///relative/path or"
            " sqlite:////absolute/path in OFFICINE_DATABASE."
        )
    if not path or path.startswith(":") or "\0" in path:
        raise DatabaseRefused(why=f"{url!r} names no file. Write sqlite:///path in OFFICINE_DATABASE.")
    return Path(path)
