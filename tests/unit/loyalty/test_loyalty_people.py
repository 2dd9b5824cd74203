"""Identification, cards, members, numbers, errors."""

from datetime import date
from typing import get_args

import pytest

from loyalty.errors import LoyaltyError
from loyalty.programme.card import (
    ACTS,
    MOVES,
    BlockedCard,
    BlockReason,
    BlockReasonRequired,
    CardMoveRefused,
    CardNotActive,
    CardState,
    CardStaysBlocked,
    ExpiredCard,
    ReplacedCard,
    UnknownCard,
    acts_of,
    require_card_act,
    require_move,
    state_on,
    states_before,
)
from loyalty.programme.identification import (
    DEFAULT_TABLE,
    NO_LIMIT,
    Act,
    CardProofNeeded,
    Strength,
    StrengthTooLow,
    UnknownMedium,
    balance_range,
    most_of,
    parse_table,
    permits,
    permitted_acts,
    require_strength,
    strength_of,
)
from loyalty.programme.member import (
    ENROLMENT_FIELDS,
    EnrolmentInvalid,
    FieldWithoutPurpose,
    Salutation,
    display_name,
    parse_enrolment,
    staff_name,
)
from loyalty.programme.numbers import gtin_check_digit, is_ean13, is_in_store
from loyalty.rules.reading import ProgrammeInvalid
from wire.messages import Medium, Refusal

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("medium", "is_verified", "has_pin", "strength"),
    [
        ("typed", False, False, Strength.BARCODE),
        ("barcode", False, False, Strength.BARCODE),
        ("qr", False, False, Strength.BARCODE),
        ("nfc_uid", False, False, Strength.NFC_UID),
        ("ntag424", False, False, Strength.NFC_UID),
        ("ntag424", True, False, Strength.AES_CARD),
        ("chip", False, False, Strength.BARCODE),
        ("chip", True, True, Strength.BARCODE),
        ("barcode", True, True, Strength.BARCODE),
        ("nfc_uid", True, True, Strength.NFC_UID),
        ("ntag424", False, True, Strength.NFC_UID),
    ],
)
def test_evidence_proves_what_it_can(
    medium: str, is_verified: bool, has_pin: bool, strength: Strength
) -> None:
    assert strength_of(medium, is_verified=is_verified, has_pin=has_pin) is strength


def test_every_medium_of_the_wire_has_a_strength_and_others_are_refused() -> None:
    assert all(strength_of(medium) for medium in get_args(Medium))
    with pytest.raises(UnknownMedium):
        strength_of("telepathy")


def test_a_bare_number_sees_a_range_and_earns_and_no_more() -> None:
    assert permitted_acts(DEFAULT_TABLE, strength_of("typed")) == {Act.EARN, Act.SEE_BALANCE_RANGE}


def test_a_copyable_uid_moves_no_value() -> None:
    moving = {Act.REDEEM, Act.PAY_FROM_PURSE, Act.DONATE, Act.TRANSFER}
    telling = {Act.SEE_PURCHASE_LINES, Act.CHANGE_DETAILS}
    assert not permitted_acts(DEFAULT_TABLE, Strength.NFC_UID) & (moving | telling)
    assert permits(DEFAULT_TABLE, Strength.NFC_UID, Act.SEE_BALANCE)


@pytest.mark.parametrize("act", Act)
def test_more_strength_never_permits_less(act: Act) -> None:
    answers = [permits(DEFAULT_TABLE, strength, act) for strength in sorted(Strength)]
    assert answers == sorted(answers)
    assert answers[-1]


def test_an_act_beyond_the_strength_is_refused() -> None:
    require_strength(DEFAULT_TABLE, Strength.CHIP_CHALLENGE, Act.REDEEM)
    with pytest.raises(StrengthTooLow, match="This needs a card whose chip proves") as refused:
        require_strength(DEFAULT_TABLE, Strength.NFC_UID, Act.REDEEM)
    assert refused.value.params == {"needed": "chip_challenge"}, "machines get the name"
    with pytest.raises(StrengthTooLow, match="no card permits so much"):
        require_strength({}, Strength.CARD_AND_PIN, Act.EARN)


@pytest.mark.parametrize("strength", list(Strength))
def test_what_is_needed_is_said_in_words(strength: Strength) -> None:
    said = str(StrengthTooLow(needed=strength.name.lower()))
    assert "_" not in said
    assert "no card permits" not in said


@pytest.mark.parametrize(
    ("medium", "has_pin", "strength"),
    [
        ("ntag424", False, Strength.CHIP_CHALLENGE),
        ("chip", False, Strength.CHIP_CHALLENGE),
        ("chip", True, Strength.CARD_AND_PIN),
        ("nfc_uid", False, Strength.NFC_UID),
        ("typed", True, Strength.BARCODE),
    ],
)
def test_a_challenge_adds_to_chips_that_can_answer_one(
    medium: str, has_pin: bool, strength: Strength
) -> None:
    assert strength_of(medium, is_verified=True, is_challenged=True, has_pin=has_pin) is strength


