"""What this shop and its neighbours tell, as central last said; kept, so that a cut hides no hours."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Final, get_args

import apsw
import msgspec
import structlog

from loyalty.errors import LoyaltyError
from loyalty.limits.shops import SHOP_PAGES_FETCH_S, SHOP_PAGES_TIMEOUT_S
from loyalty.programme.opening_hours import OpeningHours, OtherDay, read_day, write_spans
from terminal.central_link import CentralLink
from terminal.till_store import TillStore
from wire.api_shop_pages import ShopEventView, ShopPagesView, ShopPageView
from wire.message_base import Language
from wire.shop_pages import ShopEvent, ShopPage, ShopService, Texts

log = structlog.get_logger(__name__)

_KEPT: Final = "shop-pages"
_LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


class ShopPages:
    """Fetches them now and then while central is there. `on_change` hears when they are others."""

    def __init__(self, store: TillStore, link: CentralLink, *, on_change: Callable[[], None]) -> None:
        self._store = store
        self._link = link
        self._on_change = on_change
        self._view: ShopPagesView | None = None
        self._wanted = asyncio.Event()
        self.shops: tuple[ShopPage, ...] = ()
        """This shop first, then the nearest ones; empty before central ever told."""

    @property
    def hours(self) -> OpeningHours | None:
        """Of this shop; None: not known."""
        return self.shops[0].hours if self.shops else None

    async def load(self) -> None:
        """Take what the last run kept."""
        kept = await self._store.find_kept(_KEPT)
        if kept is None:
            return
        try:
            self._take(msgspec.json.decode(kept, type=ShopPagesView))
        except msgspec.DecodeError as error:  # of another release: it is fetched again
            log.info("shop_pages_forgotten", reason=str(error))

    async def run(self) -> None:
        """Fetch when central comes back, and again after a while."""
        while True:
            await self._link.wait_up()
            self._wanted.clear()
            await self._fetch()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SHOP_PAGES_FETCH_S):
                    await self._wanted.wait()

    def want(self) -> None:
        """Central is back: what it tells may have changed."""
        self._wanted.set()

    async def _fetch(self) -> None:
        try:
            view = await self._link.call("GET", "/shop-pages", None, ShopPagesView, SHOP_PAGES_TIMEOUT_S)
            if view == self._view:
                return
            self._take(view)
            await self._store.keep(_KEPT, msgspec.json.encode(view))
        except (LoyaltyError, apsw.Error) as error:
            log.info("shop_pages_not_fetched", reason=str(error))
            return
        self._on_change()

    def _take(self, view: ShopPagesView) -> None:
        self._view = view
        self.shops = tuple(_shop(page) for page in view.pages)


def _shop(page: ShopPageView) -> ShopPage:
    days = tuple(OtherDay(each.day, tuple(each.spans)) for each in page.days)
    return ShopPage(
        shop_id=page.shop.shop_id,
        name=page.shop.name,
        street=page.shop.street,
        postcode=page.shop.postcode,
        city=page.shop.city,
        phone=page.shop.phone,
        time_zone=page.shop.time_zone,
        hours=None if page.week is None else OpeningHours(tuple(page.week), days),
        reasons={each.day: _texts(each.names) for each in page.days if each.names},
        services=tuple(
            ShopService(names=_texts(each.names), notes=_texts(each.notes)) for each in page.services
        ),
        events=tuple(_event(each) for each in page.events),
        east_m=page.east_m,
        north_m=page.north_m,
    )


def _event(event: ShopEventView) -> ShopEvent:
    return ShopEvent(
        names=_texts(event.names),
        from_day=event.from_day,
        to_day=event.to_day,
        hours=write_spans(read_day(event.hours)) if event.hours else "",
        notes=_texts(event.notes),
    )


def _texts(texts: Mapping[str, str]) -> Texts:
    return {language: texts[language] for language in _LANGUAGES if language in texts}
