"""NFC Data Exchange Format: the records of a message and the URI among them (NFC Forum NDEF 1.0, URI 1.0).

Our own because the bytes come from strangers' cards: strict, limited, and no more than is needed. Other types
of records are told apart and left unread. Judged by the vectors of ndeflib.
"""

from dataclasses import dataclass
from typing import Final

from loyalty.errors import Trouble
from loyalty.limits.readers import NDEF_MESSAGE_BYTES_MAX, NDEF_RECORDS_MAX
from reader_daemon.cards.apdu import CardError

TNF_WELL_KNOWN, TNF_UNCHANGED = 1, 6

_MESSAGE_BEGIN, _MESSAGE_END, _CHUNK, _SHORT, _HAS_ID = 0x80, 0x40, 0x20, 0x10, 0x08

URI_PREFIXES: Final = (
    "",
    "http://www.",
    "https://www.",
    "http://",
    "https://",
    "tel:",
    "mailto:",
    "ftp://anonymous:anonymous@",
    "ftp://ftp.",
    "ftps://",
    "sftp://",
    "smb://",
    "nfs://",
    "ftp://",
    "dav://",
    "news:",
    "telnet://",
    "imap:",
    "rtsp://",
    "urn:",
    "pop:",
    "sip:",
    "sips:",
    "tftp:",
    "btspp://",
    "btl2cap://",
    "btgoep://",
    "tcpobex://",
    "irdaobex://",
    "file://",
    "urn:epc:id:",
    "urn:epc:tag:",
    "urn:epc:pat:",
    "urn:epc:raw:",
    "urn:epc:",
    "urn:nfc:",
)
"""NFC Forum RTD URI 1.0, table 3, by identifier code."""


class NdefError(CardError):
    """What the card stores is no NDEF message, or over a limit."""

    code = "ndef_invalid"
    trouble = Trouble.INVALID
    text = "The card's message cannot be read ({reason}); its number still counts."


@dataclass(frozen=True, slots=True)
class Record:
    """One record with its payload whole (chunks joined); `kind` is the TYPE field, as bytes."""

    tnf: int
    kind: bytes
    record_id: bytes
    payload: bytes


def decode_message(octets: bytes) -> list[Record]:
    """The records of one whole message; none for an empty one.

    Raises: NdefError: truncated, flags in the wrong place, a limit, anything after the end.
    Source: NFC Forum NDEF 1.0 par. 3.2.
    """
    if len(octets) > NDEF_MESSAGE_BYTES_MAX:
        raise NdefError(reason=f"longer than {NDEF_MESSAGE_BYTES_MAX} bytes")
    records: list[Record] = []
    chunks: list[Record] = []
    at, is_last, pieces = 0, not octets, 0
    while not is_last:
        if pieces == NDEF_RECORDS_MAX:
            raise NdefError(reason=f"more than {NDEF_RECORDS_MAX} records")
        flags = octets[at] if at < len(octets) else 0
        record, at = _decode_record(octets, at)
        if bool(flags & _MESSAGE_BEGIN) != (pieces == 0):
            raise NdefError(reason="the flag of the first record is not on the first record alone")
        if (record.tnf == TNF_UNCHANGED) != bool(chunks):
            raise NdefError(reason="chunks of a record are out of order")
        pieces += 1
        is_last = bool(flags & _MESSAGE_END)
        chunks.append(record)
        if flags & _CHUNK:
            if is_last:
                raise NdefError(reason="the last record is not whole")
            continue
        records.append(_join(chunks))
        chunks = []
    if at != len(octets):
        raise NdefError(reason="bytes after the last record")
    return records


def _decode_record(octets: bytes, at: int) -> tuple[Record, int]:
    flags, at = _take(octets, at, 1)
    type_length, at = _take(octets, at, 1)
    payload_length, at = _take(octets, at, 1 if flags[0] & _SHORT else 4)
    id_length, at = _take(octets, at, 1) if flags[0] & _HAS_ID else (b"\x00", at)
    kind, at = _take(octets, at, type_length[0])
    record_id, at = _take(octets, at, id_length[0])
    payload, at = _take(octets, at, int.from_bytes(payload_length))
    record = Record(tnf=flags[0] & 0x07, kind=kind, record_id=record_id, payload=payload)
    _check_fields(record, is_chunk=bool(flags[0] & _CHUNK))
    return record, at


def _check_fields(record: Record, *, is_chunk: bool) -> None:
    """Which fields each type name format has (par. 3.2.6)."""
    match record.tnf:
        case 0:
            is_right = not (record.kind or record.record_id or record.payload or is_chunk)
        case 1 | 2 | 3 | 4:
            is_right = bool(record.kind)
        case 5:
            is_right = not record.kind
        case 6:
            is_right = not (record.kind or record.record_id)
        case _:
            is_right = False
    if not is_right:
        raise NdefError(reason=f"fields that a record of format {record.tnf} must not have, or lacks")


def _take(octets: bytes, at: int, count: int) -> tuple[bytes, int]:
    end = at + count
    if end > len(octets):
        raise NdefError(reason="it ends in the middle of a record")
    return octets[at:end], end


def _join(chunks: list[Record]) -> Record:
    if len(chunks) == 1:
        return chunks[0]
    first = chunks[0]
    return Record(first.tnf, first.kind, first.record_id, b"".join(chunk.payload for chunk in chunks))


def decode_uri(payload: bytes) -> str:
    """The URI of a URI record's payload, exactly as it is written there: nothing is escaped or unescaped.

    Raises: NdefError.
    Source: NFC Forum RTD URI 1.0 par. 3.2.
    """
    if not payload:
        raise NdefError(reason="an empty URI record")
    if payload[0] >= len(URI_PREFIXES):
        raise NdefError(reason=f"URI prefix {payload[0]} is not defined")
    try:
        rest = payload[1:].decode("utf-8")
    except UnicodeDecodeError as error:
        raise NdefError(reason="a URI that is not UTF-8") from error
    if not rest.isprintable():
        raise NdefError(reason="a URI with control characters")
    return URI_PREFIXES[payload[0]] + rest


def find_uri(records: list[Record]) -> str | None:
    """The first URI of a message: of a URI record, a smart poster, an absolute URI; None without one.

    Raises: NdefError: the first such record is broken, or a smart poster has not exactly one URI.
    """
    for record in records:
        match record.tnf, record.kind:
            case 1, b"U":
                return decode_uri(record.payload)
            case 1, b"Sp":  # NFC Forum RTD Smart Poster 1.0 par. 3.3.1: exactly one
                parts = decode_message(record.payload)
                inner = [part for part in parts if (part.tnf, part.kind) == (TNF_WELL_KNOWN, b"U")]
                if len(inner) != 1:
                    raise NdefError(reason=f"a smart poster with {len(inner)} URIs")
                return decode_uri(inner[0].payload)
            case 3, _:
                return decode_uri(b"\x00" + record.kind)
            case _:
                pass
    return None
