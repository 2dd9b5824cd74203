"""Identification has a strength, and the strength decides what may be done (DESIGN 6; C-02 to C-04)."""

from enum import IntEnum, StrEnum


class Strength(IntEnum):
    """How well a person is identified; a higher number proves more."""

    NAME = 10
    PHONE_OR_EMAIL = 20
    BARCODE = 30
    NFC_UID = 40
    AES_CARD = 50
    CARD_AND_PIN = 60


class Act(StrEnum):
    """What a strength may permit."""

    SEE_BALANCE_RANGE = "see_balance_range"
    SEE_BALANCE = "see_balance"
    EARN = "earn"
    REDEEM = "redeem"
    PAY_FROM_PURSE = "pay_from_purse"
    SEE_TICKET_TOTALS = "see_ticket_totals"
    SEE_PURCHASE_LINES = "see_purchase_lines"
    PLAY = "play"
    BLOCK_CARD = "block_card"
    DONATE = "donate"
    TRANSFER = "transfer"
