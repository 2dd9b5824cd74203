"""What a member has: points and their ends, tier, vouchers; asked of central each time, kept nowhere."""

from collections.abc import Mapping, Sequence
from typing import Final, get_args

from loyalty.limits import IDENTIFY_TIMEOUT_S, NAME_CHARS_MAX
from loyalty.limits_my_value import KIOSK_ENDINGS_MAX
from terminal.journeys.base import Answering, Parts
from terminal.journeys.proving import with_card
from wire.api import EvidenceBody
from wire.api_my_value import (
    HolderBody,
    MyTierView,
    MyValueView,
    MyVoucherNumberView,
    MyVoucherView,
    TellVoucherBody,
)
from wire.message_base import Language
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


class MyValue:
    """Answers what a member asks of their own value."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def show(self, asked: AskMyValue) -> Sequence[Answer]:
        """All a member has."""
        card = self._parts.session(asked.session_id)
        if card is None:
            return [MyValueTold(request_id=asked.request_id, trouble="not_here")]

        async def call(evidence: EvidenceBody) -> MyValueView:
            body = HolderBody(holder=evidence)
            path = "/holders/value"
            return await self._parts.link.call(
                "POST", path, body, MyValueView, IDENTIFY_TIMEOUT_S, card.tap_id
            )

        told = await with_card(self._parts, card, call)
        if isinstance(told, str):
            return [MyValueTold(request_id=asked.request_id, trouble=told)]
        if self._parts.session(asked.session_id) is None:
            return []
        return [value_told(asked.request_id, told)]

    async def show_voucher(self, asked: ShowVoucher) -> Sequence[Answer]:
        """The number of one voucher; the card proves itself where central wants that."""
        card = self._parts.session(asked.session_id)
        if card is None:
            return [VoucherTold(request_id=asked.request_id, trouble="not_here")]

        async def call(evidence: EvidenceBody) -> MyVoucherNumberView:
            body = TellVoucherBody(holder=evidence, voucher_id=asked.voucher_id)
            path = "/holders/vouchers"
            return await self._parts.link.call(
                "POST", path, body, MyVoucherNumberView, IDENTIFY_TIMEOUT_S, card.tap_id
            )

        told = await with_card(self._parts, card, call)
        if isinstance(told, str):
            return [VoucherTold(request_id=asked.request_id, trouble=told)]
        if self._parts.session(asked.session_id) is None:
            return []
        return [VoucherTold(request_id=asked.request_id, code=told.code, payload=told.payload)]


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
