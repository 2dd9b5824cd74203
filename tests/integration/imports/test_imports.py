from pathlib import Path

import pytest

from central.gateways.files import FileBroken
from central.services.core.access import Actor, PermissionMissing
from central.services.group.imports.report import rows_of
from central.services.group.imports.service import CurrencyDiffers
from loyalty.limits.imports import IMPORT_BATCH_ROWS
from tests.integration.imports.conftest import House
from tests.unit.imports.bdpm_files import write_bdpm
from wire.api_catalogue import ArticleBody


def a_csv(tmp_path: Path, rows: list[str], header: str = "code;name;price;class") -> Path:
    path = tmp_path / "articles.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


async def test_a_second_import_of_the_same_files_changes_nothing(house: House, tmp_path: Path) -> None:
    actor = await house.a_group()
    directory = write_bdpm(tmp_path / "bdpm")
    first = await house.imports.import_bdpm(actor, directory)
    assert (first.rows, first.taken, first.priced, first.warned, first.refused) == (4, 4, 2, 1, 0)
    events = await house.events("grp-fr")
    second = await house.imports.import_bdpm(actor, directory)
    assert (second.taken, second.changed, second.unchanged) == (0, 0, 4)
    assert await house.events("grp-fr") == events


async def test_an_imported_pack_is_found_by_both_codes(house: House, tmp_path: Path) -> None:
    actor = await house.a_group()
    await house.imports.import_bdpm(actor, write_bdpm(tmp_path / "bdpm"))
    by_cip13 = await house.articles.get_article_by_code(actor, "3400930000028")
    assert by_cip13 == await house.articles.get_article_by_code(actor, "3000002")
    assert (by_cip13.article_id, by_cip13.price_minor) == ("cip13:3400930000028", 146905)


async def test_french_prices_are_refused_where_another_currency_counts(house: House, tmp_path: Path) -> None:
    actor = await house.a_group("grp-ch", "CH", "CHF")
    with pytest.raises(CurrencyDiffers, match="EUR"):
        await house.imports.import_bdpm(actor, write_bdpm(tmp_path / "bdpm"))
    assert (await house.articles.list_articles(actor)).articles == []


async def test_a_changed_row_is_reported_as_changed_and_keeps_the_old_price(
    house: House, tmp_path: Path
) -> None:
    actor = await house.a_group()
    await house.imports.import_csv(actor, a_csv(tmp_path, ["A1;Soap;2,00;cosmetic", "A2;Comb;3,00;cosmetic"]))
    path = a_csv(tmp_path, ["A1;Soap;2,50;cosmetic", "A2;Comb;3,00;cosmetic", "A3;Brush;;cosmetic"])
    report = await house.imports.import_csv(actor, path)
    assert (report.taken, report.changed, report.unchanged, report.refused) == (1, 1, 1, 0)
    prices = (await house.articles.list_prices(actor, "code:A1")).prices
    assert [price.price_minor for price in prices] == [250, 200]


async def test_a_code_of_another_article_refuses_its_row_alone(house: House, tmp_path: Path) -> None:
    actor = await house.a_group()
    header = "code;name;other_codes;class"
    await house.imports.import_csv(actor, a_csv(tmp_path, ["OLD;Soap;SHARED;cosmetic"], header))
    rows = [f"N{at};Article {at};{'SHARED' if at == 321 else ''};cosmetic" for at in range(700)]
    seen: list[tuple[int, int | None]] = []
    report = await house.imports.import_csv(
        actor, a_csv(tmp_path, rows, header), on_progress=lambda _, done, total: seen.append((done, total))
    )
    assert (report.rows, report.taken, report.refused) == (700, 699, 1)
    assert [(note.line, note.code) for note in report.notes] == [(323, "idempotency_conflict")]
    assert seen == [(IMPORT_BATCH_ROWS, 700), (700, 700)]
    assert (await house.articles.get_article_by_code(actor, "SHARED")).article_id == "code:OLD"


async def test_a_broken_file_writes_nothing(house: House, tmp_path: Path) -> None:
    actor = await house.a_group()
    events = await house.events("grp-fr")
    with pytest.raises(FileBroken):
        await house.imports.import_csv(
            actor, a_csv(tmp_path, ["A1;Soap;2,00;cosmetic", 'A2;"Comb;3;cosmetic'])
        )
    assert await house.events("grp-fr") == events


async def test_imports_ask_for_the_permission_before_they_read(house: House) -> None:
    await house.a_group()
    stranger = Actor(group_id="grp-fr", token_id="tok", permissions=frozenset())
    nowhere = Path("/nowhere")
    with pytest.raises(PermissionMissing):
        await house.imports.import_bdpm(stranger, nowhere)
    with pytest.raises(PermissionMissing):
        await house.imports.import_csv(stranger, nowhere)
    with pytest.raises(PermissionMissing):
        await house.imports.import_shops(stranger, nowhere)


