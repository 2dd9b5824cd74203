"""The names of the effects, and the few words their members are chosen from."""

from enum import StrEnum


class EffectName(StrEnum):
    """The effects of the language."""

    DENY = "deny"
    UNIT_PRICE = "unit_price"
    PRICE_RATE = "price_rate"
    PERCENT_OFF = "percent_off"
    AMOUNT_OFF = "amount_off"
    SPECIAL_PRICE = "special_price"
    BUY_GET = "buy_get"
    NTH_UNIT = "nth_unit"
    CHEAPEST_FREE = "cheapest_free"
    BUNDLE_PRICE = "bundle_price"
    STEP_PERCENT_OFF = "step_percent_off"
    STEP_AMOUNT_OFF = "step_amount_off"
    FREE_ARTICLE = "free_article"
    NEXT_PURCHASE_VOUCHER = "next_purchase_voucher"
    SEGMENT = "segment"
    POINTS_PER_AMOUNT = "points_per_amount"
    POINTS_FIXED = "points_fixed"
    POINTS_NTH_VISIT = "points_nth_visit"
    POINTS_MULTIPLIER = "points_multiplier"
    POINTS_THRESHOLD = "points_threshold"
    POINTS_SPONSOR = "points_sponsor"
    CONTEST_ENTRY = "contest_entry"


class DeniedAct(StrEnum):
    """What a restriction may forbid on a line."""

    EARN = "earn"
    DISCOUNT = "discount"
    VOUCHER = "voucher"


class Per(StrEnum):
    """How often a fixed amount counts."""

    TICKET = "ticket"
    UNIT = "unit"


class Measure(StrEnum):
    """What steps are measured on."""

    AMOUNT = "amount"
    UNITS = "units"
