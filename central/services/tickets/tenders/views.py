"""What stored value paid of a ticket, as answers show it."""

from collections.abc import Sequence

from central.storage.interface.stored_value import SaleTender
from loyalty.value.tenders import TenderKind
from wire.api_tenders import TenderView


def tender_views(tenders: Sequence[SaleTender], *, may_see: bool) -> list[TenderView]:
    """What each paid and left. `may_see`: the holder may see balances; whoever brings a gift card may.

    A gift card that is empty now says what comes next: its holder can become a member (C-25).
    """
    views = []
    for each in tenders:
        is_gift = each.kind == TenderKind.GIFT_CARD
        is_empty = is_gift and not each.balance_after
        views.append(
            TenderView(
                kind=each.kind,
                amount_minor=each.amount_minor,
                number_end=each.number_end,
                balance_minor=each.balance_after if is_gift or may_see else None,
                is_empty=is_empty,
                next_step="become_member" if is_empty else "",
            )
        )
    return views
