import gzip
from pathlib import Path

import pytest

from central.gateways import bdpm
from central.gateways.files import FileBroken
from tests.unit.imports.bdpm_files import PACKS, pack_line, write_bdpm, write_major


def test_packs_join_their_medicine_and_its_conditions(tmp_path: Path) -> None:
    parsed = bdpm.read(write_bdpm(tmp_path))
    first = parsed.records[0]
    assert (first.record_id, first.body.codes) == ("cip13:3400930000011", ["3400930000011", "3000001"])
    assert (first.body.name, first.body.brand) == ("RÊVALINE 10 mg, comprimé, boîte de 10", "LABO")
    classes = [record.body.article_class for record in parsed.records]
    assert classes == ["medicine_rx", "medicine_rx", "medicine_otc", "unknown"]
    assert [record.body.price_minor for record in parsed.records] == [2536, 146905, None, None]
    assert [(note.line, note.kind, note.code) for note in parsed.notes] == [(4, "warned", "medicine_missing")]


def test_the_file_of_major_medicines_tells_atc_codes_where_it_is_there(tmp_path: Path) -> None:
    without = bdpm.read(write_bdpm(tmp_path))
    assert {record.body.atc for record in without.records} == {None}, "what stands stays"
    assert without.facts["packs_with_atc"] == "0"
    write_major(tmp_path)
    parsed = bdpm.read(tmp_path)
    assert [record.body.atc for record in parsed.records] == ["A10BA02", "A10BA02", None, None]
    assert parsed.facts["packs_with_atc"] == "2"
    notes = [(note.line, note.kind, note.code) for note in parsed.notes]
    assert notes[:2] == [(2, "warned", "atc_invalid"), (3, "warned", "atc_twice")]


def test_files_may_be_packed_and_prefixed(tmp_path: Path) -> None:
    write_bdpm(tmp_path)
    for path in list(tmp_path.iterdir()):
        (tmp_path / f"raw_{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert len(bdpm.read(tmp_path).records) == len(PACKS)


def test_prices_that_slipped_a_column_are_put_right_with_a_warning(tmp_path: Path) -> None:
    pack = ("60000001", "3000001", "boîte", "3400930000011", "13,91", "1,02", "")
    parsed = bdpm.read(write_bdpm(tmp_path, [pack]))
    assert parsed.records[0].body.price_minor == 1391
    assert [note.code for note in parsed.notes] == ["prices_slipped"]


def test_prices_that_do_not_add_up_are_taken_with_a_warning(tmp_path: Path) -> None:
    pack = ("60000001", "3000001", "boîte", "3400930000011", "10,00", "12,00", "1,02")
    parsed = bdpm.read(write_bdpm(tmp_path, [pack]))
    assert parsed.records[0].body.price_minor == 1200
    assert [note.code for note in parsed.notes] == ["price_parts_differ"]


def test_bad_packs_are_refused_and_the_others_taken(tmp_path: Path) -> None:
    good, other = PACKS[0], PACKS[2]
    bad_code = (*other[:3], "34009300000", *other[4:])
    bad_price = (*other[:4], "1.50", "2.50", "1.00")
    write_bdpm(tmp_path, [good, bad_code, bad_price, good, other])
    with (tmp_path / "CIS_CIP_bdpm.txt").open("a", encoding="utf-8") as file:
        file.write("60000001\tonly\tthree\n")
    parsed = bdpm.read(tmp_path)
    assert [(note.line, note.code) for note in parsed.notes] == [
        (2, "code_invalid"),
        (3, "price_invalid"),
        (4, "code_twice"),
        (6, "columns_differ"),
    ]
    assert (parsed.rows, len(parsed.records)) == (6, 2)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (write_bdpm(tmp_path) / "CIS_CPD_bdpm.txt").unlink()
    with pytest.raises(FileBroken, match=r"CIS_CPD_bdpm\.txt is missing"):
        bdpm.read(tmp_path)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"cip13;name\n1;2\n", "line 1 has 1 columns"),
        (pack_line(*PACKS[0]).encode("cp1252"), "line 1 is not utf-8"),
        (b"\x00\x01", "binary"),
    ],
)
def test_a_file_that_is_not_what_its_name_promises_is_refused(tmp_path: Path, data: bytes, why: str) -> None:
    (write_bdpm(tmp_path) / "CIS_CIP_bdpm.txt").write_bytes(data)
    with pytest.raises(FileBroken, match=why):
        bdpm.read(tmp_path)
