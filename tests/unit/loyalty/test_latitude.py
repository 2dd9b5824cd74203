"""The counter's latitude, and birthdays."""

from datetime import date
from typing import Any

import pytest

from loyalty.pricing.basket import Basket
from loyalty.programme.birthday import birthday_distance_days, nearest_birthday_days
from loyalty.programme.latitude import (
    LatitudeExceeded,
    NothingToDiscount,
    ReasonMissing,
    check_goodwill_points,
    manual_discount,
    parse_latitudes,
)
from loyalty.programme.programme import parse_programme
from loyalty.rules.reading import ProgrammeInvalid
from tests.unit.loyalty.vector_basket import basket_of

CLERK = {
    "goodwill_points": 50,
    "goodwill_points_per_day": 120,
    "discount_rate_bp": 1000,
    "discount_minor_per_day": 2000,
}
LATITUDES = parse_latitudes({"clerk": CLERK, "trainee": {"goodwill_points": 5}})


def a_basket(*lines: tuple[int, str], country: str = "CH") -> Basket:
    return basket_of(
        {
            "country": country,
            "currency": "CHF",
            "day": "2026-11-22",
            "lines": [{"quantity": 1, "amount_minor": amount, "class": name} for amount, name in lines],
        }
    )


@pytest.mark.parametrize(
    ("role", "points", "given_today", "allowed"),
    [
        ("clerk", 50, 0, None),
        ("clerk", 51, 0, 50),
        ("clerk", 50, 70, None),
        ("clerk", 50, 71, 49),
        ("clerk", 1, 500, 0),
        ("trainee", 1, 0, 0),
        ("stranger", 1, 0, 0),
    ],
)
def test_goodwill_points_stay_within_act_and_day(
    role: str, points: int, given_today: int, allowed: int | None
) -> None:
    asked: dict[str, Any] = {
        "role": role,
        "points": points,
        "given_today": given_today,
        "reason": "long wait",
    }
    if allowed is None:
        check_goodwill_points(LATITUDES, **asked)
        return
    with pytest.raises(LatitudeExceeded) as caught:
        check_goodwill_points(LATITUDES, **asked)
    assert caught.value.params["allowed"] == allowed


@pytest.mark.parametrize("reason", ["", "  "])
def test_goodwill_without_a_reason_is_refused(reason: str) -> None:
    with pytest.raises(ReasonMissing):
        check_goodwill_points(LATITUDES, role="clerk", points=1, given_today=0, reason=reason)
    with pytest.raises(ReasonMissing):
        discount(a_basket((1000, "cosmetic")), 1, reason=reason)


def discount(
    basket: Basket, off: int, *, today: int = 0, role: str = "clerk", reason: str = "box torn"
) -> list[int]:
    return manual_discount(
        LATITUDES, basket, role=role, off_minor=off, given_today_minor=today, reason=reason
    )


def test_a_manual_discount_reaches_only_lines_that_may_be_discounted() -> None:
    basket = a_basket((1000, "cosmetic"), (5000, "medicine_ch_d"), (500, "parapharmacy"))
    assert discount(basket, 150) == [100, 0, 50]
    with pytest.raises(LatitudeExceeded) as caught:
        discount(basket, 151)
    assert caught.value.params["allowed"] == 150


def test_a_manual_discount_stays_within_the_day() -> None:
    basket = a_basket((10000, "cosmetic"))
    assert discount(basket, 1000, today=1000) == [1000]
    with pytest.raises(LatitudeExceeded):
        discount(basket, 1000, today=1001)
    with pytest.raises(LatitudeExceeded):
        discount(basket, 1, role="trainee")


def test_nothing_is_discounted_where_the_law_lets_nothing_be() -> None:
    with pytest.raises(NothingToDiscount, match="FR"):
        discount(a_basket((1000, "medicine_otc"), country="FR"), 1)
    with pytest.raises(NothingToDiscount):
        discount(a_basket((0, "cosmetic")), 1)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (["clerk"], "programme.latitude"),
        ({"clerk": 5}, "programme.latitude.clerk"),
        ({"clerk": {"goodwil_points": 5}}, "programme.latitude.clerk.goodwil_points"),
        ({"clerk": {"discount_rate_bp": 10001}}, "programme.latitude.clerk.discount_rate_bp"),
        ({"clerk": {"goodwill_points": 0}}, "programme.latitude.clerk.goodwill_points"),
    ],
)
def test_a_wrong_latitude_is_refused_when_saved(document: Any, path: str) -> None:
    with pytest.raises(ProgrammeInvalid) as caught:
        parse_programme({"rules": [], "latitude": document}, ruleset_version=1)
    assert caught.value.params["path"] == path


def test_a_programme_has_latitudes() -> None:
    programme = parse_programme({"rules": [], "latitude": {"clerk": CLERK}}, ruleset_version=1)
    assert programme.latitudes["clerk"].goodwill_points == 50
    assert parse_programme({"rules": []}, ruleset_version=1).latitudes == {}


@pytest.mark.parametrize(
    ("birthday", "day", "distance"),
    [
        (date(1980, 11, 22), date(2026, 11, 22), 0),
        (date(1980, 11, 22), date(2026, 11, 25), 3),
        (date(1980, 11, 22), date(2026, 11, 19), 3),
        (date(1980, 1, 1), date(2026, 12, 31), 1),
        (date(1980, 12, 31), date(2026, 1, 2), 2),
        (date(1980, 2, 29), date(2026, 2, 28), 0),
        (date(1980, 2, 29), date(2028, 2, 28), 1),
        (date(1980, 2, 29), date(2028, 2, 29), 0),
        (date(1980, 6, 1), date(2026, 12, 1), 182),
    ],
)
def test_days_to_the_nearest_birthday(birthday: date, day: date, distance: int) -> None:
    assert birthday_distance_days(birthday, day) == distance


def test_the_nearest_of_several_birthdays_counts() -> None:
    day = date(2026, 11, 22)
    assert nearest_birthday_days((date(2015, 11, 20), date(2018, 3, 1)), day) == 2
    assert nearest_birthday_days((), day) is None
