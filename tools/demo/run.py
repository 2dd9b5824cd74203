"""`make run`: the group is generated once, then all programs and the desk run until Ctrl-C."""

import asyncio
import fcntl
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import msgspec
from aiohttp import web

from central.services.bundle import build_services
from central.services.core.access import operator_of
from central.services.core.clock import system_clock
from central.settings import load_secrets
from central.storage.opening import open_store
from loyalty.errors import LoyaltyError, Trouble
from terminal.printer.simulated import SimulatedPrinter
from tools.cards.pcscd import is_answering
from tools.demo.catalogue import demo_articles, demo_shops
from tools.demo.desk.api_till import ApiTill
from tools.demo.desk.chips import ChipFile, Chips
from tools.demo.desk.counter import Counter
from tools.demo.desk.facts import DeskArticle, DeskCard, DeskKind, Facts
from tools.demo.desk.outside import OutsideFolders
from tools.demo.desk.server import Desk, DeskParts, DeskPlaces
from tools.demo.desk.staff import Staff
from tools.demo.generate import CURRENCY, GROUP_ID, OnProgress, founded_ms, generate
from tools.demo.keeping import Tell, keep_running
from tools.demo.people import DemoMember, label_of
from tools.demo.stack import HOST, Stack, StackPlan, short_directory
from tools.demo.trying import (
    PIN,
    STAFF_CODE,
    STAFF_ID,
    STAFF_NAME,
    STAFF_UID,
    chips_with_pin,
    staff,
    vouchers,
)
from tools.till import SimulatedTill
from wire import api_members
from wire.files import write_private
from wire.messages import Evidence

SHOP_ID: Final = "nyon-gare"
TERMINAL_ID: Final = "nyon-gare-1"
TILL_ID: Final = "TILL-1"
MADE_FILE: Final = "desk.json"
MESSAGES: Final = "messages"
SLIPS: Final = "slips"
CHIPS_FILE: Final = "desk-chips.json"
BLANK_CARDS: Final = (("2990000999917", "04B1A0C0D0E080"), ("2990000999924", "04B1A0C0D0E180"))
"""Nobody's yet: for a card that is replaced, and for somebody who acts for a member."""
MADE_VERSION: Final = 6
"""Of what `generate` makes; raised with it, so that an older group is not shown as if it were today's."""
QUICK_ARTICLES: Final = ("a-0183", "a-0222", "a-0241", "a-0112", "a-0021", "a-0152", "a-0268", "a-0199")
WantedKind = DeskKind | Literal["signed_card"]
"""signed_card: a chip card that signs, and has the PIN."""
REGULAR_VISITS: Final = 10
"""So often somebody came whose card lies on the desk: there is something to see, and to spend."""
WANTED_CARDS: Final[tuple[tuple[str, WantedKind], ...]] = (
    ("fr", "signed_card"),
    ("zh", "signed_card"),
    ("de", "signed_card"),
    ("it", "signed_card"),
    ("en", "signed_card"),
    ("fr", "ms_card"),
    ("fr", "barcode_card"),
)
"""Language and kind of the members' cards on the desk; those that sign have the PIN."""


@dataclass(frozen=True, kw_only=True)
class DemoPlan:
    """What `officine demo` was asked for."""

    state: Path
    central_port: int
    nexo_port: int
    desk_port: int
    kiosk_width: int
    kiosk_height: int
    language: str
    is_windowed: bool
    is_fresh: bool
    has_pcsc: bool = False
    """Readers behind pcscd beside the desk's simulated one."""


class DemoRuns(LoyaltyError):
    """Another demo runs on the same state."""

    code = "demo_runs"
    trouble = Trouble.CONFLICT
    text = "A demo already runs on {state}. Stop it with Ctrl-C, or give this one its own --state."


async def run_demo(
    plan: DemoPlan, on_progress: OnProgress, on_ready: Callable[[dict[str, str]], None], tell: Tell
) -> str:
    """Run until Ctrl-C (returns ""), or until a program ends too often (returns what to tell).

    on_ready: takes names and addresses once all runs. tell: takes a line on a program that ended and is
    started again.

    Raises: ProgramFailed: a program did not come up. DemoRuns: another one has this state.
    """
    plan.state.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(plan.state):
        return await _run_alone(plan, on_progress, on_ready, tell)


