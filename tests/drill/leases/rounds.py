"""A member's last points, burned at once by a till online and by one whose terminal is cut off.

In each round the terminal may be killed, rebooted (its boot id changes), and its wall clock set to another
year; its tickets are settled whenever the line is back. What each till was told is counted here, by the
drill itself, and compared with central after every round: a burn that was answered Success is booked once,
nothing else is, and leases and online burns together stay within the balance.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import apsw
import msgspec

from central.services.bundle import build_services
from central.services.core.access import operator_of
from central.services.core.clock import system_clock
from central.services.ledger.check import check_ledger
from central.settings import load_secrets
from central.storage.base import Store
from central.storage.opening import open_store
from loyalty.ledger.chart import OFFLINE_RISK, member_points
from reader_daemon import control
from tests.central_fixture import GROUP, PROGRAMME, SHOPS, SUN_CREAM
from tests.drill.place import HOLDERS, Holder, Place, a_place
from tests.drill.tickets import a_till, drained
from tests.helpers import eventually
from tools.demo.stack import Stack, StackPlan
from tools.faults.wrong_clock import RIGHT, NoFaketime, WrongClock
from tools.till import Item, SimulatedTill, TillError, read_additional, requests
from wire import api, api_members, api_sales
from wire.messages import Evidence
from wire.nexo.base import Response
from wire.nexo.loyalty import LoyaltyRequest, LoyaltyResponse

HOLDER = HOLDERS[0]
STEP = 10
LEASED = PROGRAMME | {
    "identification": {"redeem": "nfc_uid"},
    "voucher_step": {"points": STEP, "worth_minor": 20},
    "offline": {
        "lease": {"points": 80, "share_bp": 6000, "hours": 1, "terminal_points": 10_000},
    },
}
FREE_MIN = 100
"""Points a round begins with at least: enough for a lease, few enough to fight for."""
JUMPS = ("+400d", "-400d", "+3h", "-3h", RIGHT)
ANSWER_WITHIN_S = 60
DRAINED_WITHIN_S = 90


@dataclass
class Told:
    """What the two tills were told, and what was done to the terminal."""

    earned: int = 0
    online: int = 0
    at_terminal: int = 0
    """Points that the cut-off terminal's till was told had paid, in a cut or not."""
    of_others: int = 0
    """Points that paid for members whose card was blocked, before or after it was."""
    risk: int = 0
    """Points that paid in a cut after their card was blocked: the group's."""
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def balance(self) -> int:
        """What central must hold."""
        return self.earned - self.online - self.at_terminal


@dataclass
class Scene:
    """Everything that runs."""

    place: Place
    till: SimulatedTill
    online: aiohttp.ClientSession
    office: aiohttp.ClientSession
    clock: WrongClock | None
    boot_id_file: Path
    told: Told
    rng: random.Random
    boots: int = 1
    sales: int = 0

    @property
    def stack(self) -> Stack:
        return self.place.stack

    async def start_terminal(self, *, is_mended: bool) -> None:
        """The agent under the clock that can be set wrong; central and the others live by the right one."""
        environ = {} if self.clock is None else self.clock.environ
        before = {name: os.environ.get(name) for name in environ}
        os.environ.update(environ)
        try:
            await self.stack.start(("terminal",), is_mended=is_mended)
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})

    async def tap(self, holder: Holder = HOLDER) -> None:
        await control.remove(self.stack.plan.reader_control_socket)
        done = await control.tap(
            self.stack.plan.reader_control_socket, Evidence(medium="nfc_uid", value=holder.uid)
        )
        assert not done.error, done.error

    async def balance(self, holder: Holder = HOLDER) -> api_members.BalanceView:
        url = f"{self.stack.central_url}/api/v1/members/{holder.member_id}/balance"
        async with self.office.get(url) as response:
            content = await response.read()
            assert response.status == 200, content
            return msgspec.json.decode(content, type=api_members.BalanceView)


Besides = Callable[["Scene", int], Awaitable[None]]
"""What else happens after the round of this number."""


