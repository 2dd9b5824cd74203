"""The JSON bodies of the outbox: written once, dated anew at every try."""

import msgspec

from wire.api_sales import ReturnBody, SaleBody

_sale = msgspec.json.Decoder(SaleBody)
_return = msgspec.json.Decoder(ReturnBody)


def decode(kind: str, body: bytes) -> SaleBody | ReturnBody:
    """The body of an entry."""
    return _sale.decode(body) if kind == "sale" else _return.decode(body)


def encode(body: SaleBody | ReturnBody) -> bytes:
    """As it is kept and sent."""
    return msgspec.json.encode(body)


def with_id(kind: str, body: bytes, entry_id: str) -> bytes:
    """The same body under the id it was first given."""
    name = "sale_id" if kind == "sale" else "return_id"
    return encode(msgspec.structs.replace(decode(kind, body), **{name: entry_id}))


def occurred_at(kind: str, body: bytes, at_ms: int) -> bytes:
    """The same body, dated anew."""
    return encode(msgspec.structs.replace(decode(kind, body), occurred_ms=at_ms))


def sent_now(kind: str, body: bytes, now_ms: int) -> SaleBody | ReturnBody:
    """The same body with the sender's clock now."""
    return msgspec.structs.replace(decode(kind, body), sent_ms=now_ms)