async def _run_alone(
    plan: DemoPlan, on_progress: OnProgress, on_ready: Callable[[dict[str, str]], None], tell: Tell
) -> str:
    if plan.is_fresh:
        shutil.rmtree(plan.state, ignore_errors=True)
    kept = set_old_aside(plan.state)
    if kept is not None:
        on_progress(f"An older demo group is kept in {kept}; a new one is made", 1, 1)
    plan.state.mkdir(parents=True, exist_ok=True)
    token_file = plan.state / "terminal.token"
    if not (plan.state / MADE_FILE).exists():
        await make_group(plan.state, token_file, on_progress)
    facts = msgspec.json.decode((plan.state / MADE_FILE).read_bytes(), type=Facts)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stopping.set)
    facts = msgspec.structs.replace(
        facts, messages_folder=str(plan.state / MESSAGES), slips_folder=str(plan.state / SLIPS)
    )
    with short_directory() as sockets:
        async with SimulatedPrinter(folder=plan.state / SLIPS) as printer:
            stack = Stack(_stack_plan(plan, sockets, token_file, printer.address))
            try:
                await stack.start(on_progress=on_progress)
                async with _desk(stack, facts, printer, plan.desk_port) as address:
                    on_ready(_addresses(stack, address) | (_chip_to_try(facts) if plan.has_pcsc else {}))
                    return await _until_stopped(stack, stopping, tell)
            finally:
                await stack.stop()


def set_old_aside(state: Path) -> Path | None:
    """Move a group that another version made out of the way, whole; where to. None: there is none."""
    made = state / MADE_FILE
    if not made.exists():
        return None
    try:
        version = msgspec.json.decode(made.read_bytes(), type=_Made).version
    except msgspec.DecodeError:
        version = 0
    if version == MADE_VERSION:
        return None
    number = 1
    while (kept := state.with_name(f"{state.name}.old-{number}")).exists():
        number += 1
    state.rename(kept)
    return kept


class _Made(msgspec.Struct, frozen=True):
    """What is read first: which version made the group."""

    version: int = 0


async def make_group(state: Path, token_file: Path, on_progress: OnProgress) -> None:
    """Generate the demo group in `state` and the token of its terminal; the desk's facts are written last."""
    store = await open_store(f"sqlite:///{state / 'central.db'}")
    try:
        secrets = await asyncio.to_thread(load_secrets, state / "central.keys")
        services = build_services(store, secrets, system_clock)
        now_ms = system_clock()
        founding = build_services(store, secrets, lambda: founded_ms(now_ms))
        members = await generate(founding, services, now_ms, on_progress)
        actor = operator_of(GROUP_ID)
        issued = await services.access.issue_token(
            actor, role="terminal", label="demo terminal", shop_id=SHOP_ID, terminal_id=TERMINAL_ID
        )
        blocked = next(member for member in members if member.uid and member.visits > 2)
        await services.cards.block_card(
            actor, api_members.BlockBody(card_number=blocked.card_number, reason="lost")
        )
        for number, uid in BLANK_CARDS:
            await services.cards.put_card(
                actor, api_members.CardBody(card_number=number, uid=uid, state="stock")
            )
        regulars = [member for member in members if member is not blocked and member.visits >= REGULAR_VISITS]
        chosen = _chosen(regulars)
        signed = [member for member, kind in chosen if kind == "signed_card"]
        counter = replace(actor, shop_id=SHOP_ID)
        chips = await chips_with_pin(services, actor, await staff(services, counter, SHOP_ID), signed)
        givers = [member for member, kind in reversed(chosen) if kind != "barcode_card"]
        papers = await vouchers(services, counter, givers)
    finally:
        await store.close()
    facts = msgspec.structs.replace(_facts(chosen, blocked), vouchers=papers)
    await asyncio.to_thread(_keep, state, token_file, issued.token, chips, facts)


def _chosen(members: list[DemoMember]) -> list[tuple[DemoMember, WantedKind]]:
    """The members whose cards lie on the desk, each once."""
    chosen: list[tuple[DemoMember, WantedKind]] = []
    for language, kind in WANTED_CARDS:
        taken = [member for member, _ in chosen]
        fits = (
            member
            for member in members
            if member not in taken
            and member.language == language
            and bool(member.uid) == (kind != "barcode_card")
        )
        chosen.append((next(fits), kind))
    return chosen


def _facts(chosen: list[tuple[DemoMember, WantedKind]], blocked: DemoMember) -> Facts:
    articles = {
        each.code: DeskArticle(name=each.name, price_minor=each.price_minor) for each in demo_articles()
    }
    codes = {each.article_id: each.code for each in demo_articles()}
    cards = [_card(member, kind) for member, kind in chosen]
    unknown = Evidence(medium="nfc_uid", value="04FFFFFFFFFF80")
    cards.append(_card(blocked, "blocked_card"))
    cards.append(DeskCard(id="unknown", label="", kind="unknown_card", evidence=unknown))
    for number, uid in BLANK_CARDS:
        blank = Evidence(medium="nfc_uid", value=uid)
        cards.append(
            DeskCard(id=f"blank-{number[-2]}", label="", kind="blank_card", evidence=blank, number=number)
        )
    clerk = Evidence(medium="nfc_uid", value=STAFF_UID)
    cards.append(DeskCard(id=STAFF_ID, label=STAFF_NAME, kind="staff_card", evidence=clerk))
    shop = next(shop for shop in demo_shops() if shop.shop_id == SHOP_ID)
    return Facts(
        group="Pharmacies du Léman",
        shop=shop.name,
        currency=CURRENCY,
        cards=cards,
        quick=[codes[article_id] for article_id in QUICK_ARTICLES],
        articles=articles,
    )


