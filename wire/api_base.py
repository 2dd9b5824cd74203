"""What every struct of the JSON API is made of: bounded types, and the bases of requests and answers."""

from typing import Annotated

import msgspec
from msgspec import Meta

from loyalty.limits.cards import EVIDENCE_CHARS_MAX
from loyalty.limits.ledger import CORRECTION_POINTS_MAX
from loyalty.limits.rules import RATE_BP_MAX
from loyalty.limits.texts import ID_CHARS_MAX, NAME_CHARS_MAX
from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX, LINE_QUANTITY_MAX
from loyalty.limits.web import PAGE_ROWS_MAX

# `(?!\n)$`: Python's `$` alone lets a line feed at the end through, that of JSON Schema does not.
Id = Annotated[str, Meta(min_length=1, max_length=ID_CHARS_MAX, pattern=r"^[A-Za-z0-9._:\-]+(?!\n)$")]
Code = Annotated[str, Meta(min_length=1, max_length=ID_CHARS_MAX)]
EvidenceText = Annotated[str, Meta(min_length=1, max_length=EVIDENCE_CHARS_MAX)]
Name = Annotated[str, Meta(min_length=1, max_length=NAME_CHARS_MAX)]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}(?!\n)$")]
Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}(?!\n)$")]
Quantity = Annotated[int, Meta(ge=1, le=LINE_QUANTITY_MAX)]
Uid = Annotated[str, Meta(pattern=r"^((iccsn:)?[0-9A-F]{8,20})?(?!\n)$")]
"""What a chip calls itself: a contactless card's UID, or `iccsn:` and a contact card's serial number."""
RedeemPoints = Annotated[int, Meta(ge=0, le=CORRECTION_POINTS_MAX)]
TaxRate = Annotated[int, Meta(ge=0, le=RATE_BP_MAX)]
Amount = Annotated[int, Meta(ge=0, le=LINE_AMOUNT_MINOR_MAX)]
Millis = Annotated[int, Meta(ge=0, le=253_402_300_799_999)]
LanguageKey = Annotated[str, Meta(pattern=r"^(fr|de|it|en|zh)(?!\n)$")]
"""Names a text's language: a pattern, for a JSON Schema says nothing of keys that are of an enumeration."""
PageSize = Annotated[int, Meta(ge=1, le=PAGE_ROWS_MAX)]
LineNo = Annotated[int, Meta(ge=0, le=1_000_000)]
VoucherCode = Annotated[str, Meta(min_length=1, max_length=ID_CHARS_MAX, pattern=r"^[0-9 \-]+(?!\n)$")]


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of requests: an unknown member is an error, so that a typing slip is never ignored."""


class View(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Base of answers: callers must ignore members they do not know."""
