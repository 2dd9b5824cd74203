"""The kiosk asks what this shop and its neighbours tell: answered from what is kept, a message per shop."""

from collections.abc import Mapping, Sequence

from terminal.journeys.base import Answering, Parts
from wire.messages import Answer
from wire.shop_pages import AskShops, ShopTold


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers."""

    async def tell(ask: AskShops) -> Sequence[Answer]:
        shops = parts.shop_pages.shops
        if not shops:
            return (ShopTold(request_id=ask.request_id),)
        last = len(shops) - 1
        return tuple(
            ShopTold(request_id=ask.request_id, shop=shop, left=last - place)
            for place, shop in enumerate(shops)
        )

    return {AskShops: tell}
