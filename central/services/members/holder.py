"""Who holds a card: what the evidence proves, judged against what the programme asks for (DESIGN 6)."""

from dataclasses import dataclass
from typing import Final

from central.services.cards.chip_messages import GenuineTap
from central.services.core.found_words import Found
from central.services.core.group import Group
from central.storage.interface.rows import CardRow, MemberRow
from loyalty.programme.card import CardState, UnknownCard, acts_of, require_card_act, state_on
from loyalty.programme.carer import CarerMayNot, acts_of_carer
from loyalty.programme.identification import (
    NO_LIMIT,
    UNITS,
    Act,
    Strength,
    StrengthTable,
    earns_minor,
    in_cut,
    most_of,
    needed_for,
    permitted_acts,
    require_strength,
    strength_of,
)
from loyalty.values import quick
from wire import api


@quick
@dataclass(frozen=True, slots=True)
class Holder:
    """A card's member, how well the evidence proves it, and what both together allow."""

    card: CardRow | None
    """None: the member was found without one (C-02)."""
    member: MemberRow
    strength: Strength
    may: frozenset[Act]
    earns_minor: int | None = None
    """How much of a ticket's amount earns; None: all of it."""
    found: Found | None = None

    @property
    def carer_id(self) -> str | None:
        """Who acts for the member, where the card is a carer's."""
        return None if self.card is None else self.card.carer_id

    def require_own(self) -> None:
        """Raises: CarerMayNot: the card acts for somebody else."""
        if self.carer_id is not None:
            raise CarerMayNot

    @property
    def shown(self) -> CardRow:
        """The card, for what is done to it. Raises: UnknownCard."""
        if self.card is None:
            raise UnknownCard
        return self.card


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class CardKey:
    """What a card is found by: its number, or what its chip calls itself (a UID; a contact card's serial).

    `tap`: what the chip signed, if it did.
    """

    uid: str | None = None
    number: str | None = None
    tap: GenuineTap | None = None
    found: Found | None = None
    """A member who was found at the counter, without any card."""


@quick
@dataclass(frozen=True, slots=True)
class Proved:
    """What of the evidence central checked: the chip's message is new; the chip answered a challenge; the PIN
    was right; a search found the member.
    """

    is_verified: bool = False
    is_challenged: bool = False
    has_pin: bool = False
    found: Found | None = None


NOTHING_PROVED: Final = Proved()
_ALL_ACTS: Final = frozenset(Act)


def judged(
    group: Group,
    evidence: api.EvidenceBody,
    act: Act,
    at_ms: int,
    card: CardRow | None,
    member: MemberRow | None,
    *,
    proved: Proved,
    amount: int = 1,
    is_for_cut: bool = False,
) -> Holder:
    """The holder, if card and evidence permit the act.

    Raises: the refusals of a card, StrengthTooLow, CardProofNeeded.
    """
    allowed = _ALL_ACTS
    if card is not None:
        state = state_on(CardState(card.state), valid_until_ms=card.valid_until_ms, now_ms=at_ms)
        require_card_act(state, act)
        allowed = acts_of(state) & acts_of_card(card)
        if act not in allowed:
            raise CarerMayNot
    assert member is not None, "a live card has a member"
    table: StrengthTable = group.programme.strength_table
    if proved.found is None:
        strength = strength_of(
            evidence.medium,
            is_verified=proved.is_verified,
            is_challenged=proved.is_challenged,
            has_pin=proved.has_pin,
        )
    else:
        strength = proved.found.strength
    asked = in_cut(strength) if is_for_cut else strength
    require_strength(table, asked, act, amount=amount, medium="" if is_for_cut else evidence.medium)
    may = allowed & permitted_acts(table, strength)
    return Holder(card, member, strength, may, earns_minor(table, strength), proved.found)


def acts_of_card(card: CardRow | None) -> frozenset[Act]:
    """What a card may at most, whatever its strength: a carer's is bounded."""
    is_own = card is None or card.carer_id is None
    return _ALL_ACTS if card is None or is_own else acts_of_carer(card.carer_may)


def limits_of(table: StrengthTable, strength: Strength, allowed: frozenset[Act]) -> list[api.ActLimitView]:
    """What the strength at hand may do of each act of value, and what more asks for."""
    views = []
    for act, unit in UNITS.items():
        most = most_of(table, strength, act) if act in allowed else 0
        is_full = most == NO_LIMIT or act not in allowed
        needed = None if is_full else needed_for(table, act, most + 1)
        views.append(
            api.ActLimitView(
                act=act.value,
                unit=unit,
                most=None if most == NO_LIMIT else most,
                needs="" if needed is None else needed.name.lower(),
            )
        )
    return views