async def play(
    state: Path, seed: int, rounds: int, besides: Besides, *, server: str | None = None
) -> dict[str, object]:
    """Play so many rounds; the figures. Raises: AssertionError: what does not add up."""
    rng = random.Random(seed)
    async with a_scene(state, rng, server) as scene:
        for number in range(1, rounds + 1):
            await a_round(scene)
            stands = await scene.balance()
            assert stands.points == scene.told.balance, (
                f"round {number}: central holds {stands.points}; its tills were told {scene.told}"
            )
            assert 0 <= stands.points_leased <= stands.points_held <= stands.points, (
                f"round {number}: {stands}"
            )
            assert stands.points_owed == 0, f"round {number}: {stands}"
            await besides(scene, number)
        await scene.stack.stop()
        await recount(scene)
    told = scene.told
    return {
        "rounds": rounds,
        "earned": told.earned,
        "burned_online": told.online,
        "burned_at_terminal": told.at_terminal,
        **{name: told.seen[name] for name in sorted(told.seen)},
    }


@asynccontextmanager
async def a_scene(state: Path, rng: random.Random, server: str | None) -> AsyncIterator[Scene]:
    """Central, reader and terminal run, the terminal has prices and the list of blocked cards."""
    boot_id_file = state / "boot_id"

    def make_stack(plan: StackPlan) -> Stack:
        boot_id_file.write_text("boot-1\n", encoding="ascii")
        return Stack(replace(plan, terminal_options={"boot_id_file": str(boot_id_file)}))

    try:
        clock = WrongClock(state.parent / "clock")
    except NoFaketime:
        clock = None
    async with a_place(state, server, programme=LEASED, make_stack=make_stack) as place:
        token = await second_terminal(place)
        async with a_till(place) as till, session(token) as online, session(place.office) as office:
            scene = Scene(
                place=place,
                till=till,
                online=online,
                office=office,
                clock=clock,
                boot_id_file=boot_id_file,
                told=Told(),
                rng=rng,
            )
            await place.stack.start(("central", "reader"))
            await scene.start_terminal(is_mended=True)
            await eventually(lambda: has_offline_data(place.stack), 30)
            yield scene


def session(token: str) -> aiohttp.ClientSession:
    """A client of central, beside the cable."""
    return aiohttp.ClientSession(
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        timeout=aiohttp.ClientTimeout(total=30),
    )


async def second_terminal(place: Place) -> str:
    """A token for the till that stays online, in another shop. Central does not run yet."""
    plan = place.stack.plan
    store = await open_store(plan.database_address)
    try:
        keys = await asyncio.to_thread(load_secrets, plan.secrets_file)
        services = build_services(store, keys, system_clock)
        issued = await services.access.issue_token(
            operator_of(GROUP), role="terminal", label="T2", shop_id=SHOPS[1], terminal_id="t-2"
        )
    finally:
        await store.close()
    return issued.token


async def a_round(scene: Scene) -> None:
    """Points for the member, a tap, and then both tills and all faults at once; the end is calm."""
    await top_up(scene)
    await scene.tap()
    await eventually(lambda: has_fresh_lease(scene.stack), 30)
    async with asyncio.TaskGroup() as group:
        group.create_task(burn_at_terminal(scene, random.Random(scene.rng.getrandbits(64))))
        group.create_task(burn_online(scene, random.Random(scene.rng.getrandbits(64))))
    await calm(scene)


async def top_up(scene: Scene) -> None:
    """An online purchase; so many points that a lease is worth asking for."""
    stands = await scene.balance()
    missing = max(0, FREE_MIN - (stands.points - stands.points_held))
    points = missing + scene.rng.randrange(0, 60)
    if points:
        await sell_online(scene, points * 100)


