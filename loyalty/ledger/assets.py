"""Assets: what is counted, and with how many decimals."""

import re
from dataclasses import dataclass
from enum import StrEnum

from loyalty.errors import LoyaltyError
from loyalty.limits.ledger import ASSET_CHARS_MAX
from loyalty.money import CURRENCY_SCALES, scale_of
from loyalty.values import quick


@quick
@dataclass(frozen=True, slots=True)
class Asset:
    """A unit of value. `code` such as `PTS` or `CHF`; one major unit is 10**scale minor units."""

    code: str
    scale: int

    def __str__(self) -> str:
        return f"{self.code}/{self.scale}"


class Family(StrEnum):
    """Kinds of assets; the chart says which an account takes."""

    POINTS = "points"
    MONEY = "money"
    VOUCHER = "voucher"
    SERVICE = "service"
    MEAL_VOUCHER = "meal_voucher"
    PRIZE = "prize"
    """Units of a game's prizes: what its pool holds, never a member."""


class UnknownAsset(LoyaltyError):
    """An asset of no known kind."""

    code = "unknown_asset"
    text = "The unit {asset} is not known. Use one listed in docs/ledger.md, such as PTS/0 or CHF/2."


POINTS = Asset("PTS", 0)
HOURS = Asset("HOUR", 2)
"""Pre-sold hours, in hundredths."""

_VOUCHER = "VCH."
_SERVICE = "SRV."
_MEAL = "MEAL."
_PRIZE = "PRZ."
_PIECES = {"VCH": Family.VOUCHER, "SRV": Family.SERVICE, "PRZ": Family.PRIZE}
"""Heads of what is counted in whole pieces of a definition."""
_ID = re.compile(r"[A-Za-z0-9_\-]{1,48}", re.ASCII)
_TEXT = re.compile(r"([A-Za-z0-9._\-]+)/(0|[1-9])", re.ASCII)


def money(currency: str) -> Asset:
    """Money of a currency in its minor units. Raises: UnknownCurrency."""
    return Asset(currency, scale_of(currency))


def meal_voucher(currency: str) -> Asset:
    """Meal vouchers: money that only some articles may be paid with. Raises: UnknownCurrency."""
    return Asset(f"{_MEAL}{currency}", scale_of(currency))


def voucher(definition_id: str) -> Asset:
    """Vouchers of one definition, counted in whole pieces. Raises: UnknownAsset: not an id."""
    return _defined(_VOUCHER, definition_id)


def service(definition_id: str) -> Asset:
    """A pre-sold service of one definition, counted in whole times. Raises: UnknownAsset: not an id."""
    return _defined(_SERVICE, definition_id)


def prize(prize_id: str) -> Asset:
    """A prize of a game, counted in whole pieces. Raises: UnknownAsset: not an id."""
    return _defined(_PRIZE, prize_id)


def family_of(asset: Asset) -> Family:
    """Which kind an asset is. Raises: UnknownAsset: also for a scale that is not the kind's."""
    if asset == POINTS:
        return Family.POINTS
    if asset == HOURS:
        return Family.SERVICE
    if CURRENCY_SCALES.get(asset.code) == asset.scale:
        return Family.MONEY
    head, _, rest = asset.code.partition(".")
    if head == "MEAL" and CURRENCY_SCALES.get(rest) == asset.scale:
        return Family.MEAL_VOUCHER
    if head in _PIECES and asset.scale == 0 and _ID.fullmatch(rest):
        return _PIECES[head]
    raise UnknownAsset(asset=str(asset)[:ASSET_CHARS_MAX])


def parse_asset(text: str) -> Asset:
    """An asset from `code/scale`. Raises: UnknownAsset."""
    match = _TEXT.fullmatch(text)
    if match is None or len(text) > ASSET_CHARS_MAX:
        raise UnknownAsset(asset=text[:ASSET_CHARS_MAX])
    asset = Asset(match[1], int(match[2]))
    family_of(asset)
    return asset


def _defined(prefix: str, definition_id: str) -> Asset:
    if not _ID.fullmatch(definition_id):
        raise UnknownAsset(asset=f"{prefix}{definition_id}"[:ASSET_CHARS_MAX])
    return Asset(f"{prefix}{definition_id}", 0)
