"""Foreign text files: bounded reading, gzip, encodings. A file that is not text is refused before any row."""

import gzip
import io
import zlib
from pathlib import Path

from loyalty.errors import LoyaltyError
from loyalty.limits.imports import IMPORT_FILE_BYTES_MAX

_GZIP_MAGIC = b"\x1f\x8b"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
_CONTROLS = frozenset(range(32)) - {9, 10, 12, 13}


class FileUnreadable(LoyaltyError):
    """A file that cannot be read at all."""

    code = "file_unreadable"
    text = "{file} cannot be read: {why}. Check the path and the permissions."


class FileBroken(LoyaltyError):
    """A file that is not what it should be: nothing of it is taken."""

    code = "file_broken"
    text = "{file}: {why} Nothing was imported."


def read_bytes(path: Path) -> bytes:
    """A file's bytes, unpacked when it is gzip.

    Raises: FileUnreadable; FileBroken: damaged gzip, or more than IMPORT_FILE_BYTES_MAX once unpacked.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(IMPORT_FILE_BYTES_MAX + 1)
    except OSError as error:
        raise FileUnreadable(file=str(path), why=error.strerror or type(error).__name__) from error
    data = packed
    if packed.startswith(_GZIP_MAGIC):
        try:
            with gzip.open(io.BytesIO(packed)) as stream:
                data = stream.read(IMPORT_FILE_BYTES_MAX + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise FileBroken(file=path.name, why=f"is a damaged gzip file ({error}).") from error
    if len(data) > IMPORT_FILE_BYTES_MAX:
        limit = IMPORT_FILE_BYTES_MAX // (1024 * 1024)
        raise FileBroken(file=path.name, why=f"is larger than {limit} MiB. Split it.")
    return data


def decode(data: bytes, file: str, encoding: str | None = None) -> tuple[str, str]:
    """Text and the encoding it was read in.

    Args:
        encoding: a name Python knows; None: by byte-order mark, else UTF-8, else cp1252.
    Raises: FileBroken: unknown encoding, bytes that are none of it, or binary data.
    """
    found = encoding or _guess(data)
    try:
        text = data.decode(found)
    except LookupError as error:
        why = f"there is no encoding named {encoding}. Use utf-8, cp1252 or utf-16."
        raise FileBroken(file=file, why=why) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileBroken(file=file, why=f"line {line} is not {found} text.") from error
    text = text.removeprefix("\ufeff")
    controls = sum(1 for character in text[:65_536] if ord(character) in _CONTROLS)
    if controls:
        raise FileBroken(file=file, why="is not a text file: it holds binary data.")
    return text, found


def _guess(data: bytes) -> str:
    if data.startswith(_UTF8_MARK):
        return "utf-8-sig"
    if data.startswith(_UTF16_MARKS):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def squeeze(text: str) -> str:
    """One line of text: white space of every kind, runs and ends become single spaces or nothing."""
    return " ".join(text.split())


def shorten(text: str, chars: int) -> str:
    """At most `chars` characters, ending in an ellipsis when something was cut."""
    return text if len(text) <= chars else text[: chars - 1].rstrip() + "…"
