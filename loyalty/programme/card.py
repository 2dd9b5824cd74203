"""Cards: states and moves (P-37, P-38, C-05, C-08). The member's account outlives any card.

A card to be validated (C-08: only an e-mail was taken) earns and shows its balance, but nothing is redeemed
until the member has completed the enrolment.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from loyalty.errors import LoyaltyError, Trouble
from loyalty.programme.identification import Act


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
    PROVISIONAL = "provisional"
    """Reported without the card: until its member says so, or a day has gone."""
    WITHDRAWN = "withdrawn"
    """A carer's: the member took back that somebody acts for them."""


class UnknownCard(LoyaltyError):
    """No card of the group has this number or chip."""

    code = "unknown_card"
    trouble = Trouble.NOT_FOUND
    text = "This card is not known. Check the number, or give the member a new card."


class BlockedCard(LoyaltyError):
    """The card is blocked."""

    code = "blocked_card"
    trouble = Trouble.REFUSED
    text = "This card is blocked. Replace it, or have it unblocked by the hotline."


class ReplacedCard(LoyaltyError):
    """The card was replaced by another."""

    code = "replaced_card"
    trouble = Trouble.REFUSED
    text = "This card was replaced. Use the new card; the points stayed with the member."


class ExpiredCard(LoyaltyError):
    """The card is past its validity."""

    code = "expired_card"
    trouble = Trouble.REFUSED
    text = "This card has expired. Renew it; the points stay with the member."


class CardNotActive(LoyaltyError):
    """The card has no member yet, or is not validated for this act."""

    code = "card_not_active"
    trouble = Trouble.REFUSED
    text = "This card is not active yet. Complete the enrolment to validate it."


class CardMoveRefused(LoyaltyError):
    """A card cannot go from its state to that one."""

    code = "card_move_refused"
    trouble = Trouble.CONFLICT
    text = "A card that is {state} cannot become {target}. From here it can become: {allowed}."


class BlockReasonRequired(LoyaltyError):
    """A card is to be blocked without saying why."""

    code = "block_reason_required"
    text = "Say why the card is blocked: {known}."


class CardStaysBlocked(LoyaltyError):
    """A stolen or damaged card is never unblocked."""

    code = "card_stays_blocked"
    trouble = Trouble.REFUSED
    text = "A card blocked as {reason} is not unblocked. Replace it; the points stay with the member."


MOVES: Mapping[CardState, frozenset[CardState]] = MappingProxyType(
    {
        CardState.STOCK: frozenset({CardState.TO_VALIDATE, CardState.ACTIVE, CardState.EXPIRED}),
        CardState.TO_VALIDATE: frozenset(
            {CardState.ACTIVE, CardState.BLOCKED, CardState.REPLACED, CardState.EXPIRED}
        ),
        CardState.ACTIVE: frozenset({CardState.BLOCKED, CardState.REPLACED, CardState.EXPIRED}),
        CardState.BLOCKED: frozenset({CardState.ACTIVE, CardState.REPLACED, CardState.EXPIRED}),
        CardState.REPLACED: frozenset(),
        CardState.EXPIRED: frozenset({CardState.REPLACED}),
    }
)
"""Every allowed move; what is not here is refused. An expired card is renewed by replacing it (P-38)."""

NEVER_UNBLOCKED = frozenset({BlockReason.STOLEN, BlockReason.DAMAGED, BlockReason.WITHDRAWN})

ACTS: Mapping[CardState, frozenset[Act]] = MappingProxyType(
    {
        CardState.ACTIVE: frozenset(Act),
        CardState.TO_VALIDATE: frozenset(
            {
                Act.EARN,
                Act.SEE_BALANCE_RANGE,
                Act.SEE_BALANCE,
                Act.SEE_TICKET_TOTALS,
                Act.SEE_POINT_REASONS,
                Act.BLOCK_CARD,
            }
        ),
    }
)
"""What a card in each state allows, before its strength is looked at; states not listed allow nothing."""

_REFUSALS: Mapping[CardState, type[LoyaltyError]] = MappingProxyType(
    {
        CardState.STOCK: CardNotActive,
        CardState.TO_VALIDATE: CardNotActive,
        CardState.BLOCKED: BlockedCard,
        CardState.REPLACED: ReplacedCard,
        CardState.EXPIRED: ExpiredCard,
    }
)


def require_move(
    state: CardState,
    target: CardState,
    *,
    block_reason: BlockReason | None = None,
    blocked_as: BlockReason | None = None,
) -> None:
    """Check one move of a card.

    Args:
        block_reason: why, when `target` is blocked.
        blocked_as: why the card is blocked now, when it is to become active again.
    Raises: CardMoveRefused, BlockReasonRequired, CardStaysBlocked.
    """
    if target not in MOVES[state]:
        allowed = ", ".join(sorted(MOVES[state])) or "nothing else"
        raise CardMoveRefused(state=state.value, target=target.value, allowed=allowed)
    if target is CardState.BLOCKED and block_reason is None:
        raise BlockReasonRequired(known=", ".join(BlockReason))
    is_unblocking = state is CardState.BLOCKED and target is CardState.ACTIVE
    if is_unblocking and blocked_as in NEVER_UNBLOCKED:
        raise CardStaysBlocked(reason=blocked_as.value)


def may_replace_alone(state: CardState, reason: str) -> bool:
    """Whether a member may replace this card without a clerk, once they proved who they are.

    One that was blocked for fraud is a matter for people; a carer's that was withdrawn stays so.
    """
    is_for_good = state is CardState.BLOCKED and reason in (BlockReason.FRAUD, BlockReason.WITHDRAWN)
    return CardState.REPLACED in MOVES[state] and not is_for_good


def states_before(target: CardState) -> tuple[CardState, ...]:
    """The states a card may come from to reach `target`: the guard of the statement that moves it."""
    return tuple(state for state in CardState if target in MOVES[state])


def acts_of(state: CardState) -> frozenset[Act]:
    """What a card in this state allows, before its strength is looked at."""
    return ACTS.get(state, frozenset())


def state_on(state: CardState, *, valid_until_ms: int | None, now_ms: int) -> CardState:
    """The state that counts now: a live card past its validity is expired, whether or not a job marked it."""
    is_live = state in (CardState.ACTIVE, CardState.TO_VALIDATE)
    is_over = valid_until_ms is not None and valid_until_ms <= now_ms
    return CardState.EXPIRED if is_live and is_over else state


def require_card_act(state: CardState, act: Act) -> None:
    """Refuse an act that the card's state does not allow.

    Raises: BlockedCard, ReplacedCard, ExpiredCard, CardNotActive.
    """
    if act not in acts_of(state):
        raise _REFUSALS[state]()
