"""What a member has: points and their ends, tier, vouchers; asked of central each time, kept nowhere."""

from collections.abc import Mapping, Sequence
from typing import Final, get_args

from loyalty.limits.my_value import KIOSK_ENDINGS_MAX
from loyalty.limits.texts import NAME_CHARS_MAX
from terminal.journeys.base import Answering, Parts, Untold
from terminal.session import CardSession
from wire.api_my_value import (
    HolderBody,
    MyTierView,
    MyValueView,
    MyVoucherNumberView,
    MyVoucherView,
    TellVoucherBody,
)
from wire.message_base import Language, UsualTrouble
from wire.messages import Answer
from wire.my_value import (
    AskMyValue,
    MyValueTold,
    PointsEnding,
    ShowVoucher,
    TierStanding,
    Voucher,
    VoucherTold,
)

_LANGUAGES: Final = get_args(Language)
_TROUBLES: Final[Mapping[str, UsualTrouble]] = {"voucher_not_there": "changed"}


class MyValue:
    """Answers what a member asks of their own value."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def show(self, asked: AskMyValue) -> Sequence[Answer]:
        """All a member has."""
        card = self._parts.session(asked.session_id)
        if card is None:
            return [MyValueTold(request_id=asked.request_id, trouble="not_here")]
        told = await self._parts.ask(
            card, "/holders/value", body=lambda holder: HolderBody(holder=holder), answer=MyValueView
        )
        if isinstance(told, Untold):
            return [MyValueTold(request_id=asked.request_id, trouble=told.trouble)]
        return [value_told(asked.request_id, told)]

    async def show_voucher(self, asked: ShowVoucher) -> Sequence[Answer]:
        """The number of one voucher; the card proves itself where central wants that."""
        card = self._parts.session(asked.session_id)
        if card is None:
            return [VoucherTold(request_id=asked.request_id, trouble="not_here")]
        told = await ask_voucher(self._parts, card, asked.voucher_id)
        if isinstance(told, Untold):
            return [VoucherTold(request_id=asked.request_id, trouble=told.trouble_by(_TROUBLES))]
        return [VoucherTold(request_id=asked.request_id, code=told.code, payload=told.payload)]


async def ask_voucher(parts: Parts, card: CardSession, voucher_id: str) -> MyVoucherNumberView | Untold:
    """The number of one voucher of this member."""
    return await parts.ask(
        card,
        "/holders/vouchers",
        body=lambda holder: TellVoucherBody(holder=holder, voucher_id=voucher_id),
        answer=MyVoucherNumberView,
    )


def value_told(request_id: str, view: MyValueView) -> MyValueTold:
    """Central's answer as the screen shows it."""
    return MyValueTold(
        request_id=request_id,
        points=view.points,
        pending=view.pending,
        worth_minor=view.worth_minor,
        lasting=view.lasting,
        endings=tuple(
            PointsEnding(points=each.points, first_day=each.first_day, last_day=each.last_day)
            for each in view.expiries[:KIOSK_ENDINGS_MAX]
        ),
        tier=None if view.tier is None else _standing(view.tier),
        vouchers=tuple(_voucher(each) for each in view.vouchers),
    )


def _standing(view: MyTierView) -> TierStanding:
    return TierStanding(
        tier=(view.tier or "")[:NAME_CHARS_MAX],
        next_tier=(view.next_tier or "")[:NAME_CHARS_MAX],
        count="points" if view.count == "points" else "visits" if view.count == "visits" else "spent",
        counted=view.counted,
        next_at=view.next_at,
        missing=view.missing,
        until=view.until or "",
        names=names_shown(view.names),
        next_names=names_shown(view.next_names),
    )


def _voucher(view: MyVoucherView) -> Voucher:
    return Voucher(
        voucher_id=view.voucher_id,
        names=names_shown(view.names),
        worth_minor=view.worth_minor,
        last_day=view.last_day,
        is_limited=bool(view.redeem_on),
    )


def names_shown(names: Mapping[str, str]) -> dict[str, str]:
    """The names in languages that a kiosk speaks, bounded."""
    return {language: names[language][:NAME_CHARS_MAX] for language in _LANGUAGES if language in names}


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers which message."""
    answers = MyValue(parts)
    return {AskMyValue: answers.show, ShowVoucher: answers.show_voucher}