async def sell_online(
    scene: Scene, amount_minor: int, redeem: int | None = None, *, holder: Holder = HOLDER
) -> bool:
    """One ticket of the other shop, sent until there is an answer; whether it was booked."""
    scene.sales += 1
    now_ms = time.time_ns() // 1_000_000
    line = api_sales.LineBody(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=amount_minor)
    body = api_sales.SaleBody(
        sale_id=f"online-{scene.sales}",
        business_key=f"online-{scene.sales}",
        occurred_ms=now_ms,
        sent_ms=now_ms,
        basket=api_sales.BasketBody(currency="CHF", lines=[line]),
        holder=api.EvidenceBody(medium="nfc_uid", value=holder.uid),
        redeem_points=redeem,
    )
    url = f"{scene.stack.central_url}/api/v1/sales"
    async with scene.online.post(url, data=msgspec.json.encode(body)) as response:
        content = await response.read()
    if response.status == 200:
        if holder is HOLDER:
            scene.told.earned += amount_minor // 100
        scene.told.online += redeem or 0
        return True
    problem = msgspec.json.decode(content, type=api.Problem)
    assert problem.code == "balance_too_low", content
    return False


async def burn_online(scene: Scene, rng: random.Random) -> None:
    """The till that is online wants all there is, again and again."""
    for _ in range(rng.randrange(2, 6)):
        await asyncio.sleep(rng.uniform(0, 0.4))
        wanted = STEP * rng.randrange(1, 16)
        is_booked = await sell_online(scene, 5_000, wanted)
        scene.told.seen["online_burns" if is_booked else "online_refused"] += 1


async def burn_at_terminal(scene: Scene, rng: random.Random) -> None:
    """The other till sells while its terminal loses the line, dies, reboots, and lives in another year."""
    for _ in range(rng.randrange(2, 5)):
        await disturb(scene, rng)
        await sell_at_terminal(scene, rng)


async def disturb(scene: Scene, rng: random.Random) -> None:
    """One draw of what happens to a terminal, mostly in a cut."""
    if rng.random() < 0.8 and not scene.stack.cable.is_cut:
        await scene.stack.cable.cut()
        scene.told.seen["cuts"] += 1
    elif rng.random() < 0.3:
        await scene.stack.cable.mend()
    draw = rng.random()
    if draw < 0.2 and scene.clock is not None:
        scene.clock.set(rng.choice(JUMPS))
        scene.told.seen["clock_jumps"] += 1
    elif draw < 0.34:
        await scene.stack.kill("terminal")
        scene.told.seen["kills"] += 1
        if draw < 0.27:
            scene.boots += 1
            scene.boot_id_file.write_text(f"boot-{scene.boots}\n", encoding="ascii")
            scene.told.seen["reboots"] += 1
        await scene.start_terminal(is_mended=False)
        await scene.tap()


async def sell_at_terminal(scene: Scene, rng: random.Random) -> None:
    """Points pay a part of a ticket, if the terminal lets them; then it is awarded, or the points go back."""
    till, ticket = scene.till, scene.till.new_ticket()
    item = Item(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=rng.randrange(2_000, 6_000))
    points = STEP * rng.randrange(1, 9)
    redemption = requests.loyalty(till, "Redemption", [item], ticket=ticket, points=points)
    kill = asyncio.create_task(killed_in_between(scene, rng))
    answer = await asked(scene, redemption)
    await kill
    if answer.result != "Success":
        told = read_additional(answer.additional_response)
        scene.told.seen[f"refused_{told.get('code', answer.error_condition)}"] += 1
        return
    award = requests.loyalty(till, "Award", [item], ticket=ticket)
    booked = await asked(scene, award)
    assert booked.result == "Success", f"a ticket whose points were taken is not refused: {booked}"
    scene.told.at_terminal += points
    scene.told.earned += item.amount_minor // 100
    in_cut = read_additional(booked.additional_response).get("queued") == "true"
    scene.told.seen["burns_in_a_cut" if in_cut else "burns_with_a_line"] += 1


async def killed_in_between(scene: Scene, rng: random.Random) -> None:
    """Now and then the agent dies while it takes the points."""
    if rng.random() < 0.08:
        await asyncio.sleep(rng.uniform(0, 0.05))
        await scene.stack.kill("terminal")
        scene.told.seen["kills"] += 1
        await scene.start_terminal(is_mended=False)
        await scene.tap()


