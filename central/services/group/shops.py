"""Shops of the group."""

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.storage.base import Change
from central.storage.interface.rows import ShopRow
from loyalty.errors import LoyaltyError, Trouble
from wire import api_catalogue


class ShopNotFound(LoyaltyError):
    """No such shop in this group."""

    code = "shop_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no shop {shop_id} in this group. Check the id, or put the shop first."


def view_of(row: ShopRow) -> api_catalogue.ShopView:
    """A shop as answers show it."""
    return api_catalogue.ShopView(
        shop_id=row.shop_id,
        name=row.name,
        country=row.country,
        time_zone=row.time_zone,
        external_id=row.external_id,
        street=row.street,
        postcode=row.postcode,
        city=row.city,
        phone=row.phone,
        opening_hours=row.opening_hours,
        website=row.website,
        latitude_e7=row.latitude_e7,
        longitude_e7=row.longitude_e7,
    )


class ShopsService:
    """Reads and puts shops."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._clock = context.clock
        self._zones = context.zones
        self._known = context.known

    async def put_shop(
        self, actor: Actor, shop_id: str, body: api_catalogue.ShopBody
    ) -> tuple[api_catalogue.ShopView, Change]:
        """Put a shop; the same content again changes nothing. Raises: UnknownTimeZone."""
        access.require(actor, access.SHOPS_WRITE)
        await self._zones.get(body.time_zone)
        row = ShopRow(group_id=actor.group_id, shop_id=shop_id, **msgspec.structs.asdict(body))
        return view_of(row), await self._store.put_shop(row, self._clock())

    async def get_shop(self, actor: Actor, shop_id: str) -> api_catalogue.ShopView:
        """A shop. Raises: ShopNotFound."""
        access.require(actor, access.GROUP_READ)
        return view_of(await self.get_row(actor.group_id, shop_id))

    async def list_shops(self, actor: Actor) -> api_catalogue.ShopListView:
        """All shops of the group."""
        access.require(actor, access.GROUP_READ)
        return api_catalogue.ShopListView(
            shops=[view_of(row) for row in await self._store.list_shops(actor.group_id)]
        )

    async def get_row(self, group_id: str, shop_id: str) -> ShopRow:
        """A shop for other services, as it stands now. Raises: ShopNotFound."""
        await self._known.look(group_id)
        return await self.get_row_of(group_id, shop_id)

    async def get_row_of(self, group_id: str, shop_id: str) -> ShopRow:
        """A shop of a group that was read just now. Raises: ShopNotFound."""
        row = await self._known.find_shop(group_id, shop_id)
        if row is None:
            raise ShopNotFound(shop_id=shop_id)
        return row
