"""A thread's connection: a lost one is made anew, so that a restarted or promoted server is found again."""

import contextlib
import time
from collections.abc import Callable

import psycopg

from central.storage.interface.common import DatabaseRefused, StoreFailed
from central.storage.postgres.connection import Connection, connect, cursor_of, refuse_unsafe
from central.storage.postgres.unit import Cursor
from loyalty.limits.storage import STORE_PLANS_LIFETIME_S


class Link:
    """One connection to the server at a time.

    Statements are planned once and kept. A plan that was made while its tables were empty reads a whole group
    where it should look up a key, and the server mends that only when it next counts rows; so plans are
    dropped now and then, soon at first.
    """

    def __init__(self, url: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._monotonic = monotonic
        self._connection: Connection | None = None
        self._cursor: Cursor | None = None
        self._plans_lifetime_s = 0.0
        self._plans_end_s = 0.0

    def cursor(self) -> Cursor:
        """A cursor on a connection that was whole when last heard of.

        Raises: StoreFailed: the server cannot be reached, or must not be used.
        """
        if self._cursor is None or self._cursor.connection.closed:
            self._cursor = self._connect()
            self._plans_lifetime_s = 0.5
            self._keep_plans()
        elif self._monotonic() >= self._plans_end_s:
            self._cursor.execute(b"DISCARD PLANS")
            self._keep_plans()
        return self._cursor

    def _keep_plans(self) -> None:
        self._plans_lifetime_s = min(2 * self._plans_lifetime_s, STORE_PLANS_LIFETIME_S)
        self._plans_end_s = self._monotonic() + self._plans_lifetime_s

    def roll_back(self) -> None:
        """End an open transaction; a connection that cannot do it is dropped."""
        if self._connection is None:
            return
        try:
            self._connection.rollback()
        except psycopg.Error:
            self.close()

    def close(self) -> None:
        """Close the connection; the next `cursor` makes another."""
        connection, self._connection, self._cursor = self._connection, None, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                connection.close()

    def _connect(self) -> Cursor:
        self.close()
        try:
            connection = connect(self._url)
            try:
                refuse_unsafe(connection)
            except BaseException:
                connection.close()
                raise
        except (DatabaseRefused, psycopg.Error) as error:
            raise StoreFailed from error
        self._connection = connection
        return cursor_of(connection)
