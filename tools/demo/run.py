"""`make run`: the group is generated once, then all programs and the desk run until Ctrl-C."""

import asyncio
import fcntl
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web

from central.services.bundle import build_services
from central.services.core.access import operator_of
from central.services.core.clock import system_clock
from central.settings import load_secrets
from central.storage.opening import open_store
from loyalty.errors import LoyaltyError, Trouble
from loyalty.programme.member import Salutation, display_name
from tools.cards.pcscd import is_answering
from tools.demo.catalogue import demo_articles, demo_shops
from tools.demo.desk.counter import Counter
from tools.demo.desk.server import Desk, DeskArticle, DeskCard, DeskPlaces, Facts
from tools.demo.generate import CURRENCY, GROUP_ID, OnProgress, founded_ms, generate
from tools.demo.people import DemoMember
from tools.demo.stack import HOST, Stack, StackPlan, short_directory
from tools.till import SimulatedTill
from wire import api_members
from wire.files import write_private
from wire.messages import Evidence

SHOP_ID: Final = "nyon-gare"
TERMINAL_ID: Final = "nyon-gare-1"
TILL_ID: Final = "TILL-1"
MADE_FILE: Final = "desk.json"
MADE_VERSION: Final = 2
"""Of what `generate` makes; raised with it, so that an older group is not shown as if it were today's."""
QUICK_ARTICLES: Final = ("a-0183", "a-0222", "a-0241", "a-0112", "a-0021", "a-0152", "a-0268", "a-0199")
WANTED_CARDS: Final = (("fr", True), ("zh", True), ("de", True), ("it", True), ("en", True), ("fr", False))
"""Language, and whether the card has a chip, of the members' cards on the desk."""


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
    plan: DemoPlan, on_progress: OnProgress, on_ready: Callable[[dict[str, str]], None]
) -> str:
    """Run until Ctrl-C (returns "") or until a program ends by itself (returns what to tell).

    Raises: ProgramFailed: a program did not come up. DemoRuns: another one has this state.
    """
    plan.state.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(plan.state):
        return await _run_alone(plan, on_progress, on_ready)


async def _run_alone(
    plan: DemoPlan, on_progress: OnProgress, on_ready: Callable[[dict[str, str]], None]
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
    with short_directory() as sockets:
        stack = Stack(_stack_plan(plan, sockets, token_file))
        try:
            await stack.start(on_progress=on_progress)
            async with _desk(stack, facts, plan.desk_port) as address:
                on_ready(_addresses(stack, address) | (_chip_to_try(facts) if plan.has_pcsc else {}))
                return await _first_end(stack, stopping)
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
    finally:
        await store.close()
    await asyncio.to_thread(_keep, state, token_file, issued.token, _facts(members, blocked))


def _facts(members: list[DemoMember], blocked: DemoMember) -> Facts:
    articles = {
        each.code: DeskArticle(name=each.name, price_minor=each.price_minor) for each in demo_articles()
    }
    codes = {each.article_id: each.code for each in demo_articles()}
    others = [member for member in members if member is not blocked and member.visits > 3]
    cards = [_card(next(m for m in others if (m.language, bool(m.uid)) == wanted)) for wanted in WANTED_CARDS]
    unknown = Evidence(medium="nfc_uid", value="04FFFFFFFFFF80")
    cards.append(msgspec.structs.replace(_card(blocked), kind="blocked_card"))
    cards.append(DeskCard(id="unknown", label="", kind="unknown_card", evidence=unknown))
    shop = next(shop for shop in demo_shops() if shop.shop_id == SHOP_ID)
    return Facts(
        group="Pharmacies du Léman",
        shop=shop.name,
        currency=CURRENCY,
        cards=cards,
        quick=[codes[article_id] for article_id in QUICK_ARTICLES],
        articles=articles,
    )


def _card(member: DemoMember) -> DeskCard:
    has_chip = bool(member.uid)
    return DeskCard(
        id=member.member_id,
        label=display_name(member.family_name, Salutation(member.salutation), member.language),
        kind="ms_card" if has_chip else "barcode_card",
        evidence=Evidence(medium="nfc_uid", value=member.uid)
        if has_chip
        else Evidence(medium="barcode", value=member.card_number),
    )


def _stack_plan(plan: DemoPlan, sockets: Path, token_file: Path) -> StackPlan:
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
    )


@asynccontextmanager
async def _desk(stack: Stack, facts: Facts, port: int) -> AsyncIterator[str]:
    """The desk's page while it is needed; its address."""
    places = DeskPlaces(
        reader_control_socket=stack.plan.reader_control_socket,
        agent_socket=stack.plan.agent_socket,
        live_screen_socket=stack.plan.live_screen_socket,
    )
    till = SimulatedTill(stack.nexo_url, sale_id=TILL_ID, poi_id=stack.plan.poi_id, currency=facts.currency)
    async with till:
        runner = web.AppRunner(
            Desk(facts, places, stack.cable, Counter(till)).application(),
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


async def _first_end(stack: Stack, stopping: asyncio.Event) -> str:
    asked = asyncio.ensure_future(stopping.wait())
    ended = asyncio.ensure_future(stack.any_ended())
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


def _keep(state: Path, token_file: Path, token: str, facts: Facts) -> None:
    """The token, then the facts: they say that the group is whole."""
    token_file.unlink(missing_ok=True)
    write_private(token_file, f"{token}\n".encode("ascii"))
    (state / MADE_FILE).write_bytes(msgspec.json.encode(msgspec.structs.replace(facts, version=MADE_VERSION)))
