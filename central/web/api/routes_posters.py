"""Operations on posters, their pictures and the group's logo; a part of the one table in `routes`."""

from collections.abc import AsyncIterator
from typing import Final

from central.gateways.pictures import PictureUnusable
from central.services.core import access, clock, days
from central.services.core.group import GroupNotFound
from central.services.group import posters, shops
from central.storage.base import IdempotencyConflict
from central.web.api.route import Answer, Call, File, Route
from loyalty.programme import opening_hours
from wire import api_posters

PICTURE: Final = "application/octet-stream"
"""A JPEG or a PNG; never shown by a browser as a page of ours."""


async def list_posters(call: Call) -> Answer:
    """Posters of the attract screen: all, or those of a shop that are not over."""
    return Answer(await call.services.visits.posters.list_all(call.actor, call.query))


async def put_poster(call: Call) -> Answer:
    """Put a poster with its picture, its words, its days and its hours."""
    view, _ = await call.services.visits.posters.put(call.actor, call.path["poster_id"], call.body)
    return Answer(view)


async def remove_poster(call: Call) -> Answer:
    """Take a poster away, with its picture."""
    return Answer(await call.services.visits.posters.remove(call.actor, call.path["poster_id"]))


async def get_picture(call: Call) -> Answer:
    """The file of a poster or of the logo, by its hash."""
    sha256 = call.path["sha256"]
    content = await call.services.visits.posters.get_picture(call.actor, sha256)
    return Answer(File(f"{sha256}.picture", PICTURE, _once(content)))


async def put_logo(call: Call) -> Answer:
    """Put the group's logo, or take it away."""
    return Answer(await call.services.visits.posters.put_logo(call.actor, call.body))


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


_PREFIX: Final = "/api/v1"

POSTER_ROUTES: Final = (
    Route(
        method="GET",
        path=f"{_PREFIX}/posters",
        operation="list_posters",
        tag="posters",
        permission=access.GROUP_READ,
        handler=list_posters,
        query=api_posters.PosterQuery,
        answer=api_posters.PosterListView,
        errors=(shops.ShopNotFound, access.ShopNotYours, clock.UnknownTimeZone),
    ),
    Route(
        method="PUT",
        path=f"{_PREFIX}/posters/{{poster_id}}",
        operation="put_poster",
        tag="posters",
        permission=access.PROGRAMME_WRITE,
        handler=put_poster,
        body=api_posters.PosterBody,
        answer=api_posters.PosterView,
        errors=(
            shops.ShopNotFound,
            posters.PosterIncomplete,
            PictureUnusable,
            posters.TooManyPosters,
            posters.PosterNotFound,
            days.DaysInvalid,
            opening_hours.HoursInvalid,
        ),
    ),
    Route(
        method="DELETE",
        path=f"{_PREFIX}/posters/{{poster_id}}",
        operation="remove_poster",
        tag="posters",
        permission=access.PROGRAMME_WRITE,
        handler=remove_poster,
        answer=api_posters.PosterView,
        errors=(posters.PosterNotFound,),
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/pictures/{{sha256}}",
        operation="get_picture",
        tag="posters",
        permission=access.GROUP_READ,
        handler=get_picture,
        answer=PICTURE,
        errors=(posters.PictureNotFound,),
    ),
    Route(
        method="PUT",
        path=f"{_PREFIX}/group/logo",
        operation="put_logo",
        tag="group",
        permission=access.PROGRAMME_WRITE,
        handler=put_logo,
        body=api_posters.LogoBody,
        answer=api_posters.LogoView,
        errors=(GroupNotFound, PictureUnusable, IdempotencyConflict),
    ),
)
