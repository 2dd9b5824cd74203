"""The services of stored value, built together."""

from dataclasses import dataclass

from central.services.core.context import Context
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.members.identify import IdentifyService
from central.services.members.members import MembersService
from central.services.stored_value.batches import GiftBatchesService
from central.services.stored_value.gift_acts import GiftActs
from central.services.stored_value.gift_cards import GiftCardsService
from central.services.stored_value.gift_endings import GiftEndingsService
from central.services.stored_value.paying_in import PayingIn
from central.services.stored_value.purse import PurseService
from central.services.stored_value.sold_ahead import SoldAheadService
from central.services.tickets.tenders.guessing import Guesses
from central.services.tickets.tenders.known_cards import KnownCards


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredValueServices:
    """By noun."""

    gift_cards: GiftCardsService
    gift_endings: GiftEndingsService
    gift_batches: GiftBatchesService
    purse: PurseService
    sold_ahead: SoldAheadService


def build_stored_value(
    context: Context,
    *,
    groups: GroupsService,
    shops: ShopsService,
    identify: IdentifyService,
    members: MembersService,
    guesses: Guesses,
) -> StoredValueServices:
    """Wire them over a store."""
    gifts = GiftActs(context, groups, KnownCards(context, guesses))
    paying_in = PayingIn(context, groups=groups, shops=shops, identify=identify)
    return StoredValueServices(
        gift_cards=GiftCardsService(context, shops=shops, gifts=gifts),
        gift_endings=GiftEndingsService(context, members=members, gifts=gifts),
        gift_batches=GiftBatchesService(context, gifts=gifts),
        purse=PurseService(context, groups=groups, identify=identify, paying_in=paying_in),
        sold_ahead=SoldAheadService(context, identify=identify, paying_in=paying_in),
    )
