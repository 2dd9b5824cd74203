"""A thread's connection: a lost one is made anew, so that a restarted or promoted server is found again."""

import contextlib

import psycopg

from central.storage.common import DatabaseRefused, StoreFailed
from central.storage.postgres.connection import Connection, connect, cursor_of, refuse_unsafe
from central.storage.postgres.unit import Cursor


class Link:
    """One connection to the server at a time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None
        self._cursor: Cursor | None = None

    def cursor(self) -> Cursor:
        """A cursor on a connection that was whole when last heard of.

        Raises: StoreFailed: the server cannot be reached, or must not be used.
        """
        if self._cursor is None or self._cursor.connection.closed:
            self._cursor = self._connect()
        return self._cursor

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
