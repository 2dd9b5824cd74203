"""Identification has a strength, and one table says what each strength may do, and up to how much.

DESIGN 6; C-02 to C-04. The table is data: its defaults stand here, a group's own changes in its programme.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final, Literal

from loyalty.errors import LoyaltyError, ParamValue, Trouble
from loyalty.limits.cards import STRENGTH_LIMIT_MAX
from loyalty.limits.counter import EARN_BY_CONTACT_MINOR, EARN_BY_NAME_MINOR
from loyalty.rules.reading import invalid, read_object


class Strength(IntEnum):
    """How well a person is identified; a higher number proves more."""

    NAME = 10
    PHONE_OR_EMAIL = 20
    BARCODE = 30
    NFC_UID = 40
    PHONE_CODE = 45
    """A code that a phone showed within the last half minute, never used before: no copy of it is worth
    anything, but the link that makes it can be passed on."""
    AES_CARD = 50
    """A message that the card's chip signed: it proves that the card was there when it was read."""
    CHIP_CHALLENGE = 55
    """The chip answered a challenge made a moment ago: it proves that the card is there."""
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
    CHANGE_DETAILS = "change_details"
    """See and change how one is reached, and what one agreed to."""
    PLAY = "play"
    BLOCK_CARD = "block_card"
    DONATE = "donate"
    TRANSFER = "transfer"


Unit = Literal["", "points", "minor"]
UNITS: Final[Mapping[Act, Unit]] = MappingProxyType(
    {
        Act.EARN: "minor",
        Act.REDEEM: "points",
        Act.DONATE: "points",
        Act.TRANSFER: "points",
        Act.PAY_FROM_PURSE: "minor",
    }
)
"""What the limits of an act count, each time it is done; acts that are not listed have no limits.

Of a ticket that earns, so much of its amount counts; nobody is refused for what is above it.
"""
NO_LIMIT: Final = STRENGTH_LIMIT_MAX
"""Above every amount that can be asked for."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """From `strength` on an act may be done, up to `most` (`UNITS`) at a time."""

    strength: Strength
    most: int = NO_LIMIT


StrengthTable = Mapping[Act, tuple[Allowance, ...]]
"""Strength x act -> limit: each act's allowances, weakest first; an act not listed is never permitted."""


def _from(strength: Strength) -> tuple[Allowance, ...]:
    return (Allowance(strength),)


DEFAULT_TABLE: Final[StrengthTable] = MappingProxyType(
    {
        # Anybody can say a name (C-02): it is good for small amounts.
        Act.EARN: (
            Allowance(Strength.NAME, EARN_BY_NAME_MINOR),
            Allowance(Strength.PHONE_OR_EMAIL, EARN_BY_CONTACT_MINOR),
            Allowance(Strength.BARCODE),
        ),
        Act.SEE_BALANCE_RANGE: _from(Strength.BARCODE),
        Act.SEE_BALANCE: _from(Strength.NFC_UID),
        Act.SEE_TICKET_TOTALS: _from(Strength.NFC_UID),
        Act.SEE_POINT_REASONS: _from(Strength.NFC_UID),
        Act.BLOCK_CARD: _from(Strength.NFC_UID),
        Act.PLAY: _from(Strength.NFC_UID),
        # A UID is copied, a number guessed, a message read in passing: value moves only where the card is.
        Act.REDEEM: _from(Strength.CHIP_CHALLENGE),
        Act.DONATE: _from(Strength.CHIP_CHALLENGE),
        Act.PAY_FROM_PURSE: _from(Strength.CHIP_CHALLENGE),
        Act.SEE_PURCHASE_LINES: _from(Strength.CARD_AND_PIN),
        Act.CHANGE_DETAILS: _from(Strength.CARD_AND_PIN),
        Act.TRANSFER: _from(Strength.CARD_AND_PIN),
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
        "phone": Strength.BARCODE,
        "typed": Strength.BARCODE,
    }
)
_VERIFIABLE = frozenset({"ntag424"})
"""Media that carry a message of the chip."""
CHALLENGEABLE: Final = frozenset({"ntag424", "chip"})
"""Media of cards that can answer a challenge."""

_NEEDED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": "the member's name",
        "phone_or_email": "the member's phone number or e-mail address, or name and birth date together",
        "barcode": "the card's code or number",
        "nfc_uid": "the card held to the reader: its number alone is not enough",
        "phone_code": "the card in the member's phone, with the code that it shows now",
        "aes_card": "a card whose chip proves that it is no copy, held to the reader",
        "chip_challenge": "a card whose chip proves that it is no copy, left on the reader until it is done",
        "card_and_pin": "the card held to the reader, and its PIN",
    }
)
"""What somebody has to show, by the name of the strength."""
_NONE_ENOUGH: Final = "less to be asked for, or the group's programme changed: no card permits so much of it"

_RANGE_STEPS = (100, 250, 500, 1000)


class UnknownMedium(LoyaltyError):
    """Evidence of a medium we do not know."""

    code = "unknown_medium"
    text = "Cards cannot be read by {medium}. Use one of {known}."


class StrengthTooLow(LoyaltyError):
    """The person is not identified well enough for what they want to do, or for so much of it."""

    code = "strength_too_low"
    trouble = Trouble.FORBIDDEN
    text = "What was shown does not identify the member well enough. This needs {needed}."

    def shown(self) -> dict[str, ParamValue]:
        """What is needed in words; machines get the strength's name."""
        needed = self.params["needed"]
        return self.params | {"needed": _NEEDED.get(str(needed), _NONE_ENOUGH)}


