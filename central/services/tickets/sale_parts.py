"""A sale on its way through the services: what was asked, and what it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass

from central.services.core.access import Actor
from central.services.core.group import Group
from central.services.members.holder import Holder
from central.services.tickets.leases.settling import OfflineCard
from central.services.tickets.tenders.paying import Presented
from central.services.tickets.terms import Terms
from central.storage.interface.claims import DiscountGiven
from central.storage.interface.lookups import SaleFacts
from central.storage.interface.rows import ShopRow
from loyalty.values import quick
from wire import api_sales


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A sale on its way: who sends it, and what it says."""

    actor: Actor
    group: Group
    shop: ShopRow
    body: api_sales.SaleBody
    input_hash: bytes
    holder: Holder | None
    since_ms: int | None
    """When the day began that the member's overview was looked up for."""
    found: SaleFacts | None
    """What was looked up with the ticket; None: to be read again, for somebody was faster."""
    numbers: Mapping[bytes, str]
    """The vouchers presented, of `Vouchers.numbers`; empty where one cannot be read."""
    card: OfflineCard | None = None
    """Of a ticket that points of a lease paid in a cut."""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The same as decided on what stands now: on which terms, and the points that pay."""

    asked: Asked
    terms: Terms
    redeem_points: int
    tenders: tuple[Presented, ...]


def discount_given(actor: Actor, body: api_sales.SaleBody, terms: Terms) -> DiscountGiven | None:
    """What the counter took off on its own, as the event tells it."""
    given = body.basket.discount
    if given is None:
        return None
    return DiscountGiven(
        shop_id=terms.shop.shop_id,
        role=given.role,
        operator=body.operator,
        actor=actor.token_id,
        off_minor=given.off_minor,
    )
