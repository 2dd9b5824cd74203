"""Operations for members who show a card: what they have; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access
from central.services.ledger import holdings
from central.web.api.refusals import CARD_REFUSED
from central.web.api.route import Answer, Call, Route
from wire import api_my_value


async def show_value(call: Call) -> Answer:
    """What the holder of a card has: points and their ends, tier, vouchers without their numbers."""
    return Answer(await call.services.holdings.show(call.actor, call.body))


async def tell_voucher(call: Call) -> Answer:
    """The number of a voucher, to its member; it takes the strength that spending points takes."""
    return Answer(await call.services.holdings.tell_voucher(call.actor, call.body))


_PREFIX: Final = "/api/v1/holders"

MY_VALUE_ROUTES: Final = (
    Route(
        method="POST",
        path=f"{_PREFIX}/value",
        operation="show_value",
        tag="value",
        permission=access.SALES_TELL,
        handler=show_value,
        body=api_my_value.HolderBody,
        answer=api_my_value.MyValueView,
        errors=CARD_REFUSED,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/vouchers",
        operation="tell_voucher",
        tag="value",
        permission=access.SALES_TELL,
        handler=tell_voucher,
        body=api_my_value.TellVoucherBody,
        answer=api_my_value.MyVoucherNumberView,
        errors=(*CARD_REFUSED, holdings.VoucherNotThere),
    ),
)
