"""A till's bytes as tokens, while they come: text, ends of lines, feeds, cuts, commands, images. Pure.

Whatever comes in goes out again, byte for byte and in order; at most HEAD_BYTES_MAX bytes are kept back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from terminal.escpos.shapes import CR, DLE, ESC, FF, FS, GS, HT, LF, UNKNOWN, Shape, shape_of

Kind = Literal["text", "newline", "feed", "cut", "command", "image", "unread"]
_HEADS: Final = frozenset({DLE, ESC, FS, GS})
_SPACE: Final = 0x20


@dataclass(frozen=True, slots=True)
class Token:
    """`image`: also the data of any other command; it says nothing. `unread`: after a command that we do not
    know nothing is told apart any more.
    """

    kind: Kind
    data: bytes


class Tokens:
    """The tokens of one connection."""

    def __init__(self) -> None:
        self._kept = b""
        self._body = 0
        self._is_up_to_nul = False
        self.is_lost = False

    def feed(self, data: bytes) -> Iterator[Token]:
        """The tokens that are whole by now."""
        data, self._kept = self._kept + data, b""
        at = 0
        while at < len(data):
            token = self._next(data, at)
            if token is None:
                self._kept = data[at:]
                return
            at += len(token.data)
            yield token

    def rest(self) -> bytes:
        """The beginning of a command that never came whole."""
        rest, self._kept = self._kept, b""
        return rest

    def _next(self, data: bytes, at: int) -> Token | None:
        if self.is_lost:
            return Token("unread", data[at:])
        if self._body or self._is_up_to_nul:
            return self._next_of_body(data, at)
        first = data[at]
        if first in _HEADS:
            shape = shape_of(data[at : at + 16])
            return None if shape is None else self._command(data, at, shape)
        if first in (LF, FF):
            return Token("newline", data[at : at + 1])
        if first < _SPACE and first not in (HT, CR):
            return Token("command", data[at : at + 1])
        end = at + 1
        while end < len(data) and (data[end] >= _SPACE or data[end] in (HT, CR)):
            end += 1
        return Token("text", data[at:end])

    def _command(self, data: bytes, at: int, shape: Shape) -> Token:
        if shape is UNKNOWN:
            self.is_lost = True
            return Token("unread", data[at:])
        self._body, self._is_up_to_nul = shape.body, shape.is_up_to_nul
        return Token(shape.sort, data[at : at + shape.head])

    def _next_of_body(self, data: bytes, at: int) -> Token:
        if self._is_up_to_nul:
            end = data.find(b"\0", at)
            self._is_up_to_nul = end < 0
            return Token("image", data[at : end + 1] if end >= 0 else data[at:])
        taken = data[at : at + self._body]
        self._body -= len(taken)
        return Token("image", taken)
