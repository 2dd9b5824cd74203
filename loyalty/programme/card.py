"""Cards: states and moves (P-37, P-38, C-05, C-08). The member's account outlives any card."""

from enum import StrEnum


class CardState(StrEnum):
    """The life of a card."""

    STOCK = "stock"
    TO_VALIDATE = "to_validate"
    ACTIVE = "active"
    BLOCKED = "blocked"
    REPLACED = "replaced"
    EXPIRED = "expired"


class BlockReason(StrEnum):
    """Why a card is blocked."""

    LOST = "lost"
    STOLEN = "stolen"
    MEMBER_REQUEST = "member_request"
    FRAUD = "fraud"
    DAMAGED = "damaged"
