"""Who is the member's pharmacist: asked of central each time; the hours of the shop are those kept here."""

from collections.abc import Mapping, Sequence
from typing import Final

from terminal.journeys.base import Answering, Parts, Untold
from wire.api_my_value import HolderBody
from wire.api_pharmacists import MyPharmacistView, PharmacistChoiceBody, PharmacistView
from wire.message_base import UsualTrouble
from wire.messages import Answer
from wire.pharmacist import AskPharmacist, ChoosePharmacist, Pharmacist, PharmacistTold
from wire.shop_pages import ShopPage

_TROUBLES: Final[Mapping[str, UsualTrouble]] = {"pharmacist_unknown": "changed"}


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers which message."""

    async def show(asked: AskPharmacist) -> Sequence[Answer]:
        card = parts.session(asked.session_id)
        if card is None:
            return [PharmacistTold(request_id=asked.request_id, trouble="not_here")]
        told = await parts.ask(
            card,
            "/holders/pharmacist",
            body=lambda holder: HolderBody(holder=holder),
            answer=MyPharmacistView,
        )
        return [_told(asked.request_id, told)]

    async def choose(asked: ChoosePharmacist) -> Sequence[Answer]:
        card = parts.session(asked.session_id)
        if card is None:
            return [PharmacistTold(request_id=asked.request_id, trouble="not_here")]
        told = await parts.ask(
            card,
            "/holders/pharmacist/choice",
            body=lambda holder: PharmacistChoiceBody(holder=holder, staff_id=asked.staff_id),
            answer=MyPharmacistView,
        )
        return [_told(asked.request_id, told)]

    def _told(request_id: str, told: MyPharmacistView | Untold) -> PharmacistTold:
        if isinstance(told, Untold):
            # Who agreed no more, or serves no more, is not there any more.
            trouble = told.trouble_by(_TROUBLES)
            return PharmacistTold(request_id=request_id, trouble=trouble)
        pages = {page.shop_id: page for page in parts.shop_pages.shops}
        return PharmacistTold(
            request_id=request_id,
            mine=None if told.mine is None else _shown(told.mine, pages),
            others=tuple(_shown(each, pages) for each in told.others),
        )

    return {AskPharmacist: show, ChoosePharmacist: choose}


def _shown(view: PharmacistView, pages: Mapping[str, ShopPage]) -> Pharmacist:
    page = pages.get(view.shop_id)
    return Pharmacist(
        staff_id=view.staff_id,
        name=view.name,
        title=view.title,
        shop=ShopPage(
            shop_id=view.shop_id,
            name=view.shop_name,
            phone=view.phone,
            time_zone=page.time_zone if page else "UTC",
            hours=page.hours if page else None,
        ),
    )
