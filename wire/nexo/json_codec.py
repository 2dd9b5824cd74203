"""The JSON dress of nexo: an envelope of one member, in it the header and one body.

Numbers are read as decimals exactly as written, never through a float; what is not modelled stays raw JSON.
"""

from typing import Literal

import msgspec

from loyalty.errors import LoyaltyError, Trouble
from wire.nexo.base import MessageHeader, Nexo, SaleData
from wire.nexo.catalogue import body_name, body_type

Envelope = Literal["SaleToPOIRequest", "SaleToPOIResponse"]

_encoder = msgspec.json.Encoder(decimal_format="number")
_outer: msgspec.json.Decoder[dict[str, dict[str, msgspec.Raw]]] = msgspec.json.Decoder(
    dict[str, dict[str, msgspec.Raw]]
)
_header = msgspec.json.Decoder(MessageHeader)


class NotNexo(LoyaltyError):
    """What came is no nexo message at all: it cannot even be answered by one."""

    code = "nexo_unreadable"
    trouble = Trouble.INVALID
    text = "This is no nexo message: {reason}. Send one SaleToPOIRequest."


class BodyWrong(LoyaltyError):
    """The header is good, the body is not what it announces. `header` and the raw `body` are kept."""

    code = "nexo_body_wrong"
    trouble = Trouble.INVALID
    text = "{body_name}: {reason}"

    def __init__(self, header: MessageHeader, body: bytes, body_name: str, reason: str) -> None:
        super().__init__(body_name=body_name, reason=reason)
        self.header = header
        self.body = body


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message: `body` is raw JSON where the body is not modelled."""

    envelope: Envelope = "SaleToPOIRequest"
    header: MessageHeader
    body: Nexo | msgspec.Raw


class _OnlySaleData(Nexo, frozen=True, kw_only=True):
    sale_data: SaleData


def decode(data: bytes) -> Message:
    """Read one message.

    Raises: NotNexo: no JSON, no envelope, no usable header. BodyWrong: no body, or not as announced.
    """
    try:
        outer = _outer.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotNexo(reason=_reason(error)) from None
    envelope, members = _one_envelope(outer)
    if "MessageHeader" not in members:
        raise NotNexo(reason="MessageHeader is missing")
    try:
        header = _header.decode(members["MessageHeader"])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotNexo(reason=f"MessageHeader: {_reason(error)}") from None
    if "NexoBlob" in members:
        raise NotNexo(reason="it is encrypted inside another message")
    name = body_name(header.message_category, header.message_type)
    raw = members.get(name)
    if raw is None:
        raise BodyWrong(header, b"", name, "is missing beside MessageHeader")
    type_ = body_type(header.message_category, header.message_type)
    if type_ is None:
        return Message(envelope=envelope, header=header, body=msgspec.Raw(bytes(raw)))
    try:
        body = msgspec.json.decode(raw, type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BodyWrong(header, bytes(raw), name, _reason(error)) from None
    return Message(envelope=envelope, header=header, body=body)


def encode(message: Message) -> bytes:
    """Write one message; decimals as plain JSON numbers."""
    header = message.header
    name = body_name(header.message_category, header.message_type)
    return _encoder.encode({message.envelope: {"MessageHeader": header, name: message.body}})


def encode_body(body: Nexo) -> bytes:
    """A body alone, in one normal form: what a content hash is taken of."""
    return _encoder.encode(body)


def sale_data_of(body: bytes) -> SaleData | None:
    """The SaleData of a body that is wrong elsewhere, to be echoed; None where it is wrong itself."""
    try:
        return msgspec.json.decode(body, type=_OnlySaleData).sale_data
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _one_envelope(outer: dict[str, dict[str, msgspec.Raw]]) -> tuple[Envelope, dict[str, msgspec.Raw]]:
    if "SaleToPOIRequest" in outer:
        return "SaleToPOIRequest", outer["SaleToPOIRequest"]
    if "SaleToPOIResponse" in outer:
        return "SaleToPOIResponse", outer["SaleToPOIResponse"]
    raise NotNexo(reason="neither SaleToPOIRequest nor SaleToPOIResponse is there")


def _reason(error: Exception) -> str:
    # msgspec repeats an unknown literal; nobody's card number may come back that way.
    text = str(error)
    if not text.startswith(("Invalid value", "Invalid enum value")):
        return text
    _, at, where = text.rpartition(" - at ")
    return f"unknown value{at}{where}" if at else "unknown value"
