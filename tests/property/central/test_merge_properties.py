"""Any history of two members, then a merge: no unit of value is lost or made, and all that is returned
afterwards goes back to where it started.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.services.bundle import Services, build_services
from central.services.core.access import Actor
from central.services.core.group import GroupSettings
from central.services.core.ledger_settings import LedgerSettings
from central.services.core.stored_value_settings import StoredValueSettings
from central.settings import Secrets, load_secrets
from central.storage.opening import open_store
from loyalty.errors import LoyaltyError, Trouble
from tests.central_fixture import GROUP, MEMBER, OTHER_MEMBER, PROGRAMME, SHAMPOO, SUN_CREAM, UID, seed
from tests.central_fixture import OTHER_UID as TWIN_UID
from tests.integration.central.stored import SERVICES, TRUSTING
from tests.integration.central.test_vouchers import thanks
from tests.movable_clock import MovableClock
from wire import api, api_merges, api_sales, api_stored_value

DAY_MS = 86_400_000
NOON_MS = 1_790_000_000_000
UIDS = (UID, TWIN_UID)
WHO = st.integers(0, 1)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), WHO, st.integers(1, 90_000), st.sampled_from(["money", "points", "purse"])),
        st.tuples(st.just("voucher"), WHO, st.integers(600, 4_000), st.just("")),
        st.tuples(st.just("return"), st.integers(0, 30), st.integers(1, 3), st.just("")),
        st.tuples(st.just("top_up"), WHO, st.integers(1, 4_000), st.just("")),
        st.tuples(st.just("service"), WHO, st.integers(1, 300), st.just("")),
        st.tuples(st.just("draw"), WHO, st.integers(1, 100), st.just("")),
        st.tuples(st.just("wait"), st.integers(1, 5), st.just(0), st.just("")),
    ),
    min_size=2,
    max_size=14,
)


@dataclass
class Told:
    """What the two were told and did, kept beside central."""

    services: Services
    actor: Actor
    clock: MovableClock
    units: dict[str, list[int]] = field(default_factory=dict)
    codes: list[tuple[int, str]] = field(default_factory=list)
    topped_up: int = 0
    hours: int = 0
    number: int = 0

    def new_id(self) -> str:
        self.number += 1
        return f"id-{self.number}"

    async def act(self, name: str, at: int, size: int, how: str) -> None:
        """Do it; what is refused (too few points, too little in the purse) did not happen."""
        refused: LoyaltyError | None = None
        try:
            await getattr(self, name)(at, size, how)
        except LoyaltyError as error:
            refused = error
        assert refused is None or refused.trouble is Trouble.REFUSED, refused

    async def buy(self, who: int, amount: int, how: str, codes: tuple[str, ...] = ()) -> None:
        sale_id, units = self.new_id(), 1 + amount % 3
        body: dict[str, Any] = {
            "sale_id": sale_id,
            "business_key": sale_id,
            "occurred_ms": self.clock(),
            "sent_ms": self.clock(),
            "basket": {
                "currency": "CHF",
                "lines": [
                    {"line_no": 1, "code": SUN_CREAM, "quantity": units, "amount_minor": amount},
                    {"line_no": 2, "code": SHAMPOO, "quantity": 1, "amount_minor": 1 + amount // 7},
                ],
                "vouchers": list(codes),
            },
            "holder": {"medium": "nfc_uid", "value": UIDS[who]},
        }
        if how == "points":
            body["redeem_points"] = 500
        if how == "purse":
            body["tenders"] = [{"kind": "purse", "amount_minor": min(amount, 1_000)}]
        view, _ = await self.services.sales.commit(self.actor, msgspec.convert(body, api_sales.SaleBody))
        self.units[sale_id] = [units, 1]
        self.codes += [(who, each.code) for each in view.vouchers]

    async def voucher(self, who: int, amount: int, _: str) -> None:
        mine = [code for owner, code in self.codes if owner == who]
        await self.buy(who, amount, "money", tuple(mine[:1]))
        self.codes = [each for each in self.codes if each[1] not in mine[:1]]

    async def give_back(self, sale_id: str, line_no: int, quantity: int) -> None:
        return_id = self.new_id()
        body = {
            "return_id": return_id,
            "business_key": return_id,
            "occurred_ms": self.clock(),
            "sent_ms": self.clock(),
            "lines": [{"line_no": line_no, "quantity": quantity}],
        }
        await self.services.returns.record_return(
            self.actor, sale_id, msgspec.convert(body, api_sales.ReturnBody)
        )
        self.units[sale_id][line_no - 1] -= quantity

    async def return_(self, at: int, size: int, _: str) -> None:
        left = [(sale_id, no) for sale_id, both in self.units.items() for no in (1, 2) if both[no - 1]]
        if left:
            sale_id, line_no = left[at % len(left)]
            await self.give_back(sale_id, line_no, min(size, self.units[sale_id][line_no - 1]))

    async def top_up(self, who: int, amount: int, _: str) -> None:
        holder = api.EvidenceBody(medium="nfc_uid", value=UIDS[who])
        body = api_stored_value.TopUpBody(top_up_id=self.new_id(), holder=holder, amount_minor=amount)
        await self.services.stored.purse.top_up(self.actor, body)
        self.topped_up += amount

    async def service(self, who: int, units: int, _: str) -> None:
        holder = api.EvidenceBody(medium="nfc_uid", value=UIDS[who])
        body = api_stored_value.ServiceSaleBody(
            sale_id=self.new_id(), holder=holder, service_id="massage", units=units
        )
        await self.services.stored.sold_ahead.sell(self.actor, body)
        self.hours += units

    async def draw(self, who: int, units: int, _: str) -> None:
        holder = api.EvidenceBody(medium="nfc_uid", value=UIDS[who])
        body = api_stored_value.ServiceDrawBody(
            draw_id=self.new_id(), holder=holder, service_id="massage", units=units
        )
        await self.services.stored.sold_ahead.draw(self.actor, body)
        self.hours -= units

    async def wait(self, days: int, _size: int, _how: str) -> None:
        self.clock.now_ms += days * DAY_MS
        await self.services.upkeep.mature(GROUP)


async def held(services: Services, *member_ids: str) -> Counter[tuple[str, str]]:
    """What the members hold and owe together, by kind of account and asset."""
    sums: Counter[tuple[str, str]] = Counter()
    for member_id in member_ids:
        for row in (await services.store.read_member_value(GROUP, member_id)).accounts:
            sums[row.account.split("/")[2], row.asset] += row.balance
    return sums


async def merge(told: Told, survivor: str, duplicate: str) -> None:
    before = await held(told.services, survivor, duplicate)
    body = api_merges.MergeBody(merge_id="merge-1", duplicate_id=duplicate, reason="One person")
    view, _ = await told.services.merging.request(told.actor, survivor, body)
    assert view.state == "done"
    assert await held(told.services, survivor) == before, "nothing is lost, made or netted"
    assert await held(told.services, duplicate) == Counter()


async def live(
    before: list[Any],
    after: list[Any],
    *,
    survivor: int,
    pending_days: int,
    folder: Path,
    secrets: Secrets,
) -> None:
    clock = MovableClock(NOON_MS)
    store = await open_store(f"sqlite:///{folder / 'central.db'}")
    try:
        services = build_services(store, secrets, clock)
        operator = await seed(services)
        programme = {**PROGRAMME, "rules": [*PROGRAMME["rules"], thanks()]}  # type: ignore[misc]
        await services.groups.put_group(
            operator,
            name="Lac",
            country="CH",
            currency="CHF",
            programme=msgspec.json.encode(programme | {"identification": TRUSTING}).decode(),
            settings=GroupSettings(
                stored_value=StoredValueSettings(services=SERVICES, purse_max_minor=100_000),
                ledger=LedgerSettings(
                    pending_days=pending_days, merge_alone_points=1_000_000, merge_alone_minor=1_000_000
                ),
            ),
        )
        told = Told(services, replace(operator, shop_id="lac-1"), clock)
        members = (MEMBER, OTHER_MEMBER)
        for name, at, size, how in before:
            await told.act("return_" if name == "return" else name, at, size, how)
        await merge(told, members[survivor], members[1 - survivor])
        for name, at, size, how in after:
            await told.act("return_" if name == "return" else name, at, size, how)
        for sale_id, units in told.units.items():
            for line_no, left in enumerate(units, start=1):
                if left:
                    await told.give_back(sale_id, line_no, left)
        stands = await held(services, members[survivor])
        points = sum(amount for (leaf, _), amount in stands.items() if leaf.startswith("points"))
        assert points == 0, f"every point that a ticket gave is back, and every one that paid: {stands}"
        assert stands["purse", "CHF/2"] == told.topped_up
        assert stands["services", "HOUR/2"] == told.hours
        assert not [key for key in stands if key[0] == "vouchers" and stands[key]]
        assert await held(services, members[1 - survivor]) == Counter()
        assert (await services.upkeep.reconcile(GROUP)).findings == ()
    finally:
        await store.close()


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(ACTS, ACTS, WHO, st.sampled_from([0, 0, 3]))
def test_a_merge_keeps_every_unit_and_returns_after_it_go_back_to_where_they_started(
    before: list[Any], after: list[Any], survivor: int, pending_days: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        secrets = load_secrets(folder / "secrets")
        run(live(before, after, survivor=survivor, pending_days=pending_days, folder=folder, secrets=secrets))
