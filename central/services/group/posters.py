"""Posters of the attract screen, and the group's logo: put, listed, handed out by their hash."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date

import msgspec

from central.gateways.pictures import MadePicture, PictureMaker, make_logo, make_poster
from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.days import DaysInvalid
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.storage.base import Change, GuardFailed
from central.storage.interface.pictures import PictureHead, PictureRow, PosterRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.pictures import POSTER_DAYS_MAX, POSTERS_MAX
from loyalty.programme.opening_hours import HoursInvalid, read_week
from wire import api_posters as wire


class PosterNotFound(LoyaltyError):
    """No such poster."""

    code = "poster_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no poster {poster_id}. officine poster list shows them all."


class PictureNotFound(LoyaltyError):
    """No picture has that hash, or no poster has it any more."""

    code = "picture_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no picture {sha256}. Ask for the posters again: they name what there is."


class PosterIncomplete(LoyaltyError):
    """A poster that not everybody could be told of, or that would hang too long."""

    code = "poster_incomplete"
    text = "{why}"


class TooManyPosters(LoyaltyError):
    """The group has as many posters as it may."""

    code = "too_many_posters"
    trouble = Trouble.REFUSED
    text = "The group has {most} posters. Take one away that is over: officine poster remove ID."


class PostersService:
    """Puts posters and the logo, and tells of them."""

    def __init__(self, context: Context, groups: GroupsService, shops: ShopsService) -> None:
        self._store = context.store
        self._clock = context.clock
        self._zones = context.zones
        self._groups = groups
        self._shops = shops
        self._maker = PictureMaker()

    async def put(
        self, actor: Actor, poster_id: str, body: wire.PosterBody
    ) -> tuple[wire.PosterView, Change]:
        """Put a poster; its picture is read, checked and made anew.

        Raises: PosterIncomplete, DaysInvalid, HoursInvalid, ShopNotFound, PictureUnusable, TooManyPosters.
        """
        access.require(actor, access.PROGRAMME_WRITE)
        _require_complete(body)
        for shop_id in body.shops:
            await self._shops.get_row(actor.group_id, shop_id)
        made = () if body.picture is None else await self._maker.make(make_poster, body.picture)
        kept = msgspec.structs.replace(body, picture=None)
        row = PosterRow(
            group_id=actor.group_id,
            poster_id=poster_id,
            body=msgspec.json.encode(kept).decode(),
            changed_ms=self._clock(),
        )
        try:
            change = await self._store.put_poster(row, [_row(each) for each in made], most=POSTERS_MAX)
        except GuardFailed as error:
            raise PosterIncomplete(why=f"The poster {poster_id} is new: hand in its picture too.") from error
        if change is None:
            raise TooManyPosters(most=POSTERS_MAX)
        return await self._get(actor.group_id, poster_id), change

    async def remove(self, actor: Actor, poster_id: str) -> wire.PosterView:
        """Take a poster and its picture away. Raises: PosterNotFound."""
        access.require(actor, access.PROGRAMME_WRITE)
        view = await self._get(actor.group_id, poster_id)
        if not await self._store.remove_poster(actor.group_id, poster_id, self._clock()):
            raise PosterNotFound(poster_id=poster_id)
        return view

    async def list_all(self, actor: Actor, query: wire.PosterQuery) -> wire.PosterListView:
        """All posters; of a shop, or for its terminal, what hangs or will hang there.

        Raises: ShopNotFound, ShopNotYours.
        """
        access.require(actor, access.GROUP_READ)
        views = await self._views(actor.group_id)
        if actor.shop_id is None and query.shop_id is None:
            return wire.PosterListView(posters=views)
        shop_id = access.shop_of(actor, query.shop_id)
        shop = await self._shops.get_row(actor.group_id, shop_id)
        today = local_day(self._clock(), await self._zones.get(shop.time_zone)).isoformat()
        there = [one for one in views if one.to_day >= today and (not one.shops or shop_id in one.shops)]
        return wire.PosterListView(posters=there)

    async def get_picture(self, actor: Actor, sha256: str) -> bytes:
        """The file of a picture. Raises: PictureNotFound."""
        access.require(actor, access.GROUP_READ)
        content = await self._store.find_picture(actor.group_id, sha256)
        if content is None:
            raise PictureNotFound(sha256=sha256)
        return content

    async def put_logo(self, actor: Actor, body: wire.LogoBody) -> wire.LogoView:
        """Put the group's logo, or take it away.

        Raises: GroupNotFound, PictureUnusable; GuardFailed: name or settings were changed meanwhile.
        """
        access.require(actor, access.PROGRAMME_WRITE)
        made = None if body.picture is None else await self._maker.make(make_logo, body.picture)
        group = await self._groups.get(actor.group_id)
        settings = msgspec.structs.replace(group.settings, logo="" if made is None else made.sha256)
        row = replace(group.row, settings=msgspec.json.encode(settings).decode())
        files = [] if made is None else [_row(made)]
        await self._store.change_face(group.row, row, files, self._clock())
        if made is None:
            return wire.LogoView(logo=None)
        size = len(made.content)
        return wire.LogoView(
            logo=wire.PictureView(
                size=made.size, sha256=made.sha256, width=made.width, height=made.height, bytes=size
            )
        )

    async def _get(self, group_id: str, poster_id: str) -> wire.PosterView:
        found = next((one for one in await self._views(group_id) if one.poster_id == poster_id), None)
        if found is None:
            raise PosterNotFound(poster_id=poster_id)
        return found

    async def _views(self, group_id: str) -> list[wire.PosterView]:
        rows, heads = await self._store.list_posters(group_id)
        views = [_view(row, heads) for row in rows]
        return sorted(views, key=lambda one: (one.to_day, one.from_day, one.poster_id))


def _require_complete(body: wire.PosterBody) -> None:
    if missing := sorted(set(body.titles) - set(body.aloud)):
        raise PosterIncomplete(
            why=f"Say in {', '.join(missing)} too what the picture shows (aloud): it is read to people who do"
            " not see it."
        )
    if extra := sorted((set(body.texts) | set(body.aloud)) - set(body.titles)):
        raise PosterIncomplete(why=f"A title is missing in {', '.join(extra)}: it hangs where it has one.")
    try:
        first, last = date.fromisoformat(body.from_day), date.fromisoformat(body.to_day)
    except ValueError:
        raise DaysInvalid(from_day=body.from_day, to_day=body.to_day) from None
    if last < first:
        raise DaysInvalid(from_day=body.from_day, to_day=body.to_day)
    if (last - first).days >= POSTER_DAYS_MAX:
        raise PosterIncomplete(why=f"A poster hangs {POSTER_DAYS_MAX} days at most. Put it again later.")
    if body.hours and not read_week(body.hours):
        raise HoursInvalid(given=body.hours[:40])


def _row(made: MadePicture) -> PictureRow:
    return PictureRow(**asdict(made))


def _view(row: PosterRow, heads: Sequence[PictureHead]) -> wire.PosterView:
    body = msgspec.json.decode(row.body, type=wire.PosterBody)
    mine = [head for head in heads if head.used_by == f"poster/{row.poster_id}"]
    return wire.PosterView(
        poster_id=row.poster_id,
        titles=dict(body.titles),
        texts=dict(body.texts),
        aloud=dict(body.aloud),
        from_day=body.from_day,
        to_day=body.to_day,
        hours=body.hours,
        week=list(read_week(body.hours) or ()) if body.hours else [],
        shops=list(body.shops),
        pictures=[
            wire.PictureView(
                size=one.size, sha256=one.sha256, width=one.width, height=one.height, bytes=one.bytes
            )
            for one in mine
        ],
        changed_ms=row.changed_ms,
    )
