import csv
import sqlite3
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from central.app import running
from central.gateways.table_export import TABLES
from central.services.bundle import Services
from central.services.core.access import GROUP_READ, Actor, PermissionMissing, operator_of
from central.services.members.export import ExportDirectoryTaken, ExportService
from central.settings import CentralSettings
from wire import api, api_catalogue, api_members, api_sales

GROUP = "grp-export"
EARN = (
    '{"rules": [{"id": "base", "version": 1, "kind": "campaign", "when": {"fact": "member.is_known"},'
    ' "effects": [{"effect": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "floor"}]}]}'
)


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    """A central with two groups; the first has a member, a card and a ticket."""
    settings = CentralSettings(
        database=f"sqlite:///{tmp_path / 'central.db'}", secrets_file=tmp_path / "central.keys", port=0
    )
    async with running(settings) as central:
        for group_id in (GROUP, "grp-other"):
            await _fill(central.services, operator_of(group_id))
        yield central.services


async def _fill(services: Services, actor: Actor) -> None:
    await services.groups.put_group(actor, name="Group", country="CH", currency="CHF", programme=EARN)
    shop = api_catalogue.ShopBody(name="Shop", country="CH", time_zone="Europe/Zurich")
    await services.shops.put_shop(actor, "shop-1", shop)
    article = api_catalogue.ArticleBody(name="=1+1", article_class="cosmetic", codes=["A1"], price_minor=1250)
    await services.articles.put_article(actor, "art-1", article)
    member = api_members.MemberBody(
        member_id="mem-1", family_name="Secretname", email="secret@example.com", card_number="CARDNUMBER1"
    )
    await services.members.enrol(actor, member)
    await services.access.issue_token(actor, role="office", label="a token")
    now_ms = services.clock()
    line = api_sales.LineBody(line_no=1, code="A1", quantity=2, amount_minor=2500)
    sale = api_sales.SaleBody(
        sale_id="sale-1",
        business_key="key-1",
        occurred_ms=now_ms,
        sent_ms=now_ms,
        basket=api_sales.BasketBody(currency="CHF", lines=[line]),
        holder=api.EvidenceBody(medium="barcode", value="CARDNUMBER1"),
        shop_id="shop-1",
        operator="Operatorname",
    )
    await services.sales.commit(actor, sale)


def an_export(services: Services) -> ExportService:
    return ExportService(services.store, services.clock, services.members, services.carer_names)


def _query(directory: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(directory / "officine.sqlite")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


async def test_an_export_holds_the_group_and_nothing_secret_or_personal(
    services: Services, tmp_path: Path
) -> None:
    directory = tmp_path / "export"
    manifest = await an_export(services).export(operator_of(GROUP), directory)
    assert (manifest.tables["sale"], manifest.tables["posting"], manifest.has_personal_data) == (1, 1, False)
    assert "person" not in manifest.tables
    assert _query(directory, "SELECT sale_id, total_minor, points FROM sale") == [("sale-1", 2500, 25)]
    assert _query(directory, "SELECT balance FROM account WHERE account = 'member/mem-1/points'") == [(25,)]
    assert _query(directory, "SELECT code, quantity, amount_minor FROM article_sales") == [("A1", 2, 2500)]
    everything = b"".join(path.read_bytes() for path in directory.iterdir())
    row = await services.store.find_member(GROUP, "mem-1")
    (token,) = await services.store.list_tokens(GROUP)
    assert row is not None
    for secret in (b"Secretname", b"secret@example.com", b"CARDNUMBER1", b"Operatorname", b"grp-other"):
        assert secret not in everything
    for blob in (row.key_wrapped, row.person_sealed, row.subject_sealed, token.token_hash):
        assert blob is not None
        assert blob not in everything
        assert blob.hex().encode() not in everything


async def test_personal_data_are_exported_when_asked_for(services: Services, tmp_path: Path) -> None:
    directory = tmp_path / "export"
    manifest = await an_export(services).export(operator_of(GROUP), directory, with_personal=True)
    assert (manifest.tables["person"], manifest.has_personal_data) == (1, True)
    assert _query(directory, "SELECT family_name, email FROM person") == [
        ("Secretname", "secret@example.com")
    ]
    assert _query(directory, "SELECT card_number, member_id FROM card") == [("CARDNUMBER1", "mem-1")]


async def test_csv_files_say_the_same_and_run_no_formula(services: Services, tmp_path: Path) -> None:
    directory = tmp_path / "export"
    manifest = await an_export(services).export(operator_of(GROUP), directory)
    for name, count in manifest.tables.items():
        with (directory / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert len(list(csv.DictReader(file))) == count
    with (directory / "article.csv").open(encoding="utf-8", newline="") as file:
        assert [row["name"] for row in csv.DictReader(file)] == ["'=1+1"]
    assert _query(directory, "SELECT name FROM article") == [("=1+1",)]


async def test_an_export_asks_for_permissions_first(services: Services, tmp_path: Path) -> None:
    directory = tmp_path / "export"
    reader = Actor(group_id=GROUP, token_id="tok", permissions=frozenset({GROUP_READ}))
    with pytest.raises(PermissionMissing):
        await an_export(services).export(reader, directory)
    seller = operator_of(GROUP)
    seller = Actor(group_id=GROUP, token_id="tok", permissions=seller.permissions - {"members.read"})
    with pytest.raises(PermissionMissing, match=r"members\.read"):
        await an_export(services).export(seller, directory, with_personal=True)
    assert not directory.exists()


async def test_an_export_never_writes_over_anything(services: Services, tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    kept = tmp_path / "export" / "kept.txt"
    kept.write_text("kept")
    for taken in (tmp_path / "export", kept):
        with pytest.raises(ExportDirectoryTaken):
            await an_export(services).export(operator_of(GROUP), taken)
    assert kept.read_text() == "kept"
    assert [path.name for path in (tmp_path / "export").iterdir()] == ["kept.txt"]


async def test_an_export_is_for_its_owner_only_and_leaves_no_copy(services: Services, tmp_path: Path) -> None:
    directory = tmp_path / "export"
    await an_export(services).export(operator_of(GROUP), directory)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert not [path for path in directory.iterdir() if "copy" in path.name]


async def test_every_column_of_the_store_is_exported_or_withheld_on_purpose(
    services: Services, tmp_path: Path
) -> None:
    await services.store.copy_into(tmp_path / "copy.sqlite")
    connection = sqlite3.connect(tmp_path / "copy.sqlite")
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    found = {
        name: {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}
        for name in names
        if not name.startswith("sqlite_")
    }
    connection.close()
    decided = {name: {*each.columns, *each.personal, *each.withheld} for name, each in TABLES.items()}
    of_groups = {name: columns - {"group_id"} for name, columns in found.items() if "group_id" in columns}
    assert {name: columns - {"group_id"} for name, columns in decided.items()} == of_groups