async def asked(scene: Scene, body: LoyaltyRequest) -> Response:
    """Send one message until there is an answer; a broken connection says nothing."""
    service_id = scene.till.new_service_id()
    until_s = time.monotonic() + ANSWER_WITHIN_S
    while True:
        try:
            answer = await scene.till.ask(body, LoyaltyResponse, service_id)
        except (aiohttp.ClientError, TimeoutError, OSError, TillError) as error:
            if time.monotonic() > until_s:
                raise AssertionError(f"no answer within {ANSWER_WITHIN_S} s") from error
            await asyncio.sleep(0.1)
            continue
        if answer.response.error_condition == "Busy" and time.monotonic() < until_s:
            service_id = scene.till.new_service_id()
            await asyncio.sleep(0.1)
            continue
        return answer.response


async def calm(scene: Scene) -> None:
    """The line and the clock are right again; what waits is settled."""
    if scene.clock is not None:
        scene.clock.set(RIGHT)
    await scene.stack.cable.mend()
    await drained(scene.stack, DRAINED_WITHIN_S)


async def recount(scene: Scene) -> None:
    """The ledger proves itself, and no lease was drawn beyond what it was. Central does not run any more."""
    store = await open_store(scene.stack.plan.database_address)
    try:
        report = await check_ledger(store, operator_of(GROUP))
        assert report.is_sound, [finding.text for finding in report.findings]
        accounts = {each.account: each.balance for each in await store.list_accounts(GROUP, "", 1_000)}
        assert accounts[member_points(HOLDER.member_id)] == scene.told.balance
        assert -accounts.get(OFFLINE_RISK, 0) == scene.told.risk, "of cards that were blocked, and no other"
        await leases_add_up(store, scene)
    finally:
        await store.close()


async def leases_add_up(store: Store, scene: Scene) -> None:
    """What is held is what the live leases have left and what reservations keep; each lease by its events."""
    granted: Counter[str] = Counter()
    after = 0
    while page := await store.list_events(GROUP, after, 200):
        for event in page:
            if event.kind == "lease.granted":
                granted[str(msgspec.json.decode(event.body)["lease_id"])] += 1
        after = page[-1].seq
    assert granted, "no lease was granted: nothing was shown"
    drawn = 0
    for lease_id, times in granted.items():
        row = await store.find_lease(GROUP, lease_id)
        assert row is not None
        assert (times, 0 <= row.drawn <= row.amount) == (1, True), row
        drawn += row.drawn
        hold = await store.find_hold(GROUP, row.hold_id)
        kept = hold.amount if hold is not None and hold.state == "pending" else 0
        assert kept == (row.left if row.state == "live" else 0), row
    scene.told.seen["leases"] = len(granted)
    scene.told.seen["points_by_lease"] = drawn
    assert drawn <= scene.told.at_terminal + scene.told.of_others, (
        "nothing is settled by a lease that no till was told"
    )


async def has_offline_data(stack: Stack) -> bool:
    """Whether the terminal has what it takes to let points pay in a cut."""
    names = await rows(stack, "SELECT name FROM kept")
    return {"offline-bundle-content", "offline-hot-list"} <= {str(name) for (name,) in names}


async def has_fresh_lease(stack: Stack) -> bool:
    """Whether the terminal has a lease of which nothing is burned."""
    return bool(await rows(stack, "SELECT 1 FROM lease WHERE state = 'live' AND drawn = 0"))


async def rows(stack: Stack, query: str) -> list[tuple[object, ...]]:
    """Look into the terminal's file, beside the running agent."""

    def read() -> list[tuple[object, ...]]:
        database = apsw.Connection(
            str(stack.plan.state / "terminal" / "terminal.db"), flags=apsw.SQLITE_OPEN_READONLY
        )
        try:
            return list(database.execute(query))
        finally:
            database.close()

    return await asyncio.to_thread(read)
