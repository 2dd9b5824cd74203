"""Legal classes of articles: what the law looks at, not how a shop sorts its shelves."""

from enum import StrEnum


class ArticleClass(StrEnum):
    """The class a country pack judges. `UNKNOWN` denies everything.

    Swiss medicines keep their dispensing category (A to E); other countries use RX, OTC and their own.
    """

    MEDICINE_RX = "medicine_rx"
    MEDICINE_OTC = "medicine_otc"
    MEDICINE_CH_A = "medicine_ch_a"
    MEDICINE_CH_B = "medicine_ch_b"
    MEDICINE_CH_C = "medicine_ch_c"
    MEDICINE_CH_D = "medicine_ch_d"
    MEDICINE_CH_E = "medicine_ch_e"
    MEDICAL_DEVICE = "medical_device"
    INFANT_MILK_FIRST_AGE = "infant_milk_first_age"
    BOOK = "book"
    PARAPHARMACY = "parapharmacy"
    COSMETIC = "cosmetic"
    FOOD_SUPPLEMENT = "food_supplement"
    FOOD = "food"
    """Food to be eaten as it is or as part of a meal; no food for infants, no supplement."""
    SERVICE = "service"
    UNKNOWN = "unknown"


NAMED_WITHOUT_PIN = frozenset(
    {
        ArticleClass.BOOK,
        ArticleClass.PARAPHARMACY,
        ArticleClass.COSMETIC,
        ArticleClass.FOOD,
    }
)
"""What a screen may name beside a member's card without a PIN: it tells of nobody's health. Supplements and
services may (in pregnancy, a test), and of what is unknown nobody knows.
"""
