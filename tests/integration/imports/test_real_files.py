"""Imports of the real public files, against what other people counted in them."""

import csv
import gzip
from collections import Counter

import pytest

from central.gateways import bdpm
from tests.integration.imports.conftest import House
from tests.shared_data import shared_path

pytestmark = pytest.mark.shared

SLIPPED = {"3400930284315", "3400930284322", "3400930284353"}
"""Packs whose prices stand one column to the left in the published file of 31 May 2026."""


async def test_all_french_packs_come_in_once(house: House) -> None:
    directory = shared_path("articles_fr")
    actor = await house.a_group()
    first = await house.imports.import_bdpm(actor, directory)
    assert (first.rows, first.taken, first.refused, first.priced) == (20_903, 20_903, 0, 13_546)
    kinds = Counter(note.code for note in first.notes)
    assert (kinds["medicine_missing"], kinds["prices_slipped"], kinds["price_parts_differ"]) == (4, 3, 0)
    second = await house.imports.import_bdpm(actor, directory)
    assert (second.taken, second.changed, second.unchanged) == (0, 0, 20_903)


def test_class_and_price_of_every_pack_agree_with_an_independent_reading() -> None:
    path = shared_path("articles_fr/fr_medicines_clean.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        expected = {row["cip13"]: row for row in csv.DictReader(file)}
    names = {"medicine_rx": "rx", "medicine_otc": "otc", "unknown": "unknown"}
    parsed = bdpm.read(shared_path("articles_fr"))
    found = {record.body.codes[0]: record.body for record in parsed.records}
    assert found.keys() == expected.keys()
    assert Counter(names[body.article_class] for body in found.values()) == {
        "rx": 17_983,
        "otc": 2_916,
        "unknown": 4,
    }
    for cip13, row in expected.items():
        body = found[cip13]
        assert names[body.article_class] == row["rx_otc_derived"], cip13
        if cip13 not in SLIPPED:
            price = row["price_public_eur"].replace(".", "")
            assert body.price_minor == (int(price) if price else None), cip13


async def test_the_pharmacies_of_niort_come_in_once(house: House) -> None:
    actor = await house.a_group()
    path = shared_path("stores/fr_niort_osm_pharmacies.csv")
    first = await house.imports.import_shops(actor, path)
    assert (first.rows, first.taken, first.warned, first.refused) == (15, 15, 2, 0)
    second = await house.imports.import_shops(actor, path)
    assert (second.taken, second.changed, second.unchanged) == (0, 0, 15)
    shops = {shop.shop_id: shop for shop in (await house.shops.list_shops(actor)).shops}
    shop = shops["osm-node-6290892159"]
    assert (shop.latitude_e7, shop.longitude_e7, shop.external_id) == (463205434, -4811641, "790010995")
    assert shop.opening_hours.startswith("Mo 14:00-19:00, Tu-Fr 09:00-12:15 / 14:15-19:00")
