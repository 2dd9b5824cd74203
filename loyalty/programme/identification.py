"""Identification has a strength, and the strength decides what may be done (DESIGN 6; C-02 to C-04)."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType

from loyalty.errors import LoyaltyError, Trouble
from loyalty.rules.reading import invalid, read_object


class Strength(IntEnum):
    """How well a person is identified; a higher number proves more."""

    NAME = 10
    PHONE_OR_EMAIL = 20
    BARCODE = 30
    NFC_UID = 40
    AES_CARD = 50
    CARD_AND_PIN = 60


class Act(StrEnum):
    """What a strength may permit."""

    SEE_BALANCE_RANGE = "see_balance_range"
    SEE_BALANCE = "see_balance"
    EARN = "earn"
    REDEEM = "redeem"
    PAY_FROM_PURSE = "pay_from_purse"
    SEE_TICKET_TOTALS = "see_ticket_totals"
    SEE_POINT_REASONS = "see_point_reasons"
    """Line numbers of an own ticket with their points and the rules that gave them; no article, no class."""
    SEE_PURCHASE_LINES = "see_purchase_lines"
    PLAY = "play"
    BLOCK_CARD = "block_card"
    DONATE = "donate"
    TRANSFER = "transfer"


StrengthPolicy = Mapping[Act, Strength]
"""The least strength each act asks for; an act that is not listed is never permitted."""

DEFAULT_POLICY: StrengthPolicy = MappingProxyType(
    {
        Act.EARN: Strength.NAME,
        Act.SEE_BALANCE_RANGE: Strength.BARCODE,
        Act.SEE_BALANCE: Strength.NFC_UID,
        Act.SEE_TICKET_TOTALS: Strength.NFC_UID,
        Act.SEE_POINT_REASONS: Strength.NFC_UID,
        Act.BLOCK_CARD: Strength.NFC_UID,
        Act.PLAY: Strength.NFC_UID,
        # A UID can be copied and a number guessed: value moves only on proof that the card is the card.
        Act.REDEEM: Strength.AES_CARD,
        Act.DONATE: Strength.AES_CARD,
        Act.PAY_FROM_PURSE: Strength.AES_CARD,
        Act.SEE_PURCHASE_LINES: Strength.CARD_AND_PIN,
        Act.TRANSFER: Strength.CARD_AND_PIN,
    }
)

_UNVERIFIED: Mapping[str, Strength] = MappingProxyType(
    {
        "nfc_uid": Strength.NFC_UID,
        "ntag424": Strength.NFC_UID,
        # A serial number that every reader may read: a printed number on a chip.
        "chip": Strength.BARCODE,
        "barcode": Strength.BARCODE,
        "qr": Strength.BARCODE,
        "typed": Strength.BARCODE,
    }
)
_VERIFIABLE = frozenset({"ntag424", "chip"})

_RANGE_STEPS = (100, 250, 500, 1000)


class UnknownMedium(LoyaltyError):
    """Evidence of a medium we do not know."""

    code = "unknown_medium"
    text = "Cards cannot be read by {medium}. Use one of {known}."


class StrengthTooLow(LoyaltyError):
    """The person is not identified well enough for what they want to do."""

    code = "strength_too_low"
    trouble = Trouble.FORBIDDEN
    text = "This needs a stronger identification ({needed}). Hold the card itself to the reader."


def strength_of(medium: str, *, is_verified: bool = False, has_pin: bool = False) -> Strength:
    """What a piece of evidence proves.

    Args:
        medium: as in the evidence: nfc_uid, ntag424, chip, barcode, qr, typed.
        is_verified: central checked the card's cryptographic answer; only ntag424 and chip can have one.
        has_pin: the member's PIN was right as well; it adds to a verified card only.
    Raises: UnknownMedium.
    """
    strength = _UNVERIFIED.get(medium)
    if strength is None:
        raise UnknownMedium(medium=medium[:40], known=", ".join(_UNVERIFIED))
    if not is_verified or medium not in _VERIFIABLE:
        return strength
    return Strength.CARD_AND_PIN if has_pin else Strength.AES_CARD


def permits(policy: StrengthPolicy, strength: Strength, act: Act) -> bool:
    """Whether a strength is enough for an act."""
    needed = policy.get(act)
    return needed is not None and strength >= needed


def permitted_acts(policy: StrengthPolicy, strength: Strength) -> frozenset[Act]:
    """Everything a strength is enough for."""
    return frozenset(act for act in Act if permits(policy, strength, act))


def require_strength(policy: StrengthPolicy, strength: Strength, act: Act) -> None:
    """Refuse an act that the strength does not permit.

    Raises: StrengthTooLow.
    """
    if not permits(policy, strength, act):
        needed = policy.get(act)
        raise StrengthTooLow(needed="none is enough" if needed is None else needed.name.lower())


def parse_policy(document: object, path: str = "identification") -> StrengthPolicy:
    """A group's own policy: {act: strength name or null for never}; acts left out keep the default.

    Raises: ProgrammeInvalid.
    """
    acts = frozenset(act.value for act in Act)
    members = read_object(document, path, required=frozenset(), optional=acts)
    policy = dict(DEFAULT_POLICY)
    names = {strength.name.lower(): strength for strength in Strength}
    for name, value in members.items():
        if value is None:
            policy.pop(Act(name), None)
        elif isinstance(value, str) and value in names:
            policy[Act(name)] = names[value]
        else:
            raise invalid(f"{path}.{name}", "null or one of " + ", ".join(names), value)
    return MappingProxyType(policy)


def balance_range(points: int) -> tuple[int, int]:
    """The coarse range [from, to) a balance (>= 0) lies in: 0-100, 100-250, 250-500, 500-1000, ..."""
    assert points >= 0, "a member's balance is never negative"
    low, scale = 0, 1
    while True:
        for step in _RANGE_STEPS:
            high = step * scale
            if points < high:
                return low, high
            low = high
        scale *= 10