class CardProofNeeded(LoyaltyError):
    """The card must answer a challenge now, and it is one that can."""

    code = "card_proof_needed"
    trouble = Trouble.FORBIDDEN
    text = "Value moves only while the card itself is there. Hold it to the reader until the screen says so."


def strength_of(
    medium: str, *, is_verified: bool = False, is_challenged: bool = False, has_pin: bool = False
) -> Strength:
    """What a piece of evidence proves.

    Args:
        medium: as in the evidence: nfc_uid, ntag424, chip, barcode, qr, phone, typed.
        is_verified: central checked the message that the chip signed (ntag424), or the phone's code (phone).
        is_challenged: the chip answered central's challenge of this session.
        has_pin: the member's PIN was right as well; it adds to a proved card only.
    Raises: UnknownMedium.
    """
    strength = _UNVERIFIED.get(medium)
    if strength is None:
        raise UnknownMedium(medium=medium[:40], known=", ".join(_UNVERIFIED))
    if is_challenged and medium in CHALLENGEABLE:
        return Strength.CARD_AND_PIN if has_pin else Strength.CHIP_CHALLENGE
    if is_verified and medium == "phone":
        return Strength.PHONE_CODE
    if is_verified and medium in _VERIFIABLE:
        return Strength.CARD_AND_PIN if has_pin else Strength.AES_CARD
    return strength


def most_of(table: StrengthTable, strength: Strength, act: Act) -> int:
    """How much of an act a strength permits at a time (`UNITS`); 0: it does not permit it at all."""
    return max((row.most for row in table.get(act, ()) if strength >= row.strength), default=0)


def earns_minor(table: StrengthTable, strength: Strength) -> int | None:
    """How much of a ticket's amount earns, in minor units; None: all of it."""
    most = most_of(table, strength, Act.EARN)
    return None if most == NO_LIMIT else most


def permits(table: StrengthTable, strength: Strength, act: Act, amount: int = 1) -> bool:
    """Whether a strength is enough for so much of an act."""
    return amount <= most_of(table, strength, act)


def in_cut(strength: Strength) -> Strength:
    """What a strength counts as inside a lease: no challenge can be made without a line, so a message of the
    chip stands in its place. Whoever sets up leases accepts that, up to what they set aside.
    """
    return Strength.CHIP_CHALLENGE if strength is Strength.AES_CARD else strength


def permitted_acts(table: StrengthTable, strength: Strength) -> frozenset[Act]:
    """Everything a strength is enough for, some of it up to a limit."""
    return frozenset([act for act, rows in table.items() if rows and strength >= rows[0].strength])


def needed_for(table: StrengthTable, act: Act, amount: int = 1) -> Strength | None:
    """The least strength that permits so much of an act; None: none does."""
    return next((row.strength for row in table.get(act, ()) if amount <= row.most), None)


def may_prove(table: StrengthTable, act: Act, medium: str, *, amount: int = 1) -> bool:
    """Whether a card read so is permitted so much of an act once it answers a challenge."""
    return medium in CHALLENGEABLE and permits(table, Strength.CHIP_CHALLENGE, act, amount)


def require_strength(
    table: StrengthTable, strength: Strength, act: Act, *, amount: int = 1, medium: str = ""
) -> None:
    """Refuse an act, or so much of it, that the strength does not permit.

    `medium`: of the evidence; a card that can answer a challenge is asked for it where that is enough.
    Raises: StrengthTooLow, CardProofNeeded.
    """
    amount = max(1, amount)
    if permits(table, strength, act, amount):
        return
    if may_prove(table, act, medium, amount=amount):
        raise CardProofNeeded
    needed = needed_for(table, act, amount)
    raise StrengthTooLow(needed="none" if needed is None else needed.name.lower())


def parse_table(document: object, path: str = "identification") -> StrengthTable:
    """A group's own table; acts left out keep the default.

    {act: strength name | null (never) | {strength name: most at a time, or null for no limit}}
    Raises: ProgrammeInvalid.
    """
    acts = frozenset(act.value for act in Act)
    members = read_object(document, path, required=frozenset(), optional=acts)
    table = dict(DEFAULT_TABLE)
    for name, value in members.items():
        act, where = Act(name), f"{path}.{name}"
        if value is None:
            table.pop(act, None)
        elif isinstance(value, dict) and act in UNITS:
            table[act] = _read_allowances(value, where)
        elif isinstance(value, str) and value in _NAMES:
            table[act] = _from(_NAMES[value])
        else:
            raise invalid(where, "null or one of " + ", ".join(_NAMES), value)
    return MappingProxyType(table)


_NAMES: Final = {strength.name.lower(): strength for strength in Strength}


def _read_allowances(document: dict[object, object], path: str) -> tuple[Allowance, ...]:
    """More strength never permits less: a table that says so is refused."""
    members = read_object(document, path, required=frozenset(), optional=frozenset(_NAMES))
    rows: list[Allowance] = []
    for name, strength in sorted(_NAMES.items(), key=lambda each: each[1]):
        if name not in members:
            continue
        most = members[name]
        is_number = isinstance(most, int) and not isinstance(most, bool) and 1 <= most < NO_LIMIT
        if most is not None and not is_number:
            raise invalid(f"{path}.{name}", f"null or a whole number from 1 to {NO_LIMIT - 1}", most)
        row = Allowance(strength, NO_LIMIT if most is None else int(str(most)))
        if rows and rows[-1].most >= row.most:
            raise invalid(f"{path}.{name}", f"more than the {rows[-1].strength.name.lower()} before it", most)
        rows.append(row)
    if not rows:
        raise invalid(path, "at least one of " + ", ".join(_NAMES), document)
    return tuple(rows)


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
