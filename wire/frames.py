"""One JSON line per message: encode and decode a frame, with the limit and clear errors."""

from functools import cache
from typing import Any, TypeVar, overload

import msgspec

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.sockets import FRAME_BYTES_MAX

T = TypeVar("T")

_encoder = msgspec.json.Encoder()


class FrameError(LoyaltyError):
    """A line that is no message of this conversation; `reason` says why, without the line's content."""

    code = "frame_invalid"
    trouble = Trouble.INVALID
    text = "A message on a local socket was refused: {reason}"


class FrameTooLongError(FrameError):
    """More than `FRAME_BYTES_MAX` bytes, newline included. Lists belong in pages, pictures elsewhere."""

    code = "frame_too_long"
    text = "A message on a local socket is longer than {limit} bytes: send less at once."


def encode(message: msgspec.Struct) -> bytes:
    """One frame: JSON without line breaks, then a newline.

    Raises: FrameTooLongError: the frame would exceed FRAME_BYTES_MAX.
    """
    frame = _encoder.encode(message) + b"\n"
    if len(frame) > FRAME_BYTES_MAX:
        raise FrameTooLongError(limit=FRAME_BYTES_MAX)
    return frame


@overload
def decode(line: bytes, type_: type[T]) -> T: ...


@overload
def decode(line: bytes, type_: Any) -> Any: ...


def decode(line: bytes, type_: Any) -> Any:
    """The message of one line, with or without its newline.

    Args:
        line: at most FRAME_BYTES_MAX bytes.
        type_: a message class, or a union of them such as `wire.messages.FromReader`.
    Raises: FrameError: no JSON, an unknown `kind`, a wrong member; FrameTooLongError.
    """
    if len(line) > FRAME_BYTES_MAX:
        raise FrameTooLongError(limit=FRAME_BYTES_MAX)
    try:
        return _decoder(type_).decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # No chained cause: its text may repeat what was sent, and errors end in logs.
        raise FrameError(reason=_reason(error)) from None


@cache
def _decoder(type_: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_)


def _reason(error: Exception) -> str:
    # An unknown tag or literal is the one case where msgspec repeats what was sent.
    text = str(error)
    if not text.startswith(("Invalid value", "Invalid enum value")):
        return text
    _, at, where = text.rpartition(" - at ")
    return f"unknown kind or value{at}{where}" if at else "unknown kind or value"