def _card(member: DemoMember, kind: WantedKind) -> DeskCard:
    return DeskCard(
        id=member.member_id,
        label=label_of(member),
        kind="ms_card" if kind == "signed_card" else kind,
        evidence=Evidence(medium="barcode", value=member.card_number)
        if kind == "barcode_card"
        else Evidence(medium="nfc_uid", value=member.uid),
        pin=PIN if kind == "signed_card" else "",
        number=member.card_number,
        birth_date=member.birth_date,
    )


def _stack_plan(plan: DemoPlan, sockets: Path, token_file: Path, printer: str) -> StackPlan:
    return StackPlan(
        state=plan.state,
        sockets=sockets,
        terminal_token_file=token_file,
        central_port=plan.central_port,
        nexo_port=plan.nexo_port,
        kiosk_width=plan.kiosk_width,
        kiosk_height=plan.kiosk_height,
        language=plan.language,
        is_windowed=plan.is_windowed,
        reader_options={"driver": ["simulated", "pcsc"]} if plan.has_pcsc else {},
        terminal_options={"printer": printer},
        messages_folder=plan.state / MESSAGES,
        public_url=None,
    )


@asynccontextmanager
async def _desk(stack: Stack, facts: Facts, printer: SimulatedPrinter, port: int) -> AsyncIterator[str]:
    """The desk's page while it is needed; its address."""
    places = DeskPlaces(
        reader_control_socket=stack.plan.reader_control_socket,
        agent_socket=stack.plan.agent_socket,
        live_screen_socket=stack.plan.live_screen_socket,
    )
    till = SimulatedTill(stack.nexo_url, sale_id=TILL_ID, poi_id=stack.plan.poi_id, currency=facts.currency)
    token = stack.plan.terminal_token_file.read_text("ascii").strip()
    parts = DeskParts(
        cable=stack.cable,
        counter=Counter(till),
        api_till=ApiTill(stack.central_url_of_terminal, token, facts.currency),
        chips=Chips(stack.plan.state / CHIPS_FILE),
        printer=printer,
        staff=Staff(till, STAFF_ID, STAFF_CODE),
        folders=OutsideFolders(slips=stack.plan.state / SLIPS, messages=stack.plan.state / MESSAGES),
    )
    async with till:
        runner = web.AppRunner(
            Desk(facts, places, parts).application(),
            access_log=None,
            shutdown_timeout=0.5,
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, port).start()
            yield f"http://localhost:{runner.addresses[0][1]}/"
        finally:
            await runner.cleanup()


def _addresses(stack: Stack, desk: str) -> dict[str, str]:
    return {
        "Demo desk": desk,
        "Central": f"{stack.central_url}/healthz",
        "Till (nexo)": stack.nexo_url,
        "Members' PIN": PIN,
        "Slips": str(stack.plan.state / SLIPS),
        "Messages": str(stack.plan.state / MESSAGES),
        "Logs": str(stack.plan.state / "logs"),
    }


def _chip_to_try(facts: Facts) -> dict[str, str]:
    """Whether there is a pcscd, and how a member's card is put into its virtual reader, without plastic."""
    card = next(card for card in facts.cards if card.evidence.medium == "nfc_uid")
    away = "does not run: start it (docs/reader.md), it is taken up by itself"
    return {
        "pcscd": "runs" if is_answering() else away,
        "Virtual card": f".venv/bin/python -m tools.cards chip {card.evidence.value}   ({card.label})",
    }


async def _until_stopped(stack: Stack, stopping: asyncio.Event, tell: Tell) -> str:
    asked = asyncio.ensure_future(stopping.wait())
    ended = asyncio.ensure_future(keep_running(stack, tell))
    done, waiting = await asyncio.wait({asked, ended}, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return "" if asked in done else ended.result()


@contextmanager
def _only_one(state: Path) -> Iterator[None]:
    """Hold the state's lock; it falls with the process, however that ends. Raises: DemoRuns."""
    with state.with_name(f"{state.name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoRuns(state=str(state)) from None
        yield


def _keep(state: Path, token_file: Path, token: str, chips: ChipFile, facts: Facts) -> None:
    """The token and the chips, then the facts: they say that the group is whole."""
    chips.save(state / CHIPS_FILE)
    token_file.unlink(missing_ok=True)
    write_private(token_file, f"{token}\n".encode("ascii"))
    (state / MADE_FILE).write_bytes(msgspec.json.encode(msgspec.structs.replace(facts, version=MADE_VERSION)))
