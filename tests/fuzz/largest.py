"""The largest messages of nexo there are, each full of something else."""

from collections.abc import Callable
from typing import Final

HEAD: Final = (
    b'{"ProtocolVersion":"3.0","MessageClass":"Service","MessageCategory":"Loyalty","MessageType":"Request",'
    b'"ServiceID":"1","SaleID":"TILL-1","POIID":"OFFICINE-00000001"}'
)
SALE_DATA: Final = b'"SaleData":{"SaleTransactionID":{"TransactionID":"1","TimeStamp":"1"}%s}'
TRANSACTION: Final = b'"LoyaltyTransaction":{"LoyaltyTransactionType":"Award"}'


def filled(size: int, start: bytes, part: bytes, end: bytes, *, deep: bytes = b"") -> bytes:
    """A message of this size: `part` as often as it fits, and `deep` behind it as often."""
    times = (size - len(start) - len(end)) // (len(part) + len(deep))
    return start + (part * times).rstrip(b",") + deep * times + end


def in_body(inside: bytes) -> tuple[bytes, bytes]:
    """What stands before and behind a place (`%s`) of a LoyaltyRequest."""
    message = b'{"SaleToPOIRequest":{"MessageHeader":' + HEAD + b',"LoyaltyRequest":{' + inside + b"}}}"
    start, _, end = message.partition(b"%s")
    return start, end


def around(inside: bytes, part: bytes, deep: bytes = b"") -> Callable[[int], bytes]:
    start, end = in_body(inside)
    return lambda size: filled(size, start, part, end, deep=deep)


OF_TERMINAL: Final = SALE_DATA % b',"SaleTerminalData":{%s}' + b"," + TRANSACTION
OF_LIST: Final = SALE_DATA % b',"SaleTerminalData":{"a":[%s]}' + b"," + TRANSACTION
CAPABILITIES: Final = SALE_DATA % b',"SaleTerminalData":{"SaleCapabilities":[%s]}' + b"," + TRANSACTION
DEEP: Final = SALE_DATA % b',"SaleTerminalData":{"a":%s}' + b"," + TRANSACTION
LARGEST: Final = {
    "unknown members": around(SALE_DATA % b"" + b"," + TRANSACTION + b",%s", b'"a":1,'),
    "the same member": around(SALE_DATA % b"" + b"," + TRANSACTION + b",%s", b'"LoyaltyData":[{}],'),
    "words": around(CAPABILITIES, b'"",'),
    "members of a terminal": around(OF_TERMINAL, b'"a":[],'),
    "empty objects": around(OF_LIST, b"{},"),
    "depth": around(DEEP, b"[", deep=b"]"),
    "depth without end": around(SALE_DATA % b"" + b"," + TRANSACTION + b',"a":%s', b'{"a":'),
    "lines": around(
        SALE_DATA % b"" + b',"LoyaltyTransaction":{"LoyaltyTransactionType":"Award","SaleItem":[%s]}',
        b'{"ItemID":1,"ProductCode":"1","ItemAmount":1},',
    ),
    "cards": around(SALE_DATA % b"" + b"," + TRANSACTION + b',"LoyaltyData":[%s]', b"{},"),
    "one text": around(SALE_DATA % b',"OperatorID":"%s"' + b"," + TRANSACTION, b"A"),
    "one text of escapes": around(SALE_DATA % b',"SaleToPOIData":"%s"' + b"," + TRANSACTION, b"\\u00e9"),
    "one number": around(
        SALE_DATA % b"" + b',"LoyaltyTransaction":{"LoyaltyTransactionType":"Award","TotalAmount":%s}', b"1"
    ),
    "envelopes": lambda size: filled(size, b"{", b'"a":{},', b"}"),
    "members of the envelope": lambda size: filled(size, b'{"SaleToPOIRequest":{', b'"a":1,', b"}}"),
}
"""By what they are full of: a message in JSON of so many bytes."""
