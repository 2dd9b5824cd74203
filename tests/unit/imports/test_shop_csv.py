from pathlib import Path

import pytest

from central.gateways import shop_csv
from central.gateways.files import FileBroken
from central.gateways.rows import Parsed
from central.gateways.shop_csv import ShopCsvOptions
from wire.api_catalogue import ShopBody

HEADER = (
    "osm_id,finess,name,housenumber,street,postcode,city,phone,opening_hours,website,latitude,longitude\n"
)


def read(tmp_path: Path, rows: str, country: str = "FR", header: str = HEADER) -> Parsed[ShopBody]:
    path = tmp_path / "shops.csv"
    path.write_text(header + rows, encoding="utf-8")
    return shop_csv.read(path, ShopCsvOptions(country=country))


def test_a_shop_keeps_its_hours_as_written_and_its_position_exactly(tmp_path: Path) -> None:
    where = 'Niort,+33 1,"Mo-Sa 08:30-20:00; We off",a.fr,46.3205434,-0.481'
    (record,) = read(tmp_path, f"node/1,790,Pharmacie,7 bis,Rue A,79000,{where}\n").records
    shop = record.body
    assert (record.record_id, shop.external_id, shop.time_zone) == ("osm-node-1", "790", "Europe/Paris")
    assert (shop.street, shop.opening_hours) == ("7 bis Rue A", "Mo-Sa 08:30-20:00; We off")
    assert (shop.latitude_e7, shop.longitude_e7) == (463205434, -4810000)


def test_a_swiss_street_comes_before_its_number(tmp_path: Path) -> None:
    (record,) = read(
        tmp_path, "node/1,,Apotheke,7,Gasse,8000,Zürich,,Mo-Fr 08:00-18:00,,47,8\n", "CH"
    ).records
    assert (record.body.street, record.body.time_zone) == ("Gasse 7", "Europe/Zurich")


def test_what_is_missing_is_warned_and_what_is_wrong_refused(tmp_path: Path) -> None:
    rows = (
        "node/1,,Bare,,,,,,,javascript:alert(1),46.1,\n"
        "node/2,,Noisy,1,Rue,79000,Niort,,24/7,,46.12345678,0\n"
        "node/3,,Beyond,1,Rue,79000,Niort,,24/7,,96,0\n"
        "node/1,,Again,1,Rue,79000,Niort,,24/7,,46,0\n"
        ",,Nameless id,1,Rue,79000,Niort,,24/7,,46,0\n"
        "node/4,,,1,Rue,79000,Niort,,24/7,,46,0\n"
    )
    parsed = read(tmp_path, rows)
    assert [(note.line, note.kind, note.code) for note in parsed.notes] == [
        (2, "warned", "address_missing"),
        (2, "warned", "opening_hours_missing"),
        (2, "warned", "position_missing"),
        (2, "warned", "website_invalid"),
        (3, "refused", "position_invalid"),
        (4, "refused", "row_invalid"),
        (5, "refused", "shop_twice"),
        (6, "refused", "id_missing"),
        (7, "refused", "row_invalid"),
    ]
    assert [record.record_id for record in parsed.records] == ["osm-node-1"]
    assert parsed.records[0].body.website == ""


def test_a_country_without_known_time_zone_needs_one(tmp_path: Path) -> None:
    parsed = read(tmp_path, "node/1,,Farmacia,1,Via,1,Roma,,24/7,,46,0\n", "IT")
    assert [note.code for note in parsed.notes] == ["time_zone_missing"]


def test_other_columns_are_no_shop_file(tmp_path: Path) -> None:
    with pytest.raises(FileBroken, match="lacks name, osm_id"):
        read(tmp_path, "1,2\n", header="a,b\n")
