"""Makes the services of the kiosk's visitors."""

from dataclasses import dataclass

from central.services.core.context import Context
from central.services.group.shop_pages import ShopPagesService
from central.services.group.shops import ShopsService


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitServices:
    """What visitors look at and do, by noun."""

    shop_pages: ShopPagesService


def build_visits(context: Context, shops: ShopsService) -> VisitServices:
    """Wire them."""
    return VisitServices(shop_pages=ShopPagesService(context, shops))