async def test_refusals_and_rare_warnings_are_shown_before_frequent_ones(
    house: House, tmp_path: Path
) -> None:
    actor = await house.a_group()
    rows = [f"A{at};Soap;;unheard of" for at in range(5)]
    rows += ["4005808730736;Wrong digit;;cosmetic", "B1;;;cosmetic"]
    report = await house.imports.import_csv(actor, a_csv(tmp_path, rows))
    shown = [(line, code) for line, _, code, _ in rows_of(report, 3)]
    assert shown == [(8, "name_missing"), (7, "check_digit_wrong"), (2, "class_unknown")]


async def test_shops_are_imported_once(house: House, tmp_path: Path) -> None:
    actor = await house.a_group()
    path = tmp_path / "shops.csv"
    path.write_text("osm_id,name,latitude,longitude\nnode/1,A,46.1,0.2\nnode/2,,1,1\n", encoding="utf-8")
    first = await house.imports.import_shops(actor, path)
    assert (first.rows, first.taken, first.warned, first.refused) == (2, 1, 1, 1)
    second = await house.imports.import_shops(actor, path)
    assert (second.taken, second.unchanged, second.refused) == (0, 1, 1)
    (shop,) = (await house.shops.list_shops(actor)).shops
    assert (shop.shop_id, shop.latitude_e7) == ("osm-node-1", 461000000)


async def test_a_shop_with_an_unknown_time_zone_is_refused_alone(house: House, tmp_path: Path) -> None:
    actor = await house.a_group()
    path = tmp_path / "shops.csv"
    path.write_text("shop_id,name,time_zone\nA,A,Europe/Atlantis\nB,B,Europe/Paris\n", encoding="utf-8")
    report = await house.imports.import_shops(actor, path)
    assert [(note.line, note.code) for note in report.notes if note.kind == "refused"] == [
        (2, "unknown_time_zone")
    ]
    assert report.taken == 1


async def test_the_classes_of_another_country_reach_the_articles_that_are_there_and_nothing_else(
    house: House, tmp_path: Path
) -> None:
    actor = await house.a_group("grp-ch", "CH", "CHF")
    await house.imports.import_csv(
        actor, a_csv(tmp_path, ["A1;Drops;2,00;cosmetic", "A2;Comb;3,00;cosmetic"])
    )
    abroad = a_csv(
        tmp_path, ["A1;Gouttes;9,00;medicine_otc", "A2;Peigne;;parapharmacy", "A9;Autre;;cosmetic"]
    )
    report = await house.imports.import_csv(actor, abroad, country="FR")
    assert (report.rows, report.changed, report.refused) == (3, 2, 1)
    assert [(note.line, note.code) for note in report.notes] == [(4, "article_not_known")]
    drops = await house.articles.get_article_by_code(actor, "A1")
    assert (drops.name, drops.price_minor, drops.article_class) == ("Drops", 200, "cosmetic")
    assert drops.country_classes == {"FR": "medicine_otc"}
    again = await house.imports.import_csv(actor, abroad, country="FR")
    assert (again.changed, again.unchanged) == (0, 2)
    await house.imports.import_csv(actor, a_csv(tmp_path, ["A1;Drops;2,50;cosmetic"]))
    assert (await house.articles.get_article_by_code(actor, "A1")).country_classes == {"FR": "medicine_otc"}


async def test_of_two_rows_that_class_one_article_otherwise_one_counts(house: House, tmp_path: Path) -> None:
    actor = await house.a_group("grp-ch", "CH", "CHF")
    await house.imports.import_csv(
        actor, a_csv(tmp_path, ["A1;Drops;A1b;cosmetic"], header="code;name;other_codes;class")
    )
    twice = a_csv(tmp_path, ["A1;Drops;;medicine_otc", "A1b;Drops;;cosmetic"])
    report = await house.imports.import_csv(actor, twice, country="FR")
    assert [(note.line, note.code) for note in report.notes] == [(3, "article_twice")]


async def test_the_french_medicines_give_a_swiss_group_its_french_classes_without_prices(
    house: House, tmp_path: Path
) -> None:
    actor = await house.a_group("grp-ch", "CH", "CHF")
    body = ArticleBody(name="Pack", article_class="medicine_ch_b", codes=["3400930000028"], price_minor=500)
    await house.articles.put_article(actor, "pack", body)
    report = await house.imports.import_bdpm(actor, write_bdpm(tmp_path / "bdpm"), country="FR")
    assert (report.changed, report.priced) == (1, 0)
    pack = await house.articles.get_article_by_code(actor, "3400930000028")
    assert (pack.article_class, pack.price_minor) == ("medicine_ch_b", 500)
    assert pack.country_classes == {"FR": "medicine_rx"}
