"""A virtual card in a real pcscd: the other end of vpcd, the virtual reader of vsmartcard.

Protocol: two bytes of length, then the payload. One byte is an order (0 off, 1 on, 2 reset, 4 give your ATR);
all else is a command APDU that wants its answer.
"""

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Final, Self

from tools.cards.kinds import AnyCard

PORT: Final = 35963
"""The first virtual reader; the second listens one higher."""
_RETRY_S: Final = 0.05
_CONNECT_S: Final = 2
"""A listener on this machine answers at once, or not at all: its queue is full."""
_POWER_OFF, _POWER_ON, _RESET, _GIVE_ATR = 0, 1, 2, 4


class VirtualReaderSlot:
    """The place for a card in one virtual reader; comes back by itself when pcscd was restarted."""

    def __init__(self, port: int = PORT) -> None:
        self._port = port
        self._card: AnyCard | None = None
        self._socket: socket.socket | None = None
        self._is_asked = False
        self._is_heard = False
        self._changed = threading.Condition()
        self._is_closing = False
        self._before_answer: Callable[[bytes], None] | None = None
        self._thread = threading.Thread(target=self._serve, name=f"vpcd-{port}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._is_closing = True
        self.pull()
        self._thread.join(5)

    def insert(self, card: AnyCard, before_answer: Callable[[bytes], None] | None = None) -> None:
        """Put a card in; `before_answer` sees each APDU first (to be slow, or to tear the card out)."""
        with self._changed:
            assert self._card is None, "a card is in there"
            self._card, self._before_answer = card, before_answer
            self._changed.notify_all()

    def wait_until_in_reader(self, timeout_s: float | None = None) -> bool:
        """Whether the virtual reader has taken the card: it asks it for its ATR. Waits for it that long.

        A connection alone says nothing: that of a second card waits in the queue behind the first one's.
        """
        with self._changed:
            return self._changed.wait_for(lambda: self._is_asked, timeout_s)

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens on the port; a reader that is taken lets a second and third card wait."""
        with self._changed:
            return self._is_heard

    def pull(self) -> None:
        """Take the card out, in the middle of a command if need be."""
        with self._changed:
            self._card, self._before_answer = None, None
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)
            self._changed.notify_all()

    def _serve(self) -> None:
        while True:
            with self._changed:
                while self._card is None and not self._is_closing:
                    self._changed.wait()
                if self._is_closing:
                    return
                card = self._card
            assert card is not None
            try:
                with socket.create_connection(("127.0.0.1", self._port), timeout=_CONNECT_S) as connection:
                    connection.settimeout(None)
                    self._lie(connection, card)
            except OSError as error:
                with self._changed:  # pcscd is not there (yet), or its queue is full
                    self._is_heard = isinstance(error, TimeoutError)
                    self._changed.wait(_RETRY_S)

    def _lie(self, connection: socket.socket, card: AnyCard) -> None:
        """Answer until the card is pulled or pcscd goes."""
        with self._changed:
            if self._card is not card:
                return
            self._socket, self._is_heard = connection, True
            self._changed.notify_all()
        try:
            while (order := _receive(connection)) is not None:
                self._asked()
                if order == bytes((_POWER_OFF,)):
                    continue
                if order in (bytes((_POWER_ON,)), bytes((_RESET,))):
                    card.power_on()
                elif order == bytes((_GIVE_ATR,)):
                    _send(connection, card.atr)
                else:
                    if self._before_answer is not None:
                        self._before_answer(order)
                    _send(connection, card.answer(order))
        finally:
            with self._changed:
                self._socket, self._is_asked = None, False

    def _asked(self) -> None:
        with self._changed:
            self._is_asked = True
            self._changed.notify_all()


def _receive(connection: socket.socket) -> bytes | None:
    head = _exactly(connection, 2)
    return None if head is None else _exactly(connection, int.from_bytes(head))


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    octets = b""
    while len(octets) < count:
        # vpcd writes length and payload apart; else every APDU waits 40 ms for a delayed acknowledgement.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        piece = connection.recv(count - len(octets))
        if not piece:
            return None
        octets += piece
    return octets


def _send(connection: socket.socket, payload: bytes) -> None:
    connection.sendall(len(payload).to_bytes(2) + payload)
