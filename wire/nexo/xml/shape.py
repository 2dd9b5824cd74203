"""How the members of our structs stand in XML: one table for reading and writing.

A scalar is an attribute, a struct a child element, a list of words one attribute with blanks between, a list
of structs or texts as many elements. The exceptions are the tables below.
Source: the nexo Sale to POI 3.0 schema as generated classes quote it; Swedbank Pay's documentation of 3.1.
"""

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec.inspect as inspect

from wire.nexo.base import Nexo

TEXT_MEMBERS: Final = MappingProxyType(
    {
        "LoyaltyAccountID": "LoyaltyID",
        "LoyaltyAmount": "Value",
        "OutputBarcode": "BarcodeValue",
        "OutputText": "Text",
        "StoredValueAccountID": "Value",
    }
)
"""Elements whose own text is a member."""

_OF_LINES: Final = frozenset(
    {
        "UnitOfMeasure",
        "Quantity",
        "UnitPrice",
        "TaxCode",
        "SaleChannel",
        "ProductLabel",
        "AdditionalProductInfo",
        "RebateLabel",
    }
)
ELEMENT_MEMBERS: Final = MappingProxyType(
    {
        "AdminRequest": frozenset({"ServiceIdentification"}),
        "Response": frozenset({"AdditionalResponse"}),
        "SaleItem": _OF_LINES,
        "SaleItemRebate": _OF_LINES,
        "Rebates": frozenset({"RebateLabel"}),
        "SaleData": frozenset({"SaleToPOIData", "CustomerOrderID"}),
        "EventNotification": frozenset({"EventDetails", "RejectedMessage"}),
    }
)
"""Scalars that are elements of their own."""

Kind = Literal["scalar", "words", "texts", "struct", "structs", "skipped"]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a struct. `attribute`: as Python names it; `is_text`: the element's own text."""

    name: str
    attribute: str
    kind: Kind
    type_: type[Nexo] | None = None
    is_element: bool = False
    is_text: bool = False


@lru_cache(maxsize=256)
def members_of(type_: type[Nexo]) -> tuple[Member, ...]:
    """The members of a struct, in their order."""
    info = inspect.type_info(type_)
    assert isinstance(info, inspect.StructType)
    own = ELEMENT_MEMBERS.get(type_.__name__, frozenset())
    text = TEXT_MEMBERS.get(type_.__name__)
    found = []
    for each in info.fields:
        kind, inner = _kind(each.type)
        found.append(
            Member(
                name=each.encode_name,
                attribute=each.name,
                kind=kind,
                type_=inner,
                is_element=each.encode_name in own,
                is_text=each.encode_name == text,
            )
        )
    return tuple(found)


def _kind(info: Any) -> tuple[Kind, type[Nexo] | None]:
    options = info.types if isinstance(info, inspect.UnionType) else (info,)
    for option in options:
        if isinstance(option, inspect.ListType):
            item = option.item_type
            if isinstance(item, inspect.StructType):
                return "structs", _nexo(item)
            return ("words" if isinstance(item, inspect.LiteralType) else "texts"), None
    for option in options:
        if isinstance(option, inspect.StructType):
            return "struct", _nexo(option)
        if isinstance(option, inspect.DictType):
            return "skipped", None
    return "scalar", None


def _nexo(info: inspect.StructType) -> type[Nexo]:
    assert issubclass(info.cls, Nexo)
    return info.cls