def test_a_message_read_in_passing_moves_no_value_and_the_card_is_asked_itself() -> None:
    for act in (Act.REDEEM, Act.DONATE, Act.PAY_FROM_PURSE):
        with pytest.raises(CardProofNeeded):
            require_strength(DEFAULT_TABLE, Strength.AES_CARD, act, amount=1, medium="ntag424")
        with pytest.raises(StrengthTooLow):
            require_strength(DEFAULT_TABLE, Strength.NFC_UID, act, amount=1, medium="nfc_uid")


def test_a_limit_holds_for_its_strength_and_ends_with_the_next() -> None:
    table = parse_table({"redeem": {"aes_card": 200, "chip_challenge": 5000, "card_and_pin": None}})
    assert [most_of(table, strength, Act.REDEEM) for strength in sorted(Strength)] == [
        0, 0, 0, 0, 0, 200, 5000, NO_LIMIT,
    ]  # fmt: skip
    require_strength(table, Strength.AES_CARD, Act.REDEEM, amount=200, medium="ntag424")
    with pytest.raises(CardProofNeeded):
        require_strength(table, Strength.AES_CARD, Act.REDEEM, amount=201, medium="ntag424")
    with pytest.raises(StrengthTooLow, match="the card held to the reader, and its PIN"):
        require_strength(table, Strength.CHIP_CHALLENGE, Act.REDEEM, amount=5001, medium="ntag424")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"aes_card": 0},
        {"aes_card": 1.5},
        {"aes_card": True},
        {"strong": 5},
        {"aes_card": 200, "chip_challenge": 200},
        {"aes_card": None, "chip_challenge": 10},
    ],
)
def test_a_table_that_permits_less_to_more_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ProgrammeInvalid):
        parse_table({"redeem": wrong})
    with pytest.raises(ProgrammeInvalid):
        parse_table({"see_balance": {"name": 5}})


@pytest.mark.parametrize(
    ("points", "low", "high"),
    [
        (0, 0, 100),
        (99, 0, 100),
        (100, 100, 250),
        (250, 250, 500),
        (999, 500, 1000),
        (1000, 1000, 2500),
        (4999, 2500, 5000),
        (9_999, 5000, 10_000),
        (123_456, 100_000, 250_000),
    ],
)
def test_balance_lies_in_its_coarse_range(points: int, low: int, high: int) -> None:
    assert balance_range(points) == (low, high)


ALLOWED_MOVES = {
    "stock": "to_validate active expired",
    "to_validate": "active blocked replaced expired",
    "active": "blocked replaced expired",
    "blocked": "active replaced expired",
    "replaced": "",
    "expired": "replaced",
}


@pytest.mark.parametrize("state", CardState)
@pytest.mark.parametrize("target", CardState)
def test_a_card_moves_only_as_the_table_says(state: CardState, target: CardState) -> None:
    reason = BlockReason.LOST
    if target.value in ALLOWED_MOVES[state.value].split():
        require_move(state, target, block_reason=reason, blocked_as=reason)
        assert state in states_before(target)
    else:
        with pytest.raises(CardMoveRefused, match=target.value):
            require_move(state, target, block_reason=reason, blocked_as=reason)
        assert state not in states_before(target)


def test_blocking_needs_a_reason_and_a_stolen_card_stays_blocked() -> None:
    with pytest.raises(BlockReasonRequired, match="stolen"):
        require_move(CardState.ACTIVE, CardState.BLOCKED)
    with pytest.raises(CardStaysBlocked):
        require_move(CardState.BLOCKED, CardState.ACTIVE, blocked_as=BlockReason.STOLEN)
    require_move(CardState.BLOCKED, CardState.REPLACED, blocked_as=BlockReason.STOLEN)


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (CardState.STOCK, CardNotActive),
        (CardState.BLOCKED, BlockedCard),
        (CardState.REPLACED, ReplacedCard),
        (CardState.EXPIRED, ExpiredCard),
    ],
)
def test_a_dead_card_allows_nothing_and_says_why(state: CardState, error: type[LoyaltyError]) -> None:
    for act in Act:
        with pytest.raises(error):
            require_card_act(state, act)


def test_a_card_to_be_validated_earns_but_does_not_redeem() -> None:
    require_card_act(CardState.TO_VALIDATE, Act.EARN)
    with pytest.raises(CardNotActive):
        require_card_act(CardState.TO_VALIDATE, Act.REDEEM)
    assert acts_of(CardState.ACTIVE) == set(Act)


