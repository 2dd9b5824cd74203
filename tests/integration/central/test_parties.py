"""Suppliers and associations over HTTP, and programmes that name who pays (P-49)."""

import pytest

from central.services.core.group import read_settings
from central.services.group.groups import FunderNotThere
from loyalty.rules.reading import ProgrammeInvalid
from tests.central_fixture import GROUP, OTHER_UID, SUN_CREAM, CentralUnderTest, a_sale, by_uid
from tests.integration.central.claim_rules import bonus, discount, publish
from tests.integration.central.test_vouchers import thanks

SOL = {"name": "Sol Laboratoires SA", "city": "Nyon", "bank_account": "CH93 0076 2011 6238 5295 7"}
STEP = {"points": 500, "worth_minor": 1000}


async def test_a_supplier_is_put_read_and_listed(central: CentralUnderTest) -> None:
    put = await central.put("parties/supplier/sol", SOL)
    assert (put.status, put.body["party"], put.body["bank_account"]) == (
        200,
        "supplier/sol",
        "CH9300762011623852957",
    )
    assert (await central.put("parties/supplier/sol", SOL)).body == put.body
    assert (await central.get("parties/supplier/sol", token="office")).body == put.body
    assert (await central.get("parties", token="office")).body["parties"] == [put.body]
    assert (await central.get("parties", token="foreign")).body["parties"] == []


async def test_a_slip_in_an_iban_and_a_party_of_no_kind_are_refused(central: CentralUnderTest) -> None:
    slip = await central.put("parties/supplier/sol", SOL | {"bank_account": "CH9300762011623852958"})
    assert (slip.status, slip.code) == (422, "bank_account_invalid")
    assert "CH9300762011623852958" not in slip.body["detail"]
    assert (await central.put("parties/shop/sol", SOL)).code == "party_kind_unknown"
    assert (await central.get("parties/supplier/sol", token="office")).code == "party_not_found"
    assert (await central.put("parties/supplier/sol", SOL, token="terminal")).code == "permission_missing"


async def test_a_programme_names_only_who_can_be_asked(central: CentralUnderTest) -> None:
    with pytest.raises(FunderNotThere, match="Rule third names supplier/sol"):
        await publish(central, discount(funder="supplier/sol"))
    await central.put("parties/supplier/sol", SOL)
    await publish(central, discount(funder="supplier/sol"))
    with pytest.raises(FunderNotThere, match="Did you mean supplier/sol"):
        await publish(central, discount(funder="supplier/soll"))
    with pytest.raises(FunderNotThere, match="The programme names ACME"):
        await publish(central, discount(), funder="ACME")
    await central.put("parties/supplier/sol", SOL | {"state": "ended"})
    with pytest.raises(FunderNotThere):
        await publish(central, discount(funder="supplier/sol", version=2))
    with pytest.raises(ProgrammeInvalid, match="funder must be group, shop"):
        await publish(central, discount(funder="Sol Laboratoires"))


async def test_points_that_somebody_pays_need_a_worth(central: CentralUnderTest) -> None:
    await central.put("parties/supplier/sol", SOL)
    with pytest.raises(ProgrammeInvalid, match="voucher_step"):
        await publish(central, bonus(funder="supplier/sol"))
    await publish(central, bonus(funder="supplier/sol"), voucher_step=STEP)


async def test_a_draft_that_names_nobody_is_told_so_before_it_is_scheduled(central: CentralUnderTest) -> None:
    draft = {"programme": {"rules": [discount(funder="supplier/nobody")]}, "note": "Sun cream"}
    view = (await central.put("programme/drafts/sun", draft)).body
    assert [each["code"] for each in view["findings"] if each["is_blocking"]] == ["funder_not_there"]


async def test_lots_say_who_pays_and_the_selling_shop_stands_by_its_id(central: CentralUnderTest) -> None:
    await central.put("parties/supplier/sol", SOL)
    voucher = thanks() | {"funder": "supplier/sol"}
    await publish(central, bonus(), voucher, funder="shop", voucher_step=STEP)
    sale = a_sale(central, [(SUN_CREAM, 1, 2000)], by_uid(OTHER_UID))
    assert (await central.post("sales", sale)).status == 200
    rows = await central.services.store.list_source_lots(GROUP, sale["sale_id"])
    assert {(row.asset, row.funder) for row in rows} == {
        ("PTS/0", "shop/lac-1"),
        ("VCH.thanks/0", "supplier/sol"),
    }


def test_settings_that_an_earlier_release_kept_are_read_without_their_associations() -> None:
    assert read_settings('{"associations": {"red-cross": "Croix-Rouge"}, "names": {"de": "See"}}').names == {
        "de": "See"
    }
