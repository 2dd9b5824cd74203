"""A group's stored value: part of its settings (docs/value.md), held to its country's law when saved."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from loyalty.errors import LoyaltyError
from loyalty.ledger.assets import HOURS, Asset, service
from loyalty.ledger.lots import ExpiryPolicy
from loyalty.limits.texts import NAME_CHARS_MAX
from loyalty.limits.value import (
    GIFT_CARD_MAX_MINOR,
    GIFT_CARD_MIN_MINOR,
    PURSE_MAX_MINOR,
    PURSE_TOP_UP_PER_DAY_MINOR,
    SERVICES_PER_GROUP_MAX,
    STORED_VALUE_MINOR_MAX,
)
from loyalty.programme.expiry import parse_expiry
from loyalty.value.law import require_lawful_expiry, require_lawful_maximum

_Minor = Annotated[int, Meta(ge=0, le=STORED_VALUE_MINOR_MAX)]


def _no_end() -> dict[str, Any]:
    return {"policy": "none"}


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A service that is sold ahead. `price_minor`: of an hour or of one time."""

    name: Annotated[str, Meta(min_length=1, max_length=NAME_CHARS_MAX)]
    price_minor: Annotated[int, Meta(ge=1, le=STORED_VALUE_MINOR_MAX)]
    unit: Literal["hour", "time"] = "time"
    expiry: dict[str, Any] = msgspec.field(default_factory=_no_end)

    def price_of(self, units: int) -> int:
        """What units (hundredths of an hour, or times) cost, rounded down to the minor unit."""
        return self.price_minor * units // (10**HOURS.scale if self.unit == "hour" else 1)

    @property
    def policy(self) -> ExpiryPolicy:
        """How long what is bought lives."""
        return parse_expiry(self.expiry, "settings.stored_value.services.expiry")


class HoursOnePrice(LoyaltyError):
    """Hours are one kind of unit: what was paid for them must not depend on what they are drawn for."""

    code = "hours_one_price"
    text = (
        "All services sold by the hour need one price. Give {service_id} that price, or sell it by the time."
    )


class StoredValueSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What cards and purses may hold, how long, and which services are sold ahead.

    `returned_expired`: what comes back to a lot that has expired lives RESTORED_POINTS_DAYS more (`fresh`),
    or is gone (`expired`).
    """

    gift_card_min_minor: _Minor = GIFT_CARD_MIN_MINOR
    gift_card_max_minor: _Minor = GIFT_CARD_MAX_MINOR
    gift_card_expiry: dict[str, Any] = msgspec.field(default_factory=_no_end)
    prize_expiry: dict[str, Any] = msgspec.field(default_factory=_no_end)
    """Nobody paid for a prize: it may expire as the group says."""
    purse_max_minor: _Minor = PURSE_MAX_MINOR
    purse_top_up_per_day_minor: _Minor = PURSE_TOP_UP_PER_DAY_MINOR
    returned_expired: Literal["fresh", "expired"] = "fresh"
    services: Annotated[dict[str, ServiceSettings], Meta(max_length=SERVICES_PER_GROUP_MAX)] = {}

    @property
    def gift_card_policy(self) -> ExpiryPolicy:
        """How long a card that was sold lives."""
        return parse_expiry(self.gift_card_expiry, "settings.stored_value.gift_card_expiry")

    @property
    def prize_policy(self) -> ExpiryPolicy:
        """How long a prize lives."""
        return parse_expiry(self.prize_expiry, "settings.stored_value.prize_expiry")


def asset_of(service_id: str, definition: ServiceSettings) -> Asset:
    """What is counted: the hours of all services are of one kind, times are of their own."""
    return HOURS if definition.unit == "hour" else service(service_id)


def require_lawful(settings: StoredValueSettings, *, country: str, currency: str) -> None:
    """Refuse what the group's country does not allow, and what cannot be read.

    Raises: ProgrammeInvalid, UnknownAsset, ExpiryTooEarly, AboveLegalMaximum, HoursOnePrice.
    """
    hours: int | None = None
    require_lawful_expiry(settings.gift_card_policy, country, what="A gift card that was paid for")
    require_lawful_maximum(settings.gift_card_max_minor, currency, country, is_purse=False)
    require_lawful_maximum(settings.purse_max_minor, currency, country, is_purse=True)
    assert settings.prize_policy
    for service_id, definition in settings.services.items():
        if asset_of(service_id, definition) == HOURS:
            hours = hours or definition.price_minor
            if definition.price_minor != hours:
                raise HoursOnePrice(service_id=service_id)
        require_lawful_expiry(definition.policy, country, what=f"The service {service_id}")