def test_a_live_card_past_its_validity_is_expired() -> None:
    assert state_on(CardState.ACTIVE, valid_until_ms=10, now_ms=9) is CardState.ACTIVE
    assert state_on(CardState.ACTIVE, valid_until_ms=10, now_ms=10) is CardState.EXPIRED
    assert state_on(CardState.ACTIVE, valid_until_ms=None, now_ms=10) is CardState.ACTIVE
    assert state_on(CardState.BLOCKED, valid_until_ms=10, now_ms=10) is CardState.BLOCKED


def test_refusals_of_cards_are_words_of_the_wire() -> None:
    errors = (UnknownCard, BlockedCard, ReplacedCard, ExpiredCard, CardNotActive)
    assert {error.code for error in errors} <= set(get_args(Refusal))
    assert set(MOVES) == set(CardState)
    assert set(ACTS) <= set(CardState)


@pytest.mark.parametrize(
    ("family_name", "salutation", "language", "shown"),
    [
        ("Aubert", Salutation.MS, "fr", "Mme A."),
        ("Aubert", Salutation.MR, "fr", "M. A."),
        ("von Arx", Salutation.MS, "de", "Frau V."),
        ("Bianchi", Salutation.MR, "it", "Sig. B."),
        ("O'Neil", Salutation.MS, "en", "Ms O."),
        ("安", Salutation.MS, "zh", "安女士"),
        ("安心", Salutation.MR, "zh", "安先生"),
        ("Émile", Salutation.NONE, "fr", "É."),
        ("'t Hooft", Salutation.NONE, "en", "T."),
        ("123", Salutation.MS, "fr", "Mme –."),
    ],
)
def test_display_name_is_discreet(
    family_name: str, salutation: Salutation, language: str, shown: str
) -> None:
    assert display_name(family_name, salutation, language) == shown


@pytest.mark.parametrize(
    ("written", "language", "shown"),
    [
        ("Mme Rochat", "fr", "Mme Rochat"),
        ("Mme Rochat", "zh", "Rochat女士"),
        ("Mme Rochat", "de", "Frau Rochat"),
        ("Herr von Arx", "it", "Sig. von Arx"),
        ("Sig.ra Bianchi", "en", "Ms Bianchi"),
        ("Mr. O'Neil", "fr", "M. O'Neil"),
        ("安女士", "de", "Frau 安"),
        ("Dr. Rochat", "zh", "Dr. Rochat"),
        ("M. Rochat", "de", "M. Rochat"),
        ("Rochat", "zh", "Rochat"),
        ("Frau", "zh", "Frau"),
        ("", "fr", ""),
    ],
)
def test_staff_are_addressed_as_the_language_does(written: str, language: str, shown: str) -> None:
    assert staff_name(written, language) == shown


def test_enrolment_takes_what_has_a_purpose() -> None:
    enrolment = parse_enrolment(
        {
            "family_name": " Aubert ",
            "given_name": "Anne",
            "salutation": "ms",
            "language": "de",
            "email": "anne@example.org",
            "phone": "+41 79 000 00 00",
            "birth_date": "1980-02-29",
        },
        today=TODAY,
    )
    assert (enrolment.family_name, enrolment.language) == ("Aubert", "de")
    assert enrolment.birth_date == date(1980, 2, 29)
    assert all(spec.purposes for spec in ENROLMENT_FIELDS.values())


def test_a_field_without_purpose_is_refused_and_its_value_not_repeated() -> None:
    with pytest.raises(FieldWithoutPurpose) as caught:
        parse_enrolment({"family_name": "A", "religion": "secret"}, today=TODAY)
    assert "religion" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("family_name", " "),
        ("family_name", "x" * 201),
        ("family_name", "A\nB"),
        ("salutation", "dr"),
        ("language", "es"),
        ("email", "anne"),
        ("email", "a@b"),
        ("phone", "call me"),
        ("birth_date", "2026-11-23"),
        ("birth_date", "1899-12-31"),
        ("birth_date", "22.11.1980"),
    ],
)
def test_a_wrong_field_is_refused_by_name_without_its_value(field: str, value: str) -> None:
    with pytest.raises(EnrolmentInvalid) as caught:
        parse_enrolment({"family_name": "A", field: value}, today=TODAY)
    assert caught.value.params["field"] == field
    assert len(value) < 3 or value not in str(caught.value)


@pytest.mark.parametrize("code", ["4006381333931", "7612345000008", "2900000000018", "0000000000000"])
def test_ean13_with_right_check_digit_is_one(code: str) -> None:
    assert is_ean13(code)
    assert gtin_check_digit(code[:12]) == code[12]


@pytest.mark.parametrize(
    "code", ["4006381333932", "400638133393", "40063813339311", "400638133393a", "", "４" * 13]
)
def test_other_codes_are_no_ean13(code: str) -> None:
    assert not is_ean13(code)


def test_in_store_numbers_begin_with_2() -> None:
    assert is_in_store("2900000000018")
    assert not is_in_store("4006381333931")
