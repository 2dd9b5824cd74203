"""Who pays and who is paid: group, shops, suppliers and associations, by their names in the ledger."""

import re
from enum import StrEnum

from loyalty.limits.texts import ID_CHARS_MAX

GROUP = "group"
"""The group itself."""
SELLING_SHOP = "shop"
"""As a funder: whichever shop sells. In the ledger it stands by its id."""
_NAMED = re.compile(rf"(?:shop|supplier|association)/[A-Za-z0-9._:\-]{{1,{ID_CHARS_MAX}}}", re.ASCII)
FUNDER_PATTERN = rf"^(group|shop|(shop|supplier|association)/[A-Za-z0-9._:\-]{{1,{ID_CHARS_MAX}}})$"
FUNDER_EXPECTED = "group, shop (the one that sells), shop/<id>, supplier/<id> or association/<id>"


class PartyKind(StrEnum):
    """Parties that are neither the group nor one of its shops."""

    SUPPLIER = "supplier"
    ASSOCIATION = "association"


class PartyState(StrEnum):
    """Whether a party may be named by a new programme; what it owes and gets is settled in either."""

    ACTIVE = "active"
    ENDED = "ended"


def is_funder(text: str) -> bool:
    """Whether a text can name who pays for a rule, a voucher or points."""
    return text in (GROUP, SELLING_SHOP) or _NAMED.fullmatch(text) is not None


def funder_in(funder: str, shop_id: str) -> str:
    """Who pays for what happens in a shop: `shop` is that shop."""
    return shop(shop_id) if funder == SELLING_SHOP else funder


def shop(shop_id: str) -> str:
    """A shop as a party."""
    return f"shop/{shop_id}"


def association(association_id: str) -> str:
    """An association as a party."""
    return f"association/{association_id}"
