"""Shops from a delimited file: names, addresses, opening hours in OpenStreetMap's notation, positions.

Columns: name and osm_id (or shop_id) are needed; finess, housenumber, street, postcode, city, phone,
opening_hours, website, latitude, longitude, country, time_zone may be there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from central.gateways.files import squeeze
from central.gateways.rows import Parsed, Record
from central.gateways.tables import read_table
from loyalty.money import AmountDoesNotFit, parse_minor
from loyalty.programme.opening_hours import read_week
from wire.api_base import Id
from wire.api_catalogue import ShopBody

ATTRIBUTION: Final = "Positions and opening hours: © OpenStreetMap contributors, ODbL"
TIME_ZONES: Final = {
    "FR": "Europe/Paris",
    "CH": "Europe/Zurich",
    "DE": "Europe/Berlin",
    "CN": "Asia/Shanghai",
}
_E7: Final = 7
_NUMBER_FIRST: Final = frozenset({"FR"})
_NOT_IN_IDS: Final = re.compile(r"[^A-Za-z0-9._:\-]", re.ASCII)
_WEBSITE: Final = re.compile(r"(https?://)?[^\s/:@]+\.[^\s/:@]+(/\S*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopCsvOptions:
    """Country of the shops whose row names none, and their time zone (None: the country's)."""

    country: str
    time_zone: str | None = None
    separator: str | None = None
    encoding: str | None = None


class _RowRefused(Exception):
    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def read(path: Path, options: ShopCsvOptions) -> Parsed[ShopBody]:
    """Read shops. Raises: FileUnreadable, FileBroken: not text, or the needed columns are missing."""
    table = read_table(
        path,
        needed={"name": ["name"], "osm_id": ["shop_id", "osm_id"]},
        separator=options.separator,
        encoding=options.encoding,
    )
    facts = dict(table.facts)
    if "osm_id" in table.columns:
        facts["source"] = ATTRIBUTION
    parsed: Parsed[ShopBody] = Parsed(facts=facts)
    lines: dict[str, int] = {}
    for row in table.rows():
        parsed.rows += 1
        try:
            if row.trouble:
                raise _RowRefused("row_unreadable", row.trouble)
            shop_id, body = _shop(row.cells, options)
            if shop_id in lines:
                raise _RowRefused("shop_twice", f"Shop {shop_id} already stood on line {lines[shop_id]}.")
        except _RowRefused as refused:
            parsed.refuse(row.line, refused.code, str(refused))
            continue
        lines[shop_id] = row.line
        _warn(parsed, row.line, row.cells, body)
        parsed.records.append(Record(row.line, shop_id, body))
    return parsed


def _shop(cells: Mapping[str, str], options: ShopCsvOptions) -> tuple[str, ShopBody]:
    given_id = cells.get("shop_id", "")
    osm_id = cells.get("osm_id", "")
    if not given_id and not osm_id:
        raise _RowRefused("id_missing", "The shop has no osm_id or shop_id.")
    shop_id = given_id or "osm-" + _NOT_IN_IDS.sub("-", osm_id)
    country = cells.get("country", "").upper() or options.country
    time_zone = cells.get("time_zone", "") or options.time_zone or TIME_ZONES.get(country, "")
    if not time_zone:
        raise _RowRefused("time_zone_missing", f"No time zone is known for {country}. Give --time-zone.")
    latitude, longitude = (_e7(cells.get(name, ""), name) for name in ("latitude", "longitude"))
    if (latitude is None) != (longitude is None):
        latitude = longitude = None
    website = cells.get("website", "")
    fields = {
        "name": squeeze(cells.get("name", "")),
        "country": country,
        "time_zone": time_zone,
        "external_id": cells.get("finess", ""),
        "street": _street(cells, country),
        "postcode": cells.get("postcode", ""),
        "city": squeeze(cells.get("city", "")),
        "phone": squeeze(cells.get("phone", "")),
        "opening_hours": squeeze(cells.get("opening_hours", "")),
        "website": website if _WEBSITE.fullmatch(website) else "",
        "latitude_e7": latitude,
        "longitude_e7": longitude,
    }
    try:
        msgspec.convert(shop_id, Id)
        return shop_id, msgspec.convert(fields, ShopBody)
    except msgspec.ValidationError as error:
        raise _RowRefused("row_invalid", f"{error}.") from error


def _e7(text: str, name: str) -> int | None:
    """Degrees times ten million, exactly."""
    if not text:
        return None
    try:
        return parse_minor(text, _E7)
    except AmountDoesNotFit as error:
        detail = f"The {name} “{text[:40]}” is no decimal number with at most {_E7} decimals."
        raise _RowRefused("position_invalid", detail) from error


def _street(cells: Mapping[str, str], country: str) -> str:
    number, street = (squeeze(cells.get(name, "")) for name in ("housenumber", "street"))
    parts = (number, street) if country in _NUMBER_FIRST else (street, number)
    return " ".join(part for part in parts if part) if street else ""


def _warn(parsed: Parsed[ShopBody], line: int, cells: Mapping[str, str], body: ShopBody) -> None:
    missing = [name for name in ("street", "postcode", "city") if not getattr(body, name)]
    if missing:
        parsed.warn(line, "address_missing", f"{body.name} has no {', '.join(missing)}.")
    if not body.opening_hours:
        parsed.warn(line, "opening_hours_missing", f"{body.name} has no opening hours.")
    elif read_week(body.opening_hours) is None:
        detail = f"{body.name}: “{body.opening_hours[:40]}” says no hours that a screen can show."
        parsed.warn(line, "opening_hours_unreadable", detail)
    if body.latitude_e7 is None:
        parsed.warn(line, "position_missing", f"{body.name} has no complete position.")
    if cells.get("website", "") and not body.website:
        parsed.warn(line, "website_invalid", f"{body.name}: the website is no web address and was left out.")
