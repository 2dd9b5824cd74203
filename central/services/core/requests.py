"""What sales and returns share: the sender's clock, and which content makes two requests the same."""

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.vault import Vault
from loyalty.durations import DAY_MS
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.tickets import OCCURRED_AHEAD_MAX_S, TICKET_AGE_MAX_DAYS
from loyalty.limits.web import CLOCK_SKEW_MAX_S
from wire import api_sales


class ClockSkew(LoyaltyError):
    """The sender's clock is far off; nothing was recorded."""

    code = "clock_skew"
    text = (
        "The sender's clock is {skew_s} seconds off (central: {central_now_ms}). Nothing was recorded."
        " Set the clock and send the same ticket again."
    )


class OccurredAhead(LoyaltyError):
    """The ticket claims to have happened after it was sent."""

    code = "occurred_ahead"
    text = "The ticket says it happened {ahead_s} seconds after it was sent. Check occurred_ms and sent_ms."


class TicketTooOld(LoyaltyError):
    """Old tickets are history, and importing history is a permission."""

    code = "ticket_too_old"
    trouble = Trouble.FORBIDDEN
    text = "The ticket is {age_days} days old, the limit is {age_max_days}. Older ones need {permission}."


class TryAgain(LoyaltyError):
    """The state kept changing while this was decided."""

    code = "try_again"
    trouble = Trouble.UNAVAILABLE
    text = "Others are changing the same balance or card. Send the same request again in a moment."


def check_clock(actor: Actor, *, occurred_ms: int, sent_ms: int, now_ms: int) -> int:
    """Judge a ticket's times: the sender's clock against ours, then the ticket's age.

    Returns: the moment that counts: what a sender with a fast clock, within the accepted skew, dates into our
        future happens now (RELIABILITY 7).
    Raises: ClockSkew, OccurredAhead, TicketTooOld.
    """
    skew_s = abs(sent_ms - now_ms) // 1000
    if skew_s > CLOCK_SKEW_MAX_S:
        raise ClockSkew(skew_s=skew_s, central_now_ms=now_ms, sent_ms=sent_ms)
    # A sender may be slow, within the accepted skew, while its till is right.
    ahead_ms = occurred_ms - max(sent_ms, now_ms)
    if ahead_ms > OCCURRED_AHEAD_MAX_S * 1000:
        raise OccurredAhead(ahead_s=ahead_ms // 1000)
    age_days = (now_ms - occurred_ms) // DAY_MS
    if age_days >= TICKET_AGE_MAX_DAYS and not actor.may(access.SALES_HISTORY):
        raise TicketTooOld(
            age_days=age_days, age_max_days=TICKET_AGE_MAX_DAYS, permission=access.SALES_HISTORY
        )
    return occurred_ms if occurred_ms - now_ms <= OCCURRED_AHEAD_MAX_S * 1000 else now_ms


def content_hash(
    vault: Vault, group_id: str, body: api_sales.SaleBody | api_sales.ReturnBody, *names: str
) -> bytes:
    """Keyed hash of what was sent, and of `names` (shop, sale).

    Keyed, for what a small ticket held could be guessed from a plain hash. Id, moment of sending, paper,
    what was told, whether it is late and the proof of a PIN are left out: none makes another ticket. One sent
    again under a new id is known by its business key.
    """
    content = msgspec.structs.asdict(body)
    for name in ("sale_id", "return_id", "sent_ms", "receipt_columns", "told", "is_card_late"):
        content.pop(name, None)
    if body.holder is not None:
        content["holder"] = msgspec.structs.replace(body.holder, pin_proof="", proof_id=None)
    if (
        content.get("redeem_points") is None
    ):  # a ticket recorded before there was this member is still the same
        content.pop("redeem_points", None)
    for name in ("tenders", "lease"):
        if content.get(name) is None:
            content.pop(name, None)
    return vault.content_hash(
        group_id, msgspec.json.encode([type(body).__name__, names, content], order="deterministic")
    )
