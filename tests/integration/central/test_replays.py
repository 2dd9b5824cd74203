"""Replays of sales: the first answer, whatever has changed since."""

import asyncio
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from central.services.bundle import build_services
from central.settings import load_secrets, new_secrets
from tests.central_fixture import CentralUnderTest, a_basket, a_sale, by_uid
from wire import api_sales


@pytest.mark.parametrize("is_reserved", [False, True])
async def test_a_replay_of_a_quoted_sale_needs_neither_its_quote_nor_the_key_of_that_day(
    central: CentralUnderTest, tmp_path: Path, is_reserved: bool
) -> None:
    quoted = {"basket": a_basket(), "holder": by_uid()}
    quote_id = (await central.post("quotes", quoted)).body["quote_id"]
    await central.post("reservations", {"reservation_id": "r-1", "quote_id": quote_id, "quote": quoted})
    promise = {"reservation_id": "r-1"} if is_reserved else {"quote_id": quote_id}
    rise_ms = central.clock() + 50
    dearer = {"price_minor": 2990, "valid_from_ms": rise_ms}
    assert (await central.post("articles/sun-cream/prices", dearer, token="office")).status == 200
    sale = a_sale(central, occurred_ms=rise_ms + 1, **promise)
    first = await central.post("sales", sale)
    kept = await asyncio.to_thread(load_secrets, tmp_path / "central.secrets")
    secrets = replace(kept, quote_key=new_secrets().quote_key)
    later = build_services(central.services.store, secrets, central.clock)
    terminal = await later.access.authenticate(central.tokens["terminal"])
    again, is_replay = await later.sales.commit(terminal, msgspec.convert(sale, api_sales.SaleBody))

    assert is_replay
    assert msgspec.to_builtins(again.lines) == first.body["lines"]
    assert [line.price_minor for line in again.lines] == [1990]
    assert (again.points, again.total_minor) == (39, 3980)
