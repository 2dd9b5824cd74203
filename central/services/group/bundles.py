"""Bundles: what a shop's terminals price with while central is away, signed and numbered (docs/offline.md).

A content is made of the group as it is now, for all shops of a country; a shop gets a new number only when
something in it changed. What a ticket was priced from is found again by the bundle's id.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.sealing import Sealing
from central.services.core.signing import Signer
from central.services.group.article_classes import class_in
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.storage.interface.offline import BundleRow
from central.storage.interface.rows import ArticleRow, ShopRow
from loyalty.durations import DAY_MS
from loyalty.limits.offline import BUNDLE_KEPT_DAYS, BUNDLE_LOOK_S, BUNDLES_OPEN_MAX
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.pricing.offline import OFFLINE_PRICING, Bundle, offline_rules
from loyalty.programme.compliance import pack_version
from loyalty.programme.programme import Programme
from wire import offline


@dataclass(frozen=True, slots=True)
class _Made:
    """A content of a country, as of one state of the group."""

    changes: int
    made_ms: int
    packed: bytes
    content_hash: str
    ruleset_version: int


class BundlesService:
    """Makes, signs and finds bundles."""

    def __init__(self, context: Context, groups: GroupsService, shops: ShopsService) -> None:
        self._store = context.store
        self._vault = context.vault
        self._signer = Signer(context.vault)
        self._sealing = Sealing(context.vault)
        self._clock = context.clock
        self._known = context.known
        self._groups = groups
        self._shops = shops
        self._made: dict[tuple[str, str], _Made] = {}
        self._open: OrderedDict[tuple[str, str, str], Bundle] = OrderedDict()
        self._making = asyncio.Lock()

    async def keys(self, actor: Actor) -> offline.OfflineKeysView:
        """The public keys that a terminal pins when it first sees them."""
        access.require(actor, access.GROUP_READ)
        return offline.OfflineKeysView(
            signing_key=self._signer.public_key(actor.group_id),
            sealing_key=self._sealing.public_key(actor.group_id),
            salt=self._vault.hot_salt(actor.group_id),
        )

    async def fetch(self, actor: Actor, *, shop_id: str | None, have: str | None) -> offline.BundleView:
        """The newest bundle of a shop; without its content where the caller has that one.

        Raises: ShopNotYours, ShopMissing, ShopNotFound.
        """
        access.require(actor, access.GROUP_READ)
        shop = await self._shops.get_row(actor.group_id, access.shop_of(actor, shop_id))
        row = await self._newest(shop)
        text = msgspec.json.encode(_head(row, as_of_ms=self._clock())).decode()
        return offline.BundleView(
            head=text,
            signature=self._signer.sign(actor.group_id, offline.BUNDLE + text.encode()),
            content="" if have == row.bundle_id else offline.as_text(row.content),
        )

    async def find(self, group_id: str, shop_id: str, bundle_id: str) -> Bundle | None:
        """A bundle that a ticket names, its rules compiled; None where it is no longer kept, or never was."""
        key = (group_id, shop_id, bundle_id)
        kept = self._open.get(key)
        if kept is None:
            row = await self._store.find_bundle(group_id, shop_id, bundle_id)
            if row is None:
                return None
            kept = await asyncio.to_thread(_opened, row)
            self._open[key] = kept
            if len(self._open) > BUNDLES_OPEN_MAX:
                self._open.popitem(last=False)
        self._open.move_to_end(key)
        return kept

    async def _newest(self, shop: ShopRow) -> BundleRow:
        async with self._making:
            made = await self._content(shop)
            newest = await self._store.find_newest_bundle(shop.group_id, shop.shop_id)
            if newest is not None and (newest.content_hash, newest.time_zone) == (
                made.content_hash,
                shop.time_zone,
            ):
                return newest
            now_ms = self._clock()
            row = BundleRow(
                group_id=shop.group_id,
                shop_id=shop.shop_id,
                number=0,
                bundle_id="",
                content_hash=made.content_hash,
                time_zone=shop.time_zone,
                ruleset_version=made.ruleset_version,
                made_ms=made.made_ms,
                content=made.packed,
            )
            return await self._store.put_bundle(row, forget_before_ms=now_ms - BUNDLE_KEPT_DAYS * DAY_MS)

    async def _content(self, shop: ShopRow) -> _Made:
        """What the country's shops price with now; made anew when something changed or a price may be due."""
        key = (shop.group_id, shop.country)
        known = await self._known.look(shop.group_id)
        changes, now_ms = known.changes, self._clock()
        made = self._made.get(key)
        if made is not None and made.changes == changes and 0 <= now_ms - made.made_ms < BUNDLE_LOOK_S * 1000:
            return made
        group = await self._groups.get_looked_at(shop.group_id)
        articles = await self._articles(shop.group_id, now_ms)
        packed, content_hash = await asyncio.to_thread(_pack, group, shop.country, articles)
        made = _Made(changes, now_ms, packed, content_hash, group.row.ruleset_version)
        self._made[key] = made
        return made

    async def _articles(self, group_id: str, at_ms: int) -> list[ArticleRow]:
        found: list[ArticleRow] = []
        after = ""
        while page := await self._store.list_articles(group_id, after, PAGE_ROWS_MAX, at_ms):
            found += page
            after = page[-1].article_id
        return found


def _head(row: BundleRow, *, as_of_ms: int) -> offline.BundleHead:
    return offline.BundleHead(
        group_id=row.group_id,
        shop_id=row.shop_id,
        time_zone=row.time_zone,
        number=row.number,
        bundle_id=row.bundle_id,
        content_hash=row.content_hash,
        made_ms=row.made_ms,
        as_of_ms=as_of_ms,
    )


def _opened(row: BundleRow) -> Bundle:
    content = offline.unpack(row.content, row.content_hash)
    return offline.open_bundle(_head(row, as_of_ms=row.made_ms), content)


def _pack(group: Group, country: str, articles: list[ArticleRow]) -> tuple[bytes, str]:
    places = (country, group.row.country)
    return offline.pack(
        offline.BundleContent(
            pricing=OFFLINE_PRICING,
            pack_version=pack_version(country),
            country=country,
            currency=group.row.currency,
            ruleset_version=group.row.ruleset_version,
            programme=msgspec.Raw(_offline_document(group.row.programme, group.programme)),
            rule_names=group.settings.rule_names,
            articles=[
                offline.BundledRow(
                    article_id=row.article_id,
                    article_class=class_in(row, *places).value,
                    codes=list(row.codes),
                    brand=row.brand,
                    range=row.range,
                    price_minor=row.price_minor,
                    tax_rate_bp=row.tax_rate_bp,
                )
                for row in articles
            ],
        )
    )


def _offline_document(text: str, programme: Programme) -> bytes:
    """The programme without the rules that can grant nothing offline, and without what only people use."""
    document = msgspec.json.decode(text)
    kept = {rule.rule_id for rule in offline_rules(programme)}
    document["rules"] = [rule for rule in document["rules"] if rule["id"] in kept]
    for name in ("latitude", "grades"):
        document.pop(name, None)
    return msgspec.json.encode(document)
